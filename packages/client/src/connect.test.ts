import { createServer as createTlsServer } from 'node:https'
import { inspect } from 'node:util'
import { type Served, serve } from 'taosts-embedded'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from './connect.ts'
import { ConnectionError } from './errors.ts'
import { RestClient } from './rest-client.ts'
import { CERTIFICATE, PRIVATE_KEY } from './testing/certificate.ts'
import { StubServer } from './testing/stub-server.ts'

const TOKEN = 'c10ud:@/?#%令牌'
const tls = { ca: CERTIFICATE }

/** A server of Cloud's kind: TLS, and a token in the URL. */
let cloud: Served
let own: Served

beforeAll(async () => {
  cloud = await serve({ port: 0, tls: { cert: CERTIFICATE, key: PRIVATE_KEY }, cloudToken: TOKEN })
  own = await serve({ port: 0 })
})

afterAll(async () => {
  await Promise.all([cloud.close(), own.close()])
})

async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

const address = (scheme: string): string => `${scheme}://127.0.0.1:${cloud.port}`

describe('by URL and token, over TLS', () => {
  test.each(['wss', 'https'])('%s: statements and errors', async (scheme) => {
    await using connection = await connect({ url: address(scheme), token: TOKEN, tls })
    expect(connection.serverInfo).toMatch(/^3\./)
    await connection.execute('CREATE DATABASE IF NOT EXISTS power')
    await connection.selectDb('power')
    expect(await connection.currentDatabase()).toBe('power')
    await expect(connection.execute('CREATE TABLE 123')).rejects.toThrow('[0x2600]: syntax error near "123"')
  })

  test('in the URL as well, and by a function', async () => {
    await (await connect(`${address('wss')}?token=${encodeURIComponent(TOKEN)}`, { tls })).close()
    await (await connect({ url: address('wss'), token: async () => TOKEN, tls })).close()
  })

  test('with RestClient', async () => {
    await using client = new RestClient(address('https'), { token: TOKEN, tls })
    expect((await client.sql('SELECT 1', { reqId: 1n })).data).toEqual([[1n]])
  })

  test.each(['wss', 'https'])('%s: a wrong or missing token is refused, and named', async (scheme) => {
    for (const options of [{ token: 'hunter2' }, {}]) {
      const error = await failure(connect({ url: address(scheme), tls, ...options }))
      expect(error).toBeInstanceOf(ConnectionError)
      expect(error).toMatchObject({ status: 401 })
      expect(error.message).toMatch(/token/)
      expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
    }
  })

  test.each(['wss', 'https'])('%s: a certificate that nobody signed is refused with what to do', async (scheme) => {
    const error = await failure(connect({ url: address(scheme), token: TOKEN }))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error.message).toContain('give the authority')
    expect(error).toMatchObject({ retryable: false })
    await (await connect({ url: address(scheme), token: TOKEN, tls: { rejectUnauthorized: false } })).close()
    const wrongName = await failure(connect({ url: address(scheme), token: TOKEN, tls: { ...tls, servername: 'elsewhere.example' } }))
    expect(wrongName).toBeInstanceOf(ConnectionError)
  })

  test.each([
    ['ws', 'wss'],
    ['http', 'https'],
  ])('%s on a TLS port names %s', async (scheme, right) => {
    const error = await failure(connect({ url: address(scheme), connectTimeout: '3s' }))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error.message).toContain(`${right}://`)
  })
})

describe('by user and password', () => {
  test.each(['ws', 'http'])('%s: passwords of any characters', async (scheme) => {
    const password = ':@/?#%\'"密码 Aa1!'
    await using root = await connect({ url: `${scheme}://127.0.0.1:${own.port}` })
    const user = `u_${scheme}`
    await root.execute(`CREATE USER ${user} PASS 'Aa1!aaaa'`)
    await (await connect({ url: `${scheme}://127.0.0.1:${own.port}`, user, password: 'Aa1!aaaa' })).close()
    const error = await failure(connect({ url: `${scheme}://${user}:${encodeURIComponent(password)}@127.0.0.1:${own.port}` }))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error.message).toBe('[0x0357]: Authentication failure')
    expect(inspect(error, { depth: 9 })).not.toContain('密码')
  })

  test.each(['ws', 'http'])('%s: an unknown database is refused while connecting', async (scheme) => {
    const error = await failure(connect({ url: `${scheme}://127.0.0.1:${own.port}/nowhere` }))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error).toMatchObject({ code: 0x0388, reason: 'Database not exist' })
  })

  test('REST by a login token', async () => {
    await (await connect({ url: own.restUrl, restAuth: 'taosd' })).close()
  })
})

test('compression is negotiated where it is asked for', async () => {
  await using stub = await StubServer.start()
  await (await connect({ url: stub.url })).close()
  await (await connect({ url: stub.url, compression: true })).close()
  expect(stub.upgrades.map(({ headers }) => headers['sec-websocket-extensions'] !== undefined)).toEqual([false, true])
})

test('headers travel with the upgrade and with REST', async () => {
  await using stub = await StubServer.start()
  await (await connect({ url: stub.url, headers: { 'X-Tenant': 'one' } })).close()
  expect(stub.upgrades[0]!.headers['x-tenant']).toBe('one')
})

describe('what answers the upgrade with something else', () => {
  test.each<[number, Record<string, string>, string]>([
    [401, {}, 'the token was refused'],
    [404, {}, 'no WebSocket for TDengine at /ws'],
    [302, { location: 'https://elsewhere.example/?token=x' }, 'redirects'],
    [502, {}, 'a proxy or the server cannot serve now'],
    [200, { 'content-type': 'text/html' }, 'no WebSocket for TDengine at /ws'],
  ])('HTTP %i', async (status, headers, words) => {
    const server = createTlsServer({ cert: CERTIFICATE, key: PRIVATE_KEY }, (_, response) =>
      response.writeHead(status, headers).end('<html>no</html>'),
    )
    server.on('upgrade', (_, socket) => {
      const lines = Object.entries({ ...headers, 'content-length': '2', connection: 'close' }).map(
        ([name, value]) => `${name}: ${value}\r\n`,
      )
      socket.end(`HTTP/1.1 ${status} X\r\n${lines.join('')}\r\nno`)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = server.address() as { port: number }
      const error = await failure(connect({ url: `wss://127.0.0.1:${port}`, token: 'hunter2', tls }))
      expect(error).toBeInstanceOf(ConnectionError)
      expect(error).toMatchObject({ status })
      expect(error.message).toContain(words)
      expect(error.stack).not.toContain('hunter2')
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })
})
