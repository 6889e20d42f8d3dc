import type { SqlType } from '../../catalog/model.ts'
import { SqlError } from '../../errors.ts'
import { addMonths } from '../calendar.ts'
import { type CastContext, castSql, doubleSql } from '../functions/cast.ts'
import type { Typed } from '../functions/spec.ts'
import {
  BIGINT,
  DOUBLE,
  decimal,
  isBlob,
  isBool,
  isDecimal,
  isGeometry,
  isInteger,
  isJson,
  isNull,
  isText,
  isTimestamp,
  isVarbinary,
  TIMESTAMP,
} from '../functions/types.ts'
import { decimalSql, decimalType } from './decimal.ts'

export type Operator = '+' | '-' | '*' | '/' | '%' | '&' | '|'

/** The value of an operator: everything is DOUBLE but times with whole numbers, DECIMAL with exact types, and the BIGINT of `&` and `|`. */
export function arithmetic(op: Operator, left: Typed, right: Typed, context: CastContext): { type: SqlType; sql: string } {
  for (const { type } of [left, right]) if (isVarbinary(type) || isGeometry(type) || isBlob(type) || isJson(type)) throw invalid()
  if (op === '&') return { type: BIGINT, sql: `(${integer(left, context)} & ${integer(right, context)})` }
  if (op === '|') {
    // Beside a NULL the other operand's bits stand.
    const [l, r] = [integer(left, context), integer(right, context)]
    return { type: BIGINT, sql: `coalesce(${l} | ${r}, ${l}, ${r})` }
  }
  if (isTimestamp(left.type) || isTimestamp(right.type)) return timestamps(op, left, right, context)
  const l = exact(left)
  const r = exact(right)
  if (l && r && (isDecimal(left.type) || isDecimal(right.type))) {
    const type = decimalType(op, l, r)
    return { type, sql: decimalSql(op, asDecimal(left, l, context), l, asDecimal(right, r, context), r, type) }
  }
  return { type: DOUBLE, sql: doubles(op, left, right, context) }
}

/** The value with its sign changed: DOUBLE, or DECIMAL for a DECIMAL. */
export function negated(operand: Typed, context: CastContext): { type: SqlType; sql: string } {
  const { type } = operand
  if (isVarbinary(type) || isGeometry(type) || isBlob(type) || isJson(type) || isTimestamp(type)) throw invalid()
  if (isDecimal(type)) return { type, sql: `(-${operand.sql})` }
  return { type: DOUBLE, sql: `(-${doubleSql(operand.sql, type, context)})` }
}

const invalid = () => new SqlError(0x0200, 'Invalid operation')

function doubles(op: Operator, left: Typed, right: Typed, context: CastContext): string {
  const [l, r] = [doubleSql(left.sql, left.type, context), doubleSql(right.sql, right.type, context)]
  // The remainder is what whole multiples leave, not C's exact fmod.
  return op === '%' ? `(${l} - trunc(${l} / ${r}) * ${r})` : `(${l} ${op} ${r})`
}

function timestamps(op: Operator, left: Typed, right: Typed, context: CastContext): { type: SqlType; sql: string } {
  if (isTimestamp(left.type) && isTimestamp(right.type)) throw invalid()
  const [time, other] = isTimestamp(left.type) ? [left, right] : [right, left]
  if (isText(other.type)) throw invalid()
  if (!isInteger(other.type) && !isBool(other.type)) return { type: DOUBLE, sql: doubles(op, left, right, context) }
  if (op !== '+' && op !== '-') return { type: DOUBLE, sql: doubles(op, left, right, context) }
  if (other.duration && (other.duration.unit === 'n' || other.duration.unit === 'y')) {
    const months = other.duration.unit === 'y' ? other.duration.amount * 12n : other.duration.amount
    return { type: TIMESTAMP, sql: addMonths(time.sql, op === '-' ? -months : months, context) }
  }
  const ticks = castSql(other.sql, other.type, BIGINT, context)
  const [a, b] = op === '-' && time === right ? [ticks, time.sql] : [time.sql, ticks]
  // A duration of some years stays in 64 bits; anything else may leave them, where the sum wraps around.
  return { type: TIMESTAMP, sql: other.duration && other.sql.length < 19 ? `(${a} ${op} ${b})` : `td_h2i64(${a}::HUGEINT ${op} ${b})` }
}

/** The value as BIGINT; unsigned ones keep their bits. */
function integer(value: Typed, context: CastContext): string {
  return isNull(value.type) ? 'NULL::BIGINT' : castSql(value.sql, value.type, BIGINT, context)
}

/** The DECIMAL type that holds every value of an exact type, or undefined for types that are not exact. */
export function exact(value: Typed): SqlType | undefined {
  const { type } = value
  if (isDecimal(type)) return type
  if (isNull(type)) return decimal(1, 0)
  if (isBool(type)) return decimal(1, 0)
  if (!isInteger(type)) return undefined
  const digits = [0, 3, 5, 0, 10, 0, 0, 0, 19][type.length] ?? 19
  return decimal(type.length === 8 && type.code === 14 ? 20 : digits, 0)
}

function asDecimal(value: Typed, type: SqlType, context: CastContext): string {
  return castSql(value.sql, value.type, type, context)
}
