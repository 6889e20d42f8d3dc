import { createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connect } from '../connect.ts'
import {
  ConnectionError,
  InterfaceError,
  InternalError,
  NotSupportedError,
  OperationalError,
  ProgrammingError,
  TimeoutError,
} from '../errors.ts'
import type { ConnectOptions } from '../options.ts'
import { RestClient } from '../rest-client.ts'
import { goldenAnswers, readTranscript, transcripts } from '../testing/golden.ts'
import { StubServer } from '../testing/stub-server.ts'

/** A request as the server saw it. */
interface Seen {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly authorization: string | undefined
  readonly body: string
}

let stub: StubServer
let seen: Seen[]
/** Answers by statement; a text is the body of a 200. */
let bodies: Map<string, string>
let answer: (
  request: Seen,
) => { status?: number; headers?: Record<string, string>; body?: string | Buffer; cut?: boolean; after?: number } | undefined

beforeEach(async () => {
  stub = await StubServer.start()
  seen = []
  bodies = new Map()
  answer = () => undefined
  stub.onRequest = (request, response, body) => {
    const url = new URL(request.url!, stub.httpUrl)
    const one = {
      method: request.method!,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      authorization: request.headers.authorization,
      body,
    }
    seen.push(one)
    const special = answer(one)
    const text = body === 'SELECT SERVER_VERSION()' ? VERSION : (bodies.get(body) ?? UPDATE)
    const { status = 200, headers = {}, body: bytes = text, cut = false, after = 0 } = special ?? {}
    setTimeout(() => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      if (!cut) return response.end(bytes)
      response.write(bytes)
      return setTimeout(() => response.destroy(), 10)
    }, after)
  }
})

afterEach(async () => {
  await stub.close()
})

const VERSION = '{"code":0,"column_meta":[["server_version()","VARCHAR",7]],"data":[["3.3.7.5"]],"rows":1}'
const UPDATE = '{"code":0,"column_meta":[["affected_rows","INT",4]],"data":[[3]],"rows":1}'
const ONE = '{"code":0,"column_meta":[["n","BIGINT",8]],"data":[[9007199254740993]],"rows":1}'

const open = (options: ConnectOptions = {}) => connect({ url: stub.httpUrl, ...options })

async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

