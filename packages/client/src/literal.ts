import { show } from './duration.ts'
import { DataError } from './errors.ts'
import { formatTimestamp, GEOMETRY_TYPES, type GeoJson, geoJsonToWkt, isInstant } from './wire/index.ts'

/** A value that can stand in a statement. Arrays become lists, for IN; GeoJSON becomes WKT, other plain objects JSON text, for JSON tags. */
export type SqlValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Uint8Array
  | { readonly epochNanoseconds: bigint }
  | readonly SqlValue[]
  | { readonly [key: string]: unknown }

/** What goes before a backslash: TDengine reads these after it. */
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/**
 * The SQL literal of a value, exact: instants as RFC 3339 in UTC, which every precision reads; bigint and number as they are; bytes as `'\x…'`.
 * Throws a DataError that names `what`, never showing the value.
 */
export function literal(value: unknown, what: string): string {
  switch (typeof value) {
    case 'string':
      return quote(value, what)
    case 'number':
      if (!Number.isFinite(value)) throw new DataError(`${what} is ${value}, which SQL cannot write; use null`)
      return String(value)
    case 'bigint':
      if (value < -(2n ** 63n) || value >= 2n ** 64n) throw new DataError(`${what} does not fit 64 bits`)
      return String(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'undefined':
      throw new DataError(`${what} is undefined; use null for NULL`)
    case 'object':
      return value === null ? 'NULL' : ofObject(value, what)
    default:
      throw new DataError(`${what} is ${show(value)}, which is no SQL value`)
  }
}

function ofObject(value: object, what: string): string {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new DataError(`${what} is an invalid Date`)
    return `'${formatTimestamp(BigInt(value.getTime()), 'ms')}'`
  }
  if (value instanceof Uint8Array) return `'\\x${hex(value)}'`
  if (isInstant(value)) return `'${formatTimestamp(value.epochNanoseconds, 'ns')}'`
  if (Array.isArray(value)) {
    if (value.length === 0) throw new DataError(`${what} is an empty list; SQL has none`)
    return value.map((each, i) => literal(each, `item ${i + 1} of ${what}`)).join(', ')
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new DataError(
      `${what} is a ${(value as { constructor?: { name?: string } }).constructor?.name ?? 'foreign object'}, which is no SQL value`,
    )
  }
  if (isGeometry(value)) return quote(geometryText(value, what), what)
  let json: string
  try {
    json = JSON.stringify(value)
  } catch (error) {
    throw new DataError(`${what} cannot be JSON: ${(error as Error).message}`, { cause: error })
  }
  return quote(json, what)
}

/** Whether an object is GeoJSON. No JSON tag can look so: TDengine's have no lists. */
function isGeometry(value: object): value is GeoJson {
  const { type, coordinates, geometries } = value as { type?: unknown; coordinates?: unknown; geometries?: unknown }
  return (GEOMETRY_TYPES as readonly unknown[]).includes(type) && Array.isArray(type === 'GeometryCollection' ? geometries : coordinates)
}

/** Well-known text, which a column of geometries reads. */
function geometryText(value: GeoJson, what: string): string {
  if (!hasCoordinates(value)) throw new DataError(`${what} is no geometry: its coordinates have to be lists of numbers`)
  return geoJsonToWkt(value)
}

function hasCoordinates(value: GeoJson): boolean {
  if (value.type === 'GeometryCollection')
    return value.geometries.every((each) => typeof each === 'object' && each !== null && isGeometry(each) && hasCoordinates(each))
  return value.coordinates.every(isCoordinate)
}

function isCoordinate(value: unknown): boolean {
  return Array.isArray(value) ? value.every(isCoordinate) : Number.isFinite(value)
}

function quote(text: string, what: string): string {
  if (text.includes('\0')) throw new DataError(`${what} contains a NUL character, which ends a statement; bind it with prepare()`)
  if (/\p{Surrogate}/u.test(text)) throw new DataError(`${what} contains half a surrogate pair, which is no character`)
  return `'${text.replace(/[\\'\n\r\t]/g, (character) => ESCAPES[character]!)}'`
}

function hex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte < 16 ? `0${byte.toString(16)}` : byte.toString(16)
  return text
}

/** A name in back quotes, each part of a qualified name by itself. Throws a DataError for what cannot be a name. */
export function quoteIdentifier(...parts: readonly string[]): string {
  return parts
    .map((part) => {
      if (typeof part !== 'string' || part === '') throw new DataError('an identifier has to be a text that is not empty')
      if (/[`\0]/.test(part)) throw new DataError('an identifier cannot contain a back quote or NUL')
      return `\`${part}\``
    })
    .join('.')
}
