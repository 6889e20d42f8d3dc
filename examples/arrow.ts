import { tableFromIPC, tableToIPC } from 'apache-arrow'
import { connect } from 'taosts'
import { insertArrow } from 'taosts/arrow'

await using connection = await connect()
await connection.execute('CREATE DATABASE IF NOT EXISTS arrow_example KEEP 36500')
await connection.selectDb('arrow_example')
await connection.execute('CREATE STABLE IF NOT EXISTS meters (ts TIMESTAMP, current FLOAT) TAGS (location VARCHAR(64))')
const ts = BigInt64Array.from({ length: 1000 }, (_, i) => BigInt(Date.UTC(2026, 0, 1) + i * 1000))
await connection.insert(
  'd1',
  { columns: { ts, current: Float32Array.from(ts, (_, i) => i / 4) } },
  { using: 'meters', tags: { location: 'Paris' } },
)

// A result as a table: fixed-width columns as they came, the tag as a dictionary.
const table = await (await connection.query('SELECT ts, current, location FROM meters')).toArrow()
console.log('table:', table.numRows, table.schema.fields.map(({ name, type }) => `${name} ${type}`).join(', '))

// The IPC file is what polars, DuckDB, Arquero and pandas read: pl.readIPC(bytes), aq.fromArrow(bytes), pandas.read_feather(file).
const bytes = tableToIPC(table, 'file')
const read = tableFromIPC(bytes)
console.log('read back:', read.numRows, read.getChild('location')?.get(0))

// Batch by batch, while they arrive.
let rows = 0
for await (const batch of (await connection.query('SELECT ts, current FROM meters')).recordBatches()) rows += batch.numRows
console.log('batches:', rows)

// And back: into a table of the same columns, by another name.
await connection.execute('CREATE TABLE IF NOT EXISTS copy (ts TIMESTAMP, current FLOAT)')
console.log('written:', await insertArrow(connection, 'copy', read.select(['ts', 'current'])))
