import type { AddressInfo, Server } from 'node:net'
import { type ServerType, serve } from '@hono/node-server'
import { type Connection, connect, createPool, type Pool } from 'taosts'
import { startServer, type TestServer } from 'taosts-embedded/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fastify } from './fastify.ts'
import { hono } from './hono.ts'
import { serverSentEvents } from './server-sent-events.ts'

/** Services under real HTTP: what a client gets, and what is left on the server when it leaves early. */

let server: TestServer
let connection: Connection
let pool: Pool
/** More than what sockets hold on their own. */
const ROWS = 80_000

beforeAll(async () => {
  server = await startServer()
  connection = await connect({ url: server.url })
  await connection.execute('CREATE DATABASE power KEEP 36500 WAL_RETENTION_PERIOD 3600')
  await connection.selectDb('power')
  await connection.execute('CREATE STABLE meters (ts TIMESTAMP, current FLOAT) TAGS (location VARCHAR(64))')
  await connection.execute("INSERT INTO d1 USING meters TAGS ('Paris') VALUES (1700000000000, 1.5) (1700000001000, 2.5)")
  const ts = BigInt64Array.from({ length: ROWS }, (_, i) => 1_700_000_000_000n + BigInt(i))
  await connection.insert('d2', { columns: { ts, current: new Float32Array(ROWS) } }, { using: 'meters', tags: { location: 'Rome' } })
  await connection.execute('CREATE TOPIC readings AS SELECT ts, current FROM meters')
  pool = createPool({ url: server.url, max: 2 })
})
afterAll(async () => {
  await pool.close()
  await connection.close()
  await server.close()
})

/** A number that the TDengine server tells of itself. */
async function metric(name: string): Promise<number> {
  const text = await (await fetch(new URL('/metrics', server.restUrl))).text()
  return Number(new RegExp(String.raw`^${name} (\d+)`, 'm').exec(text)![1])
}

async function onNode(app: { fetch: (request: Request) => Response | Promise<Response> }): Promise<{ url: string; close(): void }> {
  const http = await new Promise<ServerType>((resolve) => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(started))
  })
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, close: () => void (http as Server).close() }
}

describe.each([
  ['Hono', () => onNode(hono(pool))],
  [
    'Fastify',
    async () => {
      const app = fastify(pool)
      return { url: await app.listen({ port: 0, host: '127.0.0.1' }), close: () => void app.close() }
    },
  ],
] as const)('a service with %s', (_, start) => {
  it('sends rows as they arrive, and lets go of the query when its reader leaves', async () => {
    const service = await start()
    try {
      const response = await fetch(`${service.url}/meters/Paris`)
      expect(response.headers.get('content-type')).toContain('application/x-ndjson')
      expect(
        (await response.text())
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ).toEqual([
        { ts: '2023-11-14T22:13:20.000Z', current: 1.5 },
        { ts: '2023-11-14T22:13:21.000Z', current: 2.5 },
      ])
      expect((await (await fetch(`${service.url}/meters/Rome`)).text()).split('\n')).toHaveLength(ROWS + 1)
      // Readers that leave after the first piece: more of them than the pool has connections.
      for (let reader = 0; reader < 4; reader++) {
        const leaving = new AbortController()
        const { body } = await fetch(`${service.url}/meters/Rome`, { signal: leaving.signal })
        expect((await body!.getReader().read()).done).toBe(false)
        expect(pool.metrics.lent).toBe(1)
        leaving.abort()
        await expect.poll(() => pool.metrics.lent).toBe(0)
      }
      await expect.poll(() => metric('taosts_open_results')).toBe(0)
    } finally {
      service.close()
    }
  })
})

it('server-sent events of a subscription, whose consumer is closed when the listener leaves', async () => {
  const service = await onNode(serverSentEvents(connection))
  try {
    const before = await metric('taosts_connections')
    const leaving = new AbortController()
    const response = await fetch(`${service.url}/readings`, { signal: leaving.signal })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const until = async (wanted: string): Promise<void> => {
      while (!text.includes(wanted)) text += (await reader.read()).value
    }
    await until('event: open')
    expect(await metric('taosts_connections')).toBe(before + 1)
    await connection.execute('INSERT INTO d1 VALUES (1700000002000, 3.5)')
    await until('data: {"ts":"2023-11-14T22:13:22.000Z","current":3.5}\n\n')
    leaving.abort()
    await expect.poll(() => metric('taosts_connections'), { timeout: 10_000 }).toBe(before)
  } finally {
    service.close()
  }
})
