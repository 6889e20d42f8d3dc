/** Offsets of a node's text in the statement, in UTF-16 units: `sql.slice(start, end)`. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** An identifier: lower-cased unless it was backquoted (then `quoted`, case kept). */
export interface Name extends Span {
  readonly text: string
  readonly quoted: boolean
}

/** `table` or `database.table`, as read: names lower-cased unless backquoted. */
export interface TableName extends Span {
  readonly database: Name | null
  readonly name: Name
}

/** Canonical type names; `VARCHAR` also stands for BINARY, `NCHAR` and so on keep theirs. */
export type TypeKeyword =
  | 'BOOL'
  | 'TINYINT'
  | 'SMALLINT'
  | 'INT'
  | 'BIGINT'
  | 'TINYINT UNSIGNED'
  | 'SMALLINT UNSIGNED'
  | 'INT UNSIGNED'
  | 'BIGINT UNSIGNED'
  | 'FLOAT'
  | 'DOUBLE'
  | 'VARCHAR'
  | 'NCHAR'
  | 'TIMESTAMP'
  | 'JSON'
  | 'VARBINARY'
  | 'GEOMETRY'
  | 'BLOB'
  | 'MEDIUMBLOB'
  | 'DECIMAL'

export interface TypeName extends Span {
  readonly name: TypeKeyword
  /** `VARCHAR(n)`, `NCHAR(n)`, `VARBINARY(n)`, `GEOMETRY(n)`; null when none was written (allowed in CAST only). */
  readonly length: number | null
  /** `DECIMAL(p, s)`; `DECIMAL(p)` has scale 0. */
  readonly precision: number | null
  readonly scale: number | null
}
