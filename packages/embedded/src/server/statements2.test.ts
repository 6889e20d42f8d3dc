import { type BindTable, type BindValues, encodeBind, encodeBindRequest, TypeCode } from 'taosts/wire'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { logIn, type TestServer, type TestSocket, testServer } from './testing/test-server.ts'

let server: TestServer
let socket: TestSocket
let request = 100

beforeAll(async () => {
  server = await testServer()
  await server.run([
    'create database d keep 36500',
    'create stable d.s (ts timestamp, v int, n varchar(8)) tags (g int)',
    'create table d.t using d.s tags (1)',
  ])
  socket = await server.open()
  await logIn(socket)
})
afterAll(async () => {
  socket.close()
  await server[Symbol.asyncDispose]()
})
beforeEach(async () => {
  await server.sql('delete from d.s')
})

const TS = { type: TypeCode.TIMESTAMP, precision: 'ms' as const, bytes: 8 }
const V = { type: TypeCode.INT, precision: 'ms' as const, bytes: 4 }
const N = { type: TypeCode.VARCHAR, precision: 'ms' as const, bytes: 10 }
const FIELDS = [TS, V, N]

async function prepare(sql: string): Promise<number> {
  const { stmt_id } = (await socket.ask({ action: 'stmt2_init', args: { req_id: ++request } })) as unknown as { stmt_id: number }
  const args = { req_id: ++request, stmt_id, sql, get_fields: false }
  expect(await socket.ask({ action: 'stmt2_prepare', args })).toMatchObject({ code: 0 })
  return stmt_id
}

/** Binds one column of one or more tables, or all columns where `column` is −1. */
function bind(id: number, column: number, tables: readonly BindTable[], options: { names?: boolean; tags?: boolean } = {}) {
  const shape = {
    names: options.names ?? false,
    tags: options.tags ? [V] : [],
    columns: column < 0 ? FIELDS : [FIELDS[column]!],
  }
  return socket.ask(encodeBindRequest(BigInt(++request), BigInt(id), encodeBind(shape, tables), column))
}

const exec = (stmt_id: number) => socket.ask({ action: 'stmt2_exec', args: { req_id: ++request, stmt_id } })
const one = (values: BindValues['values']): BindTable => ({ columns: [{ values }], rows: values.length })
const TIMES = [1_700_000_000_000n, 1_700_000_000_001n]

test('columns are bound one at a time, in their order, and written together', async () => {
  const id = await prepare('insert into d.t values (?, ?, ?)')
  expect(await bind(id, 0, [one(TIMES)])).toMatchObject({ code: 0 })
  expect(await bind(id, 1, [one([1, null])])).toMatchObject({ code: 0 })
  expect(await exec(id)).toMatchObject({ code: 0x022a })
  expect(await bind(id, 2, [one(['a', 'b'])])).toMatchObject({ code: 0 })
  expect(await exec(id)).toMatchObject({ code: 0, affected: 2 })
  expect(await server.sql('select v, n from d.t')).toMatchObject({
    data: [
      [1, 'a'],
      [null, 'b'],
    ],
  })
})

test('several tables get their names and tags with their first column', async () => {
  const id = await prepare('insert into ? using d.s tags (?) values (?, ?, ?)')
  const tables = ['a', 'b'].map((name, i) => ({ name: `d.${name}`, tags: [{ values: [i] }], columns: [{ values: TIMES }], rows: 2 }))
  expect(await bind(id, 0, tables, { names: true, tags: true })).toMatchObject({ code: 0 })
  expect(await bind(id, 1, [one([1, 2]), one([3, 4])])).toMatchObject({ code: 0 })
  expect(await bind(id, 2, [one(['w', 'x']), one(['y', 'z'])])).toMatchObject({ code: 0 })
  expect(await exec(id)).toMatchObject({ code: 0, affected: 4 })
  expect(await server.sql('select tbname, g, v, n from d.s order by v')).toMatchObject({
    data: [
      ['a', 0, 1, 'w'],
      ['a', 0, 2, 'x'],
      ['b', 1, 3, 'y'],
      ['b', 1, 4, 'z'],
    ],
  })
})

test('a new table has a name of at most 192 bytes', async () => {
  for (const sql of ['insert into ? using d.s tags (?) values (?, ?, ?)', 'insert into d.s (tbname, g, ts, v, n) values (?, ?, ?, ?, ?)']) {
    const named = (name: string) => [
      { name, tags: [{ values: [1] }], columns: [{ values: TIMES }, { values: [1, 2] }, { values: ['a', 'b'] }], rows: 2 },
    ]
    const id = await prepare(sql)
    const long = 'é'.repeat(96)
    expect(await bind(id, -1, named(`${long}x`), { names: true, tags: true })).toMatchObject({ code: 0x2617 })
    expect(await bind(id, -1, named(long), { names: true, tags: true })).toMatchObject({ code: 0 })
    expect(await exec(id)).toMatchObject({ code: 0, affected: 2 })
  }
})

