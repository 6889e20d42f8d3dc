import { type Block, type Column, type Precision, TypeCode } from 'taosts/wire'
import { parseLossless } from './lossless-json.ts'

/**
 * The cells of a block as REST's JSON would hold them, written for the tests alone from the block's documented layout, so that it shares no mistake with
 * the client's own decoder. TIMESTAMP becomes RFC 3339 text in UTC, binary types hex, DECIMAL text, integers beyond 2^53 bigint.
 */
export function blockRows(block: Block, precision: Precision): unknown[][] {
  const columns = block.columns.map((column) => columnValues(column, block.rows, precision))
  return Array.from({ length: block.rows }, (_, row) => columns.map((values) => values[row]))
}

const utf8 = new TextDecoder()

function columnValues(column: Column, rows: number, precision: Precision): unknown[] {
  if (column.layout === 'variable')
    return Array.from({ length: rows }, (_, row) => variableValue(column.type, column.data, column.offsets[row]!))
  const { nulls, values } = column
  return Array.from({ length: rows }, (_, row) => {
    if ((nulls[row >> 3]! & (0x80 >> (row & 7))) !== 0) return null
    if (column.type === TypeCode.DECIMAL) {
      const words = values as BigUint64Array | BigInt64Array
      return decimalText((BigInt.asIntN(64, words[row * 2 + 1]!) << 64n) | BigInt.asUintN(64, words[row * 2]!), column.scale)
    }
    return fixedValue(column.type, values[row]!, column.scale, precision)
  })
}

function fixedValue(type: number, value: number | bigint, scale: number, precision: Precision): unknown {
  switch (type) {
    case TypeCode.BOOL:
      return value !== 0
    case TypeCode.TIMESTAMP:
      return timestampText(BigInt(value), precision)
    case TypeCode.DECIMAL64:
      return decimalText(BigInt(value), scale)
    case TypeCode.FLOAT:
    case TypeCode.DOUBLE:
      return Number.isFinite(value) ? value : null
    default:
      return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value
  }
}

function variableValue(type: number, data: Uint8Array, offset: number): unknown {
  if (offset < 0) return null
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const wide = type === TypeCode.BLOB || type === TypeCode.MEDIUMBLOB
  const length = wide ? view.getUint32(offset, true) : view.getUint16(offset, true)
  const start = offset + (wide ? 4 : 2)
  const bytes = data.subarray(start, start + length)
  switch (type) {
    case TypeCode.VARCHAR:
      return utf8.decode(bytes)
    case TypeCode.JSON: {
      const text = utf8.decode(bytes)
      return text === '' ? null : parseLossless(text)
    }
    case TypeCode.NCHAR: {
      let text = ''
      for (let at = 0; at + 4 <= length; at += 4) text += String.fromCodePoint(view.getUint32(start + at, true))
      return text
    }
    default:
      return Buffer.from(bytes).toString('hex')
  }
}

const DIGITS = { ms: 3, us: 6, ns: 9 } as const

/** RFC 3339 in UTC with as many digits of the second as the precision has. */
export function timestampText(ticks: bigint, precision: Precision): string {
  const digits = DIGITS[precision]
  const unit = 10n ** BigInt(digits)
  const fraction = ((ticks % unit) + unit) % unit
  const seconds = (ticks - fraction) / unit
  const date = new Date(Number(seconds) * 1000)
  // Beyond the calendar that Date knows, nothing is recorded: the number says enough.
  if (Number.isNaN(date.getTime())) return String(ticks)
  return `${date.toISOString().slice(0, -5)}.${String(fraction).padStart(digits, '0')}Z`
}

function decimalText(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0')
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`
  return unscaled < 0n ? `-${text}` : text
}
