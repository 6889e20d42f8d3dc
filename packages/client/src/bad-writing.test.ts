import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertArrow } from './arrow/index.ts'
import { connect } from './connect.ts'
import type { Connection } from './connection.ts'
import { DataError, TaosError } from './errors.ts'
import type { PreparedStatement } from './prepared-statement.ts'
import { formatLine } from './schemaless.ts'

let connection: Connection
let one: PreparedStatement
let many: PreparedStatement

beforeAll(async () => {
  connection = await connect('embedded:')
  await connection.execute('CREATE DATABASE wrong KEEP 36500')
  await connection.selectDb('wrong')
  await connection.execute('CREATE TABLE t (ts TIMESTAMP, v INT, s VARCHAR(4))')
  await connection.execute('CREATE STABLE m (ts TIMESTAMP, v INT) TAGS (g INT)')
  one = await connection.prepare('INSERT INTO t VALUES (?, ?, ?)')
  many = await connection.prepare('INSERT INTO ? USING m TAGS (?) VALUES (?, ?)')
})
afterAll(() => connection.close())

/** What is an argument of nothing that writes. */
const NOTHING: readonly unknown[] = [
  ...[null, 0, -1, 1.5, Number.NaN, 1n, 'x y', '\0', true, Symbol('s'), () => 1, Object.create(null), new Map(), new Set([1])],
  ...[[null], [undefined], [[]], [5], ['x'], [[1]], [[1, 2, 3, 4]], [{ zebra: 1 }], [Symbol('s')], new Uint8Array(3), new Date(Number.NaN)],
  ...[new DataView(new ArrayBuffer(8)), Promise.resolve(1), { zebra: 1 }, new Proxy({}, {}), /x/, new Error('x')],
]
const column = { ts: [1n], v: [1], s: ['a'] }
const WRONG_COLUMNS: readonly unknown[] = [
  ...[
    null,
    5,
    'x',
    [],
    {},
    { ts: 5 },
    { ...column, v: null },
    { ...column, v: 'a' },
    { ...column, v: () => 1 },
    { ...column, v: Symbol('v') },
  ],
  ...[
    { ...column, v: [1, 2] },
    { ...column, v: [] },
    { ts: [1n], v: [1] },
    { ...column, x: [1] },
    { ...column, v: {} },
    { ...column, v: { length: -1 } },
  ],
  ...[
    { ...column, v: { values: 5 } },
    { ...column, v: { values: null } },
    { ...column, v: { values: [1], nulls: [0] } },
    { ...column, v: new Map() },
  ],
  ...[
    { ...column, v: { values: [1], nulls: new Uint8Array(2) } },
    { ...column, v: new DataView(new ArrayBuffer(1)) },
    { ...column, v: new Date() },
  ],
]
/** Rows that have one thing wrong: the column it is in. */
const WRONG_ROWS: readonly (readonly [Record<string, unknown>, string])[] = [
  ...['x', {}, [], [1], Symbol('v'), () => 1, 2 ** 31, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2n ** 70n, new Map(), new Date()].map(
    (v) => [{ v }, 'v'] as const,
  ),
  ...[{}, [], true, Symbol('t'), 'yesterday', '', 1.5, 1e300, 2n ** 70n, new Date(Number.NaN), '2024-02-30T00:00:00Z'].map(
    (ts) => [{ ts }, 'ts'] as const,
  ),
  ...['abcde', '樱樱', Symbol('s'), () => 1, new Uint8Array(5)].map((s) => [{ s }, 's'] as const),
  [{ x: 1 }, 'x'],
]

