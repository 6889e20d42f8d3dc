import { tracingChannel } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { connect } from './connect.ts'
import { createPool } from './pool.ts'
import { StubServer } from './testing/stub-server.ts'
import type { TraceContext } from './tracing.ts'

test('operations are traced to who subscribes, without values or secrets', async () => {
  await using stub = await StubServer.start()
  const seen: [string, TraceContext][] = []
  const channels = ['connect', 'query', 'execute', 'pool'].map(
    (name) => [name, tracingChannel<string, TraceContext>(`taosts:${name}`)] as const,
  )
  const handlers = channels.map(([name]) => ({
    start: () => {},
    end: () => {},
    asyncStart: () => {},
    asyncEnd: (context: TraceContext) => void seen.push([name, context]),
    error: () => {},
  }))
  channels.forEach(([, channel], i) => {
    channel.subscribe(handlers[i] as never)
  })
  try {
    await using connection = await connect({ url: stub.url, token: 'hunter2', database: 'power' })
    await (await connection.query('numbers 1 1', null, { reqId: 5 })).rows()
    await connection.execute('write', null, { reqId: 6 })
    await connection.query('error 9728 ?', ['hunter2']).catch(() => {})
    await using pool = createPool({ url: stub.url })
    await pool.execute('write')
  } finally {
    channels.forEach(([, channel], i) => {
      channel.unsubscribe(handlers[i] as never)
    })
  }
  const address = `127.0.0.1:${stub.port}`
  expect(seen.map(([name]) => name)).toEqual(['connect', 'query', 'execute', 'query', 'connect', 'pool', 'execute'])
  expect(seen[0]![1]).toMatchObject({ scheme: 'ws', address, database: 'power' })
  expect(seen[1]![1]).toMatchObject({ sql: 'numbers 1 1', reqId: 5n, scheme: 'ws', address, affectedRows: 0, timing: 1000 })
  expect(seen[2]![1]).toMatchObject({ sql: 'write', reqId: 6n, affectedRows: 3 })
  expect(seen[3]![1]).toMatchObject({ sql: 'error 9728 ?', error: { code: 9728 } })
  expect(inspect(seen, { depth: 12 })).not.toContain('hunter2')
})

/** What operations told while `work` ran. */
async function traced(operations: readonly string[], work: () => Promise<void>): Promise<[string, TraceContext][]> {
  const seen: [string, TraceContext][] = []
  const subscriptions = operations.map((name) => {
    const channel = tracingChannel<string, TraceContext>(`taosts:${name}`)
    const none = (): void => {}
    const handlers = {
      start: none,
      end: none,
      asyncStart: none,
      asyncEnd: (each: TraceContext) => void seen.push([name, each]),
      error: none,
    }
    channel.subscribe(handlers as never)
    return () => channel.unsubscribe(handlers as never)
  })
  try {
    await work()
  } finally {
    for (const unsubscribe of subscriptions) unsubscribe()
  }
  return seen
}

test('what is bound is traced by message, with its rows and bytes and without its values', async () => {
  await using connection = await connect('embedded:')
  await connection.execute('CREATE DATABASE d KEEP 36500')
  await connection.execute('CREATE TABLE d.t (ts TIMESTAMP, v INT, name VARCHAR(20))')
  const seen = await traced(['bind'], async () => {
    await using insert = await connection.prepare('INSERT INTO d.t VALUES (?, ?, ?)')
    const rows = [1, 2, 3].map((v) => [new Date(v), v, 'hunter2'])
    expect(await insert.execute(rows, { batchSize: 2, reqId: 77 })).toBe(3)
    await insert.execute([[new Date(4), 'no number', 'hunter2']]).catch(() => {})
    await using select = await connection.prepare('SELECT v FROM d.t WHERE name = ? AND v > ?')
    expect(await (await select.query(['hunter2', 1])).values()).toEqual([[2], [3]])
    await connection.insert('d.t', [{ ts: new Date(5), v: 5, name: 'x' }])
  })
  expect(seen.map(([, { sql, rows, affectedRows }]) => [sql, rows, affectedRows])).toEqual([
    ['INSERT INTO d.t VALUES (?, ?, ?)', 2, 2],
    ['INSERT INTO d.t VALUES (?, ?, ?)', 1, 1],
    ['SELECT v FROM d.t WHERE name = ? AND v > ?', 1, undefined],
    [expect.stringMatching(/^INSERT INTO `?d/), 1, 1],
  ])
  expect(seen[0]![1]).toMatchObject({ scheme: 'embedded', reqId: 77n, bytes: expect.any(Number) })
  expect(seen[0]![1].bytes).toBeGreaterThan(seen[1]![1].bytes!)
  expect(inspect(seen, { depth: 12 })).not.toContain('hunter2')
})

test('polls are traced, with the place and size of what they brought', async () => {
  await using connection = await connect('embedded:')
  await connection.execute('CREATE DATABASE d KEEP 36500 WAL_RETENTION_PERIOD 3600')
  await connection.execute('CREATE TABLE d.t (ts TIMESTAMP, v INT)')
  await connection.execute('CREATE TOPIC numbers AS SELECT * FROM d.t')
  const seen = await traced(['poll'], async () => {
    await using consumer = await connection.subscribe('numbers', { groupId: 'tracers', offsetReset: 'earliest' })
    await connection.execute('INSERT INTO d.t VALUES (1, 1) (2, 2)')
    for await (const _ of consumer) break
    await consumer.poll(0)
  })
  const contexts = seen.map(([, context]) => context)
  const message = contexts.find(({ rows }) => rows === 2)
  expect(message).toMatchObject({
    scheme: 'embedded',
    topics: ['numbers'],
    groupId: 'tracers',
    vgroup: expect.any(Number),
    bytes: expect.any(Number),
  })
  expect(typeof message?.offset).toBe('bigint')
  expect(contexts.at(-1)).toMatchObject({ topics: ['numbers'], rows: 0, bytes: 0 })
})

test('without subscribers nothing is made', async () => {
  await using stub = await StubServer.start()
  await using connection = await connect({ url: stub.url })
  expect(await connection.execute('write')).toBe(3)
})
