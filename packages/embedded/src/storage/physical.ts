import { TypeCode } from 'taosts/wire'
import type { SqlType } from '../catalog/model.ts'

/** How DuckDB stores a TDengine type: its SQL name and the bytes of one element in a vector (16 for strings: `string_t`). */
export interface Physical {
  readonly sql: string
  readonly width: number
  readonly kind: 'fixed' | 'string'
}

const fixed = (sql: string, width: number): Physical => ({ sql, width, kind: 'fixed' })
const string = (sql: string): Physical => ({ sql, width: 16, kind: 'string' })

const BY_CODE: Readonly<Record<number, Physical>> = {
  [TypeCode.NULL]: fixed('INTEGER', 4),
  [TypeCode.BOOL]: fixed('BOOLEAN', 1),
  [TypeCode.TINYINT]: fixed('TINYINT', 1),
  [TypeCode.SMALLINT]: fixed('SMALLINT', 2),
  [TypeCode.INT]: fixed('INTEGER', 4),
  [TypeCode.BIGINT]: fixed('BIGINT', 8),
  [TypeCode.UTINYINT]: fixed('UTINYINT', 1),
  [TypeCode.USMALLINT]: fixed('USMALLINT', 2),
  [TypeCode.UINT]: fixed('UINTEGER', 4),
  [TypeCode.UBIGINT]: fixed('UBIGINT', 8),
  [TypeCode.FLOAT]: fixed('FLOAT', 4),
  [TypeCode.DOUBLE]: fixed('DOUBLE', 8),
  [TypeCode.TIMESTAMP]: fixed('BIGINT', 8),
  [TypeCode.VARCHAR]: string('VARCHAR'),
  [TypeCode.NCHAR]: string('VARCHAR'),
  [TypeCode.JSON]: string('VARCHAR'),
  [TypeCode.VARBINARY]: string('BLOB'),
  [TypeCode.GEOMETRY]: string('BLOB'),
  [TypeCode.BLOB]: string('BLOB'),
  [TypeCode.MEDIUMBLOB]: string('BLOB'),
}

/** The DuckDB type that holds values of `type`; DECIMAL takes 2, 4, 8 or 16 bytes by its precision. */
export function physicalType(type: SqlType): Physical {
  if (type.code === TypeCode.DECIMAL || type.code === TypeCode.DECIMAL64) {
    const digits = type.precision
    return fixed(`DECIMAL(${digits},${type.scale})`, digits <= 4 ? 2 : digits <= 9 ? 4 : digits <= 18 ? 8 : 16)
  }
  const physical = BY_CODE[type.code]
  if (!physical) throw new Error(`no storage for type code ${type.code}`)
  return physical
}
