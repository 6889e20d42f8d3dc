import type { ColumnSource } from '../catalog/model.ts'

/** Where a virtual table's column comes from, as `db.table.column`; empty for a column of its own. */
export function sourceText(source: ColumnSource | undefined): string {
  return source ? `${source.database}.${source.table}.${source.column}` : ''
}
