import { connect, toDate, toInstant } from 'taosts'

// In a database of nanosecond precision a TIMESTAMP is a bigint of nanoseconds since 1970: nothing is lost, in or out.
await using connection = await connect()
const database = `taosts_nanoseconds_${Date.now().toString(36)}`
try {
  await connection.execute(`CREATE DATABASE ${database} PRECISION 'ns'`)
} catch (error) {
  throw new Error(
    'This example makes a database of its own; on TDengine Cloud make one with nanosecond precision in the console instead.',
    { cause: error },
  )
}
try {
  await connection.selectDb(database)
  await connection.execute('CREATE TABLE events (ts TIMESTAMP, name VARCHAR(20))')

  const written = 1_700_000_000_123_456_789n
  console.log('inserted rows:', await connection.execute('INSERT INTO events VALUES (?, ?)', [written, 'start']))

  const result = await connection.query<{ ts: bigint; name: string }>('SELECT ts, name FROM events')
  const { ts } = (await result.first())!
  console.log('exact:', ts === written, ts)
  console.log('as a Date, cut to milliseconds:', toDate(ts, 'ns').toISOString())
  if ('Temporal' in globalThis) console.log('as a Temporal.Instant:', String(toInstant(ts, 'ns')))
} finally {
  await connection.execute(`DROP DATABASE ${database}`)
}
