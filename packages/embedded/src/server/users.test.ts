import { encodeBind, encodeBindRequest, TypeCode } from 'taosts/wire'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, type TestSocket, testServer } from './testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  await server.run([
    'create database d keep 36500',
    'create table d.t (ts timestamp, v int)',
    "create user reader pass 'Read_1234'",
    'grant read on d.* to reader',
  ])
})

afterAll(() => server[Symbol.asyncDispose]())

async function rest(sql: string, password = 'Read_1234'): Promise<{ code: number }> {
  const authorization = `Basic ${Buffer.from(`reader:${password}`).toString('base64')}`
  const response = await fetch(`${server.server.url}/rest/sql`, { method: 'POST', body: sql, headers: { authorization } })
  return (await response.json()) as { code: number }
}

async function asReader(): Promise<TestSocket> {
  const socket = await server.open()
  expect(await socket.ask({ action: 'conn', args: { req_id: 1, user: 'reader', password: 'Read_1234', db: 'd' } })).toMatchObject({
    code: 0,
  })
  return socket
}

test('a reader is refused a write over REST, WebSocket and stmt2', async () => {
  const refused = { code: 0x2644, message: 'Permission denied or target object not exist' }
  expect(await rest('select * from d.t')).toMatchObject({ code: 0 })
  expect(await rest('insert into d.t values (now, 1)')).toMatchObject({ code: 0x2644 })
  const socket = await asReader()
  expect(await socket.ask({ action: 'query', args: { req_id: 2, sql: 'insert into t values (now, 1)' } })).toMatchObject(refused)
  expect(await socket.ask({ action: 'query', args: { req_id: 3, sql: 'select * from t' } })).toMatchObject({ code: 0 })
  await socket.ask({ action: 'stmt2_init', args: { req_id: 4 } })
  await socket.ask({ action: 'stmt2_prepare', args: { req_id: 5, stmt_id: 1, sql: 'insert into t values (?, ?)', get_fields: true } })
  const fields = [
    { type: TypeCode.TIMESTAMP, precision: 'ms' as const, bytes: 8 },
    { type: TypeCode.INT, precision: 'ms' as const, bytes: 4 },
  ]
  const payload = encodeBind({ tags: [], columns: fields, names: false }, [
    { columns: [{ values: [1700000000000n] }, { values: [1] }], rows: 1 },
  ])
  expect(await socket.ask(encodeBindRequest(6n, 1n, payload))).toMatchObject({ code: 0 })
  expect(await socket.ask({ action: 'stmt2_exec', args: { req_id: 7, stmt_id: 1 } })).toMatchObject(refused)
  socket.close()
  expect(await server.sql('select count(*) from d.t')).toMatchObject({ data: [[0]] })
})

test('a changed password and a dropped user are refused at once, although they were remembered', async () => {
  expect(await rest('select 1')).toMatchObject({ code: 0 })
  await server.sql("alter user reader pass 'Other_1234'")
  expect(await rest('select 1')).toMatchObject({ code: 0x0357 })
  expect(await rest('select 1', 'Other_1234')).toMatchObject({ code: 0 })
  await server.sql('drop user reader')
  expect(await rest('select 1', 'Other_1234')).toMatchObject({ code: 0x0351 })
})

test('the connections and consumers of a dropped user are closed, and no others', async () => {
  await server.run([
    "create user leaver pass 'Leave_1234'",
    'create topic everything as database d',
    'grant subscribe on everything to leaver',
  ])
  const login = { req_id: 1, user: 'leaver', password: 'Leave_1234' }
  const query = await server.open()
  expect(await query.ask({ action: 'conn', args: login })).toMatchObject({ code: 0 })
  const consumer = await server.open('/rest/tmq')
  expect(await consumer.ask({ action: 'subscribe', args: { ...login, group_id: 'g', topics: ['everything'] } })).toMatchObject({ code: 0 })
  const other = await server.open()
  expect(await other.ask({ action: 'conn', args: { req_id: 1, user: 'root', password: 'taosdata' } })).toMatchObject({ code: 0 })
  const closes = [query, consumer].map(({ ws }) => new Promise((resolve) => ws.on('close', resolve)))
  expect(await server.sql('drop user leaver')).toMatchObject({ code: 0 })
  expect(await Promise.all(closes)).toEqual([1005, 1005])
  expect(await other.ask({ action: 'query', args: { req_id: 2, sql: 'select 1' } })).toMatchObject({ code: 0 })
  other.close()
  expect(await server.sql('drop topic everything')).toMatchObject({ code: 0 })
})
