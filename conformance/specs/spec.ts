import type { Connection, ConnectOptions, Feature } from 'taosts'

/** One thing that users rely on, told as data: the same spec runs on every driver, server and runtime. Nothing here may need Node. */
export interface Spec {
  readonly name: string
  /** What the connection must be able to do; elsewhere the spec does not apply. */
  readonly needs?: readonly Feature[]
  run(context: SpecContext): Promise<void>
}

export interface SpecContext {
  /** A connection that is the spec's own. */
  readonly connection: Connection
  /** A database of the spec's own, of millisecond precision and current, dropped afterwards. */
  readonly database: string
  /** Another connection to the same server, closed afterwards. */
  connect(options?: ConnectOptions): Promise<Connection>
  /** Makes another database that is dropped afterwards. */
  createDatabase(options?: string): Promise<string>
}

/** Fails with both values when they differ; Dates, bigints, bytes and nested values compare by content. */
export function equal(actual: unknown, expected: unknown, what = 'value'): void {
  const [a, e] = [show(actual), show(expected)]
  if (a !== e) throw new Error(`${what}: got ${a}, want ${e}`)
}

export function ok(condition: boolean, what: string): void {
  if (!condition) throw new Error(what)
}

/** The error that `work` rejects with; fails when it does not reject. */
export async function rejection(
  work: Promise<unknown>,
): Promise<Error & { code?: number; codeName?: string; sql?: string; reqId?: bigint }> {
  try {
    await work
  } catch (error) {
    if (error instanceof Error) return error
    throw new Error(`rejected with ${show(error)}, which is no Error`)
  }
  throw new Error('did not reject')
}

/** A text that is the same for values that are the same. */
export function show(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'string') return JSON.stringify(value)
  if (Object.is(value, -0)) return '0'
  if (value instanceof Date) return `Date(${value.toISOString()})`
  if (value instanceof Uint8Array) return `bytes(${[...value].map((byte) => byte.toString(16).padStart(2, '0')).join('')})`
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, inner]) => `${key}: ${show(inner)}`)
      .join(', ')}}`
  }
  return String(value)
}
