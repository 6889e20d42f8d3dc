import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ConnectionError, InterfaceError, OperationalError, TimeoutError } from './errors.ts'
import { createPool, type Pool, type PoolOptions } from './pool.ts'
import { StubServer } from './testing/stub-server.ts'

let stub: StubServer
let pool: Pool

beforeEach(async () => {
  stub = await StubServer.start()
})

afterEach(async () => {
  await pool?.close()
  await stub.close()
})

const make = (options: PoolOptions = {}): Pool => {
  pool = createPool({ url: stub.url, ...options })
  return pool
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('lending', () => {
  test('opens lazily, no more than max, and serves callers in their order', async () => {
    make({ max: 2 })
    expect(stub.upgrades).toHaveLength(0)
    const order: number[] = []
    await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        pool.use(async () => {
          order.push(i)
          await pause(2)
        }),
      ),
    )
    expect(order).toEqual(Array.from({ length: 12 }, (_, i) => i))
    expect(stub.upgrades).toHaveLength(2)
    expect(pool.metrics).toMatchObject({ size: 2, idle: 2, lent: 0, waiting: 0, opened: 2, loans: 12 })
  })

  test('a statement takes a connection until its result is read, left or dropped', async () => {
    make({ max: 1 })
    expect(await pool.execute('write')).toBe(3)
    const result = await pool.query<{ n: number }>('numbers 30 10')
    expect(pool.metrics.lent).toBe(1)
    for await (const { n } of result) if (n === 3) break
    expect(await pool.sql`numbers 5 10`.values()).toHaveLength(5)
    expect(await (await pool.query('numbers 5 10')).first()).toEqual({ n: 0 })
    await expect(pool.query('error 9728 syntax error near "x"')).rejects.toThrow('[0x2600]')
    await expect.poll(() => pool.metrics.lent).toBe(0)
    expect(stub.upgrades).toHaveLength(1)
  })

  test('await using gives back, and what was given back cannot be used', async () => {
    make({ max: 1 })
    const outer = await (async () => {
      await using connection = await pool.acquire()
      await connection.execute('write')
      return connection
    })()
    await expect(outer.execute('write')).rejects.toThrow(InterfaceError)
    await outer.close()
    expect(pool.metrics).toMatchObject({ lent: 0, idle: 1 })
  })

  test('a throw in use() gives back as well', async () => {
    make({ max: 1 })
    await expect(
      pool.use(() => {
        throw new Error('mine')
      }),
    ).rejects.toThrow('mine')
    expect(pool.metrics.lent).toBe(0)
  })
})

describe('what a borrower changed', () => {
  test('is undone: the database and the options of the pool are there again', async () => {
    make({ max: 1, database: 'power', timezone: 'UTC' })
    await pool.use(async (connection) => {
      await connection.selectDb('other')
      await connection.setOption('timezone', 'Asia/Shanghai')
    })
    await pool.execute('write')
    expect(stub.upgrades).toHaveLength(1)
    const sent = stub.requests.map(({ action, sql, args }) => sql || (args['options'] ? JSON.stringify(args['options']) : action))
    expect(sent).toEqual([
      'conn',
      'USE `other`',
      '[{"option":1,"value":"Asia/Shanghai"}]',
      'USE `power`',
      '[{"option":1,"value":"UTC"}]',
      'write',
    ])
  })

  test('without a database of its own, a connection that has one is replaced', async () => {
    make({ max: 1 })
    await pool.use((connection) => connection.execute('USE other'))
    await pool.execute('write')
    expect(stub.upgrades).toHaveLength(2)
  })
})

