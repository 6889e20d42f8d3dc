import { openEmbedded } from 'taosts-embedded'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { configure } from '../configure.ts'
import { connect } from '../connect.ts'
import { Connection } from '../connection.ts'
import { ConnectionError, InterfaceError, TimeoutError } from '../errors.ts'
import type { ConnectOptions, Notice } from '../options.ts'
import { StubServer } from '../testing/stub-server.ts'
import { repeatableInsert } from './identifier.ts'
import { type LosableSession, ReconnectingSession } from './reconnecting.ts'
import { logIn } from './websocket.ts'

let stub: StubServer
let notices: Notice['kind'][]

beforeEach(async () => {
  stub = await StubServer.start()
  notices = []
})

afterEach(async () => {
  await stub.close()
})

const open = (options: ConnectOptions = {}): Promise<Connection> =>
  connect({ url: stub.url, retryBackoff: '5ms', retryBackoffMax: '20ms', onNotice: ({ kind }) => notices.push(kind), ...options })

async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

/** Cuts the connection when `sql` arrives, the first `times` times; afterwards the stub answers. */
function cutOn(sql: string, times = 1): void {
  let left = times
  stub.handler = (request) => {
    if (request.sql !== sql || left-- <= 0) return
    stub.cut()
    return true
  }
}

describe('after a loss', () => {
  test('the next call connects again, in the same database, with the same options', async () => {
    await using connection = await open({ database: 'first', timezone: 'Asia/Shanghai' })
    await connection.execute('USE Second')
    stub.cut()
    await expect.poll(() => notices).toEqual(['disconnect'])
    expect(await connection.execute('write')).toBe(3)
    expect(notices).toEqual(['disconnect', 'reconnect'])
    const conns = stub.requests.filter(({ action }) => action === 'conn')
    expect(conns.map(({ args }) => [args['db'], args['tz']])).toEqual([
      ['first', 'Asia/Shanghai'],
      ['second', 'Asia/Shanghai'],
    ])
  })

  test('what only reads is sent again; what may have run is not', async () => {
    await using connection = await open()
    cutOn('SELECT 1')
    expect(await connection.execute('SELECT 1')).toBe(3)
    cutOn('INSERT INTO t VALUES (1, 2)')
    const error = await failure(connection.execute('INSERT INTO t VALUES (1, 2)'))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error).toMatchObject({ maybeExecuted: true, retryable: false })
    expect(stub.requests.filter(({ sql }) => sql.startsWith('INSERT'))).toHaveLength(1)
  })

  test('an insert is sent again when the options or the call say so', async () => {
    await using connection = await open({ retryInserts: true })
    cutOn('INSERT INTO t VALUES (1704067200000, 2)')
    expect(await connection.execute('INSERT INTO t VALUES (1704067200000, 2)')).toBe(3)
    cutOn('INSERT INTO t VALUES (NOW, 2)')
    expect(await failure(connection.execute('INSERT INTO t VALUES (NOW, 2)'))).toMatchObject({ maybeExecuted: true })
    cutOn('INSERT INTO t VALUES (NOW, 3)')
    expect(await connection.execute('INSERT INTO t VALUES (NOW, 3)', null, { idempotent: true })).toBe(3)
  })

  test('a prepared insert is prepared, bound and executed again when the options say so', async () => {
    const embedded = await openEmbedded()
    const losses: string[] = []
    let lose = true
    /** Sessions to the engine, of which the first is lost when it has been told to execute. */
    const reopen = async (): Promise<LosableSession> => {
      const socket = embedded.connect('/ws')
      const send = socket.send.bind(socket)
      socket.send = (data) => {
        send(data)
        if (!lose || typeof data !== 'string' || !data.includes('"stmt2_exec"')) return
        lose = false
        losses.push('executed')
        socket.onclose?.({ code: 1006, reason: '' })
      }
      return await logIn(socket, config, 'a server', { connector: 'test' }, AbortSignal.timeout(20_000))
    }
    const config = configure({ url: 'ws://localhost', retryInserts: true }, {})
    const connection = new Connection(new ReconnectingSession(await reopen(), config, reopen), config)
    await connection.execute('CREATE DATABASE d KEEP 36500d')
    await connection.execute('CREATE TABLE d.t (ts TIMESTAMP, v INT)')
    await using insert = await connection.prepare('INSERT INTO d.t VALUES (?, ?)')
    expect(
      await insert.execute([
        [1n, 1],
        [2n, 2],
      ]),
    ).toBe(2)
    expect(losses).toEqual(['executed'])
    expect(await (await connection.query('SELECT v FROM d.t ORDER BY ts')).values()).toEqual([[1], [2]])
    await connection.close()
    await embedded.close()
  })

  test('many callers wait for one reconnection', async () => {
    await using connection = await open()
    stub.cut()
    await expect.poll(() => notices.length).toBe(1)
    expect(await Promise.all(Array.from({ length: 20 }, () => connection.execute('SELECT 1')))).toEqual(new Array(20).fill(3))
    expect(stub.requests.filter(({ action }) => action === 'conn')).toHaveLength(2)
  })

  test('an open result fails and is not begun again behind the back of its reader', async () => {
    await using connection = await open()
    const result = await connection.query('numbers 100 10')
    stub.cut()
    const error = await failure(result.rows())
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error).toMatchObject({ retryable: true })
  })

  test('attempts are bounded, and the next call tries anew', async () => {
    const { port } = stub
    await using connection = await open({ retries: 2 })
    await stub.close()
    await expect.poll(() => notices.length).toBe(1)
    const error = await failure(connection.execute('SELECT 1'))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error.message).toContain('cannot connect again')
    expect(error.message).toContain(`127.0.0.1:${port}`)
    expect(await failure(connection.execute('SELECT 1'))).toBeInstanceOf(ConnectionError)
  })

  test('a call waits no longer than it may', async () => {
    await using connection = await open({ retryBackoff: '2s', retryBackoffMax: '2s' })
    await stub.close()
    await expect.poll(() => notices.length).toBe(1)
    expect(await failure(connection.execute('SELECT 1', null, { timeout: '80ms' }))).toBeInstanceOf(TimeoutError)
    expect((await failure(connection.execute('SELECT 1', null, { signal: AbortSignal.timeout(80) }))).name).toBe('TimeoutError')
  })

  test('closing ends the waiting', async () => {
    const connection = await open({ retryBackoff: '5s', retryBackoffMax: '5s' })
    await stub.close()
    await expect.poll(() => notices.length).toBe(1)
    const waiting = failure(connection.execute('SELECT 1'))
    await new Promise((resolve) => setTimeout(resolve, 30))
    await connection.close()
    expect(await waiting).toBeInstanceOf(InterfaceError)
  })

  test('a login that is refused is not tried over and over', async () => {
    await using connection = await open()
    stub.handler = (request, socket) => {
      if (request.action !== 'conn') return
      socket.fail(request, 0x0357, 'Authentication failure')
      return true
    }
    stub.cut()
    await expect.poll(() => notices.length).toBe(1)
    expect((await failure(connection.execute('SELECT 1'))).message).toContain('Authentication failure')
    expect(stub.requests.filter(({ action }) => action === 'conn')).toHaveLength(2)
  })
})

