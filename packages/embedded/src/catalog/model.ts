import type { Precision, TypeCode } from 'taosts/wire'

/** A TDengine type with its user-visible length: VARCHAR/VARBINARY/GEOMETRY/BLOB bytes, NCHAR characters, fixed types their width. */
export interface SqlType {
  readonly code: TypeCode
  readonly length: number
  /** Total digits, for DECIMAL (code 17 from 19 digits on, else 21), 0 otherwise. */
  readonly precision: number
  /** Digits after the point, for DECIMAL, 0 otherwise. */
  readonly scale: number
}

/** A column or tag as declared. Its data lives in the physical column `c<id>` (or `t<id>` for a tag) of DuckDB. */
export interface ColumnDef {
  /** Unique in its table and never reused, so that ALTER keeps old data apart. The first column, the timestamp, is physically `ts`. */
  readonly id: number
  name: string
  type: SqlType
  /** Second part of a composite primary key. */
  primaryKey: boolean
  encode: string
  compress: string
  level: string
}

export interface TableOptions {
  comment: string | null
  /** Days until the table is dropped, 0 for never. */
  ttl: number
  /** The SMA columns, as written. */
  sma: string[]
  /** Other options as written (KEEP, …), by upper-case name. */
  other: Map<string, string>
}

/** Fields that supertables, subtables and normal tables share. */
interface TableHead {
  readonly id: number
  /** Set once by DROP, so that who still holds the object notices. */
  dropped: boolean
  name: string
  readonly database: Database
  /** Milliseconds since the epoch. */
  readonly created: number
  options: TableOptions
  /** Of a supertable or normal table: whether rows were only ever written behind older ones of their table, so that each table's rows lie in DuckDB in the order of their times. */
  inOrder?: boolean
  /** Of a supertable or normal table: no row is older; absent while none was written. */
  minTs?: bigint
  /** Of a supertable or normal table: no row has a `_seq` beyond it. */
  lastSeq?: bigint
}

/** One DuckDB table `s<id>(uid INTEGER, ts BIGINT, _seq BIGINT, c<id>…)`; tags in `s<id>_tags(uid INTEGER, tbname VARCHAR, _created BIGINT, _vgroup INTEGER, _ttl INTEGER, _comment VARCHAR, t<id>…)`. */
export interface Supertable extends TableHead {
  readonly kind: 'supertable'
  columns: ColumnDef[]
  tags: ColumnDef[]
  /** The `id` that the next column or tag gets. */
  nextColumnId: number
  schemaVersion: number
  tagVersion: number
  readonly subtables: Map<string, Subtable>
  /** By name, which is unique in the database. A new supertable has one on its first tag, called `<tag>_<stable>`. */
  indexes: Map<string, TagIndex>
  lastChange: number
}

/** A tag index: kept and shown, of no effect on the answers. */
export interface TagIndex {
  readonly name: string
  /** The tag's `id`. */
  readonly tag: number
  readonly created: number
}

export interface Subtable extends TableHead {
  readonly kind: 'subtable'
  /** The value of `uid` in the supertable's DuckDB tables. */
  readonly uid: number
  readonly supertable: Supertable
  /** Newest timestamp written, or null while empty: later rows are appended, others merged. */
  maxTs: bigint | null
  readonly vgroup: number
}

/** One DuckDB table `n<id>(ts BIGINT, _seq BIGINT, c<id>…)`. */
export interface NormalTable extends TableHead {
  readonly kind: 'normal'
  columns: ColumnDef[]
  nextColumnId: number
  schemaVersion: number
  maxTs: bigint | null
  readonly vgroup: number
  readonly uid: number
  /** Of a virtual table: where the columns come from, by their id. Its DuckDB table is a view over those of its sources. */
  readonly sources?: ReadonlyMap<number, ColumnSource>
}

/** A column of another table that a virtual table shows. */
export interface ColumnSource {
  readonly database: string
  readonly table: string
  readonly column: string
}

export type Table = Supertable | Subtable | NormalTable

export interface Database {
  readonly id: number
  readonly name: string
  readonly precision: Precision
  readonly created: number
  /** Every documented option by its upper-case keyword, as SHOW CREATE DATABASE and ins_databases show it: numbers as numbers, KEEP as `3650d,3650d,3650d`. */
  options: Map<string, string | number>
  dropped: boolean
  /** The `_seq` of the newest entry in the log of changes; absent while there is none. */
  lastEvent?: bigint
  readonly vgroups: number[]
  readonly supertables: Map<string, Supertable>
  /** Subtables and normal tables share one name space; a supertable's name may not collide either. */
  readonly tables: Map<string, Subtable | NormalTable>
}

export interface User {
  readonly id: number
  readonly name: string
  super: boolean
  enabled: boolean
  sysinfo: boolean
  createdb: boolean
  readonly created: number
  /** scrypt digest and salt, as `salt:hash` in base64. */
  password: string
  /** Addresses of CREATE USER … HOST, as written. */
  hosts: string[]
  privileges: Privilege[]
}

export interface Privilege {
  readonly kind: 'read' | 'write' | 'alter' | 'all' | 'subscribe'
  /** `*` for every database. */
  readonly database: string
  /** `*` or absent for the whole database. */
  readonly table?: string
  readonly condition?: string
  readonly topic?: string
}

export interface Topic {
  readonly id: number
  readonly name: string
  readonly database: string
  readonly created: number
  /** The statement as written. */
  readonly sql: string
  readonly source: {
    readonly kind: 'database' | 'stable' | 'query'
    readonly table?: string
    readonly query?: string
    readonly where?: string
  }
  readonly meta: 'no' | 'with' | 'only'
  /** The columns that a query topic gives, as ins_topics shows them: `[{"name":"ts","type":"TIMESTAMP","length":8},…]`, or `NULL`. */
  readonly schema: string
  /** Ids of the supertable and of its columns and tags that a query topic reads: these may not be dropped. */
  readonly reads: { readonly stable: number; readonly columns: readonly number[]; readonly tags: readonly number[] } | null
}
