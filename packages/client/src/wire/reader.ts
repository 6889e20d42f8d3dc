import { formatDecimal, formatSafeDecimal, joinDecimal128 } from '../types/decimal.ts'
import { shortestFloats } from '../types/float.ts'
import type { ValuePolicy } from '../types/policy.ts'
import type { Precision } from '../types/precision.ts'
import { timeZone } from '../types/time-zone.ts'
import { formatTimestamp, toDate, toInstant } from '../types/timestamp.ts'
import { TypeCode } from '../types/types.ts'
import { wkbToGeoJson } from '../types/wkb.ts'
import { type Column, type FixedColumn, hasNulls, payloadAt, type VariableColumn } from './column.ts'
import { parseJson } from './json.ts'
import { readStrings } from './strings.ts'

/** Turns a column of a block into JavaScript values, one a row, NULL as null. */
export type ColumnReader = (column: Column, rows: number) => unknown[]

/** The reader for columns of one type under a policy, chosen once for a result. Throws a RangeError for an unknown time zone. */
export function columnReader(type: TypeCode, precision: Precision, policy: ValuePolicy = {}): ColumnReader {
  switch (type) {
    case TypeCode.NULL:
      return (_, rows) => new Array(rows).fill(null)
    case TypeCode.BOOL:
      return fixed((column, rows) => map(column.values as Uint8Array, rows, (value) => value !== 0))
    case TypeCode.FLOAT:
      return fixed((column, rows) =>
        column.decimals === undefined ? shortestFloats(column.values as Float32Array, rows) : numbers(column.decimals, rows),
      )
    case TypeCode.BIGINT:
    case TypeCode.UBIGINT:
      return fixed(int64Reader(policy.int64 ?? 'bigint'))
    case TypeCode.TIMESTAMP:
      return fixed(timestampReader(precision, policy))
    case TypeCode.DECIMAL64:
    case TypeCode.DECIMAL:
      return fixed(decimalReader(type, policy.decimal))
    case TypeCode.VARCHAR:
      return policy.varchar === 'bytes' ? readBytes : strings
    case TypeCode.NCHAR:
      return strings
    case TypeCode.JSON:
      return policy.json === 'text'
        ? strings
        : (column, rows) => strings(column, rows).map((text) => (text === null ? null : parseJson(text)))
    case TypeCode.GEOMETRY:
      return policy.geometry === 'geojson'
        ? (column, rows) => readBytes(column, rows).map((wkb) => (wkb === null ? null : wkbToGeoJson(wkb)))
        : readBytes
    case TypeCode.VARBINARY:
    case TypeCode.BLOB:
    case TypeCode.MEDIUMBLOB:
      return readBytes
    default:
      return fixed((column, rows) => numbers(column.values as Float64Array, rows))
  }
}

type FixedReader = (column: FixedColumn, rows: number) => unknown[]

/** Reads the values first and puts null over the NULLs afterwards, whole bytes of the bitmap at a time. */
function fixed(read: FixedReader): ColumnReader {
  return (column, rows) => {
    const values = read(column as FixedColumn, rows)
    const { nulls } = column as FixedColumn
    if (!hasNulls(nulls, rows)) return values
    for (let row = 0; row < rows; row++) {
      const byte = nulls[row >> 3]!
      if (byte === 0) row |= 7
      else if ((byte & (0x80 >> (row & 7))) !== 0) values[row] = null
    }
    return values
  }
}

function numbers(values: Float64Array, rows: number): number[] {
  const out: number[] = new Array(rows)
  for (let row = 0; row < rows; row++) out[row] = values[row]!
  return out
}

function map<From, To>(values: ArrayLike<From>, rows: number, convert: (value: From) => To): To[] {
  const out: To[] = new Array(rows)
  for (let row = 0; row < rows; row++) out[row] = convert(values[row]!)
  return out
}