describe('with several addresses', () => {
  test('connections spread over them', async () => {
    await using other = await StubServer.start()
    const url = `ws://127.0.0.1:${stub.port},127.0.0.1:${other.port}`
    const connections = await Promise.all(Array.from({ length: 24 }, () => open({ url })))
    expect(stub.upgrades.length).toBeGreaterThan(2)
    expect(other.upgrades.length).toBeGreaterThan(2)
    await Promise.all(connections.map((connection) => connection.close()))
  })

  test('a dead one is left for one that lives', async () => {
    await using other = await StubServer.start()
    const dying = await StubServer.start()
    await using connection = await open({ url: `ws://127.0.0.1:${dying.port},127.0.0.1:${other.port}` })
    const wasThere = dying.upgrades.length > 0
    await dying.close()
    expect(await connection.execute('SELECT 1')).toBe(3)
    expect(notices.includes('failover')).toBe(wasThere)
    expect(other.upgrades).toHaveLength(1)
  })

  test('one that accepts and says nothing does not use up the time of the others', async () => {
    stub.handler = () => true
    await using other = await StubServer.start()
    const connections = await Promise.all(
      Array.from({ length: 6 }, () => open({ url: `ws://127.0.0.1:${stub.port},127.0.0.1:${other.port}`, connectTimeout: '600ms' })),
    )
    expect(other.sockets.size).toBe(6)
    await Promise.all(connections.map((connection) => connection.close()))
  })

  test('a server that cannot reach its database is left', async () => {
    await using other = await StubServer.start()
    let bad = stub
    const handler = (server: StubServer): void => {
      server.handler = (request, socket) => {
        if (request.sql !== 'SELECT 1' || bad !== server) return
        socket.fail(request, 0x000b, 'Unable to establish connection')
        return true
      }
    }
    handler(stub)
    handler(other)
    await using connection = await open({ url: `ws://127.0.0.1:${stub.port},127.0.0.1:${other.port}` })
    bad = stub.upgrades.length > 0 ? stub : other
    expect(await connection.execute('SELECT 1')).toBe(3)
    expect([stub.upgrades.length, other.upgrades.length]).toEqual([1, 1])
  })
})

test('inserts that can be repeated carry their own timestamps', () => {
  expect(repeatableInsert("INSERT INTO t VALUES (1704067200000, 'now')")).toBe(true)
  expect(repeatableInsert("insert into d1 using st tags('x') values ('2024-01-01 00:00:00', 1)")).toBe(true)
  expect(repeatableInsert('INSERT INTO t VALUES (now, 1)')).toBe(false)
  expect(repeatableInsert('INSERT INTO t VALUES (NOW() + 1s, 1)')).toBe(false)
  expect(repeatableInsert('INSERT INTO t SELECT * FROM s')).toBe(false)
  expect(repeatableInsert("INSERT INTO t FILE '/x.csv'")).toBe(false)
  expect(repeatableInsert('DELETE FROM t')).toBe(false)
})
