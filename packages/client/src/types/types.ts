/** The one table of TDengine's column types (codes as in the raw block's column directory). */

/** How a type's values are laid out in a column. */
export type Layout = 'fixed' | 'variable'

export interface TypeInfo {
  /** The code on the wire. */
  readonly code: TypeCode
  /** The name that REST's `column_meta` and `DESCRIBE` give, without a DECIMAL's digits. */
  readonly name: TypeName
  readonly layout: Layout
  /** Bytes of one value for fixed types (0 for NULL), of the length prefix (2 or 4) for variable ones. */
  readonly width: number
}

export type TypeName =
  | 'NULL'
  | 'BOOL'
  | 'TINYINT'
  | 'SMALLINT'
  | 'INT'
  | 'BIGINT'
  | 'FLOAT'
  | 'DOUBLE'
  | 'VARCHAR'
  | 'TIMESTAMP'
  | 'NCHAR'
  | 'TINYINT UNSIGNED'
  | 'SMALLINT UNSIGNED'
  | 'INT UNSIGNED'
  | 'BIGINT UNSIGNED'
  | 'JSON'
  | 'VARBINARY'
  | 'DECIMAL'
  | 'BLOB'
  | 'MEDIUMBLOB'
  | 'GEOMETRY'

/** Type codes by a name that reads well in code. `DECIMAL` is the 128-bit form (precision 19–38), `DECIMAL64` the 64-bit one. */
export const TypeCode = {
  NULL: 0,
  BOOL: 1,
  TINYINT: 2,
  SMALLINT: 3,
  INT: 4,
  BIGINT: 5,
  FLOAT: 6,
  DOUBLE: 7,
  VARCHAR: 8,
  TIMESTAMP: 9,
  NCHAR: 10,
  UTINYINT: 11,
  USMALLINT: 12,
  UINT: 13,
  UBIGINT: 14,
  JSON: 15,
  VARBINARY: 16,
  DECIMAL: 17,
  BLOB: 18,
  MEDIUMBLOB: 19,
  GEOMETRY: 20,
  DECIMAL64: 21,
} as const
export type TypeCode = (typeof TypeCode)[keyof typeof TypeCode]

const fixed = (code: TypeCode, name: TypeName, width: number): TypeInfo => ({ code, name, layout: 'fixed', width })
const variable = (code: TypeCode, name: TypeName, width = 2): TypeInfo => ({ code, name, layout: 'variable', width })

/** Every type, at the index of its code. */
export const TYPES: readonly TypeInfo[] = [
  fixed(0, 'NULL', 0),
  fixed(1, 'BOOL', 1),
  fixed(2, 'TINYINT', 1),
  fixed(3, 'SMALLINT', 2),
  fixed(4, 'INT', 4),
  fixed(5, 'BIGINT', 8),
  fixed(6, 'FLOAT', 4),
  fixed(7, 'DOUBLE', 8),
  variable(8, 'VARCHAR'),
  fixed(9, 'TIMESTAMP', 8),
  variable(10, 'NCHAR'),
  fixed(11, 'TINYINT UNSIGNED', 1),
  fixed(12, 'SMALLINT UNSIGNED', 2),
  fixed(13, 'INT UNSIGNED', 4),
  fixed(14, 'BIGINT UNSIGNED', 8),
  variable(15, 'JSON'),
  variable(16, 'VARBINARY'),
  fixed(17, 'DECIMAL', 16),
  variable(18, 'BLOB', 4),
  variable(19, 'MEDIUMBLOB', 4),
  variable(20, 'GEOMETRY'),
  fixed(21, 'DECIMAL', 8),
]

/** The type of a wire code, or undefined for a code that TDengine does not have. */
export function typeOfCode(code: number): TypeInfo | undefined {
  return TYPES[code]
}

/** A type as text names it: `DECIMAL(p,s)` gives its digits, and the code follows from the precision. */
export interface NamedType {
  readonly code: TypeCode
  readonly precision: number
  readonly scale: number
}

/** Reads a type name of REST's `column_meta` or of SQL (`BINARY`, `INT UNSIGNED`, `DECIMAL(10,2)`, `VARCHAR(20)`); undefined if there is no such type. */
export function typeOfName(text: string): NamedType | undefined {
  const match = /^\s*([a-z]+)(?:\s+(unsigned))?\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)\s*)?(unsigned)?\s*$/i.exec(text)
  if (!match) return undefined
  const word = match[1]!.toUpperCase()
  const name = (ALIASES as Record<string, string | undefined>)[word] ?? word
  const full = match[2] || match[5] ? `${name} UNSIGNED` : name
  if (full === 'DECIMAL') {
    const precision = Number(match[3] ?? 0)
    const scale = Number(match[4] ?? 0)
    return { code: precision > 0 && precision <= 18 ? TypeCode.DECIMAL64 : TypeCode.DECIMAL, precision, scale }
  }
  const info = TYPES.find((type) => type.name === full)
  return info && { code: info.code, precision: 0, scale: 0 }
}

const ALIASES = { BINARY: 'VARCHAR', INTEGER: 'INT', NUMERIC: 'DECIMAL' }

/** Whether a variable type's payload is text (VARCHAR, NCHAR, JSON) rather than bytes. */
export function isText(code: number): boolean {
  return code === TypeCode.VARCHAR || code === TypeCode.NCHAR || code === TypeCode.JSON
}

/** Whether the type is one of the two decimals. */
export function isDecimal(code: number): boolean {
  return code === TypeCode.DECIMAL || code === TypeCode.DECIMAL64
}

/** The size that the wire's schemas carry, from the length the user declared: VARCHAR n+2, NCHAR 4n+2, BLOB n+4, fixed types their width. */
export function schemaBytes(code: number, userLength: number): number {
  switch (code) {
    case TypeCode.VARCHAR:
    case TypeCode.VARBINARY:
    case TypeCode.GEOMETRY:
      return userLength + 2
    case TypeCode.NCHAR:
      return userLength * 4 + 2
    case TypeCode.JSON:
      return userLength * 4 + 4
    case TypeCode.BLOB:
    case TypeCode.MEDIUMBLOB:
      return userLength + 4
    default:
      return TYPES[code]?.width ?? userLength
  }
}

/** The length the user sees, from the schema size: VARCHAR bytes, NCHAR and JSON characters, fixed types their width. */
export function userLength(code: number, bytes: number): number {
  switch (code) {
    case TypeCode.VARCHAR:
    case TypeCode.VARBINARY:
    case TypeCode.GEOMETRY:
      return Math.max(0, bytes - 2)
    case TypeCode.NCHAR:
    case TypeCode.JSON:
      return Math.max(0, Math.floor((bytes - 2) / 4))
    case TypeCode.BLOB:
    case TypeCode.MEDIUMBLOB:
      return Math.max(0, bytes - 4)
    default:
      return bytes
  }
}