describe('requests', () => {
  test('log in by Basic, in UTF-8', async () => {
    await using connection = await open({ user: 'ålice', password: ':@/?#%密码' })
    expect(connection.serverInfo).toBe('3.3.7.5')
    expect(seen[0]).toMatchObject({ method: 'POST', path: '/rest/sql', body: 'SELECT SERVER_VERSION()' })
    expect(seen[0]!.authorization).toBe(`Basic ${Buffer.from('ålice:' + ':@/?#%密码').toString('base64')}`)
  })

  test('log in by ?token= beside req_id, without a header', async () => {
    await using connection = await open({ token: 'a b&c', timezone: 'Asia/Shanghai', userApp: 'app', userIp: '10.0.0.1' })
    await connection.query('x', null, { reqId: 2n ** 62n })
    expect(seen[1]!.query).toEqual({ token: 'a b&c', req_id: String(2n ** 62n), conn_tz: 'Asia/Shanghai', app: 'app', ip: '10.0.0.1' })
    expect(seen[1]!.authorization).toBeUndefined()
    await expect(connection.query('x', null, { reqId: 2n ** 63n })).rejects.toThrow('below 2^63')
  })

  test('log in by Bearer, and by a token that the server makes', async () => {
    await (await open({ bearerToken: 'bear' })).close()
    expect(seen[0]!.authorization).toBe('Bearer bear')
    seen = []
    answer = ({ method }) =>
      method === 'GET' ? { body: '{"code":0,"desc":"/KfeAzX/f9na8qdtNZmtONryp201ma04bEl8LcvLUd7a8qdtNZmtONryp201ma04"}' } : undefined
    await (await open({ restAuth: 'taosd' })).close()
    expect(seen[0]!.path).toBe('/rest/login/root/taosdata')
    expect(seen[1]!.authorization).toBe('Taosd /KfeAzX/f9na8qdtNZmtONryp201ma04bEl8LcvLUd7a8qdtNZmtONryp201ma04')
    answer = ({ method }) => (method === 'GET' ? { status: 401, body: '{"code":3,"desc":"Authentication failure"}' } : undefined)
    const error = await failure(open({ restAuth: 'taosd', password: 'hunter2' }))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error.message).toBe('[0x0003]: Authentication failure')
    expect(error.stack).not.toContain('hunter2')
  })

  test('with a time zone are not for a server that would pass it over', async () => {
    answer = ({ body }) => (body === 'SELECT SERVER_VERSION()' ? { body: VERSION.replace('3.3.7.5', '3.3.4.8') } : undefined)
    await (await open()).close()
    const error = await failure(open({ timezone: 'Asia/Shanghai' }))
    expect(error).toBeInstanceOf(NotSupportedError)
    expect(error.message).toContain('timezone needs TDengine 3.3.5;')
  })

  test('go to the database that USE and selectDb chose', async () => {
    await using connection = await open({ database: 'first' })
    await connection.execute('INSERT 1')
    await connection.execute('USE Second')
    await connection.execute('INSERT 2')
    await connection.selectDb('`Third one`')
    await connection.execute('INSERT 3')
    expect(await connection.currentDatabase()).toBe('Third one')
    expect(seen.filter(({ body }) => body.startsWith('INSERT')).map(({ path }) => path)).toEqual([
      '/rest/sql/first',
      '/rest/sql/second',
      '/rest/sql/Third%20one',
    ])
  })

  test('stay where they were when the database does not exist', async () => {
    await using connection = await open()
    answer = ({ body }) => (body.startsWith('USE') ? { body: '{"code":904,"desc":"Database not exist","timing":1}' } : undefined)
    await expect(connection.selectDb('nowhere')).rejects.toThrow('[0x0388]: Database not exist')
    await connection.execute('INSERT')
    expect(seen.at(-1)!.path).toBe('/rest/sql')
    const error = await failure(open({ database: 'nowhere' }))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error.message).toBe('[0x0388]: Database not exist')
  })

  test('share one socket', async () => {
    const ports: number[] = []
    const original = stub.onRequest!
    stub.onRequest = (request, response, body) => {
      ports.push(request.socket.remotePort!)
      original(request, response, body)
    }
    await using connection = await open()
    for (let i = 0; i < 8; i++) await connection.execute('INSERT')
    expect([ports.length, new Set(ports).size]).toEqual([9, 1])
  })

  test('that only read are sent again when a kept socket was closed; those that write are not', async () => {
    await using connection = await open()
    let cut = true
    const original = stub.onRequest!
    stub.onRequest = (request, response, body) => {
      if (!cut) return original(request, response, body)
      cut = false
      request.socket.destroy()
    }
    bodies.set('SELECT 1', ONE)
    expect(await (await connection.query('SELECT 1')).values()).toHaveLength(1)
    cut = true
    const error = await failure(connection.execute('INSERT'))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error).toMatchObject({ maybeExecuted: true, retryable: false })
  })

  test('go to another address when one is dead', async () => {
    await using connection = await connect(`http://127.0.0.1:1,127.0.0.1:${stub.port}`)
    expect(await connection.execute('INSERT')).toBe(3)
  })

  test('are unpacked when they come compressed', async () => {
    answer = ({ body }) => (body === 'one' ? { headers: { 'content-encoding': 'gzip' }, body: gzipSync(ONE) } : undefined)
    await using connection = await open({ compression: true })
    expect(await (await connection.query('one')).values()).toEqual([[9007199254740993n]])
  })
})