describe('limits', () => {
  test('a caller waits no longer than it may', async () => {
    make({ max: 1, acquireTimeout: '60ms' })
    await pool.use(async () => {
      await expect(pool.acquire()).rejects.toThrow(TimeoutError)
      await expect(pool.acquire({ timeout: '20ms' })).rejects.toThrow('1 are lent')
      await expect(pool.acquire({ signal: AbortSignal.timeout(10) })).rejects.toMatchObject({ name: 'TimeoutError' })
      await expect(pool.execute('write', null, { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before')
    })
    expect(pool.metrics).toMatchObject({ timeouts: 2, waiting: 0 })
  })

  test('too many waiting callers are refused at once', async () => {
    make({ max: 1, maxWaiting: 1 })
    await pool.use(async () => {
      const waiting = pool.execute('write')
      await pause(5)
      await expect(pool.acquire()).rejects.toThrow(OperationalError)
      await expect(pool.acquire()).rejects.toThrow('maxWaiting')
      return { waiting }
    })
  })

  test('idle connections beyond min are closed', async () => {
    make({ max: 4, min: 1, idleTimeout: '60ms' })
    await Promise.all([1, 2, 3].map(() => pool.use(() => pause(20))))
    expect(pool.metrics.idle).toBe(3)
    await expect.poll(() => pool.metrics.idle).toBe(1)
    await expect.poll(() => stub.sockets.size).toBe(1)
  })

  test('old connections are replaced', async () => {
    make({ max: 1, maxLifetime: '40ms' })
    await pool.execute('write')
    await pause(60)
    await pool.execute('write')
    expect(stub.upgrades).toHaveLength(2)
  })
})

describe('broken connections', () => {
  test('are found by a check after they were idle', async () => {
    make({ max: 1, checkAfter: '10ms', reconnect: false })
    await pool.execute('write')
    await pause(30)
    stub.cut()
    await pause(20)
    expect(await pool.execute('write')).toBe(3)
    expect(pool.metrics).toMatchObject({ broken: 1, size: 1 })
  })

  test('that cannot be opened fail their caller, and only it', async () => {
    make({ max: 2 })
    const { port } = stub
    await stub.close()
    const failures = await Promise.all([1, 2, 3].map(() => pool.execute('write').catch((error: Error) => error)))
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(ConnectionError)
      expect((failure as Error).message).toContain(String(port))
    }
    expect(pool.metrics).toMatchObject({ size: 0, opening: 0, waiting: 0 })
  })
})

describe('closing', () => {
  test('waits for what is lent, refuses what comes, and happens once', async () => {
    make({ max: 1 })
    const connection = await pool.acquire()
    const waiting = pool.acquire().catch((error: Error) => error)
    const closing = pool.close()
    expect(pool.close()).toBe(closing)
    expect(await waiting).toBeInstanceOf(InterfaceError)
    await expect(pool.execute('write')).rejects.toThrow('the pool is closed')
    expect(await connection.execute('write')).toBe(3)
    await connection.close()
    await closing
    await expect.poll(() => stub.sockets.size).toBe(0)
  })

  test('tells whom it waits for when that takes long', async () => {
    const told: string[] = []
    make({ onNotice: ({ kind, message }) => told.push(`${kind}: ${message}`) })
    const result = await pool.query('numbers 30 10')
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    const closing = pool.close()
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1))
    vi.advanceTimersByTime(5000)
    vi.useRealTimers()
    expect(told).toEqual([expect.stringMatching(/^pool-waits: .*connections: 1/)])
    result.close()
    await closing
  })

  test('does not wait for a caller whose connection is still being checked', async () => {
    make({ max: 1, checkAfter: '1ms' })
    await pool.execute('write')
    await pause(10)
    const late = pool.acquire().catch((error: Error) => error)
    expect(pool.metrics).toMatchObject({ idle: 0, lent: 1 })
    await pool.close()
    expect(await late).toBeInstanceOf(InterfaceError)
  })
})

test('wrong options are refused by name', () => {
  expect(() => createPool({ max: 0 })).toThrow('max has to be a whole number from 1')
  expect(() => createPool({ min: 5, max: 2 })).toThrow('min (5) is more than max (2)')
  expect(() => createPool({ acquireTimeout: 5000 })).toThrow('looks like milliseconds')
  expect(() => createPool({ maxx: 1 } as never)).toThrow(InterfaceError)
})

test('the connections of an in-memory pool share one engine', async () => {
  const memory = createPool({ url: 'embedded:', max: 3 })
  await memory.execute('CREATE DATABASE together')
  await Promise.all([1, 2, 3].map(() => memory.use(async (connection) => connection.selectDb('together'))))
  await memory.close()
})
