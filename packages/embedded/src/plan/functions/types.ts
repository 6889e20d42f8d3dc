import { TypeCode } from 'taosts/wire'
import type { SqlType } from '../../catalog/model.ts'

const fixed = (code: TypeCode, length: number): SqlType => ({ code, length, precision: 0, scale: 0 })

/** The fixed-width types by their SQL names. */
export const BOOL = fixed(TypeCode.BOOL, 1)
export const TINYINT = fixed(TypeCode.TINYINT, 1)
export const SMALLINT = fixed(TypeCode.SMALLINT, 2)
export const INT = fixed(TypeCode.INT, 4)
export const BIGINT = fixed(TypeCode.BIGINT, 8)
export const UTINYINT = fixed(TypeCode.UTINYINT, 1)
export const USMALLINT = fixed(TypeCode.USMALLINT, 2)
export const UINT = fixed(TypeCode.UINT, 4)
export const UBIGINT = fixed(TypeCode.UBIGINT, 8)
export const FLOAT = fixed(TypeCode.FLOAT, 4)
export const DOUBLE = fixed(TypeCode.DOUBLE, 8)
export const TIMESTAMP = fixed(TypeCode.TIMESTAMP, 8)
export const JSON_TAG = fixed(TypeCode.JSON, 4095)
/** The type of a bare NULL: results show it as VARCHAR of length 0. */
export const NULL = fixed(TypeCode.NULL, 0)

/** VARCHAR of `length` bytes. */
export const varchar = (length: number): SqlType => fixed(TypeCode.VARCHAR, length)
/** NCHAR of `length` characters. */
export const nchar = (length: number): SqlType => fixed(TypeCode.NCHAR, length)
export const varbinary = (length: number): SqlType => fixed(TypeCode.VARBINARY, length)
export const geometry = (length: number): SqlType => fixed(TypeCode.GEOMETRY, length)
export const blob = (length: number): SqlType => fixed(TypeCode.BLOB, length)

/** DECIMAL(precision, scale): 8 bytes wide up to 18 digits, 16 from 19 on. */
export function decimal(precision: number, scale: number): SqlType {
  return precision > 18
    ? { code: TypeCode.DECIMAL, length: 16, precision, scale }
    : { code: TypeCode.DECIMAL64, length: 8, precision, scale }
}

export const isNull = (t: SqlType): boolean => t.code === TypeCode.NULL
export const isDecimal = (t: SqlType): boolean => t.code === TypeCode.DECIMAL || t.code === TypeCode.DECIMAL64
export const isFloating = (t: SqlType): boolean => t.code === TypeCode.FLOAT || t.code === TypeCode.DOUBLE
export const isSigned = (t: SqlType): boolean => t.code >= TypeCode.TINYINT && t.code <= TypeCode.BIGINT
export const isUnsigned = (t: SqlType): boolean => t.code >= TypeCode.UTINYINT && t.code <= TypeCode.UBIGINT
export const isInteger = (t: SqlType): boolean => isSigned(t) || isUnsigned(t)
/** Integers, FLOAT and DOUBLE: what TDengine's functions call numeric (DECIMAL, BOOL and TIMESTAMP are not). */
export const isNumeric = (t: SqlType): boolean => isInteger(t) || isFloating(t)
/** VARCHAR and NCHAR. */
export const isText = (t: SqlType): boolean => t.code === TypeCode.VARCHAR || t.code === TypeCode.NCHAR
export const isVarchar = (t: SqlType): boolean => t.code === TypeCode.VARCHAR
export const isNchar = (t: SqlType): boolean => t.code === TypeCode.NCHAR
export const isVarbinary = (t: SqlType): boolean => t.code === TypeCode.VARBINARY
export const isGeometry = (t: SqlType): boolean => t.code === TypeCode.GEOMETRY
export const isBlob = (t: SqlType): boolean => t.code === TypeCode.BLOB || t.code === TypeCode.MEDIUMBLOB
export const isTimestamp = (t: SqlType): boolean => t.code === TypeCode.TIMESTAMP
export const isBool = (t: SqlType): boolean => t.code === TypeCode.BOOL
export const isJson = (t: SqlType): boolean => t.code === TypeCode.JSON