describe('answers', () => {
  test('every recorded body gives the rows that the same statement gives over WebSocket', async () => {
    let compared = 0
    for (const name of transcripts(/^(curl-rest-queries|go-rest-query-|jdbc-rs-query-)/)) {
      let sql: string | undefined
      for (const { http, body } of readTranscript(name)) {
        if (http === 'request') sql = body
        else if (http === 'response' && sql !== undefined && body !== undefined) bodies.set(sql, body)
      }
    }
    await using rest = await open()
    for (const name of transcripts(/^(go-ws|jdbc-ws|py-ws)-query-(ms|us|ns|misc)/)) {
      stub.answers = goldenAnswers(name)
      await using webSocket = await connect({ url: stub.url })
      for (const sql of stub.answers.keys()) {
        if (!bodies.has(sql) || /now|server_version|show|ins_|timezone|_qstart|create_time/i.test(sql)) continue
        const one = await webSocket.query(sql)
        const other = await rest.query(sql)
        const rows = await one.values()
        expect(await other.values(), sql).toEqual(rows)
        expect(other.fields, sql).toEqual(one.fields)
        if (rows.length > 0 && one.fields.some(({ type }) => type === 'TIMESTAMP')) expect(other.precision).toBe(one.precision)
        compared++
      }
    }
    expect(compared).toBeGreaterThan(30)
  })

  test('of writes say how many rows; a column of that name in a query is a column', async () => {
    await using connection = await open()
    expect(await connection.execute('INSERT')).toBe(3)
    expect(await (await connection.query('SELECT 3 affected_rows')).values()).toEqual([[3]])
  })

  test('come in blocks, and leaving them ends the request', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `[${i}]`).join(',')
    bodies.set('many', `{"code":0,"column_meta":[["n","INT",4]],"data":[${rows}],"rows":20000}`)
    await using connection = await open()
    let next = 0
    for await (const { n } of await connection.query<{ n: number }>('many')) {
      expect(n).toBe(next++)
      if (next === 5000) break
    }
    expect(next).toBe(5000)
    expect((await (await connection.query('many')).values()).length).toBe(20_000)
  })

  test('are errors with number, status and place', async () => {
    await using connection = await open()
    answer = () => ({ body: '{"code":9728,"desc":"syntax error near \\"selec 1\\"","timing":308686}' })
    expect(await failure(connection.query('selec 1', null, { reqId: 7 }))).toMatchObject({
      code: 9728,
      reason: 'syntax error near "selec 1"',
      position: 0,
      reqId: 7n,
      sql: 'selec 1',
    })
    answer = () => ({ status: 400, body: '{"code":9731,"desc":"Table does not exist"}' })
    const error = await failure(connection.query('SELECT'))
    expect(error).toBeInstanceOf(ProgrammingError)
    expect(error).toMatchObject({ code: 9731, status: 400 })
  })

  test.each([
    [503, 'get connection timeout', OperationalError, true],
    [403, 'whitelist prohibits current IP access', ConnectionError, false],
    [403, 'sql rejected', ProgrammingError, false],
  ])('the adapter answers %i, %s', async (status, desc, Kind, retryable) => {
    await using connection = await open()
    answer = () => ({ status, body: `{"code":65535,"desc":"${desc}","timing":1}` })
    const error = (await failure(connection.execute('INSERT INTO t VALUES (1)'))) as OperationalError
    expect(error).toBeInstanceOf(Kind)
    expect(error).toMatchObject({ code: 65535, status, reason: desc, retryable })
    expect(error.maybeExecuted).toBeUndefined()
  })

  test("an error's stack shows the caller's line", async () => {
    await using connection = await open()
    answer = () => ({ body: '{"code":9731,"desc":"Table does not exist"}' })
    async function myOwnFunction(): Promise<void> {
      await connection.query('SELECT')
    }
    expect((await failure(myOwnFunction())).stack).toContain('myOwnFunction')
  })
})

