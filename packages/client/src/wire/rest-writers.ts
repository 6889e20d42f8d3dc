import { civilFromDays } from '../types/calendar.ts'
import { formatDecimal, joinDecimal128 } from '../types/decimal.ts'
import { POW10, shortestFloat } from '../types/float.ts'
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
      return floatWriter(values, out)
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
        const high = words[2 * row + 1]!
        const value = (signed ? high : high >>> 0) * 0x100000000 + (words[2 * row]! >>> 0)
        if (Number.isSafeInteger(value)) writeWhole(value, out)
        else out.ascii(wide[row]!.toString())
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

/** As in shortestFloats: a decimal of six digits that reads back is the shortest, and neighbours are mostly of one magnitude. */
function floatWriter(values: Float64Array, out: JsonWriter): CellWriter {
  let k = 5
  let power = 1e5
  let low = 1
  let high = 10
  return (row) => {
    const value = values[row]!
    const size = value < 0 ? -value : value
    if (!(size >= low && size < high)) {
      if (!(size < 1e6 && size >= 1e-3)) {
        out.number(shortestFloat(value))
        return
      }
      k = 0
      while (size * POW10[k]! < 1e5) k++
      power = POW10[k]!
      low = 1e5 / power
      high = 1e6 / power
    }
    const r = Math.round(size * power)
    if (Math.fround(r / power) !== size) {
      out.number(shortestFloat(value))
      return
    }
    if (value < 0) out.put(45)
    out.fraction(r, k)
  }
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

/** `"2022-08-09T22:33:44.123Z"`; the date is worked out once for neighbours of one day. */
function timestampWriter(wide: BigInt64Array, precision: Precision, zone: TimeZone, out: JsonWriter): CellWriter {
  const words = int32s(wide)
  const digits = precision === 'ms' ? 3 : precision === 'us' ? 6 : 9
  const unit = POW10[digits]!
  const bigUnit = BigInt(unit)
  let day = Number.NaN
  let date: Uint8Array = new Uint8Array(0)
  return (row) => {
    const ticks = words[2 * row + 1]! * 0x100000000 + (words[2 * row]! >>> 0)
    let seconds: number
    let fraction: number
    if (Number.isSafeInteger(ticks)) {
      seconds = Math.floor(ticks / unit)
      fraction = ticks - seconds * unit
    } else {
      const exact = wide[row]!
      seconds = Number(exact / bigUnit)
      fraction = Number(exact % bigUnit)
      if (fraction < 0) {
        seconds--
        fraction += unit
      }
    }
    const offset = zone.offsetAt(seconds)
    const local = seconds + offset
    const days = Math.floor(local / 86_400)
    if (days !== day) {
      day = days
      const { year, month, day: dayOfMonth } = civilFromDays(days)
      date = utf8(`"${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}-${two(month)}-${two(dayOfMonth)}T`)
    }
    // Twelve bytes: a loop is quicker than a call.
    for (let i = 0; i < date.length; i++) out.bytes[out.at + i] = date[i]!
    out.at += date.length
    writeClock(out, local - days * 86_400)
    out.digits(fraction, digits)
    if (offset === 0) out.put(90)
    else out.ascii(formatOffset(offset))
    out.put(34)
  }
}

/** Writes `hh:mm:ss.` of a second of the day. */
function writeClock(out: JsonWriter, second: number): void {
  const { bytes, at } = out
  const minutes = (second / 60) | 0
  const hours = (minutes / 60) | 0
  put2(bytes, at, hours)
  bytes[at + 2] = 58
  put2(bytes, at + 3, minutes - hours * 60)
  bytes[at + 5] = 58
  put2(bytes, at + 6, second - minutes * 60)
  bytes[at + 8] = 46
  out.at = at + 9
}

function put2(bytes: Uint8Array, at: number, value: number): void {
  const tens = (value / 10) | 0
  bytes[at] = 48 + tens
  bytes[at + 1] = 48 + (value - tens * 10)
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
