import {
  asBytes,
  toBool,
  toBytes,
  toDecimalText,
  toDouble,
  toFloat,
  toInt64,
  toInteger,
  toJsonText,
  toText,
  toWkb,
} from '../types/convert.ts'
import type { Precision } from '../types/precision.ts'
import type { TimeZone } from '../types/time-zone.ts'
import { type TimestampInput, toTicks } from '../types/timestamp.ts'
import { isDecimal, TYPES, TypeCode, userLength } from '../types/types.ts'
import type { ByteWriter } from './bytes.ts'
import { ValueError } from './value-error.ts'

/** What the encoder must know of a `?`. */
export interface BindField {
  readonly type: TypeCode
  /** The unit of a TIMESTAMP. */
  readonly precision: Precision
  /** Schema size (VARCHAR n+2, NCHAR 4n+2): longer values are refused. 0 where there is no limit to check. */
  readonly bytes: number
  /** For messages. */
  readonly name?: string
  /** Where a time text without an offset is. */
  readonly timezone?: TimeZone
}

/** The values of one `?`: any array or typed array, of which some rows are taken. */
export interface BindValues {
  readonly values: ArrayLike<unknown>
  /** One byte an element of `values`, 1 for NULL; null and undefined elements are NULL without it. */
  readonly nulls?: Uint8Array
  /** Elements of `values` to take, in this order; all from `start` on if absent. */
  readonly index?: ArrayLike<number>
  /** Where to start in `index`, or in `values` without one; 0 if absent. */
  readonly start?: number
}

/**
 * Writes a bind block of `count` rows: u32 length @0, i32 type @4, i32 rows @8, one byte a row (1 = NULL), u8 whether lengths follow,
 * those, i32 buffer length, buffer. Throws a ValueError with the row (as `index` or `values` count it) that does not fit.
 */
export function writeBindBlock(out: ByteWriter, field: BindField, source: BindValues, count: number): void {
  const begin = out.reserve(12)
  out.view.setInt32(begin + 4, field.type, true)
  out.view.setInt32(begin + 8, count, true)
  const flags = out.reserve(count + 1)
  out.clear(flags, flags + count)
  const info = TYPES[field.type]!
  if (info.layout === 'variable' || isDecimal(field.type)) {
    out.bytes[flags + count] = 1
    writeVariable(out, field, source, count, flags)
  } else {
    out.bytes[flags + count] = 0
    writeFixed(out, field, source, count, flags, info.width)
  }
  out.view.setUint32(begin, out.at - begin, true)
}

function writeFixed(out: ByteWriter, field: BindField, source: BindValues, count: number, flags: number, width: number): void {
  const length = out.reserve(4)
  const data = out.reserve(count * width)
  out.view.setInt32(length, count * width, true)
  if (copyTyped(out, field, source, count, data, width)) {
    if (!copyNulls(out, source, count, flags, data, width)) return
  } else {
    const live = writeValues(out, field, source, count, flags, data, width)
    if (live > 0 || count === 0) return
  }
  // A column of NULLs alone has no buffer.
  out.view.setInt32(length, 0, true)
  out.at = data
}

/** Writes values one by one; how many are not NULL. Throws a ValueError with the row. */
function writeValues(
  out: ByteWriter,
  field: BindField,
  source: BindValues,
  count: number,
  flags: number,
  data: number,
  width: number,
): number {
  const { values, index, nulls, start = 0 } = source
  const run = index === undefined && nulls === undefined && Array.isArray(values) ? runWriter(field) : undefined
  let live = 0
  let at = start
  try {
    for (let row = 0; row < count; row++) {
      if (run !== undefined) {
        const next = run(out.view, values as readonly unknown[], start, row, count, data)
        live += next - row
        if (next === count) break
        row = next
      }
      at = index ? index[start + row]! : start + row
      const value = values[at]
      if (value === null || value === undefined || (nulls !== undefined && nulls[at] !== 0)) {
        out.bytes[flags + row] = 1
        out.clear(data + row * width, data + (row + 1) * width)
        continue
      }
      live++
      writeValue(out, field, data, row, value)
    }
  } catch (error) {
    throw new ValueError(at, error, field.name)
  }
  return live
}

/** Writes the values of `start + row` on, up to `count` rows, as long as they are of the kind that most have; the row where it stops. */
type RunWriter = (view: DataView, values: readonly unknown[], start: number, row: number, count: number, data: number) => number

