import { type Connection, connect } from 'taosts'

/** A connection to a database with two meters, a reading a second from each: what the examples of data frames read. */
export async function meters(database: string): Promise<Connection> {
  const connection = await connect()
  await connection.execute(`CREATE DATABASE IF NOT EXISTS ${database} KEEP 36500`)
  await connection.selectDb(database)
  await connection.execute('CREATE STABLE IF NOT EXISTS meters (ts TIMESTAMP, current FLOAT) TAGS (location VARCHAR(64))')
  for (const [i, location] of ['Paris', 'Rome'].entries()) {
    const ts = BigInt64Array.from({ length: 600 }, (_, second) => BigInt(Date.UTC(2026, 0, 1) + second * 1000))
    const current = Float32Array.from(ts, (_, second) => 10 * (i + 1) + (second % 4))
    await connection.insert(`d${i}`, { columns: { ts, current } }, { using: 'meters', tags: { location } })
  }
  return connection
}
