import type { JsonValue } from 'taosts/wire'
import type { ArgumentShape, Decoder, Id } from './action.ts'

/** A value of another type than its argument's; the caller words the reply. */
export class ArgumentError extends Error {}

const U64_END = 1n << 64n

export const text: Decoder<string> = (value) => {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') throw new ArgumentError()
  return value
}

/** A text that knows whether it was given: null when absent or null. */
export const optionalText: Decoder<string | null> = (value) => (value === undefined || value === null ? null : text(value))

export const flag: Decoder<boolean> = (value) => {
  if (value === undefined || value === null) return false
  if (typeof value !== 'boolean') throw new ArgumentError()
  return value
}

/** An unsigned 64-bit integer, exact. */
export const u64: Decoder<Id> = (value) => {
  if (value === undefined || value === null) return 0
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  if (typeof value === 'bigint' && value >= 0n && value < U64_END) return value
  throw new ArgumentError()
}

/** A signed integer that fits 32 bits or more; beyond 2^53 it is refused. */
export const integer: Decoder<number> = (value) => {
  if (value === undefined || value === null) return 0
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw new ArgumentError()
}

export const optionalInteger: Decoder<number | null> = (value) => (value === undefined || value === null ? null : integer(value))

/** Whatever was given, for the handler to read. */
export const raw: Decoder<JsonValue | undefined> = (value) => value

/** A list read item by item; empty when absent. */
export function list<T>(item: Decoder<T>): Decoder<readonly T[]> {
  return (value) => {
    if (value === undefined || value === null) return []
    if (!Array.isArray(value)) throw new ArgumentError()
    return value.map((each: JsonValue) => item(each))
  }
}

/** An object read member by member. */
export function members<S extends ArgumentShape>(shape: S): Decoder<{ readonly [K in keyof S]: ReturnType<S[K]> }> {
  return (value) => decodeMembers(shape, value ?? {}) as { readonly [K in keyof S]: ReturnType<S[K]> }
}

/** Reads the members of an object by their decoders, names compared without case as taosAdapter does. */
export function decodeMembers(shape: ArgumentShape, value: JsonValue): { [name: string]: unknown } {
  if (value === null) value = {}
  if (!isObject(value)) throw new ArgumentError()
  const decoded: { [name: string]: unknown } = {}
  for (const name in shape) decoded[name] = shape[name]!(member(value, name))
  return decoded
}

export function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A member of an object: by its exact name, else by the name in another case. */
export function member(object: { readonly [key: string]: JsonValue }, name: string): JsonValue | undefined {
  if (Object.hasOwn(object, name)) return object[name]
  for (const key in object) if (key.length === name.length && key.toLowerCase() === name) return object[key]
  return undefined
}

/** The request id that a reply echoes, read as leniently as taosAdapter does: what is no unsigned integer loses its fraction, its quotes or all. */
export function echoedReqId(args: JsonValue | undefined): Id {
  const value = isObject(args) ? member(args, 'req_id') : undefined
  if (typeof value === 'bigint') return value >= 0n && value < U64_END ? value : 0
  const number = typeof value === 'string' && /^\d{1,15}/.test(value) ? Number.parseInt(value, 10) : value
  return typeof number === 'number' && number >= 0 && number <= Number.MAX_SAFE_INTEGER ? Math.trunc(number) : 0
}