describe('what is no answer', () => {
  const refused = async (
    special: ReturnType<typeof answer>,
    sql = 'INSERT',
  ): Promise<Error & { maybeExecuted?: boolean; status?: number }> => {
    answer = () => undefined
    const connection = await open()
    answer = () => special
    const error = await failure(connection.query(sql).then((result) => result.values()))
    await connection.close()
    return error
  }

  test('a web page', async () => {
    const error = await refused({ headers: { 'content-type': 'text/html' }, body: '<html>hi</html>' })
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error.message).toContain('a web page where TDengine answers with JSON')
  })

  test("a proxy's 502: the statement may have run", async () => {
    const error = await refused({ status: 502, body: '<html>Bad Gateway</html>' })
    expect(error).toBeInstanceOf(OperationalError)
    expect(error).toMatchObject({ status: 502, maybeExecuted: true, retryable: false })
    expect(await refused({ status: 502, body: '' }, 'SELECT 1')).toMatchObject({ status: 502, retryable: true })
    expect(await refused({ status: 503, body: '"query memory exceeds threshold"' })).toMatchObject({
      retryable: true,
      reason: expect.stringContaining('memory exceeds'),
    })
  })

  test('a redirect is not followed, and its target loses its secrets', async () => {
    const error = await refused({ status: 302, headers: { location: 'https://u:p@elsewhere.example/rest?token=abc' } })
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error.message).toContain('redirects')
    expect(error.message).not.toMatch(/abc|u:p/)
  })

  test('a refused token, a missing interface', async () => {
    expect((await refused({ status: 401, body: 'Unauthorized' })).message).toContain('refused the login (HTTP 401); check the token')
    expect((await refused({ status: 404, body: '404 page not found' })).message).toContain('is it taosAdapter?')
  })

  test('a truncated body', async () => {
    const half = '{"code":0,"column_meta":[["n","BIGINT",8]],"data":[[1],[2'
    expect(await refused({ body: half })).toBeInstanceOf(InternalError)
    const cut = await (async () => {
      answer = () => undefined
      await using connection = await open()
      answer = () => ({ headers: { 'content-length': '5000' }, body: half, cut: true })
      return await failure(connection.query('SELECT 1').then((result) => result.values()))
    })()
    expect(cut).toBeInstanceOf(ConnectionError)
    expect(cut.message).toContain('broke off its answer')
  })

  test('silence until the time limit, or the abort', async () => {
    await using connection = await open()
    answer = () => ({ after: 3000 })
    expect(await failure(connection.query('INSERT', null, { timeout: '100ms' }))).toBeInstanceOf(TimeoutError)
    expect((await failure(connection.query('INSERT', null, { signal: AbortSignal.timeout(100) }))).name).toBe('TimeoutError')
  })

  test('a port where nothing listens, or no HTTP', async () => {
    expect((await failure(connect('http://127.0.0.1:1'))).message).toContain('nothing listens there')
    const server = createServer((socket) => socket.end('hello\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    expect(await failure(connect(`http://127.0.0.1:${port}`))).toBeInstanceOf(ConnectionError)
    server.close()
  })

  test('TLS on a plain port', async () => {
    const error = await failure(connect({ url: `https://127.0.0.1:${stub.port}`, token: 'hunter2' }))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error.message).toContain('use http://')
    expect(error.stack).not.toContain('hunter2')
  })
})

test('what REST lacks is refused by name of what has it', async () => {
  await using connection = await open()
  const error = await failure(connection.validateSql('SELECT 1'))
  expect(error).toBeInstanceOf(NotSupportedError)
  expect(error.message).toContain('connect by WebSocket, with a URL that begins with ws://')
})

describe('RestClient', () => {
  const body =
    '{"code":0,"column_meta":[["ts","TIMESTAMP",8],["n","BIGINT",8],["v","INT",4]],"data":[["2018-10-03T14:38:05.000Z",9007199254740993,1],[null,2,null]],"rows":2}'

  test("gives the server's whole answer, dates as dates and 64 bits exact", async () => {
    bodies.set('q', body)
    await using client = new RestClient(stub.httpUrl, { database: 'power', token: 't' })
    expect(await client.sql('q', { reqId: 1n })).toEqual({
      code: 0,
      column_meta: [
        ['ts', 'TIMESTAMP', 8],
        ['n', 'BIGINT', 8],
        ['v', 'INT', 4],
      ],
      data: [
        [new Date('2018-10-03T14:38:05Z'), 9007199254740993n, 1],
        [null, 2n, null],
      ],
      rows: 2,
    })
    expect(seen).toHaveLength(1)
    expect(seen[0]).toMatchObject({ path: '/rest/sql/power', query: { token: 't', req_id: '1' } })
  })

  test('leaves times as text when told so; writes have affected_rows', async () => {
    bodies.set('q', body)
    await using client = new RestClient(stub.url, { convertTimestamp: false })
    expect((await client.sql('q')).data[0]![0]).toBe('2018-10-03T14:38:05.000Z')
    expect((await client.sql('INSERT')).data).toEqual([[3]])
  })

  test('rejects with typed errors', async () => {
    await using client = new RestClient(stub.httpUrl, { timeout: '100ms' })
    answer = () => ({ body: '{"code":9728,"desc":"syntax error near \\"123\\""}' })
    await expect(client.sql('CREATE TABLE 123')).rejects.toThrow('[0x2600]: syntax error near "123"')
    answer = () => ({ after: 2000 })
    await expect(client.sql('SELECT 1')).rejects.toThrow(TimeoutError)
    await expect(client.sql('')).rejects.toThrow(InterfaceError)
    expect(() => new RestClient('embedded:')).toThrow(InterfaceError)
    expect(() => new RestClient('h', { pasword: 'x' } as never)).toThrow('did you mean password?')
    expect(() => new RestClient('http://example.com', { token: 'x' })).toThrow('https://')
  })
})
