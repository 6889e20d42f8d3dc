import { TypeCode } from 'taosts/wire'
import type { SqlType } from '../../catalog/model.ts'
import type { ColumnBuffer } from '../../storage/row-buffer.ts'
import { parseDecimal } from '../../values/decimal-text.ts'
import type { Cell } from './cell.ts'
import { InsertWrong } from './insert-error.ts'
import type { ValueSource } from './value-source.ts'
import { isNullValue, readValue, type ValueToken, wrongValue } from './value-token.ts'

const POWERS = Array.from({ length: 23 }, (_, i) => 10 ** i)
const MAX_FLOAT = 3.4028234663852886e38
const MIN_NORMAL_DOUBLE = 2.2250738585072014e-308

/** Values of a FLOAT or DOUBLE column. */
export function floatCell(code: number, buffer: ColumnBuffer): Cell {
  const single = code === TypeCode.FLOAT
  const slow = (source: ValueSource, row: number): void => {
    const token = readValue(source.sql, source.pos)
    source.pos = token.end
    if (isNullValue(token)) {
      buffer.setNull(row)
      return
    }
    const value = floatOf(source.sql, token, single)
    if (single) buffer.view.setFloat32(row * 4, value, true)
    else buffer.view.setFloat64(row * 8, value, true)
  }
  return (source, row) => {
    const { sql } = source
    let i = source.pos
    let c = sql.charCodeAt(i)
    while (c === 32) c = sql.charCodeAt(++i)
    const negative = c === 45
    if (negative) c = sql.charCodeAt(++i)
    const start = i
    let mantissa = 0
    while (c >= 48 && c <= 57) {
      mantissa = mantissa * 10 + (c - 48)
      c = sql.charCodeAt(++i)
    }
    let digits = i - start
    let fraction = 0
    if (c === 46 && digits > 0) {
      const point = i
      c = sql.charCodeAt(++i)
      while (c >= 48 && c <= 57) {
        mantissa = mantissa * 10 + (c - 48)
        c = sql.charCodeAt(++i)
      }
      fraction = i - point - 1
      digits += fraction
    }
    // At most 15 digits and a power of ten up to 10^15: both exact, so that one division rounds rightly.
    if (digits > 0 && digits <= 15 && (c === 44 || c === 41)) {
      const value = mantissa / POWERS[fraction]!
      const result = negative ? -value : value
      if (single) buffer.view.setFloat32(row * 4, result, true)
      else buffer.view.setFloat64(row * 8, result, true)
      source.pos = i
    } else slow(source, row)
  }
}

function floatOf(sql: string, token: ValueToken, single: boolean): number {
  const words = single ? 'illegal float data' : 'illegal double data'
  let value: number
  switch (token.kind) {
    case 'integer':
    case 'float':
      value = Number(token.text)
      // TDengine's C library calls a number out of range, or too small to be exact, an error.
      if (!Number.isFinite(value) || (value !== 0 && Math.abs(value) < MIN_NORMAL_DOUBLE))
        throw wrongValue(sql, token, 'illegal float data')
      break
    case 'hex':
    case 'binary':
      value = token.text.startsWith('-') ? -Number(token.text.slice(1)) : Number(token.text)
      break
    case 'string':
      if (token.text === '') throw wrongValue(sql, token, 'invalid numeric data')
      if (!/^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(token.text)) throw wrongValue(sql, token, words)
      value = Number(token.text)
      if (!Number.isFinite(value)) throw wrongValue(sql, token, words)
      break
    case 'boolean':
    case 'now':
    case 'today':
      throw wrongValue(sql, token, words)
    default:
      throw wrongValue(sql, token, 'invalid data or symbol')
  }
  if (single && Math.abs(Math.fround(value)) > MAX_FLOAT) throw wrongValue(sql, token, words)
  return value
}

/** Values of a BOOL column: true, false, numbers (0 is false), text that says either. */
export function boolCell(buffer: ColumnBuffer): Cell {
  return (source, row) => {
    const token = readValue(source.sql, source.pos)
    source.pos = token.end
    if (isNullValue(token)) {
      buffer.setNull(row)
      return
    }
    buffer.bytes[row] = boolOf(source.sql, token) ? 1 : 0
  }
}

function boolOf(sql: string, token: ValueToken): boolean {
  switch (token.kind) {
    case 'boolean':
      return token.text === 'true'
    case 'integer':
    case 'float':
      return Number(token.text) !== 0
    case 'hex':
    case 'binary':
      return Number(token.text.replace(/^-/, '')) !== 0
    case 'string': {
      const text = token.text.toLowerCase()
      if (text === 'true') return true
      if (text === 'false') return false
      if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return Number(text) !== 0
      throw wrongValue(sql, token, 'invalid bool data')
    }
    case 'now':
    case 'today':
      throw wrongValue(sql, token, 'invalid bool data')
    default:
      throw wrongValue(sql, token, 'invalid data or symbol')
  }
}

/** Values of a DECIMAL column: numbers and text, rounded half away from zero to the column's scale. */
export function decimalCell(type: SqlType, buffer: ColumnBuffer): Cell {
  const limit = 10n ** BigInt(type.precision)
  const { width } = buffer.physical
  return (source, row) => {
    const token = readValue(source.sql, source.pos)
    source.pos = token.end
    if (isNullValue(token)) {
      buffer.setNull(row)
      return
    }
    if (token.kind === 'other' || token.kind === 'end') throw wrongValue(source.sql, token, 'invalid data or symbol')
    const text = token.kind === 'hex' || token.kind === 'binary' ? BigInt(token.text).toString() : token.text
    setDecimal(buffer.view, row, width, checkedDecimal(parseDecimal(text, type.scale), limit, token.start))
  }
}

function checkedDecimal(value: bigint, limit: bigint, position: number): bigint {
  if (value >= limit || value <= -limit) throw InsertWrong.decimal(position)
  return value
}

/** Sets a scaled integer in DuckDB's DECIMAL storage of 2, 4, 8 or 16 bytes. */
export function setDecimal(view: DataView, row: number, width: number, value: bigint): void {
  if (width === 2) view.setInt16(row * 2, Number(value), true)
  else if (width === 4) view.setInt32(row * 4, Number(value), true)
  else if (width === 8) view.setBigInt64(row * 8, value, true)
  else {
    view.setBigUint64(row * 16, BigInt.asUintN(64, value), true)
    view.setBigInt64(row * 16 + 8, value >> 64n, true)
  }
}
