import { civilFromDays } from '../types/calendar.ts'
import { formatDecimal, joinDecimal128 } from '../types/decimal.ts'
import { nearestWhole, POW10, shortestFloat } from '../types/float.ts'
import type { Precision } from '../types/precision.ts'
import { formatOffset, type TimeZone } from '../types/time-zone.ts'
import { TypeCode } from '../types/types.ts'
import { utf8 } from './bytes.ts'
import type { Column, FixedColumn, VariableColumn } from './column.ts'
import type { JsonWriter } from './rest-json-writer.ts'

/** Writes one row's value of a column. Each finds room for CELL_ROOM bytes; one that may need more leaves as much as it found. */
/** What a value of a fixed type takes at most. */
export const CELL_ROOM = 64

export type CellWriter = (row: number) => void

/** The writer for a column's cells, chosen once a block; `rowRoom` is what a whole row of fixed types may take. */
export function cellWriter(column: Column, precision: Precision, zone: TimeZone, out: JsonWriter, rowRoom: number): CellWriter {
  if (column.layout === 'variable') return variableWriter(column, out, rowRoom)
  const write = fixedWriter(column, precision, zone, out)
  const { nulls } = column
  if (nulls.every((bits) => bits === 0)) return write
  return (row) => {
    if ((nulls[row >> 3]! & (0x80 >> (row & 7))) !== 0) out.ascii('null')
    else write(row)
  }
}

function fixedWriter(column: FixedColumn, precision: Precision, zone: TimeZone, out: JsonWriter): CellWriter {
  const values = column.values as Float64Array
  const wide = column.values as unknown as BigInt64Array
  switch (column.type) {
    case TypeCode.NULL:
      return () => out.ascii('null')
    case TypeCode.BOOL:
      return (row) => out.ascii(values[row] === 0 ? 'false' : 'true')
    case TypeCode.FLOAT:
      return floatWriter(column.values as Float32Array, out)
    case TypeCode.DOUBLE:
      return (row) => writeDouble(values[row]!, out)
    case TypeCode.TIMESTAMP:
      return timestampWriter(wide, precision, zone, out)
    case TypeCode.DECIMAL64:
      return (row) => out.ascii(`"${formatDecimal(wide[row]!, column.scale)}"`)
    case TypeCode.DECIMAL:
      return (row) => {
        out.ascii(`"${formatDecimal(joinDecimal128(BigInt.asUintN(64, wide[2 * row]!), wide[2 * row + 1]!), column.scale)}"`)
      }
    case TypeCode.BIGINT:
    case TypeCode.UBIGINT: {
      const words = int32s(wide)
      const signed = column.type === TypeCode.BIGINT
      return (row) => {
        const low = words[2 * row]! >>> 0
        const word = words[2 * row + 1]!
        const negative = signed && word < 0
        if (!negative) out.digits64(word >>> 0, low)
        else {
          out.put(45)
          out.digits64(low === 0 ? -word >>> 0 : ~word >>> 0, -low >>> 0)
        }
      }
    }
    default:
      return (row) => writeWhole(values[row]!, out)
  }
}

function int32s(wide: BigInt64Array): Int32Array {
  return new Int32Array(wide.buffer, wide.byteOffset, wide.length * 2)
}

function writeWhole(value: number, out: JsonWriter): void {
  if (value < 0) out.put(45)
  out.digits(Math.abs(value))
}

/**
 * As in shortestFloats: a decimal of six digits that reads back is the shortest, and neighbours are mostly of one magnitude. Of more digits, up to the
 * nine that always do, the first that reads back.
 */
function floatWriter(values: Float32Array, out: JsonWriter): CellWriter {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length)
  let k = 5
  let places = k
  let low = 1
  let high = 10
  return (row) => {
    const value = values[row]!
    const size = value < 0 ? -value : value
    if (!(size >= low && size < high)) {
      // Below 1e-6 there is an exponent.
      if (!(size < 1e6 && size >= 1e-6)) return out.number(shortestFloat(value))
      k = 0
      while (size * POW10[k]! < 1e5) k++
      low = 1e5 / POW10[k]!
      high = 1e6 / POW10[k]!
      places = k
    }
    // The floats around a power of two are not as far below as above it.
    if ((bits[row]! & 0x7fffff) === 0) return out.number(shortestFloat(value))
    // As many places as the neighbour had are tried first: where they read back, more would too, and fewer may.
    let r = rounded(size, places)
    if (Math.fround(r / POW10[places]!) === size) {
      while (places > k) {
        const fewer = rounded(size, places - 1)
        if (Math.fround(fewer / POW10[places - 1]!) !== size) break
        r = fewer
        places--
      }
    } else {
      while (places < k + 3) {
        r = rounded(size, ++places)
        if (Math.fround(r / POW10[places]!) === size) break
      }
    }
    if (value < 0) out.put(45)
    out.fraction(r, places)
  }
}

/** size × 10^places as a whole number. */
function rounded(size: number, places: number): number {
  return nearestWhole(size * POW10[places]!)
}

function writeDouble(value: number, out: JsonWriter): void {
  const size = Math.abs(value)
  if (size < 1e9 && size >= 1e-6) {
    // Two decimals of 15 digits never share a double, so one that reads back is the shortest.
    const r = Math.round(size * 1e6)
    if (r / 1e6 === size) {
      if (value < 0) out.put(45)
      out.fraction(r, 6)
      return
    }
  }
  out.number(value)
}

