import { TypeCode } from 'taosts/wire'
import type { SqlType } from '../../catalog/model.ts'
import { castSql } from './cast.ts'
import { count, wrongType } from './check.ts'
import type { ScalarFunction, Typed } from './spec.ts'
import {
  BIGINT,
  DOUBLE,
  duckType,
  FLOAT,
  INT,
  isBlob,
  isDecimal,
  isFloating,
  isGeometry,
  isJson,
  isNull,
  isText,
  isTimestamp,
  isUnsigned,
  isVarbinary,
  NULL,
  SMALLINT,
  storedBytes,
  TIMESTAMP,
  textOfBytes,
  UBIGINT,
  UINT,
  USMALLINT,
} from './types.ts'

/** Stored width that a number counts for beside text. */
const NUMBER_BYTES = 25

/** The number type that holds values of both; BOOL counts as the smallest integer. */
function wider(a: SqlType, b: SqlType): SqlType {
  if (a.code === b.code && a.precision === b.precision && a.scale === b.scale) return a
  if (isDecimal(a) || isDecimal(b)) return DOUBLE
  if (isFloating(a) || isFloating(b)) return a.code === TypeCode.DOUBLE || b.code === TypeCode.DOUBLE ? DOUBLE : FLOAT
  if (isTimestamp(a) || isTimestamp(b)) return TIMESTAMP
  const bytes = Math.max(a.length, b.length)
  if (isUnsigned(a) && isUnsigned(b)) return bytes === 8 ? UBIGINT : bytes === 4 ? UINT : USMALLINT
  if (!isUnsigned(a) && !isUnsigned(b))
    return bytes === 8 ? BIGINT : bytes === 4 ? INT : bytes === 2 ? SMALLINT : a.length > b.length ? a : b
  const [unsigned, signed] = isUnsigned(a) ? [a, b] : [b, a]
  if (unsigned.length === 8) return DOUBLE
  if (unsigned.length < signed.length) return signed
  return unsigned.length === 1 ? SMALLINT : unsigned.length === 2 ? INT : BIGINT
}

function common(types: readonly SqlType[]): SqlType {
  if (types.some(isNull)) return NULL
  const texts = types.filter(isText)
  const first = texts[0]
  if (first) return textOfBytes(first.code, Math.max(...types.map((t) => (isText(t) ? storedBytes(t) : NUMBER_BYTES))))
  return types.reduce(wider)
}

/** GREATEST and LEAST: numbers beside text compare as text; NULL in any row makes the row NULL. */
function pick(name: 'greatest' | 'least'): ScalarFunction {
  const resultType = (args: readonly Typed[]): SqlType => common(args.map((arg) => arg.type))
  return {
    kind: 'scalar',
    name,
    usage: `${name.toUpperCase()}(value, value[, …])`,
    type(args) {
      count(name, args, 2, 1000)
      for (const { type } of args) if (isVarbinary(type) || isGeometry(type) || isBlob(type) || isJson(type)) throw wrongType(name)
      return resultType(args)
    },
    sql(args, context) {
      const type = resultType(args)
      if (isNull(type)) return 'NULL'
      const values = args.map((arg) => (isText(type) && isText(arg.type) ? arg.sql : castSql(arg.sql, arg.type, type, context)))
      // DuckDB's own functions skip NULLs.
      const nulls = args.filter((arg) => !arg.constant).map((arg) => `${arg.sql} IS NULL`)
      const chosen = `${name}(${values.join(', ')})`
      return nulls.length === 0 ? chosen : `CASE WHEN ${nulls.join(' OR ')} THEN CAST(NULL AS ${duckType(type)}) ELSE ${chosen} END`
    },
  }
}

export const GREATEST: readonly ScalarFunction[] = [pick('greatest'), pick('least')]
