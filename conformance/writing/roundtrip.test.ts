import process from 'node:process'
import fc from 'fast-check'
import { type Connection, connect, formatLine } from 'taosts'
import { type Served, serve } from 'taosts-embedded'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KINDS, latest, times } from './kinds.ts'

const PRECISIONS = ['ms', 'us', 'ns'] as const
type Precision = (typeof PRECISIONS)[number]
const NAMES = ['ts', ...KINDS.map(({ column }) => column)]
const RUNS = Number(process.env['WRITING_RUNS'] ?? 6)

type Row = readonly unknown[]

/** Each way to write rows into a table of every type. */
const WAYS: Record<string, { needs?: 'statements'; write(connection: Connection, table: string, rows: readonly Row[]): Promise<void> }> = {
  'text with parameters': {
    async write(connection, table, rows) {
      for (const row of rows) await connection.execute(`INSERT INTO ${table} VALUES (${row.map(() => '?').join(', ')})`, row as never)
    },
  },
  'text with parameters beside literals': {
    async write(connection, table, rows) {
      for (const row of rows)
        await connection.execute(
          `INSERT INTO ${table} VALUES (${row.map(() => '?').join(', ')}) (${5_000_000_000_000n * (latest(table.slice(0, 2) as Precision) / latest('ms'))}, ${new Array(KINDS.length).fill('NULL').join(', ')})`,
          row as never,
        )
    },
  },
  'a template': {
    async write(connection, table, rows) {
      for (const [ts, bool, ...rest] of rows)
        await connection.sql`INSERT INTO ${connection.sql.raw(table)} VALUES (${ts as bigint}, ${bool as boolean}, ${connection.sql.join(rest as never[])})`.execute()
    },
  },
  'prepared rows': {
    needs: 'statements',
    async write(connection, table, rows) {
      await using insert = await connection.prepare(`INSERT INTO ${table} VALUES (${NAMES.map(() => '?').join(', ')})`)
      expect(await insert.execute(rows)).toBe(rows.length)
    },
  },
  'prepared columns': {
    needs: 'statements',
    async write(connection, table, rows) {
      await using insert = await connection.prepare(`INSERT INTO ${table} VALUES (${NAMES.map(() => '?').join(', ')})`)
      expect(await insert.executeColumns(columnar(rows), { batchSize: 2 })).toBe(rows.length)
    },
  },
  'insert() of rows': {
    async write(connection, table, rows) {
      const objects = rows.map((row) => Object.fromEntries(NAMES.map((name, i) => [name, row[i]])))
      expect(await connection.insert(table, objects)).toBe(rows.length)
    },
  },
  'insert() of columns': {
    async write(connection, table, rows) {
      expect(await connection.insert(table, columnar(rows))).toBe(rows.length)
    },
  },
}

function columnar(rows: readonly Row[]) {
  const column = (at: number) => rows.map((row) => row[at])
  const [i32, u64] = [NAMES.indexOf('i32'), NAMES.indexOf('u64')]
  return {
    columns: {
      ...Object.fromEntries(NAMES.map((name, at) => [name, column(at)])),
      ts: BigInt64Array.from(column(0) as bigint[]),
      i32: {
        values: Int32Array.from(column(i32), (value) => Number(value ?? 0)),
        nulls: Uint8Array.from(column(i32), (value) => (value === null ? 1 : 0)),
      },
      u64: {
        values: BigUint64Array.from(column(u64), (value) => (value as bigint | null) ?? 0n),
        nulls: Uint8Array.from(column(u64), (value) => (value === null ? 1 : 0)),
      },
    },
  }
}

function rowsOf(precision: Precision): fc.Arbitrary<Row[]> {
  const cells = KINDS.map(({ values }) => fc.option(values, { nil: null, freq: 6 }))
  return fc.uniqueArray(fc.tuple(times(precision), ...cells), { minLength: 1, maxLength: 5, selector: ([ts]) => String(ts) })
}

let server: Served
const connections: Record<string, Connection> = {}
let counter = 0