/** `"2022-08-09T22:33:44.123Z"`; the date and the offset are worked out once for neighbours of one day. */
function timestampWriter(wide: BigInt64Array, precision: Precision, zone: TimeZone, out: JsonWriter): CellWriter {
  const words = int32s(wide)
  const digits = precision === 'ms' ? 3 : precision === 'us' ? 6 : 9
  const unit = POW10[digits]!
  const bigUnit = BigInt(unit)
  /** The seconds of a day that the zone has one offset for, from its midnight on; and its ticks, where they are exact. */
  let first = 0
  let last = 0
  let from = 0
  let to = 0
  let date: Uint8Array = new Uint8Array(0)
  let end: Uint8Array = new Uint8Array(0)
  /** The date as words, for years of four digits. */
  let date0 = 0
  let date1 = 0
  let date2 = 0
  /** The minute of the day written last, and its first four bytes. */
  let minute = -1
  let clock = 0
  const newDay = (seconds: number): number => {
    const offset = zone.offsetAt(seconds)
    const days = Math.floor((seconds + offset) / 86_400)
    const { year, month, day } = civilFromDays(days)
    date = utf8(`"${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}-${two(month)}-${two(day)}T`)
    if (date.length === 12) {
      const bytes = new DataView(date.buffer, date.byteOffset)
      date0 = bytes.getUint32(0, true)
      date1 = bytes.getUint32(4, true)
      date2 = bytes.getUint32(8, true)
    }
    end = utf8(`${offset === 0 ? 'Z' : formatOffset(offset)}"`)
    const midnight = days * 86_400 - offset
    const steady = zone.offsetAt(midnight) === offset && zone.offsetAt(midnight + 86_399) === offset
    first = midnight
    last = steady ? midnight + 86_400 : midnight
    const exact = Number.isSafeInteger(first * unit) && Number.isSafeInteger(last * unit)
    from = exact ? first * unit : 0
    to = exact ? last * unit : 0
    return seconds - midnight
  }
  const secondOfDay = (seconds: number): number => (seconds >= first && seconds < last ? seconds - first : newDay(seconds))
  return (row) => {
    const ticks = words[2 * row + 1]! * 0x100000000 + (words[2 * row]! >>> 0)
    let second: number
    let fraction: number
    if (ticks >= from && ticks < to) {
      const rest = ticks - from
      second = Math.floor(rest / unit)
      fraction = rest - second * unit
    } else if (Number.isSafeInteger(ticks)) {
      const seconds = Math.floor(ticks / unit)
      fraction = ticks - seconds * unit
      second = secondOfDay(seconds)
    } else {
      const exact = wide[row]!
      let seconds = Number(exact / bigUnit)
      fraction = Number(exact % bigUnit)
      if (fraction < 0) {
        seconds--
        fraction += unit
      }
      second = secondOfDay(seconds)
    }
    // Four bytes at a time: a store costs as much as that of one.
    const { bytes, view } = out
    let { at } = out
    if (date.length === 12) {
      view.setUint32(at, date0, true)
      view.setUint32(at + 4, date1, true)
      view.setUint32(at + 8, date2, true)
      at += 12
    } else for (let i = 0; i < date.length; i++) bytes[at++] = date[i]!
    const now = (second / 60) | 0
    if (now !== minute) {
      minute = now
      clock = clockOf(now)
    }
    view.setUint32(at, clock, true)
    // `m:ss`, then `.fff`.
    const tick = second - now * 60
    const tens = (tick / 10) | 0
    view.setUint32(at + 4, (48 + (now % 10)) | (58 << 8) | ((48 + tens) << 16) | ((48 + tick - tens * 10) << 24), true)
    at += 8
    if (digits === 3) {
      const hundreds = (fraction / 100) | 0
      const rest = fraction - hundreds * 100
      const ten = (rest / 10) | 0
      view.setUint32(at, 46 | ((48 + hundreds) << 8) | ((48 + ten) << 16) | ((48 + rest - ten * 10) << 24), true)
      at += 4
    } else {
      bytes[at] = 46
      out.at = at + 1
      out.digits(fraction, digits)
      at = out.at
    }
    if (end.length === 2) {
      view.setUint16(at, 0x225a, true)
      at += 2
    } else for (let i = 0; i < end.length; i++) bytes[at++] = end[i]!
    out.at = at
  }
}

/** `hh:m` of a minute of the day, as the four bytes of a little-endian word. */
function clockOf(minute: number): number {
  const hours = (minute / 60) | 0
  const minutes = minute - hours * 60
  const tens = (hours / 10) | 0
  return (48 + tens) | ((48 + hours - tens * 10) << 8) | (58 << 16) | ((48 + ((minutes / 10) | 0)) << 24)
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

function variableWriter(column: VariableColumn, out: JsonWriter, rowRoom: number): CellWriter {
  const { offsets, data, type } = column
  const wide = type === TypeCode.BLOB || type === TypeCode.MEDIUMBLOB
  const write = payloadWriter(type, data, out)
  return (row) => {
    const at = offsets[row]!
    if (at < 0) return out.ascii('null')
    let length = data[at]! + (data[at + 1]! << 8)
    if (wide) length += data[at + 2]! * 0x10000 + data[at + 3]! * 0x1000000
    const start = at + (wide ? 4 : 2)
    write(start, start + length)
    out.room(rowRoom)
  }
}

function payloadWriter(type: TypeCode, data: Uint8Array, out: JsonWriter): (start: number, end: number) => void {
  switch (type) {
    case TypeCode.NCHAR:
      return (start, end) => out.quotedUtf32(data, start, end)
    case TypeCode.VARCHAR:
      return (start, end) => out.quoted(data, start, end)
    case TypeCode.JSON:
      return (start, end) => out.raw(data.subarray(start, end))
    default:
      return (start, end) => out.hex(data, start, end)
  }
}
