import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from './testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  await server.run([
    'create database d keep 36500',
    'create stable d.s (ts timestamp, v int) tags (g int)',
    'insert into d.t using d.s tags (7) values (1700000000000, 1)',
    'create table d.n (ts timestamp, v int)',
    'insert into d.n values (1700000000000, 2)',
    "create user reader pass 'Read_1234'",
  ])
})
afterAll(() => server[Symbol.asyncDispose]())

const LOGIN = { req_id: 1, user: 'root', password: 'taosdata', db: 'd' }

async function connected(args: Record<string, unknown> = {}) {
  const socket = await server.open()
  return { socket, answer: await socket.ask({ action: 'conn', args: { ...LOGIN, ...args } }) }
}

const listed = async () => {
  const answer = await server.sql(
    "select `user`, app, user_app, user_ip from performance_schema.perf_connections where user_app <> '' order by user_app",
  )
  return (answer as unknown as { data: unknown[][] }).data
}

test('SHOW CONNECTIONS tells the application and the address that a client named, and later changes', async () => {
  const { socket, answer } = await connected({ app: 'an application with a name too long', ip: '10.1.2.3', connector: 'test' })
  expect(answer).toMatchObject({ code: 0 })
  expect(await listed()).toEqual([['root', 'taosadapter', 'an application with a n', '10.1.2.3']])
  const set = (options: { option: number; value: string | null }[]) =>
    socket.ask({ action: 'options_connection', args: { req_id: 2, options } })
  expect(
    await set([
      { option: 3, value: 'other' },
      { option: 2, value: 'fe80::1' },
      { option: 4, value: 'connector' },
    ]),
  ).toMatchObject({ code: 0 })
  expect(await listed()).toEqual([['root', 'taosadapter', 'other', 'fe80::1']])
  expect(await set([{ option: 2, value: 'nowhere' }])).toMatchObject({ code: 0 })
  expect(await listed()).toEqual([['root', 'taosadapter', 'other', '']])
  expect(await set([{ option: 2, value: null }])).toMatchObject({ code: 0 })
  expect(await listed()).toEqual([['root', 'taosadapter', 'other', '']])
  expect(await set([{ option: -1, value: null }])).toMatchObject({ code: 0 })
  expect(await listed()).toEqual([])
  expect((await connected({ ip: 'nowhere' })).answer).toMatchObject({ code: 0 })
  socket.close()
})

test('SHOW CONNECTIONS lists a consumer from its first subscription until it is gone', async () => {
  expect(await server.sql('create topic of_n as select * from d.n')).toMatchObject({ code: 0 })
  const socket = await server.open('/rest/tmq')
  const args = { req_id: 1, user: 'root', password: 'taosdata', group_id: 'g', app: 'reader', ip: '10.1.2.3', topics: ['of_n'] }
  const ask = (action: string) => socket.ask({ action, args })
  expect(await ask('subscribe')).toMatchObject({ code: 0 })
  expect(await listed()).toEqual([['root', 'taosadapter', 'reader', '10.1.2.3']])
  expect([await ask('unsubscribe'), await ask('subscribe')]).toMatchObject([{ code: 0 }, { code: 0 }])
  expect(await listed()).toHaveLength(1)
  socket.close()
  await expect.poll(listed).toEqual([])
})

test('REST names its application and address as well', async () => {
  const authorization = `Basic ${Buffer.from('root:taosdata').toString('base64')}`
  const body = "select user_app, user_ip from performance_schema.perf_connections where user_app = 'curl'"
  const response = await fetch(`${server.server.url}/rest/sql?app=curl&ip=10.9.8.7`, { method: 'POST', body, headers: { authorization } })
  expect(await response.json()).toMatchObject({ data: [['curl', '10.9.8.7']] })
})

test('in BI mode * shows the tbname of supertables, behind their tags, and of nothing else', async () => {
  const { socket, answer } = await connected({ mode: 0 })
  expect(answer).toMatchObject({ code: 0 })
  const names = async (sql: string) => {
    const reply = (await socket.ask({ action: 'query', args: { req_id: 3, sql } })) as Record<string, unknown>
    return reply['code'] === 0 ? reply['fields_names'] : reply['message']
  }
  expect(await names('select * from s')).toEqual(['ts', 'v', 'g', 'tbname'])
  expect(await names('select a.*, 1 from s a')).toEqual(['ts', 'v', 'g', 'tbname', '1'])
  expect(await names('select * from (select * from s)')).toEqual(['ts', 'v', 'g', 'tbname'])
  expect(await names('select * from t')).toEqual(['ts', 'v'])
  const described = async (sql: string) => {
    const { id } = (await socket.ask({ action: 'query', args: { req_id: 5, sql } })) as unknown as { id: number }
    return ((await socket.ask({ action: 'fetch', args: { req_id: 6, id } })) as unknown as { rows: number }).rows
  }
  expect(await described('describe s')).toBe(4)
  expect(await described('describe t')).toBe(3)
  expect(await names('select * from n')).toEqual(['ts', 'v'])
  expect(await names('select last(*) from s')).toEqual(['last(ts)', 'last(v)'])
  const plain = (await connected()).socket
  expect(await plain.ask({ action: 'query', args: { req_id: 4, sql: 'select * from s' } })).toMatchObject({
    fields_names: ['ts', 'v', 'g'],
  })
  expect((await connected({ mode: 1 })).answer).toMatchObject({ code: 65535, message: 'unexpected mode:1' })
  socket.close()
  plain.close()
})

test('a login into a database on which the user holds nothing is refused, REST ignores the database', async () => {
  const reader = { user: 'reader', password: 'Read_1234' }
  expect((await connected(reader)).answer).toMatchObject({ code: 0x0303, message: 'Insufficient privilege for operation' })
  expect((await connected({ ...reader, db: '' })).answer).toMatchObject({ code: 0 })
  const authorization = `Basic ${Buffer.from('reader:Read_1234').toString('base64')}`
  const rest = await fetch(`${server.server.url}/rest/sql/d`, { method: 'POST', body: 'select 1', headers: { authorization } })
  expect(await rest.json()).toMatchObject({ code: 0, data: [[1]] })
})

test('a request without an action is answered under its id', async () => {
  const socket = await server.open()
  for (const message of [{ args: { req_id: 7 } }, { action: '', args: { req_id: 7 } }])
    expect(await socket.ask(message)).toMatchObject({ code: 65535, message: 'request no action', action: '', req_id: 7 })
  socket.close()
})
