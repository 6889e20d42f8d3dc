import type { Call } from '../../sql/ast.ts'
import type { FunctionContext, Typed } from '../functions/spec.ts'
import { soFar, startsPartition } from '../windows/in-order.ts'
import type { WindowInput } from '../windows/window.ts'

/** How the rows of a series function lie: SQL of its partition, of its time order, and of the primary timestamp. */
export interface Lie {
  /** `PARTITION BY …` or nothing. */
  readonly partition: readonly string[]
  readonly order: readonly string[]
  readonly ts: string
  /** Whether two rows of one time are allowed (a composite key tells them apart). */
  readonly composite: boolean
  readonly functions: FunctionContext
  /** Whether no other call looks at rows that this one leaves out. */
  readonly alone: boolean
  /** Prefix for columns of one call, so that several calls do not clash. */
  readonly id: string
}

/** A function over ordered rows as SQL: what rows it looks at, columns that are computed layer after layer, its value, and which rows stay. */
export interface Sequence {
  /** Condition for a row to be looked at; the query keeps rows that some call looks at. */
  readonly looks?: string
  /** Of rows that have one time and differ in their composite key, only the one with the smallest key is looked at. */
  readonly onceATime?: true
  /** Columns added one SELECT after another: each sees those of the layers before. */
  readonly layers: readonly (readonly string[])[]
  readonly value: string
  /** Condition for a row to stay; a row stays when some call keeps it. */
  readonly keeps?: string
  /** The rows that stay where there are no partitions, by order and number: then DuckDB need not number all rows. */
  readonly first?: {
    readonly order: readonly string[]
    readonly count: bigint
    readonly offset?: bigint
    /** Rows that are not looked at come last in this order, so that they may be left out afterwards. */
    readonly looksLast?: true
  }
}

/** Makes a call's SQL from its arguments. Throws SqlError. */
export type SequenceMaker = (args: readonly Typed[], lie: Lie, node: Call) => Sequence

/** `OVER (PARTITION BY … ORDER BY …` without its end. */
export function over(lie: Lie, frame = '', descending = false): string {
  const partition = lie.partition.length > 0 ? `PARTITION BY ${lie.partition.join(', ')} ` : ''
  return `OVER (${partition}ORDER BY ${lie.order.map((sql) => (descending ? `${sql} DESC` : sql)).join(', ')}${frame ? ` ${frame}` : ''})`
}

export const SO_FAR = 'ROWS UNBOUNDED PRECEDING'

/** Columns that sorted rows have for the functions over neighbours: the row's number, whether it is its partition's first, and the number of that first row. */
export const NUMBER = 'zr'
export const FIRST = 'zf'
export const FIRST_NUMBER = 'zb'

/** Sorted rows with those columns. */
export function numberedRows(sorted: string, input: WindowInput): string {
  const number = 'row_number() OVER ()'
  const flagged = `SELECT *, ${number} AS ${NUMBER}, ${number} = 1 OR ${startsPartition(input)} AS ${FIRST} FROM (${sorted}) r`
  const first = input.partition.length === 0 ? '1' : soFar(`max(${NUMBER}) FILTER (WHERE ${FIRST})`)
  return `SELECT *, ${first} AS ${FIRST_NUMBER} FROM (${flagged}) r`
}