test('names without tags are those of subtables that exist', async () => {
  const id = await prepare('insert into ? values (?, ?, ?)')
  expect(await bind(id, 0, [{ ...one(TIMES), name: 'd.t' }], { names: true })).toMatchObject({ code: 0 })
  expect(await bind(id, 1, [one([1, 2])])).toMatchObject({ code: 0 })
  expect(await bind(id, 2, [one(['a', 'b'])])).toMatchObject({ code: 0 })
  expect(await exec(id)).toMatchObject({ code: 0, affected: 2 })
})

test('a column out of turn, of other rows, of another type or of none is refused', async () => {
  const id = await prepare('insert into d.t values (?, ?, ?)')
  expect(await bind(id, 1, [one([1, 2])])).toMatchObject({ code: 0x022a, message: 'Stmt API usage error' })
  expect(await bind(id, 0, [one(TIMES)])).toMatchObject({ code: 0 })
  expect(await bind(id, 2, [one(['a', 'b'])])).toMatchObject({ code: 0x022a })
  expect(await bind(id, 0, [one(TIMES)])).toMatchObject({ code: 0 })
  expect(await bind(id, 1, [one([1])])).toMatchObject({ code: 0 })
  expect(await bind(id, 2, [one(['a', 'b'])])).toMatchObject({ code: 0x0236 })
  const wrong = encodeBind({ names: false, tags: [], columns: FIELDS }, [
    { columns: [{ values: TIMES }, { values: [1, 2] }, { values: ['a', 'b'] }], rows: 2 },
  ])
  expect(await socket.ask(encodeBindRequest(BigInt(++request), BigInt(id), wrong, 0))).toMatchObject({ code: 0x0236 })
  expect(
    await socket.ask(encodeBindRequest(BigInt(++request), BigInt(id), encodeBind({ names: false, tags: [], columns: [V] }, [one([1])]), 3)),
  ).toMatchObject({ code: 0x0236 })
  expect(await bind(id, -1, [{ columns: [{ values: TIMES }, { values: [7, 8] }, { values: ['a', 'b'] }], rows: 2 }])).toMatchObject({
    code: 0,
  })
  expect(await exec(id)).toMatchObject({ code: 0, affected: 2 })
  expect(await server.sql('select v from d.t')).toMatchObject({ data: [[7], [8]] })
})

test('a message of many tables writes all of them, those that are there and those that are new', async () => {
  const id = await prepare('insert into ? using d.s tags (?) values (?, ?, ?)')
  const tables = Array.from({ length: 1000 }, (_, i) => ({
    name: `d.many${i}`,
    tags: [{ values: [i] }],
    columns: [{ values: [BigInt(1_700_000_000_000 + i)] }, { values: [i] }, { values: [null] }],
    rows: 1,
  }))
  for (let round = 0; round < 2; round++) {
    expect(await bind(id, -1, tables, { names: true, tags: true })).toMatchObject({ code: 0 })
    expect(await exec(id)).toMatchObject({ code: 0, affected: 1000 })
  }
  expect(await server.sql('select count(*), sum(v) from d.s')).toMatchObject({ data: [[1000, 499_500]] })
})

test('single NULLs among very many values are NULL, and those bound before and after them are not', async () => {
  const count = 20_000
  const id = await prepare('insert into d.t values (?, ?, ?)')
  const bindFrom = (from: number, nulls: readonly number[]) => {
    const rows = Array.from({ length: count }, (_, i) => from + i)
    const times = rows.map((row) => 1_700_000_000_000n + BigInt(row))
    const numbers = rows.map((row) => (nulls.includes(row) ? null : row))
    return bind(id, -1, [{ columns: [{ values: times }, { values: numbers }, { values: rows.map(() => 'x') }], rows: count }])
  }
  const nulls = [20_003, 36_384, 39_999]
  expect(await bindFrom(0, [])).toMatchObject({ code: 0 })
  expect(await bindFrom(count, nulls)).toMatchObject({ code: 0 })
  expect(await bindFrom(2 * count, [])).toMatchObject({ code: 0 })
  expect(await exec(id)).toMatchObject({ code: 0, affected: 3 * count })
  expect(await server.sql('select count(v), min(v), max(v), count(n) from d.t')).toMatchObject({
    data: [[3 * count - nulls.length, 0, 3 * count - 1, 3 * count]],
  })
  expect(await server.sql('select cast(ts as bigint) from d.t where v is null')).toMatchObject({
    data: nulls.map((row) => [1_700_000_000_000 + row]),
  })
})
