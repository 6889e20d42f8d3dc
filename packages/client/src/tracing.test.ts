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
  expect(seen.map(([name]) => name)).toEqual(['connect', 'query', 'execute', 'query', 'pool', 'execute'])
  expect(seen[0]![1]).toMatchObject({ scheme: 'ws', address, database: 'power' })
  expect(seen[1]![1]).toMatchObject({ sql: 'numbers 1 1', reqId: 5n, scheme: 'ws', address, affectedRows: 0, timing: 1000 })
  expect(seen[2]![1]).toMatchObject({ sql: 'write', reqId: 6n, affectedRows: 3 })
  expect(seen[3]![1]).toMatchObject({ sql: 'error 9728 ?', error: { code: 9728 } })
  expect(inspect(seen, { depth: 12 })).not.toContain('hunter2')
})

test('without subscribers nothing is made', async () => {
  await using stub = await StubServer.start()
  await using connection = await connect({ url: stub.url })
  expect(await connection.execute('write')).toBe(3)
})
