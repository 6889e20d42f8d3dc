import type { Precision } from 'taosts/wire'
import type { Database } from '../catalog/model.ts'
import type { OutputColumn } from '../session/answer.ts'
import type { ZoneCache } from './functions/zone.ts'

/** A table of information_schema or performance_schema as it stands now. TIMESTAMP cells are milliseconds. */
export interface VirtualTable {
  readonly columns: readonly OutputColumn[]
  readonly rows: Iterable<readonly unknown[]>
}

/** What planning a statement may ask of the session around it. */
export interface PlanContext {
  /** The statement as written: spans of nodes are offsets into it. */
  readonly sql: string
  readonly database: string | undefined
  readonly timezone: string
  readonly user: string
  /** `*` also gives the `tbname` of supertables, behind their columns and tags. */
  readonly biMode?: boolean
  /** The statement's NOW in nanoseconds since the epoch. */
  readonly now: bigint
  readonly zones: ZoneCache
  findDatabase(name: string): Database | undefined
  /** The system tables that the statement names, read before planning. */
  virtualTable(database: string, table: string): VirtualTable | undefined
  /** Read a lone table's rows of these log positions alone (`to` excluded), in their order; two more columns tell each row's position and `uid`. */
  readonly log?: LogRange
}

/** Positions in the log of rows. */
export interface LogRange {
  readonly from: bigint
  readonly to: bigint
}

/** Nanoseconds in one tick of a precision. */
export const TICK_NANOS: Readonly<Record<Precision, bigint>> = { ms: 1_000_000n, us: 1000n, ns: 1n }

/** Nanoseconds as ticks of a precision, rounded down. */
export function ticksOf(nanos: bigint, precision: Precision): bigint {
  const tick = TICK_NANOS[precision]
  const ticks = nanos / tick
  return nanos % tick < 0n ? ticks - 1n : ticks
}
