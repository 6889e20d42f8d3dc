import { encodeFetchRequest, encodeSqlRequest } from 'taosts/wire'
import { expect, test } from 'vitest'
import { logIn, openSocket, testServer } from './testing/test-server.ts'

test('connections beyond the limit are refused with 503 and counted', async () => {
  await using server = await testServer({ limits: { connections: 1 } })
  const first = await server.open()
  await expect(server.open()).rejects.toThrow('HTTP 503')
  expect(server.server.context.metrics.connectionsRefused.value).toBe(1)
  first.close()
  await expect.poll(() => server.server.context.metrics.connections.value).toBe(0)
  ;(await server.open()).close()
})

test('a connection that sends too large a message is closed, others are not', async () => {
  await using server = await testServer({ limits: { messageBytes: 1000 } })
  const [big, other] = [await server.open(), await server.open()]
  const closed = new Promise<number>((resolve) => big.ws.on('close', resolve))
  big.send({ action: 'version', args: { padding: 'x'.repeat(2000) } })
  expect(await closed).toBe(1009)
  expect(await other.ask({ action: 'version' })).toMatchObject({ code: 0 })
  expect(server.server.context.metrics.messagesRefused.value).toBe(1)
})

test('a silent connection is closed in time, one that answers pings is not', async () => {
  await using server = await testServer({ limits: { idleMs: 2500 } })
  const silent = await openSocket(`${server.server.url.replace('http', 'ws')}/ws`)
  // ws answers pings by itself; this one must not.
  ;(silent.ws as unknown as { pong(): void }).pong = () => undefined
  ;(silent.ws as unknown as { _autoPong: boolean })._autoPong = false
  const lively = await server.open()
  const closed = new Promise<string>((resolve) => silent.ws.on('close', (_, reason) => resolve(reason.toString())))
  expect(await closed).toBe('idle for 2.5 s')
  expect(await lively.ask({ action: 'version' })).toMatchObject({ code: 0 })
  expect(server.server.context.metrics.idleClosed.value).toBe(1)
})

test('a consumer that does not answer pings within its session is put out of its group, one that does is not', async () => {
  await using server = await testServer()
  await server.sql('create database d')
  await server.sql('create table d.t (ts timestamp, v int)')
  await server.sql('create topic q as select v from d.t')
  const url = `${server.server.url.replace('http', 'ws')}/rest/tmq`
  const [silent, lively] = [await openSocket(url), await openSocket(url)]
  ;(silent.ws as unknown as { _autoPong: boolean })._autoPong = false
  for (const [client, socket] of Object.entries({ silent, lively })) {
    const config = { 'heartbeat.interval.ms': '1000' }
    const args = {
      req_id: 1,
      user: 'root',
      password: 'taosdata',
      group_id: client,
      client_id: client,
      session_timeout_ms: '6000',
      topics: ['q'],
      config,
    }
    expect(await socket.ask({ action: 'subscribe', args })).toMatchObject({ code: 0 })
  }
  const members = () => [...server.engine.live.consumers()].map(({ clientId }) => clientId)
  expect(members()).toEqual(['silent', 'lively'])
  await expect.poll(members, { timeout: 20_000 }).toEqual(['lively'])
  expect(await silent.ask({ action: 'poll', args: { req_id: 2, blocking_time: 0 } })).toMatchObject({ code: 0x03e6 })
  expect(await lively.ask({ action: 'poll', args: { req_id: 2, blocking_time: 0 } })).toMatchObject({ code: 0 })
})

test('statements beyond those in flight are refused with 0xFFFE', async () => {
  await using server = await testServer({ limits: { statements: 1 } })
  const socket = await server.open()
  await logIn(socket)
  socket.send(encodeSqlRequest(2n, 'select 1'))
  socket.send(encodeSqlRequest(3n, 'select 2'))
  const replies = [await socket.next(), await socket.next()] as Record<string, unknown>[]
  expect(replies.find(({ req_id }) => req_id === 3)).toMatchObject({
    code: 65534,
    message: 'too many statements in flight: the limit is 1',
  })
  expect(replies.find(({ req_id }) => req_id === 2)).toMatchObject({ code: 0 })
})

test('results and statements of a client that vanishes are freed', async () => {
  await using server = await testServer()
  await server.sql('create database d')
  await server.sql('create table d.t (ts timestamp, v int)')
  const socket = await server.open()
  await logIn(socket, 'd')
  await socket.ask(encodeSqlRequest(2n, 'select * from t'))
  await socket.ask({ action: 'stmt2_init', args: { req_id: 3 } })
  const { metrics } = server.server.context
  expect([metrics.openResults.value, metrics.openStatements.value]).toEqual([1, 1])
  socket.ws.terminate()
  await expect.poll(() => [metrics.openResults.value, metrics.openStatements.value, metrics.connections.value]).toEqual([0, 0, 0])
})

test('a slow reader holds back only itself, and only so much waits for it', async () => {
  await using server = await testServer({ limits: { bufferedBytes: 1_000_000 } })
  await server.sql('create database d keep 36500')
  await server.sql('create table d.t (ts timestamp, s varchar(1000))')
  for (let i = 0; i < 40; i++) {
    await server.sql(
      `insert into d.t values ${Array.from({ length: 500 }, (_, k) => `(${1700000000000 + i * 500 + k},'${'x'.repeat(1000)}')`).join('')}`,
    )
  }
  const slow = await server.open()
  await logIn(slow, 'd')
  slow.ws.pause()
  for (let i = 0; i < 30; i++) slow.send({ action: 'query', args: { req_id: i + 10, sql: 'select * from t' } })
  for (let i = 0; i < 30; i++) for (let k = 0; k < 6; k++) slow.send(encodeFetchRequest(BigInt(1000 + i * 10 + k), BigInt(i + 1)))
  const other = await server.open()
  await logIn(other, 'd')
  for (let i = 0; i < 20; i++)
    expect(await other.ask({ action: 'query', args: { req_id: i, sql: 'select count(*) from t' } })).toMatchObject({ code: 0 })
  // 600 MB are asked for; what waits is a few blocks and the buffers of the sockets.
  expect(process.memoryUsage().external).toBeLessThan(150_000_000)
  slow.ws.terminate()
  await expect.poll(() => server.server.context.metrics.connections.value).toBe(1)
})

test('compression is offered and works', async () => {
  await using server = await testServer()
  const socket = await server.open('/ws', true)
  expect(socket.ws.extensions).toContain('permessage-deflate')
  await logIn(socket)
  const reply = await socket.ask({ action: 'query', args: { req_id: 2, sql: `select '${'long '.repeat(1000)}'` } })
  expect(reply).toMatchObject({ code: 0 })
  socket.close()
})