/** Types that most rows consist of have a loop of their own. */
function runWriter({ type, precision }: BindField): RunWriter | undefined {
  switch (type) {
    case TypeCode.INT:
      return writeInts
    case TypeCode.FLOAT:
      return writeFloats
    case TypeCode.DOUBLE:
      return writeDoubles
    case TypeCode.TIMESTAMP:
      return precision === 'ms' ? writeDates : undefined
    default:
      return undefined
  }
}

function writeInts(view: DataView, values: readonly unknown[], start: number, row: number, count: number, data: number): number {
  for (; row < count; row++) {
    const value = values[start + row]
    if (typeof value !== 'number' || (value | 0) !== value) return row
    view.setInt32(data + 4 * row, value, true)
  }
  return count
}

function writeFloats(view: DataView, values: readonly unknown[], start: number, row: number, count: number, data: number): number {
  for (; row < count; row++) {
    const value = values[start + row]
    // What no FLOAT holds, and infinities, are another's business.
    if (typeof value !== 'number' || !(Math.abs(value) <= LARGEST_FLOAT)) return row
    view.setFloat32(data + 4 * row, value, true)
  }
  return count
}

function writeDoubles(view: DataView, values: readonly unknown[], start: number, row: number, count: number, data: number): number {
  for (; row < count; row++) {
    const value = values[start + row]
    if (typeof value !== 'number') return row
    view.setFloat64(data + 8 * row, value, true)
  }
  return count
}

function writeDates(view: DataView, values: readonly unknown[], start: number, row: number, count: number, data: number): number {
  for (; row < count; row++) {
    const value = values[start + row]
    if (!(value instanceof Date)) return row
    const ticks = value.getTime()
    if (!Number.isSafeInteger(ticks)) return row
    setWords(view, data + 8 * row, ticks)
  }
  return count
}

/** Marks the NULLs of a typed array, with zeros under them; true when every row is NULL. */
function copyNulls(out: ByteWriter, { nulls, start = 0 }: BindValues, count: number, flags: number, data: number, width: number): boolean {
  if (!nulls) return false
  let live = 0
  for (let row = 0; row < count; row++) {
    if (nulls[start + row] === 0) live++
    else {
      out.bytes[flags + row] = 1
      out.bytes.fill(0, data + row * width, data + (row + 1) * width)
    }
  }
  return live === 0 && count > 0
}

type AnyTypedArray = { readonly buffer: ArrayBufferLike; readonly byteOffset: number; readonly BYTES_PER_ELEMENT: number }

/** Copies a typed array whose elements are the type's own bytes; false when the values are something else or not in one piece. */
function copyTyped(out: ByteWriter, field: BindField, source: BindValues, count: number, to: number, width: number): boolean {
  const { values, index, start = 0 } = source
  if (index || !ArrayBuffer.isView(values) || !isNative(field.type, values)) return false
  if (start + count > values.length) throw new RangeError(`${values.length} values are fewer than the ${start + count} that are needed`)
  const typed = values as unknown as AnyTypedArray
  const from = typed.byteOffset + start * width
  out.bytes.set(new Uint8Array(typed.buffer as ArrayBuffer, from, count * width), to)
  return true
}

function isNative(type: TypeCode, values: unknown): boolean {
  switch (type) {
    case TypeCode.TINYINT:
      return values instanceof Int8Array
    case TypeCode.UTINYINT:
      return values instanceof Uint8Array
    case TypeCode.SMALLINT:
      return values instanceof Int16Array
    case TypeCode.USMALLINT:
      return values instanceof Uint16Array
    case TypeCode.INT:
      return values instanceof Int32Array
    case TypeCode.UINT:
      return values instanceof Uint32Array
    case TypeCode.FLOAT:
      return values instanceof Float32Array
    case TypeCode.DOUBLE:
      return values instanceof Float64Array
    case TypeCode.BIGINT:
    case TypeCode.TIMESTAMP:
      return values instanceof BigInt64Array
    case TypeCode.UBIGINT:
      return values instanceof BigUint64Array
    default:
      return false
  }
}

/** The largest finite number of 32 bits. */
const LARGEST_FLOAT = (2 - 2 ** -23) * 2 ** 127

