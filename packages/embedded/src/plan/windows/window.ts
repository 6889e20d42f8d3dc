import type { Precision } from 'taosts/wire'
import type { Literal } from '../../sql/ast.ts'
import { readDuration } from '../duration.ts'
import { Wrong } from '../errors.ts'
import type { Typed } from '../functions/spec.ts'

/** Rows of a query before they are grouped. */
export interface WindowInput {
  /** SQL that tells partitions apart, over the columns of the rows. */
  readonly partition: readonly string[]
  /** The rows' primary timestamp. */
  readonly ts: string
  /** What orders rows of one time. */
  readonly ties: readonly string[]
}

/** A window clause as SQL around the grouping: what is done to the rows, what to group by, and what the window's pseudo columns are. */
export interface WindowPlan {
  /** SQL pieces over the rows' columns, so that the rows have what the window needs. */
  readonly consumes: readonly string[]
  /** The rows with what `keys` need; the columns of `rows` stay. */
  wrap(rows: string, input: WindowInput): string
  readonly keys: readonly { readonly alias: string; readonly sql: string }[]
  /** SQL of what `w0` is to become once rows are grouped, when the key is only a number for it. */
  readonly start0?: string
  readonly aggregates: readonly { readonly alias: string; readonly sql: string }[]
  /** Condition over the groups that a window must meet. */
  readonly having?: string
  /** Of overlapping windows: SQL of the start of the pane that a time lies in, and rows with a pane's start `p0` multiplied into those of their windows, `w0`. */
  readonly panes?: { floor(ts: string): string; expand(rows: string): string }
  /** SQL over a row of the first and last tick of the window that it lies in, where rows lie in one only. */
  readonly span?: { readonly first: string; readonly last: string }
  /** `_wstart`, `_wend`, `_wduration` over the groups. */
  readonly start: string
  readonly end: string
  readonly duration: string
  /** An expression that is the same for all rows of a window (STATE_WINDOW's), and its column in the groups. */
  readonly value?: { readonly typed: Typed; readonly alias: string }
}

/** `OVER (…)` of the rows in time order inside their partition. */
export function inOrder({ partition, ts, ties }: WindowInput): string {
  return `${partition.length > 0 ? `PARTITION BY ${partition.join(', ')} ` : ''}ORDER BY ${[ts, ...ties].join(', ')}`
}

/** The least ticks that TRUE_FOR asks of a window, undefined where it is not written. Throws for months and years. */
export function leastTicks(trueFor: Literal | null, precision: Precision): bigint | undefined {
  if (!trueFor) return undefined
  const duration = readDuration(trueFor, precision)
  if (duration.kind === 'months') throw Wrong.trueFor(trueFor)
  return duration.ticks
}

/** The pseudo columns of windows that reach from their first to their last row. */
export const ROW_SPAN = { start: 'ws', end: 'we', duration: '(we - ws)' } as const

/** The aggregates that {@link ROW_SPAN} is over. */
export const rowSpan = (ts: string) => [
  { alias: 'ws', sql: `min(${ts})` },
  { alias: 'we', sql: `max(${ts})` },
]
