/** The one table of TDengine's column types (codes as in the raw block's column directory). */

/** How a type's values are laid out in a column. */
export type Layout = 'fixed' | 'variable' | 'null'

export interface TypeInfo {
  /** The code on the wire. */
  readonly code: number
  /** The name that REST's `column_meta` and `DESCRIBE` give. */
  readonly name: TypeName
  readonly layout: Layout
  /** Bytes of one value for fixed types, of the length prefix (2 or 4) for variable ones. */
  readonly width: number
}

export type TypeName =
  | 'NULL' | 'BOOL' | 'TINYINT' | 'SMALLINT' | 'INT' | 'BIGINT' | 'FLOAT' | 'DOUBLE' | 'VARCHAR' | 'TIMESTAMP' | 'NCHAR'
  | 'TINYINT UNSIGNED' | 'SMALLINT UNSIGNED' | 'INT UNSIGNED' | 'BIGINT UNSIGNED' | 'JSON' | 'VARBINARY' | 'DECIMAL' | 'BLOB'
  | 'MEDIUMBLOB' | 'GEOMETRY' | 'DECIMAL64'

/** Type codes by a name that reads well in code. `DECIMAL` is the 128-bit form (precision 19–38), `DECIMAL64` the 64-bit one. */
export const TypeCode = {
  NULL: 0, BOOL: 1, TINYINT: 2, SMALLINT: 3, INT: 4, BIGINT: 5, FLOAT: 6, DOUBLE: 7, VARCHAR: 8, TIMESTAMP: 9, NCHAR: 10,
  UTINYINT: 11, USMALLINT: 12, UINT: 13, UBIGINT: 14, JSON: 15, VARBINARY: 16, DECIMAL: 17, BLOB: 18, MEDIUMBLOB: 19, GEOMETRY: 20, DECIMAL64: 21,
} as const
export type TypeCode = (typeof TypeCode)[keyof typeof TypeCode]
