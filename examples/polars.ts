import { tableToIPC } from 'apache-arrow'
import pl from 'nodejs-polars'
import { meters } from './meters.ts'

// A result as a data frame of polars, and from there to Parquet.
await using connection = await meters('polars_example')
const table = await (await connection.query('SELECT ts, current, location FROM meters')).toArrow()
const frame = pl.readIPC(Buffer.from(tableToIPC(table, 'file')))
for (const row of frame.groupBy('location').agg(pl.col('current').mean().alias('average')).sort('location').toRecords()) console.log(row)

const parquet = frame.writeParquet()
console.log('from Parquet:', pl.readParquet(parquet).shape)