function int64Reader(policy: 'bigint' | 'number' | 'string'): FixedReader {
  if (policy === 'string') return (column, rows) => map(column.values as BigInt64Array, rows, String)
  if (policy === 'bigint') {
    return (column, rows) => {
      const values = column.values as BigInt64Array
      const out: bigint[] = new Array(rows)
      for (let row = 0; row < rows; row++) out[row] = values[row]!
      return out
    }
  }
  return (column, rows) => {
    const { words, signed } = int32Words(column)
    const out: number[] = new Array(rows)
    for (let row = 0; row < rows; row++) {
      const high = words[2 * row + 1]!
      const value = (signed ? high : high >>> 0) * 0x100000000 + (words[2 * row]! >>> 0)
      // What stands under a NULL is undefined, so only values can be out of range.
      if (!Number.isSafeInteger(value) && (column.nulls[row >> 3]! & (0x80 >> (row & 7))) === 0) {
        throw new RangeError(`${column.values[row]} is not exact as a number; use int64: 'bigint' or 'string'`)
      }
      out[row] = value
    }
    return out
  }
}

/** 64-bit values as pairs of 32-bit words: arithmetic on them makes no bigints. */
function int32Words(column: FixedColumn): { words: Int32Array; signed: boolean } {
  const values = column.values as BigInt64Array
  return { words: new Int32Array(values.buffer, values.byteOffset, values.length * 2), signed: column.type !== TypeCode.UBIGINT }
}

function timestampReader(precision: Precision, policy: ValuePolicy): FixedReader {
  const wish = policy.timestamp ?? 'auto'
  if (wish === 'bigint' || (wish === 'auto' && precision !== 'ms')) return int64Reader('bigint')
  if (wish === 'string') {
    const zone = timeZone(policy.timezone ?? 'UTC')
    return live((ticks) => formatTimestamp(ticks, precision, zone))
  }
  if (wish === 'temporal') return live((ticks) => toInstant(ticks, precision))
  if (precision !== 'ms') return live((ticks) => toDate(ticks, precision))
  return (column, rows) => {
    const { words } = int32Words(column)
    const out: Date[] = new Array(rows)
    for (let row = 0; row < rows; row++) out[row] = new Date(words[2 * row + 1]! * 0x100000000 + (words[2 * row]! >>> 0))
    return out
  }
}

/** Converts only what is not NULL: for conversions that cost, or that would fail on what stands under a NULL. */
function live(convert: (ticks: bigint) => unknown): FixedReader {
  return (column, rows) => {
    const values = column.values as BigInt64Array
    const out: unknown[] = new Array(rows)
    for (let row = 0; row < rows; row++) {
      out[row] = (column.nulls[row >> 3]! & (0x80 >> (row & 7))) === 0 ? convert(values[row]!) : null
    }
    return out
  }
}

function decimalReader(type: TypeCode, convert: ((text: string) => unknown) | undefined): FixedReader {
  return (column, rows) => {
    const { scale, nulls } = column
    const text = type === TypeCode.DECIMAL64 ? decimal64Text(column) : decimal128Text(column)
    const out: unknown[] = new Array(rows)
    for (let row = 0; row < rows; row++) {
      if ((nulls[row >> 3]! & (0x80 >> (row & 7))) !== 0) out[row] = null
      else {
        const exact = text(row, scale)
        out[row] = convert ? convert(exact) : exact
      }
    }
    return out
  }
}

function decimal64Text(column: FixedColumn): (row: number, scale: number) => string {
  const values = column.values as BigInt64Array
  const { words } = int32Words(column)
  return (row, scale) => {
    const value = words[2 * row + 1]! * 0x100000000 + (words[2 * row]! >>> 0)
    return Number.isSafeInteger(value) ? formatSafeDecimal(value, scale) : formatDecimal(values[row]!, scale)
  }
}

function decimal128Text(column: FixedColumn): (row: number, scale: number) => string {
  const words = column.values as BigUint64Array
  return (row, scale) => formatDecimal(joinDecimal128(words[2 * row]!, words[2 * row + 1]!), scale)
}

function strings(column: Column, rows: number): (string | null)[] {
  return readStrings(column as VariableColumn, rows)
}

/** Copies of the payloads: they stay when the message they came in is gone. */
function readBytes(column: Column, rows: number): (Uint8Array | null)[] {
  const variable = column as VariableColumn
  const out: (Uint8Array | null)[] = new Array(rows)
  for (let row = 0; row < rows; row++) out[row] = payloadAt(variable, row)?.slice() ?? null
  return out
}
