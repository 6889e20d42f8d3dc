import type { WindowInput } from './window.ts'

// DuckDB computes a window function without PARTITION BY and ORDER BY while the rows pass by, one after another in the order they come,
// where one with PARTITION BY and ORDER BY sorts, and then looks up every frame: a running count costs ten times as much there.
// So rows are sorted once, by partition and time, and what tells a partition's first row apart is computed with the rest.

/** The rows one partition after another, each in time order. */
export function sorted(rows: string, { partition, ts, ties }: WindowInput): string {
  return `SELECT * FROM (${rows}) r ORDER BY ${[...partition.map((sql) => `${sql} NULLS FIRST`), ts, ...ties].join(', ')}`
}

/** Over sorted rows: whether a row is the first of its partition; NULL or false for the first row of all. */
export function startsPartition({ partition }: WindowInput): string {
  return partition.length > 0 ? partition.map((sql) => `${sql} IS DISTINCT FROM lag(${sql}) OVER ()`).join(' OR ') : 'false'
}

/** An expression's value at the row before, over sorted rows; of the row before of all, whatever its partition. */
export const before = (sql: string): string => `lag(${sql}) OVER ()`

/** An aggregate over all rows up to this one, over sorted rows. */
export const soFar = (aggregate: string): string => `${aggregate} OVER (ROWS UNBOUNDED PRECEDING)`

/** Over rows with a condition `wn` that begins windows: the number of the window a row lies in, the same for no two partitions. */
export const NUMBERED = `${soFar('count(*) FILTER (WHERE wn)')} AS wg`
