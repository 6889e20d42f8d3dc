import type { Precision } from '../types/precision.ts'
import type { TypeName } from '../types/types.ts'
import type { Block } from '../wire/column.ts'
import type { OpenTmq } from './tmq.ts'

/** A column of a result as the server describes it; `bytes` is the user's length (VARCHAR bytes, NCHAR characters). */
export interface Field {
  readonly name: string
  /** `DECIMAL` for both decimal widths. */
  readonly type: TypeName
  readonly bytes: number
  /** Total digits, for DECIMAL only. */
  readonly precision?: number
  /** Digits after the point, for DECIMAL only. */
  readonly scale?: number
}

/** The answer to one statement: its header, and its blocks one at a time. */
export interface Answer {
  readonly isUpdate: boolean
  readonly affectedRows: number
  readonly fields: readonly Field[]
  /** The unit of every TIMESTAMP column of the result. */
  readonly precision: Precision
  /** Nanoseconds that the server spent on the statement so far; 0 where it does not say. */
  readonly timing: number
  /** Bytes received of the rows so far. */
  readonly bytes: number
  /**
   * The next block, or null at the end (the server has then freed the result). Never two calls in flight. An error, an abort and a timeout
   * free the result.
   */
  next(signal?: AbortSignal, timeoutMs?: number): Promise<Block | null>
  /** Frees the server's result, once; later calls do nothing. */
  free(): void
}

/** A statement without the values that were put into it. */
export interface ShownStatement {
  /** With `?` for each value. */
  readonly sql: string
  /** The server's words without the values that they repeat. */
  redact(reason: string): string
  /** Where a place in what was sent is in `sql`. */
  place(position: number): number
}

/** What a call needs besides its statement. */
export interface CallOptions {
  /** Sent with the request and shown in errors; 1 … 2^64−1. */
  readonly reqId?: bigint
  readonly signal?: AbortSignal
  /** Milliseconds until the call fails with a TimeoutError. */
  readonly timeoutMs?: number
  /** The statement may run twice without harm, so that its loss is no loss. */
  readonly harmless?: boolean
  /** What errors show instead of a statement that has values in it. */
  readonly shown?: ShownStatement
}

/** What a connection can do, by transport. */
export type Feature =
  | 'query'
  | 'parameters'
  | 'statements'
  | 'schemaless'
  | 'subscription'
  | 'timezone'
  | 'validate'
  | 'currentDatabase'
  | 'bi'
  | 'vgroupId'

export interface StatementField {
  readonly name: string
  readonly type: number
  readonly precision: number
  readonly scale: number
  /** Schema size: VARCHAR n+2, NCHAR 4n+2. */
  readonly bytes: number
  readonly bindType: 'column' | 'tag' | 'parameter' | 'tbname'
}

/**
 * A prepared statement on the server (stmt2). `bind` takes the payload that `encodeBind` writes; where 30 bytes or more lie before it in its
 * buffer, they are overwritten by the message's head. Its memory may be used again when what was bound has been executed.
 */
export interface DriverStatement {
  readonly isInsert: boolean
  /** In the order of `?`; for a query `count` parameters and no fields. */
  readonly fields: readonly StatementField[]
  readonly count: number
  bind(payload: Uint8Array, options?: CallOptions): Promise<void>
  /** Rows written. */
  execute(options?: CallOptions): Promise<number>
  /** The result of an executed query. */
  result(options?: CallOptions): Promise<Answer>
  close(): Promise<void>
}

export interface SchemalessRequest {
  readonly protocol: 'line' | 'telnet' | 'json'
  readonly precision: string
  readonly ttl: number
  readonly tableNameKey: string
  readonly data: string
}

/** What a schemaless write did; servers before 3.3.2.7 do not count it, nor do all the rows. */
export interface SchemalessCounts {
  readonly affectedRows: number | undefined
  readonly totalRows: number | undefined
}

/** A logged-in connection: the waist of taosts. Each transport implements it, everything above it is shared. */
export interface Session {
  readonly features: ReadonlySet<Feature>
  /** The server's version, such as `3.3.7.5`. */
  readonly serverVersion: string
  query(sql: string, options?: CallOptions): Promise<Answer>
  prepare(sql: string, options?: CallOptions): Promise<DriverStatement>
  schemaless(request: SchemalessRequest, options?: CallOptions): Promise<SchemalessCounts>
  selectDatabase(name: string, options?: CallOptions): Promise<void>
  currentDatabase(options?: CallOptions): Promise<string>
  validate(sql: string, options?: CallOptions): Promise<void>
  /** Sets a connection option of TDengine (0 charset, 1 time zone, 2 user's IP, 3 application); null resets it. */
  setOption(option: number, value: string | null, options?: CallOptions): Promise<void>
  /** Writes a subscription's message into the current database; absent where the transport cannot. */
  writeRaw?(metaType: number, data: Uint8Array, options?: CallOptions): Promise<void>
  /** Requests under way. */
  readonly load: number
  /** An id for the next request. */
  nextRequestId(): number | bigint
  /** Absent where the transport has no subscription. */
  openTmq?: OpenTmq
  /** Why the session is unusable, or undefined while it works. */
  readonly failure: Error | undefined
  close(): Promise<void>
}
