import type { Config } from './options.ts'

/** What an operation tells those who trace it. Never values, passwords or tokens. */
export interface TraceContext {
  /** The statement, with `?` for values. */
  sql?: string
  reqId?: bigint
  /** `ws`, `wss`, `http`, `https`, `taos` or `embedded`. */
  scheme: string
  /** Host names and ports, separated by commas. */
  address: string
  /** The database that the connection was opened in. */
  database?: string
  /** Of a poll: the topics asked for, then the one that the message came from. */
  topics?: readonly string[]
  /** Of a poll: the consumer's group. */
  groupId?: string
  /** Of a poll: where the message stands. */
  vgroup?: number
  offset?: bigint
  /** Rows bound, or rows of the message. */
  rows?: number
  affectedRows?: number
  /** Nanoseconds that the server spent. */
  timing?: number
  /** Bytes bound, or bytes of the message. */
  bytes?: number
  result?: unknown
  error?: unknown
}

/** Where a connection goes, for a trace. */
export function placeOf({ scheme, endpoints, database, directory, name }: Config): Pick<TraceContext, 'scheme' | 'address' | 'database'> {
  const address = endpoints.map(({ host, port }) => `${host}:${port}`).join(',') || (directory ?? name ?? '')
  return { scheme, address, ...(database === undefined ? {} : { database }) }
}

/** The operations that are traced, as `tracing:taosts:query:start` and so on. */
export type TracedOperation = 'connect' | 'query' | 'execute' | 'bind' | 'poll' | 'pool'

/** A `TracingChannel` of `node:diagnostics_channel`, as far as it is used here. */
interface TracingChannelLike {
  readonly hasSubscribers?: boolean
  readonly start: { readonly hasSubscribers: boolean }
  readonly end: { readonly hasSubscribers: boolean }
  readonly asyncStart: { readonly hasSubscribers: boolean }
  readonly asyncEnd: { readonly hasSubscribers: boolean }
  readonly error: { readonly hasSubscribers: boolean }
  tracePromise<T>(run: () => Promise<T>, context: object): Promise<T>
}

interface DiagnosticsChannel {
  tracingChannel(name: string): TracingChannelLike
}

/** Runs operations, traced where the platform has diagnostics channels and somebody subscribed to them. */
export class Tracer {
  readonly #diagnostics = diagnosticsChannel()
  /** Made when first needed: most connections trace one or two operations. */
  readonly #channels: { [K in TracedOperation]?: TracingChannelLike } = {}

  /** Whether anybody listens; contexts are made only then. */
  on(operation: TracedOperation): boolean {
    const channel = (this.#channels[operation] ??= this.#diagnostics?.tracingChannel(`taosts:${operation}`))
    if (!channel) return false
    return channel.hasSubscribers ?? (channel.start.hasSubscribers || channel.asyncEnd.hasSubscribers || channel.error.hasSubscribers)
  }

  /** Runs `run`; when somebody listens, within a trace whose context `context` makes. */
  async trace<T>(
    operation: TracedOperation,
    context: () => TraceContext,
    run: (context: TraceContext | undefined) => Promise<T>,
  ): Promise<T> {
    if (!this.on(operation)) return await run(undefined)
    const made = context()
    return await this.#channels[operation]!.tracePromise(() => run(made), made)
  }
}

/** The one tracer: its channels are the process's, by their names. */
export const sharedTracer: () => Tracer = (() => {
  let tracer: Tracer | undefined
  return () => (tracer ??= new Tracer())
})()

/** Node, Bun and Deno give their built-in modules without an import, so that other platforms need no substitute. */
function diagnosticsChannel(): DiagnosticsChannel | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  return process?.getBuiltinModule?.('node:diagnostics_channel') as DiagnosticsChannel | undefined
}
