import { spawn } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { connect, createPool } from 'taosts'
import { type Served, serve } from 'taosts-embedded'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { traceTaosts } from './opentelemetry-spans.ts'

let server: Served
let exporter: InMemorySpanExporter
let stop: () => void

beforeAll(async () => {
  server = await serve({ port: 0 })
})
afterAll(() => server.close())
beforeEach(() => {
  exporter = new InMemorySpanExporter()
  stop = traceTaosts(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer('test'))
})
afterEach(() => stop())

const spans = (): ReadableSpan[] => exporter.getFinishedSpans()
const named = (name: string): ReadableSpan => spans().find((span) => span.name === name)!

it('makes spans by the semantic conventions, with the place, the statement and what came of it', async () => {
  await using connection = await connect({ url: server.url })
  await connection.execute('CREATE DATABASE traced KEEP 36500')
  await connection.execute('CREATE TABLE traced.t (ts TIMESTAMP, v INT, s VARCHAR(20))')
  await connection.query('SELECT nothing FROM traced.t').catch(() => {})
  expect(spans().map(({ name, kind }) => [name, kind])).toEqual(
    ['connect', 'CREATE', 'CREATE', 'SELECT'].map((name) => [name, SpanKind.CLIENT]),
  )
  const place = { 'db.system.name': 'tdengine', 'server.address': '127.0.0.1', 'server.port': server.port }
  for (const { attributes } of spans()) expect(attributes).toMatchObject({ ...place, 'server.address': new URL(server.url).hostname })
  expect(named('CREATE').attributes).toMatchObject({ 'db.query.text': 'CREATE DATABASE traced KEEP 36500', 'tdengine.affected_rows': 0 })
  const failed = named('SELECT')
  expect(failed.status).toMatchObject({ code: SpanStatusCode.ERROR, message: expect.stringContaining('Invalid column name') })
  expect(failed.attributes).toMatchObject({ 'error.type': 'ProgrammingError', 'db.response.status_code': '0x2602' })
})

it('makes what serves another operation its child, and shows no values', async () => {
  await using connection = await connect({ url: server.url })
  await connection.execute('CREATE TABLE traced.secrets (ts TIMESTAMP, s VARCHAR(20))')
  exporter.reset()
  await using pool = createPool({ url: server.url, database: 'traced' })
  await pool.execute('INSERT INTO secrets VALUES (?, ?)', [new Date(1), 'hunter2'])
  await using insert = await connection.prepare('INSERT INTO traced.secrets VALUES (?, ?)')
  await insert.execute([
    [new Date(2), 'hunter2'],
    [new Date(3), 'hunter2'],
  ])
  expect(named('pool').attributes['db.namespace']).toBe('traced')
  const inserts = spans().filter(({ name }) => name === 'INSERT')
  expect(inserts).toHaveLength(3)
  const [inner, outer, prepared] = inserts as [ReadableSpan, ReadableSpan, ReadableSpan]
  expect(inner.parentSpanContext?.spanId).toBe(outer.spanContext().spanId)
  expect(outer.parentSpanContext).toBeUndefined()
  expect(prepared.attributes).toMatchObject({ 'db.operation.batch.size': 2, 'tdengine.affected_rows': 2 })
  expect(JSON.stringify(spans().map(({ name, attributes, status }) => [name, attributes, status]))).not.toContain('hunter2')
})

it('makes a span of each poll by the conventions for messaging', async () => {
  await using connection = await connect({ url: server.url })
  await connection.execute('CREATE TABLE traced.log (ts TIMESTAMP, v INT)')
  await connection.execute('CREATE TOPIC log_topic AS SELECT * FROM traced.log')
  await connection.execute('INSERT INTO traced.log VALUES (1, 1) (2, 2)')
  await using consumer = await connection.subscribe('log_topic', { groupId: 'g', offsetReset: 'earliest' })
  for await (const _ of consumer) break
  const poll = spans()
    .filter(({ name }) => name === 'poll log_topic')
    .at(-1)!
  expect(poll.attributes).toMatchObject({
    'messaging.system': 'tdengine',
    'messaging.operation.type': 'receive',
    'messaging.destination.name': 'log_topic',
    'messaging.consumer.group.name': 'g',
    'messaging.batch.message_count': 2,
    'messaging.destination.partition.id': expect.any(String),
  })
})

it('stops when it is told to', async () => {
  stop()
  await (await connect({ url: server.url })).close()
  expect(spans()).toEqual([])
})

it('opentelemetry.ts prints its spans', async () => {
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1', TAOS_URL: server.url }
  delete env['NODE_OPTIONS']
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('opentelemetry.ts', import.meta.url))], { env })
  let out = ''
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString()
  })
  let err = ''
  child.stderr.on('data', (data: Buffer) => {
    err += data.toString()
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toContain("name: 'INSERT'")
  expect(out).toContain("'db.query.text': 'INSERT INTO traced.readings VALUES (?, ?)'")
  expect(out).toContain("'db.response.status_code': '0x2603'")
})
