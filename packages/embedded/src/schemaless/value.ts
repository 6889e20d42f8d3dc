import { TypeCode } from 'taosts/wire'
import { GeometrySyntaxError, wellKnownBinary } from '../values/well-known-binary.ts'
import type { Value } from './point.ts'

const NUMBER = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(i8|u8|i16|u16|i32|u32|i64|u64|i|u|f32|f64)?$/
const INTEGER = /^[+-]?\d+$/
const WORDS: ReadonlyMap<string, boolean> = new Map([
  ...['t', 'T', 'true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['f', 'F', 'false', 'False', 'FALSE'].map((word) => [word, false] as const),
])

interface IntegerKind {
  readonly type: TypeCode
  readonly min: bigint
  readonly max: bigint
}

const signed = (type: TypeCode, bits: bigint): IntegerKind => ({ type, min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n })
const unsigned = (type: TypeCode, bits: bigint): IntegerKind => ({ type, min: 0n, max: (1n << bits) - 1n })

/** Integer types by the suffix of the line protocol. */
export const INTEGERS: { readonly [suffix: string]: IntegerKind } = {
  i8: signed(TypeCode.TINYINT, 8n),
  i16: signed(TypeCode.SMALLINT, 16n),
  i32: signed(TypeCode.INT, 32n),
  i64: signed(TypeCode.BIGINT, 64n),
  i: signed(TypeCode.BIGINT, 64n),
  u8: unsigned(TypeCode.UTINYINT, 8n),
  u16: unsigned(TypeCode.USMALLINT, 16n),
  u32: unsigned(TypeCode.UINT, 32n),
  u64: unsigned(TypeCode.UBIGINT, 64n),
  u: unsigned(TypeCode.UBIGINT, 64n),
}

/** A number or a boolean of the line protocol (`1i8`, `2u`, `1.5f32`, `2`, `t`), or undefined for other text. */
export function plainValue(text: string): Value | undefined {
  const word = WORDS.get(text)
  if (word !== undefined) return { type: TypeCode.BOOL, literal: String(word), bytes: 1 }
  const match = NUMBER.exec(text)
  if (!match) return undefined
  const [, digits = '', suffix] = match
  if (suffix === undefined || suffix === 'f64') return real(TypeCode.DOUBLE, digits)
  if (suffix === 'f32') return real(TypeCode.FLOAT, digits)
  return INTEGER.test(digits) ? integerValue(INTEGERS[suffix]!, BigInt(digits.replace(/^\+/, ''))) : undefined
}

/** An integer of a type, or undefined where it does not fit. */
export function integerValue({ type, min, max }: IntegerKind, value: bigint): Value | undefined {
  return value >= min && value <= max ? { type, literal: value.toString(), bytes: 8 } : undefined
}

function real(type: TypeCode, digits: string): Value | undefined {
  const value = Number(digits)
  if (!Number.isFinite(value)) return undefined
  if (type === TypeCode.FLOAT && !Number.isFinite(Math.fround(value))) return undefined
  return { type, literal: digits, bytes: 8 }
}

/** A string of a type; for NCHAR TDengine counts UTF-8 bytes here too when it sizes a column. */
export function textValue(type: TypeCode, text: string): Value {
  return { type, literal: quote(text), bytes: Buffer.byteLength(text) }
}

/** `B"…"`: `\x` and hex digits, or the bytes of the text. */
export function binaryValue(text: string): Value | undefined {
  if (!text.startsWith('\\x')) return { type: TypeCode.VARBINARY, literal: quote(text), bytes: Buffer.byteLength(text) }
  const digits = text.slice(2)
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) return undefined
  return { type: TypeCode.VARBINARY, literal: `'\\x${digits}'`, bytes: digits.length / 2 }
}

/** `G"…"`: well-known text, sized by the well-known binary it becomes. */
export function geometryValue(text: string): Value | undefined {
  try {
    return { type: TypeCode.GEOMETRY, literal: quote(text), bytes: wellKnownBinary(text).length }
  } catch (error) {
    if (error instanceof GeometrySyntaxError) return undefined
    throw error
  }
}

/** A string as SQL writes it. */
export function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
