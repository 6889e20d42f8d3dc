import { TypeCode } from 'taosts/wire'
import type { SqlType } from '../../catalog/model.ts'
import {
  BIGINT,
  DOUBLE,
  isBool,
  isDecimal,
  isFloating,
  isInteger,
  isNchar,
  isNull,
  isText,
  isVarchar,
  NULL,
  nchar,
  varchar,
} from '../functions/types.ts'

/** Length of text that stands for numbers of different kinds. */
const NUMBER_TEXT = 63

/** The type of a CASE by its branches: whole numbers give BIGINT, floating ones DOUBLE, kinds that differ become text. */
export function commonType(types: readonly SqlType[]): SqlType {
  const known = types.filter((type) => !isNull(type))
  const first = known[0]
  if (!first) return NULL
  if (known.every(isText)) {
    const length = Math.max(2, ...known.map((type) => type.length))
    return known.some(isNchar) ? nchar(Math.max(...known.map((type) => type.length))) : varchar(length)
  }
  if (known.every((type) => type.code === first.code && !isDecimal(type))) return known.reduce((a, b) => (b.length > a.length ? b : a))
  if (known.every((type) => isInteger(type) || isBool(type))) return BIGINT
  if (known.every(isFloating)) return DOUBLE
  if (known.every(isDecimal)) {
    const scale = Math.max(...known.map((type) => type.scale))
    const precision = Math.min(38, Math.max(...known.map((type) => type.precision - type.scale)) + scale)
    return { code: TypeCode.DECIMAL, length: 16, precision, scale }
  }
  const length = Math.max(NUMBER_TEXT, ...known.filter(isText).map((type) => (isVarchar(type) ? type.length : type.length * 4)))
  return known.some(isNchar) ? nchar(Math.max(NUMBER_TEXT, ...known.filter(isText).map((type) => type.length))) : varchar(length)
}