beforeAll(async () => {
  server = await serve({ port: 0 })
  connections['WebSocket'] = await connect(server.url)
  connections['REST'] = await connect(server.restUrl)
  connections['embedded'] = await connect('embedded:')
  for (const name of ['WebSocket', 'embedded']) {
    for (const precision of PRECISIONS)
      await connections[name]!.execute(`CREATE DATABASE ${precision} PRECISION '${precision}' KEEP 36500d VGROUPS 1`)
  }
})
afterAll(async () => {
  for (const connection of Object.values(connections)) await connection.close()
  await server.close()
})

describe.each(['WebSocket', 'REST', 'embedded'])('over %s', (driver) => {
  describe.each(PRECISIONS)('in %s', (precision) => {
    for (const [name, { needs, write }] of Object.entries(WAYS)) {
      it(name, async () => {
        const connection = connections[driver]!
        if (needs !== undefined && !connection.features.has(needs)) return
        const table = `${precision}.t${++counter}`
        const create = `CREATE TABLE ${table} (ts TIMESTAMP, ${KINDS.map(({ column, sql }) => `${column} ${sql}`).join(', ')})`
        await connection.execute(create)
        await fc.assert(
          fc.asyncProperty(rowsOf(precision), async (drawn) => {
            const rows = driver === 'REST' || name.endsWith('literals') ? drawn.map(writable) : drawn
            await connection.execute(`DELETE FROM ${table}`)
            await write(connection, table, rows)
            const result = await connection.query(`SELECT * FROM ${table} WHERE ts <= ${latest(precision)} ORDER BY ts`, null, {
              timestamp: 'bigint',
            })
            const read = (row: Row): Row =>
              row.map((value, i) => (i === 0 || value === null ? value : (KINDS[i - 1]!.read?.(value) ?? value)))
            const expected = [...rows].sort((a, b) => ((a[0] as bigint) < (b[0] as bigint) ? -1 : 1)).map(read)
            expect(normal(await result.values())).toEqual(normal(expected))
          }),
          { numRuns: RUNS, endOnFailure: true },
        )
      })
    }
  })
})

/** A row without what no SQL text can say: TDengine reads no subnormal numbers. */
function writable(row: Row): Row {
  return row.map((value) => (typeof value === 'number' && value !== 0 && Math.abs(value) < 2 ** -126 ? 0 : value))
}

/** −0 is 0, and a FLOAT whichever of its texts was chosen. */
function normal(rows: readonly Row[]): Row[] {
  const single = NAMES.indexOf('f32')
  return rows.map((row) =>
    row.map((value, i) => (Object.is(value, -0) ? 0 : i === single && typeof value === 'number' ? Math.fround(value) : value)),
  )
}

describe.each(['WebSocket', 'embedded'])('schemaless lines over %s', (driver) => {
  it.each(PRECISIONS)('in %s', async (precision) => {
    const connection = connections[driver]!
    await connection.selectDb(precision)
    let measurement = 0
    const byColumn = new Map(KINDS.map((kind) => [kind.column, kind]))
    const fields = fc.record({
      bo: byColumn.get('bo')!.values,
      i64: byColumn.get('i64')!.values,
      u64: fc.bigInt(2n ** 63n, 2n ** 64n - 1n),
      f64: fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => writable([each])[0]),
      nc: byColumn.get('nc')!.values.map((value) => String(value).replaceAll(/[\n\r]/g, '')),
    })
    await fc.assert(
      fc.asyncProperty(times(precision), fields, async (ts, values) => {
        const name = `line${++measurement}`
        if (ts <= 0n) return
        await connection.schemalessInsert(formatLine({ measurement: name, tags: { t: 'x, =y' }, fields: values as never, timestamp: ts }), {
          precision,
        })
        const result = await connection.query(`SELECT _ts, bo, i64, u64, f64, nc, t FROM ${name}`, null, { timestamp: 'bigint' })
        expect(normal(await result.values())).toEqual(normal([[ts, values.bo, values.i64, values.u64, values.f64, values.nc, 'x, =y']]))
      }),
      { numRuns: RUNS * 2, endOnFailure: true },
    )
  })
})