type Call = (value: never) => unknown
const CALLS: Record<string, Call> = {
  'execute()': (x) => connection.execute(x),
  'parameters of execute()': (x) => connection.execute('INSERT INTO t VALUES (?, ?, ?)', x),
  'named parameters': (x) => connection.execute('INSERT INTO t VALUES (:a, :b, :c)', x),
  'options of execute()': (x) => connection.execute('INSERT INTO t VALUES (?, ?, ?)', [1n, 1, 'a'], x),
  'prepare()': (x) => connection.prepare(x),
  'options of prepare()': (x) => connection.prepare('INSERT INTO t VALUES (?, ?, ?)', x),
  'execute() of a statement': (x) => one.execute(x),
  'a row of a statement': (x) => one.execute([[1n, 1, 'a'], x]),
  'options of a statement': (x) => one.execute([[1n, 1, 'a']], x),
  'executeColumns()': (x) => one.executeColumns(x),
  'columns of many tables': (x) => many.executeColumns([{ tbname: 'd', tags: { g: 1 }, columns: { ts: [1n], v: [1] } }, x]),
  'tags of columns': (x) => many.executeColumns({ tbname: 'd', tags: x, columns: { ts: [1n], v: [1] } }),
  'tbname of columns': (x) => many.executeColumns({ tbname: x, tags: { g: 1 }, columns: { ts: [1n], v: [1] } }),
  'the table of insert()': (x) => connection.insert(x, [{ ts: 1, v: 1 }]),
  'the rows of insert()': (x) => connection.insert('t', x),
  'rows for a supertable': (x) => connection.insert('m', x),
  'options of insert()': (x) => connection.insert('t', [{ ts: 1, v: 1 }], x),
  using: (x) => connection.insert('d9', [{ ts: 1, v: 1 }], { using: x }),
  tags: (x) => connection.insert('d9', [{ ts: 1, v: 1 }], { using: 'm', tags: x }),
  batchSize: (x) => connection.insert('t', [{ ts: 1, v: 1 }], { batchSize: x }),
  'writer()': async (x) => connection.writer(x),
  'table of writer()': async (x) => await wrote(connection.writer({ table: x }), { ts: 1, v: 1 }),
  ...Object.fromEntries(
    ['flushRows', 'flushBytes', 'flushInterval', 'maxInFlight', 'retryFor', 'onProgress', 'zebra'].map((option): [string, Call] => [
      `${option} of writer()`,
      async (x) => connection.writer({ table: 't', [option]: x }),
    ]),
  ),
  'add()': async (x) => await wrote(connection.writer({ table: 't' }), x),
  'schemalessInsert()': (x) => connection.schemalessInsert(x),
  'options of schemalessInsert()': (x) => connection.schemalessInsert('w v=1 1', x),
  protocol: (x) => connection.schemalessInsert('w v=1 1', { protocol: x }),
  precision: (x) => connection.schemalessInsert('w v=1 1', { precision: x }),
  ttl: (x) => connection.schemalessInsert('w v=1 1', { ttl: x }),
  'formatLine()': async (x) => formatLine(x),
  'fields of a line': async (x) => formatLine({ measurement: 'w', fields: x }),
  'time of a line': async (x) => formatLine({ measurement: 'w', fields: { v: 1 }, timestamp: x }),
  'insertArrow()': (x) => insertArrow(connection, 't', x),
}

/** A writer that gets one row and is closed. */
async function wrote(writer: ReturnType<Connection['writer']>, row: unknown): Promise<void> {
  await writer.add(row as never)
  await writer.close()
}

async function outcome(call: Call, value: unknown): Promise<unknown> {
  try {
    return await call(value as never)
  } catch (error) {
    return error
  }
}

test.each(Object.keys(CALLS))('%s refuses what it cannot take', async (name) => {
  for (const value of NOTHING) {
    const shown = inspect(value)
    const result = await outcome(CALLS[name]!, value)
    if (result instanceof Error) {
      expect(result, `${name}(${shown})`).toBeInstanceOf(TaosError)
      expect(result.message, `${name}(${shown})`).not.toMatch(
        /\[object|Cannot (?:read|convert|destructure)|is not a function|is not iterable/,
      )
    }
  }
})

test.each(WRONG_COLUMNS.map((value) => [inspect(value), value]))('columns %s', async (_, columns) => {
  for (const call of [() => one.executeColumns({ columns } as never), () => connection.insert('t', { columns } as never)]) {
    const result = await outcome(call, undefined)
    // A column that insert() is not given stays as it is.
    if (!(result instanceof Error) && Object.keys(columns as object).join() === 'ts,v') continue
    expect(result).toBeInstanceOf(TaosError)
  }
})

test.each(WRONG_ROWS.map(([wrong, name]) => [inspect(wrong), wrong, name] as const))('a row with %s', async (_, wrong, name) => {
  const good = { ts: 1, v: 1, s: 'a' }
  const rows = [good, good, { ...good, ...wrong }, good]
  const writer = connection.writer({ table: 't' })
  await writer.addAll(rows as never)
  const calls: Call[] = [() => one.execute(rows), () => connection.insert('t', rows), () => writer.close()]
  if (!('x' in wrong)) {
    const columns = Object.fromEntries(Object.keys(good).map((key) => [key, rows.map((row) => row[key as 'v'])]))
    calls.push(
      () => one.executeColumns({ columns }),
      () => one.execute(rows.map((row) => Object.values(row))),
      () => connection.insert('t', { columns }),
    )
  }
  for (const call of calls) {
    const result = (await outcome(call, undefined)) as DataError & { failures?: readonly { rows: unknown; reason: DataError }[] }
    const error = result.failures === undefined ? result : result.failures[0]!.reason
    expect(error).toBeInstanceOf(DataError)
    expect(error).toMatchObject({ row: 2, column: name })
    expect(error.message).toMatch(/row 2/)
    expect(error.message).toContain(name)
    if (result.failures) expect(result.failures.map(({ rows: handed }) => handed)).toEqual([[rows[2]]])
  }
  expect(await connection.execute('DELETE FROM t')).toBeLessThanOrEqual(1)
})

test('nothing is written by what is closed', async () => {
  const statement = await connection.prepare('INSERT INTO t VALUES (?, ?, ?)')
  await statement.close()
  const writer = connection.writer({ table: 't' })
  await writer.close()
  for (const call of [
    () => statement.execute([[1n, 1, 'a']]),
    () => statement.execute([]),
    () => statement.executeColumns({ columns: column }),
    () => writer.add({ ts: 1, v: 1 }),
    () => writer.addAll([{ ts: 1, v: 1 }]),
  ])
    expect(await outcome(call, undefined)).toMatchObject({ name: 'InterfaceError', message: expect.stringContaining('closed') })
})
