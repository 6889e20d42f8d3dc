import { type Precision, TypeCode } from 'taosts/wire'
import type { SqlType } from '../../catalog/model.ts'
import { SqlError } from '../../errors.ts'
import {
  BIGINT,
  DOUBLE,
  duckType,
  INT,
  isBlob,
  isBool,
  isDecimal,
  isFloating,
  isGeometry,
  isInteger,
  isJson,
  isNchar,
  isNull,
  isSigned,
  isText,
  isTimestamp,
  isUnsigned,
  isVarbinary,
  isVarchar,
  quote,
} from './types.ts'

/** What a conversion may depend on: the ticks of timestamps and the zone in which their text is read. */
export interface CastContext {
  readonly precision: Precision
  readonly timezone: string
}

/**
 * DuckDB SQL that converts `sql` from one TDengine type to another by TDengine's rules: text is read by its longest numeric beginning (`12abc` is 12, `abc` is 0),
 * integers wrap, floats are cut towards zero, text is cut to its length, NULL stays NULL. Used by CAST and by every implicit conversion.
 */
export function castSql(sql: string, from: SqlType, to: SqlType, context: CastContext): string {
  if (isNull(from)) return `CAST(NULL AS ${duckType(to)})`
  if (isNull(to)) return sql
  if (isDecimal(to)) return toDecimal(sql, from, to)
  if (isText(to) || isJson(to)) return toText(sql, from, to)
  switch (to.code) {
    case TypeCode.BOOL:
      return toBool(sql, from)
    case TypeCode.FLOAT:
      return toFloat(sql, from)
    case TypeCode.DOUBLE:
      return toDouble(sql, from)
    case TypeCode.TIMESTAMP:
      return isText(from)
        ? `coalesce(${parseTimeSql(sql, context)}, CASE WHEN ${sql} IS NOT NULL THEN 0 END)`
        : toInteger(sql, from, BIGINT)
    case TypeCode.VARBINARY:
    case TypeCode.BLOB:
    case TypeCode.MEDIUMBLOB:
      return isText(from) ? cutBlob(`encode(${sql})`, to) : from.length > to.length ? cutBlob(sql, to) : sql
    case TypeCode.GEOMETRY:
      return isText(from) ? `td_wkb(${sql})` : sql
    default:
      return toInteger(sql, from, to)
  }
}

/** Ticks of a text column, NULL where it is not a time. */
export function parseTimeSql(sql: string, context: CastContext): string {
  return `td_parse_time(${sql}, ${quote(context.precision)}, ${quote(context.timezone)})`
}

/** Throws what TDengine answers to a CAST that it does not allow. */
export function checkCast(from: SqlType, to: SqlType): void {
  if (isJson(to)) throw new SqlError(0xffff, 'Unknown error 65535')
  const invalid = new SqlError(0x2802, 'Invalid parameter data type : cast')
  if (isNull(from)) return
  if (isJson(from)) throw invalid
  if (isVarbinary(from) && !isVarbinary(to)) throw invalid
  if (isVarbinary(to) && !isVarbinary(from) && !isVarchar(from)) throw invalid
  if (isGeometry(to) && !isGeometry(from) && !isText(from)) throw invalid
  if (isBlob(to) && !isBlob(from) && !isText(from)) throw invalid
  if ((isGeometry(from) || isBlob(from)) && isDecimal(to)) throw invalid
}

const WRAP: Partial<Record<TypeCode, string>> = {
  [TypeCode.TINYINT]: 'td_i8',
  [TypeCode.SMALLINT]: 'td_i16',
  [TypeCode.INT]: 'td_i32',
  [TypeCode.UTINYINT]: 'td_u8',
  [TypeCode.USMALLINT]: 'td_u16',
  [TypeCode.UINT]: 'td_u32',
  [TypeCode.UBIGINT]: 'td_u64',
}

/** Whether every value of integer type `from` fits into `to`, so that a plain cast does. */
function fits(from: SqlType, to: SqlType): boolean {
  if (isSigned(from) === isSigned(to)) return from.length <= to.length
  return isUnsigned(from) && from.length < to.length
}

function wrapped(bigint: string, to: SqlType): string {
  const wrap = WRAP[to.code]
  return wrap ? `${wrap}(${bigint})` : bigint
}

