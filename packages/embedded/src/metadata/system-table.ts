import type { OutputColumn } from '../session/answer.ts'
import type { MetadataContext, Row } from './context.ts'

/** A read-only table that the engine computes: one entry of `information_schema` or `performance_schema`. */
export interface SystemTable {
  readonly name: string
  readonly columns: readonly OutputColumn[]
  rows(context: MetadataContext): Iterable<Row> | Promise<Iterable<Row>>
}

/** A table about what a community server or this engine does not have: it has columns and no rows. */
export function emptyTable(name: string, ...columns: OutputColumn[]): SystemTable {
  return { name, columns, rows: () => [] }
}
