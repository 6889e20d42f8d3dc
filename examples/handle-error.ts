import { connect, ProgrammingError, TaosError } from 'taosts'

await using connection = await connect()

try {
  await connection.execute('CREATE TABLE 123')
} catch (error) {
  if (!(error instanceof TaosError)) throw error
  console.log(error.message) // [0x2600]: syntax error near "123"
  console.log('class:', error.constructor.name, '- a ProgrammingError:', error instanceof ProgrammingError)
  console.log('number:', error.code, 'name:', error.codeName)
  console.log('reason:', error.reason)
}

try {
  // Errors that are not the server's are typed as well: this one is refused before it is sent.
  await connection.query('SELECT ?', [])
} catch (error) {
  if (!(error instanceof Error)) throw error
  console.log(`${error.name}: ${error.message}`)
}