function toInteger(sql: string, from: SqlType, to: SqlType): string {
  const target = duckType(to)
  if (isBool(from)) return `CAST(${sql} AS ${target})`
  if (isTimestamp(from)) return to.code === TypeCode.BIGINT ? sql : wrapped(sql, to)
  if (isInteger(from)) {
    if (from.code === to.code) return sql
    if (fits(from, to)) return `CAST(${sql} AS ${target})`
    const wide = from.code === TypeCode.UBIGINT ? `td_s64(${sql})` : from.code === TypeCode.BIGINT ? sql : `CAST(${sql} AS BIGINT)`
    return wrapped(wide, to)
  }
  if (isFloating(from)) {
    const x = from.code === TypeCode.FLOAT ? `CAST(${sql} AS DOUBLE)` : sql
    if (to.code === TypeCode.UBIGINT) return `td_d2u64(${x})`
    if (to.code === TypeCode.BIGINT) return `td_d2i64(${x})`
    if (to.code === TypeCode.UINT) return `td_u32(td_d2i64(${x}))`
    return to.code === TypeCode.INT ? `td_d2i32(${x})` : wrapped(`CAST(td_d2i32(${x}) AS BIGINT)`, to)
  }
  if (isDecimal(from)) {
    // A DECIMAL goes to an integer by rounding half away from zero.
    const whole = from.scale > 0 ? `round(${sql}, 0)` : sql
    return isUnsigned(to) ? `td_h2u64(CAST(${whole} AS HUGEINT))::${target}` : wrapped(`td_h2i64(CAST(${whole} AS HUGEINT))`, to)
  }
  if (isText(from) || isJson(from)) {
    const text = isJson(from) ? `td_json_text(${sql})` : sql
    return to.code === TypeCode.UBIGINT ? `td_strtoul(${text})` : wrapped(`td_strtol(${text})`, to)
  }
  if (isBlob(from)) return wrapped(`octet_length(${sql})`, to)
  if (isGeometry(from)) return wrapped(`td_head(${sql})`, to)
  return wrapped(`td_strtol(td_bytes_text(${sql}))`, to)
}

function toBool(sql: string, from: SqlType): string {
  if (isBool(from)) return sql
  if (isText(from)) return `(td_i8(td_strtol(${sql})) <> 0)`
  if (isInteger(from) || isTimestamp(from) || isFloating(from) || isDecimal(from)) return `(${sql} <> 0)`
  return `(${toInteger(sql, from, INT)} <> 0)`
}

function toDouble(sql: string, from: SqlType): string {
  if (from.code === TypeCode.DOUBLE) return sql
  if (isText(from)) return `td_strtod(${sql})`
  if (isJson(from)) return `td_strtod(td_json_text(${sql}))`
  if (isInteger(from) || isFloating(from) || isTimestamp(from) || isBool(from) || isDecimal(from)) return `CAST(${sql} AS DOUBLE)`
  return `CAST(${toInteger(sql, from, BIGINT)} AS DOUBLE)`
}

function toFloat(sql: string, from: SqlType): string {
  if (from.code === TypeCode.FLOAT) return sql
  return `td_f32(${toDouble(sql, from)})`
}

function toDecimal(sql: string, from: SqlType, to: SqlType): string {
  const target = duckType(to)
  if (isDecimal(from) && from.precision === to.precision && from.scale === to.scale) return sql
  if (isBool(from)) return `CAST(CAST(${sql} AS TINYINT) AS ${target})`
  if (isInteger(from) || isTimestamp(from) || isDecimal(from)) return `CAST(${sql} AS ${target})`
  // From text and floating point the 64-bit form keeps its digits and is cut, the 128-bit form keeps the whole part only.
  const x = toDouble(sql, from)
  return to.code === TypeCode.DECIMAL || to.scale === 0
    ? `CAST(CAST(trunc(${x}) AS DECIMAL(38,0)) AS ${target})`
    : `CAST(td_trunc_to(${x}, ${to.scale}) AS ${target})`
}

/** The text of a value before it is cut to a length. */
export function textSql(sql: string, from: SqlType): string {
  if (isText(from)) return sql
  if (isJson(from)) return `td_json_text(${sql})`
  if (from.code === TypeCode.FLOAT) return `td_f32_text(${sql})`
  if (from.code === TypeCode.DOUBLE) return `td_f64_text(${sql})`
  if (isBlob(from)) return `CAST(octet_length(${sql}) AS VARCHAR)`
  if (isGeometry(from)) return `CAST(td_head(${sql}) AS VARCHAR)`
  if (isVarbinary(from)) return `td_bytes_text(${sql})`
  if (isDecimal(from)) return `td_decimal_text(${sql})`
  return `CAST(${sql} AS VARCHAR)`
}

/** Most characters that the text of a fixed type can have, so that a wide enough target needs no cutting. */
function textWidth(from: SqlType): number {
  if (isText(from)) return isNchar(from) ? from.length * 4 : from.length
  if (isBool(from)) return 5
  if (isInteger(from) || isTimestamp(from)) return 20
  return isFloating(from) ? 24 : isDecimal(from) ? 41 : Number.POSITIVE_INFINITY
}

function toText(sql: string, from: SqlType, to: SqlType): string {
  const text = textSql(sql, from)
  if (isNchar(to)) {
    if (isNchar(from)) return from.length <= to.length ? text : `left(${text}, ${to.length})`
    // TDengine takes at most `length` bytes of a VARCHAR, and fails where that splits a character.
    if (isVarchar(from)) return from.length <= to.length ? text : `td_to_nchar(${text}, ${to.length})`
    return textWidth(from) <= to.length ? text : `left(${text}, ${to.length})`
  }
  return textWidth(from) <= to.length ? text : `td_cut(${text}, ${to.length})`
}

const cutBlob = (sql: string, to: SqlType): string => `array_slice(${sql}, 1, ${to.length})`

/** The value as DOUBLE: what arithmetic works on. */
export const doubleSql = (sql: string, from: SqlType, context: CastContext): string => castSql(sql, from, DOUBLE, context)
