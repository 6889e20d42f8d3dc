import { afterAll, beforeAll, expect, test } from 'vitest'
import { logIn, type TestServer, type TestSocket, testServer } from './testing/test-server.ts'

let server: TestServer
let socket: TestSocket

beforeAll(async () => {
  server = await testServer()
  await server.run([
    'create database d keep 36500',
    'create stable d.s (ts timestamp, v int) tags (g int, place varchar(8))',
    'create table d.n (ts timestamp, v int)',
  ])
  socket = await server.open()
  await logIn(socket, 'd')
})
afterAll(async () => {
  socket.close()
  await server[Symbol.asyncDispose]()
})

/** A prepared statement whose actions are asked for by name. */
async function prepare(sql: string) {
  const { stmt_id } = await socket.ask({ action: 'init', args: { req_id: 1 } })
  const ask = (action: string, args = {}) => socket.ask({ action, args: { req_id: 1, stmt_id, ...args } })
  expect(await ask('prepare', { sql })).toMatchObject({ code: 0 })
  return ask
}

test('rows that were bound and put into no batch are a wrong order of calls', async () => {
  const ask = await prepare('insert into ? using s tags (?, ?) values (?, ?)')
  expect(await ask('set_table_name', { name: 'unbatched' })).toMatchObject({ code: 0 })
  expect(await ask('set_tags', { tags: [1, 'x'] })).toMatchObject({ code: 0 })
  expect(await ask('bind', { columns: [[1700000000000], [1]] })).toMatchObject({ code: 0 })
  expect(await ask('exec')).toMatchObject({ code: 0x022a, message: 'Stmt API usage error' })
  expect(await server.sql('select count(*) from d.s')).toMatchObject({ data: [[0]] })
})

test.each(['?', '?, ?, ?'])('TAGS (%s) of a supertable with two tags is refused', async (tags) => {
  const ask = await prepare(`insert into ? using s tags (${tags}) values (?, ?)`)
  expect(await ask('set_table_name', { name: 't' })).toMatchObject({ code: 0x260d, message: 'Tags number not matched' })
})

test('a normal table has no tags to ask for or to set, which spoils nothing', async () => {
  const ask = await prepare('insert into n values (?, ?)')
  for (const [action, args] of [
    ['get_tag_fields', {}],
    ['set_tags', { tags: [1] }],
  ] as const)
    expect(await ask(action, args)).toMatchObject({ code: 0x022a, message: 'Stmt API usage error' })
  expect(await ask('get_col_fields')).toMatchObject({ code: 0, fields: [{ name: 'ts' }, { name: 'v' }] })
})

test('a name for a table that the statement names itself spoils the statement', async () => {
  const ask = await prepare('insert into n values (?, ?)')
  expect(await ask('set_table_name', { name: 'other' })).toMatchObject({ code: 0x022a, message: 'Stmt API usage error' })
  expect(await ask('bind', { columns: [[1700000000000], [1]] })).toMatchObject({ code: 0x022a })
})