/** Length of TDengine's two-byte length header of a variable value; NCHAR counts four bytes a character. */
const HEADER = 2

/** The stored width of a type: header included for variable types, four bytes a character for NCHAR. Result lengths are sums of these. */
export function storedBytes(t: SqlType): number {
  if (isNull(t)) return HEADER
  if (isNchar(t)) return t.length * 4 + HEADER
  if (isVarchar(t) || isVarbinary(t) || isGeometry(t)) return t.length + HEADER
  return t.length
}

/** VARCHAR or NCHAR (as `code`) whose stored width is `bytes`. */
export function textOfBytes(code: TypeCode, bytes: number): SqlType {
  return code === TypeCode.NCHAR ? nchar(Math.trunc((bytes - HEADER) / 4)) : fixed(code, bytes - HEADER)
}

/** The DuckDB type that holds values of a TDengine type. */
export function duckType(t: SqlType): string {
  if (isDecimal(t)) return `DECIMAL(${t.precision},${t.scale})`
  switch (t.code) {
    case TypeCode.BOOL:
      return 'BOOLEAN'
    case TypeCode.TINYINT:
      return 'TINYINT'
    case TypeCode.SMALLINT:
      return 'SMALLINT'
    case TypeCode.INT:
      return 'INTEGER'
    case TypeCode.BIGINT:
    case TypeCode.TIMESTAMP:
      return 'BIGINT'
    case TypeCode.UTINYINT:
      return 'UTINYINT'
    case TypeCode.USMALLINT:
      return 'USMALLINT'
    case TypeCode.UINT:
      return 'UINTEGER'
    case TypeCode.UBIGINT:
      return 'UBIGINT'
    case TypeCode.FLOAT:
      return 'FLOAT'
    case TypeCode.DOUBLE:
      return 'DOUBLE'
    case TypeCode.VARBINARY:
    case TypeCode.GEOMETRY:
    case TypeCode.BLOB:
    case TypeCode.MEDIUMBLOB:
      return 'BLOB'
    default:
      return 'VARCHAR'
  }
}

/** The name of a type as SHOW and messages give it, with its length for variable types. */
export function typeName(t: SqlType): string {
  if (isDecimal(t)) return `DECIMAL(${t.precision},${t.scale})`
  const names: Record<number, string> = {
    [TypeCode.BOOL]: 'BOOL',
    [TypeCode.TINYINT]: 'TINYINT',
    [TypeCode.SMALLINT]: 'SMALLINT',
    [TypeCode.INT]: 'INT',
    [TypeCode.BIGINT]: 'BIGINT',
    [TypeCode.UTINYINT]: 'TINYINT UNSIGNED',
    [TypeCode.USMALLINT]: 'SMALLINT UNSIGNED',
    [TypeCode.UINT]: 'INT UNSIGNED',
    [TypeCode.UBIGINT]: 'BIGINT UNSIGNED',
    [TypeCode.FLOAT]: 'FLOAT',
    [TypeCode.DOUBLE]: 'DOUBLE',
    [TypeCode.TIMESTAMP]: 'TIMESTAMP',
    [TypeCode.JSON]: 'JSON',
    [TypeCode.BLOB]: 'BLOB',
    [TypeCode.MEDIUMBLOB]: 'MEDIUMBLOB',
  }
  const name = names[t.code]
  if (name) return name
  if (isNchar(t)) return `NCHAR(${t.length})`
  if (isVarbinary(t)) return `VARBINARY(${t.length})`
  if (isGeometry(t)) return `GEOMETRY(${t.length})`
  return `VARCHAR(${t.length})`
}

/** A DuckDB string literal; DuckDB ends a statement at a NUL, so that those are put in by a function. */
export function quote(text: string): string {
  const parts = text.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`)
  return parts.length === 1 ? parts[0]! : `(${parts.join(' || chr(0) || ')})`
}
