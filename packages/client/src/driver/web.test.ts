import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket as NodeWebSocket } from 'ws'
import { configure } from '../configure.ts'
import { ConnectionError, NotSupportedError } from '../errors.ts'
import { StubServer } from '../testing/stub-server.ts'
import { connectFailure } from './connect-failure.ts'
import { HttpFailure } from './http.ts'
import { openHttp } from './http.web.ts'
import { openSocket } from './socket.web.ts'
import { logIn } from './websocket.ts'

// What browsers, workerd and newer runtimes have by themselves; `ws` has the same interface.
const platform = globalThis as { WebSocket?: unknown }
let own: unknown
let stub: StubServer

beforeEach(async () => {
  own = platform.WebSocket
  platform.WebSocket = NodeWebSocket
  stub = await StubServer.start()
})

afterEach(async () => {
  platform.WebSocket = own
  await stub.close()
})

const opening = (url: string, more: object = {}) =>
  openSocket({ url, trusted: true, compression: false, signal: AbortSignal.timeout(5000), ...more })

describe("the platform's WebSocket", () => {
  test('carries a session: text and bytes, both ways', async () => {
    const socket = await opening(`${stub.url}/ws`)
    const session = await logIn(socket, configure({ url: stub.url }, {}), stub.url, { connector: 'test' }, AbortSignal.timeout(5000))
    const answer = await session.query('numbers 5 2')
    const sizes: number[] = []
    for (let block = await answer.next(); block; block = await answer.next()) sizes.push(block.rows)
    expect(sizes).toEqual([2, 2, 1])
    await session.close()
    await expect.poll(() => stub.sockets.size).toBe(0)
  })

  test('is found lost when the server goes, without pings of its own', async () => {
    const config = configure({ url: stub.url, heartbeat: '40ms' }, {})
    const session = await logIn(await opening(`${stub.url}/ws`), config, stub.url, { connector: 'test' }, AbortSignal.timeout(5000))
    await expect.poll(() => stub.requests.some(({ action }) => action === 'version')).toBe(true)
    stub.handler = () => true
    await expect.poll(() => session.failure?.message).toContain('stopped answering')
    await session.close()
  })

  test('that cannot open rejects, and so does one that is aborted', async () => {
    const { port } = stub
    await stub.close()
    const error = await opening(`ws://127.0.0.1:${port}/ws?token=hunter2`).catch((reason: unknown) => reason)
    expect(connectFailure('ws', { host: '127.0.0.1', port }, error)).toBeInstanceOf(ConnectionError)
    await expect(opening('ws://127.0.0.1:1/ws', { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before')
  })

  test('refuses what it cannot do', async () => {
    await expect(opening(stub.url, { headers: { a: 'b' } })).rejects.toThrow(NotSupportedError)
    await expect(opening(stub.url, { tls: {} })).rejects.toThrow('tls cannot be given')
  })
})

describe("the platform's fetch", () => {
  const text = async (chunks: AsyncIterator<Uint8Array>): Promise<string> => {
    let all = ''
    for (let part = await chunks.next(); !part.done; part = await chunks.next()) all += Buffer.from(part.value).toString()
    return all
  }

  test('sends the statement and gives status, headers and body', async () => {
    stub.onRequest = (request, response, body) =>
      response.writeHead(201, { 'x-one': 'two' }).end(`${request.method} ${request.headers.authorization} ${body}`)
    const answer = await openHttp({}).send({
      method: 'POST',
      url: `${stub.httpUrl}/rest/sql`,
      headers: { authorization: 'Basic x', 'accept-encoding': 'gzip' },
      body: 'SELECT 涛',
    })
    expect([answer.status, answer.header('x-one'), await text(answer.chunks)]).toEqual([201, 'two', 'POST Basic x SELECT 涛'])
  })

  test('refuses what it cannot do', () => {
    expect(() => openHttp({ tls: {} })).toThrow('tls cannot be given')
    expect(() => openHttp({ agent: {} })).toThrow(NotSupportedError)
  })

  test('tells where it failed', async () => {
    await expect(openHttp({}).send({ method: 'GET', url: 'http://127.0.0.1:1/', headers: {} })).rejects.toThrow(HttpFailure)
    stub.onRequest = (_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half')
      setTimeout(() => response.destroy(), 10)
    }
    const answer = await openHttp({}).send({ method: 'GET', url: stub.httpUrl, headers: {} })
    await expect(text(answer.chunks)).rejects.toMatchObject({ stage: 'body' })
    stub.onRequest = () => {}
    await expect(
      openHttp({}).send({ method: 'GET', url: stub.httpUrl, headers: {}, signal: AbortSignal.timeout(30) }),
    ).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})
