import { TypeCode } from 'taosts/wire'
import type { SqlType } from '../../catalog/model.ts'
import {
  BIGINT,
  DOUBLE,
  INT,
  isBool,
  isDecimal,
  isFloating,
  isInteger,
  isNchar,
  isNull,
  isSigned,
  isText,
  isTimestamp,
  isUnsigned,
  NULL,
  SMALLINT,
  storedBytes,
  textOfBytes,
} from '../functions/types.ts'

/** Stored bytes that a number counts for among text, and the least that any text has. */
const NUMBER_BYTES = 65
const LEAST_BYTES = 4

/** The type of a CASE by its branches, taken one after the other: whole numbers widen, kinds that differ become text. */
export function commonType(types: readonly SqlType[]): SqlType {
  return types.reduce(pair, NULL)
}

function pair(a: SqlType, b: SqlType): SqlType {
  if (isNull(b)) return a
  if (isNull(a)) return isText(b) ? textOfBytes(b.code, Math.max(LEAST_BYTES, storedBytes(b))) : b
  if (isDecimal(a) && isDecimal(b)) return decimals(a, b)
  if (a.code === b.code) return b.length > a.length ? b : a
  const numbers = wholeNumbers(a, b)
  if (numbers) return numbers
  if ((isFloating(a) || isBool(a)) && (isFloating(b) || isBool(b)))
    return a.code === TypeCode.DOUBLE || b.code === TypeCode.DOUBLE ? DOUBLE : isFloating(a) ? a : b
  const code = isNchar(a) || isNchar(b) ? TypeCode.NCHAR : TypeCode.VARCHAR
  const least = isText(a) && isText(b) ? LEAST_BYTES : code === TypeCode.NCHAR ? NUMBER_BYTES * 4 : NUMBER_BYTES
  return textOfBytes(code, Math.max(storedBytes(a), storedBytes(b), least))
}

/** The whole number type for both, undefined where one is none or no type holds them: BIGINT UNSIGNED beside a signed one. */
function wholeNumbers(a: SqlType, b: SqlType): SqlType | undefined {
  const whole = (t: SqlType): boolean => isInteger(t) || isBool(t) || isTimestamp(t)
  if (!whole(a) || !whole(b)) return undefined
  if (isBool(a) && isInteger(b)) return b
  if (isBool(b) && isInteger(a)) return a
  if (isUnsigned(a) && isUnsigned(b)) return a.length > b.length ? a : b
  const [x, y] = [isTimestamp(a) || isBool(a) ? BIGINT : a, isTimestamp(b) || isBool(b) ? BIGINT : b]
  if (isSigned(x) && isSigned(y)) return x.length > y.length ? x : y
  const [unsigned, signed] = isUnsigned(x) ? [x, y] : [y, x]
  if (unsigned.length === 8) return undefined
  if (unsigned.length === 4) return BIGINT
  const least = unsigned.length === 1 ? SMALLINT : INT
  return signed.length > least.length ? signed : least
}

function decimals(a: SqlType, b: SqlType): SqlType {
  if (a.precision === b.precision && a.scale === b.scale) return a
  const scale = Math.max(a.scale, b.scale)
  const precision = Math.min(38, Math.max(a.precision - a.scale, b.precision - b.scale) + scale)
  return { code: TypeCode.DECIMAL, length: 16, precision, scale }
}