/** Writes the value of a row into the column that begins at `data`. No closure a type: its compiled code would be lost with each column. */
function writeValue({ bytes, view }: ByteWriter, field: BindField, data: number, row: number, value: unknown): void {
  switch (field.type) {
    case TypeCode.BOOL:
      bytes[data + row] = toBool(value)
      break
    case TypeCode.TINYINT:
      view.setInt8(data + row, toInteger(value, -128, 127))
      break
    case TypeCode.UTINYINT:
      view.setUint8(data + row, toInteger(value, 0, 255))
      break
    case TypeCode.SMALLINT:
      view.setInt16(data + 2 * row, toInteger(value, -32_768, 32_767), true)
      break
    case TypeCode.USMALLINT:
      view.setUint16(data + 2 * row, toInteger(value, 0, 65_535), true)
      break
    case TypeCode.INT:
      view.setInt32(data + 4 * row, toInteger(value, -2_147_483_648, 2_147_483_647), true)
      break
    case TypeCode.UINT:
      view.setUint32(data + 4 * row, toInteger(value, 0, 4_294_967_295), true)
      break
    case TypeCode.FLOAT:
      view.setFloat32(data + 4 * row, toFloat(value), true)
      break
    case TypeCode.DOUBLE:
      view.setFloat64(data + 8 * row, toDouble(value), true)
      break
    case TypeCode.TIMESTAMP:
      writeTimestamp(view, field, data + 8 * row, value)
      break
    case TypeCode.NULL:
      throw new TypeError('a NULL takes no value')
    default: {
      const signed = field.type !== TypeCode.UBIGINT
      if (typeof value === 'number' && Number.isSafeInteger(value) && (signed || value >= 0)) setWords(view, data + 8 * row, value)
      else view.setBigInt64(data + 8 * row, toInt64(value, signed), true)
    }
  }
}

/** Writes a whole number below 2^53 as 64 bits without making a bigint. */
function setWords(view: DataView, at: number, value: number): void {
  const high = Math.floor(value / 0x100000000)
  view.setUint32(at, value - high * 0x100000000, true)
  view.setInt32(at + 4, high, true)
}

function writeTimestamp(view: DataView, { precision, timezone }: BindField, at: number, value: unknown): void {
  let ticks: unknown = value
  if (precision !== 'ns' && value instanceof Date) ticks = value.getTime() * (precision === 'us' ? 1000 : 1)
  if (typeof ticks === 'number' && Number.isSafeInteger(ticks)) setWords(view, at, ticks)
  else view.setBigInt64(at, toTicks(value as TimestampInput, precision, timezone ? { timezone } : {}), true)
}

function writeVariable(out: ByteWriter, field: BindField, source: BindValues, count: number, flags: number): void {
  const lengths = out.reserve(count * 4)
  const size = out.reserve(4)
  const { values, index, start = 0, nulls } = source
  const limit = field.bytes > 0 && TYPES[field.type]!.width === 2 ? userLength(field.type, field.bytes) : Number.POSITIVE_INFINITY
  const begin = out.at
  let row = 0
  let at = 0
  try {
    for (; row < count; row++) {
      at = index ? index[start + row]! : start + row
      const value = values[at]
      if (value === null || value === undefined || (nulls !== undefined && nulls[at] !== 0)) {
        out.bytes[flags + row] = 1
        out.view.setInt32(lengths + 4 * row, 0, true)
        continue
      }
      const before = out.at
      writePayload(out, field.type, limit, value)
      out.view.setInt32(lengths + 4 * row, out.at - before, true)
    }
  } catch (error) {
    throw new ValueError(at, error, field.name)
  }
  out.view.setInt32(size, out.at - begin, true)
}

function writePayload(out: ByteWriter, type: TypeCode, limit: number, value: unknown): void {
  switch (type) {
    case TypeCode.VARCHAR:
      raw(out, typeof value === 'string' ? value : (asBytes(value) ?? toText(value)), limit)
      break
    case TypeCode.NCHAR: {
      const text = toText(value)
      if (text.length > limit && [...text].length > limit) throw new RangeError(`${[...text].length} characters do not fit NCHAR(${limit})`)
      out.text(text)
      break
    }
    case TypeCode.JSON:
      out.text(toJsonText(value))
      break
    case TypeCode.DECIMAL:
    case TypeCode.DECIMAL64:
      out.text(toDecimalText(value))
      break
    case TypeCode.GEOMETRY:
      raw(out, toWkb(value), limit)
      break
    default:
      raw(out, toBytes(value), limit)
  }
}

function raw(out: ByteWriter, payload: Uint8Array | string, limit: number): void {
  if (typeof payload === 'string') checkBytes(out.text(payload), limit)
  else {
    checkBytes(payload.length, limit)
    out.raw(payload)
  }
}

function checkBytes(length: number, limit: number): void {
  if (length > limit) throw new RangeError(`${length} bytes do not fit a column of ${limit}`)
}
