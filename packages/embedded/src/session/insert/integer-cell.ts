import { TypeCode } from 'taosts/wire'
import type { ColumnBuffer } from '../../storage/row-buffer.ts'
import type { Cell } from './cell.ts'
import type { ValueSource } from './value-source.ts'
import { isNullValue, readValue, type ValueToken, wrongValue } from './value-token.ts'

interface IntegerType {
  /** As TDengine's messages call it. */
  readonly words: string
  readonly min: bigint
  readonly max: bigint
  set(view: DataView, row: number, value: number): void
}

const signed = (words: string, bits: number, set: IntegerType['set']): IntegerType => ({
  words,
  min: -(2n ** BigInt(bits - 1)),
  max: 2n ** BigInt(bits - 1) - 1n,
  set,
})
const unsigned = (words: string, bits: number, set: IntegerType['set']): IntegerType => ({
  words: `unsigned ${words}`,
  min: 0n,
  max: 2n ** BigInt(bits) - 1n,
  set,
})

/** Sets a 64-bit integer from a number below 2^53. */
export function setInt64(view: DataView, row: number, value: number): void {
  const high = Math.floor(value / 4294967296)
  view.setUint32(row * 8, value - high * 4294967296, true)
  view.setInt32(row * 8 + 4, high, true)
}

const TYPES: Readonly<Record<number, IntegerType>> = {
  [TypeCode.TINYINT]: signed('tinyint', 8, (view, row, value) => view.setInt8(row, value)),
  [TypeCode.SMALLINT]: signed('smallint', 16, (view, row, value) => view.setInt16(row * 2, value, true)),
  [TypeCode.INT]: signed('int', 32, (view, row, value) => view.setInt32(row * 4, value, true)),
  [TypeCode.BIGINT]: signed('bigint', 64, setInt64),
  [TypeCode.UTINYINT]: unsigned('tinyint', 8, (view, row, value) => view.setUint8(row, value)),
  [TypeCode.USMALLINT]: unsigned('smallint', 16, (view, row, value) => view.setUint16(row * 2, value, true)),
  [TypeCode.UINT]: unsigned('int', 32, (view, row, value) => view.setUint32(row * 4, value, true)),
  [TypeCode.UBIGINT]: unsigned('bigint', 64, setInt64),
}

/** Values of an integer column: integers, numbers with a fraction (rounded), text that reads as a number. */
export function integerCell(code: number, buffer: ColumnBuffer): Cell {
  const type = TYPES[code]!
  const { set } = type
  const min = Number(type.min)
  const max = Number(type.max)
  const slow = (source: ValueSource, row: number): void => {
    const token = readValue(source.sql, source.pos)
    source.pos = token.end
    if (isNullValue(token)) {
      buffer.setNull(row)
      return
    }
    const value = integerOf(source.sql, token, type)
    if (value > -9007199254740991n && value < 9007199254740991n) set(buffer.view, row, Number(value))
    else buffer.view.setBigInt64(row * 8, BigInt.asIntN(64, value), true)
  }
  return (source, row) => {
    const { sql } = source
    let i = source.pos
    let c = sql.charCodeAt(i)
    while (c === 32) c = sql.charCodeAt(++i)
    const negative = c === 45
    if (negative) c = sql.charCodeAt(++i)
    const start = i
    let value = 0
    while (c >= 48 && c <= 57) {
      value = value * 10 + (c - 48)
      c = sql.charCodeAt(++i)
    }
    const digits = i - start
    if (negative) value = -value
    // Ends plainly, and all its digits are exact in a double.
    if (digits > 0 && digits <= 15 && (c === 44 || c === 41) && value >= min && value <= max) {
      set(buffer.view, row, value + 0)
      source.pos = i
    } else slow(source, row)
  }
}

function integerOf(sql: string, token: ValueToken, type: IntegerType): bigint {
  const wide = type.max > 0xffff_ffffn
  let value: bigint
  switch (token.kind) {
    case 'integer':
    case 'hex':
    case 'binary':
      value = token.text.startsWith('-') ? -BigInt(token.text.slice(1)) : BigInt(token.text)
      break
    case 'float':
      value = rounded(Number(token.text))
      break
    case 'string': {
      if (token.text === '') throw wrongValue(sql, token, 'invalid numeric data')
      const text = /^[+-]?(\d+|0[xX][\da-fA-F]+|0[bB][01]+)$/.test(token.text) ? token.text : undefined
      if (text !== undefined) {
        const digits = text.replace(/^[+-]/, '')
        value = text.startsWith('-') ? -BigInt(digits) : BigInt(digits)
      } else if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(token.text)) value = rounded(Number(token.text))
      else throw wrongValue(sql, token, `invalid ${type.words} data`)
      break
    }
    case 'boolean':
    case 'now':
    case 'today':
      throw wrongValue(sql, token, `invalid ${type.words} data`)
    default:
      throw wrongValue(sql, token, 'invalid data or symbol')
  }
  if (value < 0n && type.min === 0n) throw wrongValue(sql, token, `invalid ${type.words} data`)
  if (value < type.min || value > type.max)
    throw wrongValue(sql, token, wide ? `invalid ${type.words} data` : `${type.words} data overflow`)
  return value
}

/** Beyond every integer type: what stands for numbers that no double holds. */
const BEYOND = 2n ** 80n

/** A number as an integer, halves away from zero. */
function rounded(value: number): bigint {
  if (!Number.isFinite(value)) return value < 0 ? -BEYOND : BEYOND
  return BigInt(value < 0 ? -Math.round(-value) : Math.round(value))
}
