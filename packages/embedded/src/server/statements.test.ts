import { buildBlock, encodeStmtBlockRequest, TypeCode } from 'taosts/wire'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { logIn, type TestServer, type TestSocket, testServer } from './testing/test-server.ts'

let server: TestServer
let socket: TestSocket

beforeAll(async () => {
  server = await testServer()
  await server.run([
    'create database d keep 36500',
    'create stable d.s (ts timestamp, v int) tags (g int)',
    'create table d.n (ts timestamp, v int)',
    'create table d.c using d.s tags (1)',
  ])
  socket = await server.open()
  await logIn(socket, 'd')
})
afterAll(async () => {
  socket.close()
  await server[Symbol.asyncDispose]()
})

const ask = (action: string, args = {}) => socket.ask({ action, args: { req_id: 1, ...args } })

test('a statement of one version is not closed by the action of the other', async () => {
  const { stmt_id: first } = await ask('init')
  const { stmt_id: second } = await ask('stmt2_init')
  for (const [action, stmt_id] of [
    ['stmt2_close', first],
    ['close', second],
  ] as const)
    expect(await ask(action, { stmt_id })).toMatchObject({ code: 65535, message: 'stmt type not match', action, stmt_id })
  expect(await ask('prepare', { stmt_id: first, sql: 'insert into n values (?, ?)' })).toMatchObject({ code: 0 })
  expect(await ask('stmt2_close', { stmt_id: second })).toMatchObject({ code: 0 })
})

const INT = { type: TypeCode.INT, bytes: 4 }

test('blocks of a wrong number of tags or columns are refused', async () => {
  const { stmt_id } = await ask('init')
  const send = (action: 1 | 2, columns: number) =>
    socket.ask(
      encodeStmtBlockRequest(1n, BigInt(stmt_id as number), action, buildBlock(Array(columns).fill(INT), Array(columns).fill([7]))),
    )
  await ask('prepare', { stmt_id, sql: 'insert into ? using s tags (?) values (?, ?)' })
  await ask('set_table_name', { stmt_id, name: 't' })
  expect(await send(1, 2)).toMatchObject({ code: 65535, message: 'stmt tags count not match', action: 'set_tags' })
  expect(await send(2, 1)).toMatchObject({ code: 65535, message: 'stmt column count not match', action: 'bind' })
  // A subtable that is there has none to set.
  await ask('prepare', { stmt_id, sql: 'insert into c values (?, ?)' })
  expect(await send(1, 2)).toMatchObject({ code: 0 })
})

test('a query runs with the values that were bound, in a batch or not', async () => {
  await server.sql('insert into d.n values (1700000000000, 1) (1700000000001, 5)')
  for (const batched of [false, true]) {
    const { stmt_id } = await ask('init')
    await ask('prepare', { stmt_id, sql: 'select v from n where v < ?' })
    const bound = await socket.ask(encodeStmtBlockRequest(1n, BigInt(stmt_id as number), 2, buildBlock([INT], [[3]])))
    expect(bound).toMatchObject({ code: 0 })
    if (batched) expect(await ask('add_batch', { stmt_id })).toMatchObject({ code: 0 })
    expect(await ask('exec', { stmt_id })).toMatchObject({ code: 0, affected: 0 })
    const { result_id } = await ask('use_result', { stmt_id })
    expect(await ask('fetch', { id: result_id })).toMatchObject({ code: 0, rows: 1 })
  }
  const { stmt_id } = await ask('init')
  await ask('prepare', { stmt_id, sql: 'select v from n where v < ?' })
  expect(await ask('exec', { stmt_id })).toMatchObject({ code: 0x022a })
})

test('JSON values that do not fit their column are refused, not cut', async () => {
  const { stmt_id } = await ask('init')
  await ask('prepare', { stmt_id, sql: 'insert into n values (?, ?)' })
  expect(await ask('bind', { stmt_id, columns: [[1700000000000], [2147483648]] })).toMatchObject({
    code: 65535,
    message:
      'stmt parse column json:ReadInt32: overflow: 2147483648, error found in #10 byte of ...|2147483648]]|..., bigger context ...|[[1700000000000],[2147483648]]|...',
  })
})

test('JSON tags that are left out are NULL, and a subtable that is there has none to set', async () => {
  const { stmt_id } = await ask('init')
  await ask('prepare', { stmt_id, sql: 'insert into ? using s tags (?) values (?, ?)' })
  for (const [action, args] of [
    ['set_table_name', { name: 'untold' }],
    ['set_tags', { tags: [] }],
    ['bind', { columns: [[1700000000000], [1]] }],
    ['add_batch', {}],
    ['exec', {}],
  ] as const)
    expect(await ask(action, { stmt_id, ...args })).toMatchObject({ code: 0 })
  expect(await server.sql("select g, v from d.s where tbname = 'untold'")).toMatchObject({ data: [[null, 1]] })
  await ask('prepare', { stmt_id, sql: 'insert into c values (?, ?)' })
  expect(await ask('set_tags', { stmt_id, tags: [1, 2] })).toMatchObject({ code: 0 })
})
