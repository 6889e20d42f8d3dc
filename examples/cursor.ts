import { connect } from 'taosts'
import { CREATE_METERS, INSERT_METERS } from './power.ts'

await using connection = await connect()
const cursor = connection.cursor()

await cursor.execute(CREATE_METERS)
await cursor.execute(INSERT_METERS)
console.log('inserted row count:', cursor.rowCount) // 8

await cursor.execute('SELECT * FROM power.meters LIMIT 3')
console.log('queried row count:', cursor.rowCount) // 3, before anything is fetched
console.log('columns:', cursor.description?.map(([name]) => name).join(', '))
for (const row of await cursor.fetchAll()) console.log('row:', row)

await cursor.close()
