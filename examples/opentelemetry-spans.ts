/** OpenTelemetry spans of what taosts does, by the semantic conventions for databases and messaging. Any OpenTelemetry SDK will do. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import { type Attributes, context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { isTaosError, type TraceContext, type TracedOperation } from 'taosts'

const OPERATIONS: readonly TracedOperation[] = ['connect', 'query', 'execute', 'bind', 'poll', 'pool']

/** Makes a span of every operation from now on; call what it returns to stop. */
export function traceTaosts(tracer: Tracer): () => void {
  // What one operation does for another (a pooled query connects, an insert binds) becomes its child.
  const current = new AsyncLocalStorage<Span>()
  const spans = new WeakMap<object, Span>()
  const stops = OPERATIONS.map((operation) => {
    const channel = tracingChannel(`taosts:${operation}`) as unknown as TracingChannel<Span, TraceContext>
    channel.start.bindStore(current, (call) => {
      const outer = current.getStore()
      const parent = outer ? trace.setSpan(context.active(), outer) : context.active()
      const attributes = { ...place(call), ...request(operation, call) }
      const span = tracer.startSpan(nameOf(operation, call), { kind: SpanKind.CLIENT, attributes }, parent)
      spans.set(call, span)
      return span
    })
    const end = (call: unknown): void => {
      const done = call as TraceContext
      const span = spans.get(done)
      if (!span) return
      span.setAttributes(outcome(operation, done))
      if (done.error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: String((done.error as Error).message) })
      span.end()
    }
    channel.asyncEnd.subscribe(end)
    return () => {
      channel.start.unbindStore(current)
      channel.asyncEnd.unsubscribe(end)
    }
  })
  return () => {
    for (const stop of stops) stop()
  }
}

function nameOf(operation: TracedOperation, { sql, topics }: TraceContext): string {
  if (operation === 'poll') return `poll ${topics?.join(',')}`
  return sql === undefined ? operation : summary(sql)
}

/** `INSERT`, `SELECT`: the statement's kind. */
function summary(sql: string): string {
  return /[a-z]+/i.exec(sql)?.[0].toUpperCase() ?? 'tdengine'
}

function place({ address, database }: TraceContext): Attributes {
  const one = /^(.+):(\d+)$/.exec(address)
  return {
    'db.system.name': 'tdengine',
    ...(database === undefined ? {} : { 'db.namespace': database }),
    // Of several addresses, which one it is shows in the server's log.
    ...(one && !address.includes(',') ? { 'server.address': one[1]!, 'server.port': Number(one[2]) } : {}),
  }
}

function request(operation: TracedOperation, { sql, reqId, groupId, topics }: TraceContext): Attributes {
  if (operation === 'poll') {
    return {
      'messaging.system': 'tdengine',
      'messaging.operation.name': 'poll',
      'messaging.operation.type': 'receive',
      'messaging.destination.name': topics?.join(','),
      'messaging.consumer.group.name': groupId,
    }
  }
  if (sql === undefined) return {}
  // The text has `?` for every value that was given beside it.
  return { 'db.query.text': sql, 'db.query.summary': summary(sql), 'tdengine.request_id': String(reqId) }
}

function outcome(
  operation: TracedOperation,
  { rows, affectedRows, bytes, timing, topics, vgroup, offset, error }: TraceContext,
): Attributes {
  if (error !== undefined) {
    const code = isTaosError(error) && error.code !== 0 ? error.code : undefined
    return {
      'error.type': (error as Error).name,
      ...(code === undefined ? {} : { 'db.response.status_code': `0x${code.toString(16).padStart(4, '0')}` }),
    }
  }
  if (operation === 'poll') {
    return {
      'messaging.destination.name': topics?.join(','),
      'messaging.batch.message_count': rows,
      'messaging.message.body.size': bytes,
      ...(vgroup === undefined ? {} : { 'messaging.destination.partition.id': String(vgroup), 'tdengine.offset': String(offset) }),
    }
  }
  return {
    ...(rows !== undefined && rows > 1 ? { 'db.operation.batch.size': rows } : {}),
    ...(affectedRows === undefined ? {} : { 'tdengine.affected_rows': affectedRows }),
    ...(timing === undefined ? {} : { 'tdengine.server_time_ns': timing }),
  }
}
