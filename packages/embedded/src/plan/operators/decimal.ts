import type { SqlType } from '../../catalog/model.ts'
import { decimal } from '../functions/types.ts'

const DIGITS = 38
/** Digits after the point that a too wide result keeps at least. */
const KEPT = 6

/** Type of an operation on DECIMALs: wide enough for every result; beyond 38 digits the scale gives way, down to 6. */
export function decimalType(op: '+' | '-' | '*' | '/' | '%', l: SqlType, r: SqlType): SqlType {
  let precision: number
  let scale: number
  if (op === '*') {
    scale = l.scale + r.scale
    precision = l.precision + r.precision + 1
  } else if (op === '/') {
    scale = Math.max(KEPT, l.scale + r.precision + 1)
    precision = l.precision - l.scale + r.scale + scale
  } else if (op === '%') {
    scale = Math.max(l.scale, r.scale)
    precision = Math.min(l.precision - l.scale, r.precision - r.scale) + scale
  } else {
    scale = Math.max(l.scale, r.scale)
    precision = Math.max(l.precision - l.scale, r.precision - r.scale) + scale + 1
  }
  if (precision <= DIGITS) return wide(precision, scale)
  const least = Math.min(scale, KEPT)
  return wide(DIGITS, Math.max(scale - (precision - DIGITS), least))
}

/** Results of operations have the 128-bit form, however few digits they have. */
function wide(precision: number, scale: number): SqlType {
  return { ...decimal(Math.max(precision, 19), scale), precision }
}

/** DuckDB SQL of an operation on DECIMAL operands, rounded half away from zero; a division by zero is NULL, an overflow fails. */
export function decimalSql(op: '+' | '-' | '*' | '/' | '%', left: string, l: SqlType, right: string, r: SqlType, to: SqlType): string {
  const target = `DECIMAL(${to.precision},${to.scale})`
  if (op === '/') return divided(left, l, right, r, to)
  if (op === '*') {
    // DuckDB's product has both scales; what exceeds 38 is cut from the operands first.
    const excess = Math.max(0, l.scale + r.scale - DIGITS)
    const [a, b] = [Math.min(excess, l.scale), Math.max(0, excess - l.scale)]
    return `CAST(${narrowed(left, l, a)} * ${narrowed(right, r, b)} AS ${target})`
  }
  const wider = `DECIMAL(${DIGITS},${Math.max(l.scale, r.scale)})`
  return `CAST(CAST(${left} AS ${wider}) ${op} CAST(${right} AS ${wider}) AS ${target})`
}

const narrowed = (sql: string, type: SqlType, by: number): string =>
  by === 0 ? sql : `CAST(${sql} AS DECIMAL(${DIGITS},${type.scale - by}))`

/** A DECIMAL as the HUGEINT of its digits. */
const digitsOf = (sql: string, type: SqlType): string =>
  `CAST(${type.scale === 0 ? sql : `${sql} * CAST(1${'0'.repeat(type.scale)} AS DECIMAL(${type.scale + 1},0))`} AS HUGEINT)`

/** The exact quotient through whole numbers of 127 bits: both operands as digits, the dividend shifted to the result's scale. */
function divided(left: string, l: SqlType, right: string, r: SqlType, to: SqlType): string {
  const shift = to.scale + r.scale - l.scale
  const n = shift > 0 ? `(${digitsOf(left, l)} * 1${'0'.repeat(Math.min(shift, DIGITS))}::HUGEINT)` : digitsOf(left, l)
  const d = `nullif(${digitsOf(right, r)}, 0)`
  const quotient = `(${n} // ${d} + CASE WHEN abs(${n} % ${d}) >= abs(${d}) - abs(${n} % ${d}) THEN sign(${n}) * sign(${d}) ELSE 0 END)`
  if (to.scale === 0) return `CAST(${quotient} AS DECIMAL(${to.precision},0))`
  return `CAST(CAST(${quotient} AS DECIMAL(${DIGITS},0)) * 0.${'0'.repeat(to.scale - 1)}1::DECIMAL(${to.scale},${to.scale}) AS DECIMAL(${to.precision},${to.scale}))`
}
