import type { ColumnDef, NormalTable, Supertable } from '../catalog/model.ts'
import { type Physical, physicalType } from './physical.ts'

/** A column of a DuckDB table of ours. */
export interface LayoutColumn {
  readonly name: string
  readonly physical: Physical
  /** The TDengine column that lives here; undefined for `uid`, `ts` and `_seq`. */
  readonly column: ColumnDef | undefined
}

/** A DuckDB table of rows and its columns in DuckDB's order: `[uid,] ts, _seq, c<id>…`. */
export interface Layout {
  readonly name: string
  readonly hasUid: boolean
  readonly columns: readonly LayoutColumn[]
}

const INTEGER: Physical = { sql: 'INTEGER', width: 4, kind: 'fixed' }
const BIGINT: Physical = { sql: 'BIGINT', width: 8, kind: 'fixed' }

/** The DuckDB table of a supertable's or normal table's rows. */
export function dataTable(table: Supertable | NormalTable): string {
  return `${table.kind === 'supertable' ? 's' : 'n'}${table.id}`
}

/** The DuckDB table of a supertable's tags: `uid, tbname, _meta…, t<id>…`. */
export function tagTable(table: Supertable): string {
  return `s${table.id}_tags`
}

/** All DuckDB tables of a supertable or normal table. */
export function duckTables(table: Supertable | NormalTable): string[] {
  return table.kind === 'supertable' ? [dataTable(table), tagTable(table)] : [dataTable(table)]
}

/** The column of DuckDB that holds a column's values. */
export function dataColumn(column: ColumnDef, index: number): string {
  return index === 0 ? 'ts' : `c${column.id}`
}

export function tagColumn(tag: ColumnDef): string {
  return `t${tag.id}`
}

/** How a table's rows lie in DuckDB now; ALTER makes a new layout. */
export function layoutOf(table: Supertable | NormalTable): Layout {
  const hasUid = table.kind === 'supertable'
  const columns: LayoutColumn[] = []
  if (hasUid) columns.push({ name: 'uid', physical: INTEGER, column: undefined })
  columns.push({ name: 'ts', physical: BIGINT, column: undefined }, { name: '_seq', physical: BIGINT, column: undefined })
  const rest = table.columns.slice(1).sort((a, b) => a.id - b.id)
  for (const column of rest) columns.push({ name: `c${column.id}`, physical: physicalType(column.type), column })
  return { name: dataTable(table), hasUid, columns }
}

export function createSql(layout: Layout): string {
  return `create table ${layout.name} (${layout.columns.map(({ name, physical }) => `${name} ${physical.sql}`).join(', ')})`
}

/** How a supertable's subtables lie in DuckDB: one row each, with its tags. */
export function tagLayout(table: Supertable): Layout {
  const text: Physical = { sql: 'VARCHAR', width: 16, kind: 'string' }
  const columns: LayoutColumn[] = [
    { name: 'uid', physical: INTEGER, column: undefined },
    { name: 'tbname', physical: text, column: undefined },
    { name: '_created', physical: BIGINT, column: undefined },
    { name: '_vgroup', physical: INTEGER, column: undefined },
    { name: '_ttl', physical: INTEGER, column: undefined },
    { name: '_comment', physical: text, column: undefined },
  ]
  const tags = [...table.tags].sort((a, b) => a.id - b.id)
  for (const tag of tags) columns.push({ name: `t${tag.id}`, physical: physicalType(tag.type), column: tag })
  return { name: tagTable(table), hasUid: true, columns }
}
