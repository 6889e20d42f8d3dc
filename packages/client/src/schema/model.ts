import type { Precision } from '../types/precision.ts'

/** A database. */
export interface DatabaseInfo {
  readonly name: string
  /** Unit of its timestamps. */
  readonly precision: Precision
  /** How long rows are kept, as TDengine writes it. */
  readonly keep: string | null
  readonly vgroups: number | null
  readonly replica: number | null
}

/** A table that rows are asked of by name: a supertable or a normal table. */
export interface TableInfo {
  readonly name: string
  readonly kind: 'supertable' | 'table'
  readonly comment?: string
  readonly created: unknown
}

/** A table of a supertable. */
export interface SubtableInfo {
  readonly name: string
  readonly supertable: string
  readonly vgroupId: number
  /** Days until it is dropped; 0 for never. */
  readonly ttl: number
  readonly comment?: string
}

/** A column or tag. */
export interface ColumnInfo {
  readonly name: string
  /** The type's name without its size: `VARCHAR`, `INT UNSIGNED`, `DECIMAL`. */
  readonly type: string
  /** The type as CREATE TABLE takes it: `VARCHAR(64)`, `DECIMAL(10, 2)`, `INT`. */
  readonly sqlType: string
  /** Bytes (VARCHAR, VARBINARY, GEOMETRY), characters (NCHAR), or the width of the type. */
  readonly length: number
  /** Digits of a DECIMAL. */
  readonly precision?: number
  /** Digits after the point of a DECIMAL. */
  readonly scale?: number
  /** The timestamp, or the second key column. */
  readonly isKey: boolean
  readonly isTag: boolean
  /** How values are stored, where the server says. */
  readonly encode?: string
  readonly compress?: string
  readonly level?: string
}

/** A subtable and the values of its tags, by name. */
export interface TagValues {
  readonly table: string
  readonly tags: Readonly<Record<string, unknown>>
}

/** A view and its query. */
export interface ViewInfo {
  readonly name: string
  readonly sql: string
}

/** A topic. */
export interface TopicInfo {
  readonly name: string
  readonly database: string
  readonly kind: string
  readonly sql: string
}

/** An index on a tag. */
export interface IndexInfo {
  readonly name: string
  readonly table: string
  readonly column: string
  readonly kind: string
}
