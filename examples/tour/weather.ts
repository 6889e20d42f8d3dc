import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'

/** Seattle's weather, public data of the US government, as the npm package vega-datasets carries it. */

export interface Batch {
  readonly sql: string
  readonly rows: number
}

const DATA = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..', 'data')
const ROWS_PER_STATEMENT = 500

export const SUPERTABLES = [
  `CREATE STABLE IF NOT EXISTS daily (ts TIMESTAMP, precipitation FLOAT, temp_max FLOAT, temp_min FLOAT, wind FLOAT, weather VARCHAR(10))
     TAGS (city VARCHAR(32), year INT)`,
  'CREATE STABLE IF NOT EXISTS hourly (ts TIMESTAMP, pressure FLOAT, temperature FLOAT, wind FLOAT) TAGS (city VARCHAR(32), month INT)',
]

/** How many rows both files hold. */
export const TOTAL_ROWS = 1461 + 8759

/** INSERT statements for both files, one subtable a year of daily and a month of hourly values. */
export async function* batches(): AsyncGenerator<Batch> {
  yield* file('seattle-weather.csv', ([date, precipitation, max, min, wind, weather]) => ({
    into: `daily_${date!.slice(0, 4)} USING daily TAGS ('Seattle', ${date!.slice(0, 4)})`,
    values: `('${date} 00:00:00', ${precipitation}, ${max}, ${min}, ${wind}, '${weather}')`,
  }))
  yield* file('seattle-weather-hourly-normals.csv', ([date, pressure, temperature, wind]) => ({
    into: `hourly_${date!.slice(5, 7)} USING hourly TAGS ('Seattle', ${Number(date!.slice(5, 7))})`,
    values: `('${date}', ${pressure}, ${temperature}, ${wind})`,
  }))
}

async function* file(name: string, toRow: (cells: string[]) => { into: string; values: string }): AsyncGenerator<Batch> {
  const lines = createInterface({ input: createReadStream(join(DATA, name)) })
  let sql = ''
  let rows = 0
  let subtable = ''
  let header = true
  for await (const line of lines) {
    if (header || line === '') {
      header = false
      continue
    }
    const { into, values } = toRow(line.split(','))
    sql += into === subtable ? ` ${values}` : ` ${into} VALUES ${values}`
    subtable = into
    if (++rows === ROWS_PER_STATEMENT) {
      yield { sql: `INSERT INTO${sql}`, rows }
      sql = subtable = ''
      rows = 0
    }
  }
  if (rows > 0) yield { sql: `INSERT INTO${sql}`, rows }
}
