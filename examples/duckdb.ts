import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { tableToIPC } from 'apache-arrow'
import pl from 'nodejs-polars'
import { meters } from './meters.ts'

// A result as a Parquet file, which DuckDB queries where it lies.
const directory = mkdtempSync(join(tmpdir(), 'taosts-'))
const file = join(directory, 'meters.parquet')
await using connection = await meters('duckdb_example')
const table = await (await connection.query('SELECT ts, current, location FROM meters')).toArrow()
pl.readIPC(Buffer.from(tableToIPC(table, 'file'))).writeParquet(file)

const duckdb = await (await DuckDBInstance.create()).connect()
const reader = await duckdb.runAndReadAll(
  `SELECT location, avg(current) AS average, max(ts) AS latest FROM '${file}' GROUP BY ALL ORDER BY ALL`,
)
for (const row of reader.getRowObjectsJson()) console.log(row)
duckdb.closeSync()
rmSync(directory, { recursive: true })
