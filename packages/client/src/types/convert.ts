import { parseDecimal } from './decimal.ts'
import { type GeoJson, geoJsonToWkb } from './wkb.ts'
import { wktToGeoJson } from './wkt.ts'

/** What users may give for a value of each type, made into what travels. All of these throw a TypeError or a RangeError that says why not. */

/** A boolean, or the numbers 0 and 1. */
export function toBool(value: unknown): 0 | 1 {
  if (value === true || value === 1 || value === 1n) return 1
  if (value === false || value === 0 || value === 0n) return 0
  throw new TypeError(`${describe(value)} is not a boolean`)
}

/** A whole number from `min` to `max`, both exact. */
export function toInteger(value: unknown, min: number, max: number): number {
  const number = typeof value === 'number' ? value : Number(toBigInt(value))
  if (number >= min && number <= max && Number.isInteger(number)) return number
  throw new RangeError(`${describe(value)} is not a whole number from ${min} to ${max}`)
}

const INT64_MIN = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n
const UINT64_MAX = 2n ** 64n - 1n

/** A whole number of 64 bits, from a bigint, an exact number or digits. */
export function toInt64(value: unknown, signed: boolean): bigint {
  const exact = toBigInt(value)
  if (exact < (signed ? INT64_MIN : 0n) || exact > (signed ? INT64_MAX : UINT64_MAX)) {
    throw new RangeError(`${describe(value)} does not fit ${signed ? 'BIGINT' : 'BIGINT UNSIGNED'}`)
  }
  return exact
}

function toBigInt(value: unknown): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return BigInt(value)
    throw new RangeError(`${describe(value)} is not an exact whole number${Number.isInteger(value) ? '; use a bigint' : ''}`)
  }
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value)) return BigInt(value)
  throw new TypeError(`${describe(value)} is not a whole number`)
}

/** Any number; a bigint or numeric text is rounded to the nearest double. */
export function toDouble(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'string' && value.trim() !== '') {
    const number = Number(value)
    if (!Number.isNaN(number)) return number
  }
  throw new TypeError(`${describe(value)} is not a number`)
}

/** A number that a 32-bit float can hold, with its rounding. */
export function toFloat(value: unknown): number {
  const number = toDouble(value)
  if (Number.isFinite(number) && !Number.isFinite(Math.fround(number))) throw new RangeError(`${describe(value)} does not fit FLOAT`)
  return number
}

/** Text for VARCHAR and NCHAR. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value
  throw new TypeError(`${describe(value)} is not a string`)
}

/** JSON text: a string is taken as JSON text already, anything else is written as JSON. */
export function toJsonText(value: unknown): string {
  if (typeof value === 'string') return value
  const text = JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? Number(member) : member))
  if (text === undefined) throw new TypeError(`${describe(value)} cannot be written as JSON`)
  return text
}

/** Bytes: any view or buffer; null if the value is none. */
export function asBytes(value: unknown): Uint8Array | null {
  if (value instanceof Uint8Array) return value
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  return value instanceof ArrayBuffer ? new Uint8Array(value) : null
}

/** Bytes for VARBINARY and BLOB, or a string that stands for its UTF-8. */
export function toBytes(value: unknown): Uint8Array | string {
  const bytes = asBytes(value)
  if (bytes) return bytes
  if (typeof value === 'string') return value
  throw new TypeError(`${describe(value)} is neither bytes nor a string`)
}

/** Well-known binary from bytes, WKT or a GeoJSON geometry. */
export function toWkb(value: unknown): Uint8Array {
  const bytes = asBytes(value)
  if (bytes) return bytes
  if (typeof value === 'string') return geoJsonToWkb(wktToGeoJson(value))
  if (typeof value === 'object' && value !== null && typeof (value as GeoJson).type === 'string') return geoJsonToWkb(value as GeoJson)
  throw new TypeError(`${describe(value)} is no geometry: give WKB bytes, WKT or GeoJSON`)
}

/** The text of a decimal, from text, a number or a bigint. */
export function toDecimalText(value: unknown): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  // A decimal object of some library prints itself.
  const text = typeof value === 'string' ? value : typeof value === 'object' && value !== null ? String(value) : ''
  if (/^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?\s*$/.test(text)) return text.trim()
  throw new TypeError(`${describe(value)} is not a decimal number`)
}

/** The unscaled integer of a value for DECIMAL(precision, scale); digits that do not fit are refused. */
export function toUnscaled(value: unknown, precision: number, scale: number): bigint {
  return parseDecimal(toDecimalText(value), precision, scale)
}

/** A value's kind for messages. Never the value itself where it may be a secret: only numbers are shown. */
export function describe(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' || value === null) return String(value)
  if (typeof value === 'string') return `a string of ${value.length} characters`
  if (typeof value === 'object') return `a ${value.constructor?.name ?? 'plain object'}`
  return typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`
}
