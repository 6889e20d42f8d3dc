import { TypeCode } from '../types/types.ts'
import { ByteReader, utf8, utf8Text } from './bytes.ts'
import { readVarint } from './varint.ts'
import { WireError } from './wire-error.ts'

/** The flags with which a whole JSON tag begins, and those of one whose offsets have two bytes. */
const JSON_TAG = 0x40
const LARGE = 0x20

/** Entries of a variable column. */
export interface Entries {
  readonly offsets: Int32Array
  readonly data: Uint8Array
}

/**
 * JSON values of a subscription's block as entries of text, as results have them. A TDengine server sends its own encoding of tags there, without lengths;
 * one like this project's sends text, which is left as it is. Throws a WireError for what is neither.
 */
export function jsonEntries({ offsets, data }: Entries): Entries {
  const starts = [...new Set(offsets)].filter((at) => at >= 0).sort((a, b) => a - b)
  if (starts.length === 0 || starts.every((at, i) => isText(data, at, starts[i + 1] ?? data.length))) return { offsets, data }
  const texts = starts.map((at) => utf8(valueText(data, at)))
  const target = new Uint8Array(texts.reduce((sum, { length }) => sum + 2 + length, 0))
  const moved = new Map<number, number>()
  let end = 0
  texts.forEach((text, i) => {
    moved.set(starts[i]!, end)
    target.set([text.length & 0xff, text.length >> 8], end)
    target.set(text, end + 2)
    end += 2 + text.length
  })
  return { offsets: offsets.map((at) => (at < 0 ? at : moved.get(at)!)), data: target }
}

/** Whether an entry is a length and as many bytes of printable text. */
function isText(data: Uint8Array, at: number, end: number): boolean {
  return end - at > 2 && data[at]! + data[at + 1]! * 256 === end - at - 2 && data[at + 2]! >= 0x20
}

/** A value as a query answers it: a whole tag as an object, a member as text, a number with nine digits or a word. */
function valueText(data: Uint8Array, at: number): string {
  const reader = new ByteReader(data, at)
  const kind = reader.u8()
  switch (kind) {
    case TypeCode.NULL:
      return 'null'
    case TypeCode.NCHAR:
      return JSON.stringify(ucs4Text(reader.take(reader.u16())))
    case TypeCode.DOUBLE:
      return f64(reader).toFixed(9)
    case TypeCode.BOOL:
      return String(reader.u8() !== 0)
    default:
      return readJsonTag(data, at).text
  }
}

/**
 * Reads a JSON tag: u8 flags, u16 length, u16 count, i32 version, the members' offsets of one or two bytes, then key, type and value of each. The text,
 * and where the tag ends. Throws a WireError.
 */
export function readJsonTag(data: Uint8Array, at: number): { readonly text: string; readonly end: number } {
  const head = new ByteReader(data, at)
  const flags = head.u8()
  if ((flags & JSON_TAG) === 0) throw new WireError(`a JSON value of unknown kind ${flags}`, at)
  const end = at + head.u16()
  const count = head.u16()
  head.skip(4)
  const offsets = Array.from({ length: count }, () => ((flags & LARGE) === 0 ? head.u8() : head.u16()))
  if (end > data.length || end < head.at) throw new WireError('a JSON tag runs past its column', at)
  const members = offsets.map((offset) => {
    const reader = new ByteReader(data, Math.min(head.at + offset, end), end)
    const key = reader.take(readVarint(reader))
    return `${JSON.stringify(utf8Text(key.subarray(0, Math.max(0, key.length - 1))))}:${memberText(reader)}`
  })
  // A tag without members is JSON's null.
  return { text: count === 0 ? 'null' : `{${members.join(',')}}`, end }
}

function memberText(reader: ByteReader): string {
  const type = reader.u8()
  switch (type) {
    case TypeCode.NULL:
      return 'null'
    case TypeCode.NCHAR:
      return JSON.stringify(ucs4Text(reader.take(readVarint(reader))))
    case TypeCode.DOUBLE: {
      const value = f64(reader)
      return Number.isFinite(value) ? String(value) : 'null'
    }
    case TypeCode.BOOL:
      return String(reader.u8() !== 0)
    default:
      throw new WireError(`a JSON value of type ${type}`, reader.at - 1)
  }
}

const f64 = (reader: ByteReader): number => reader.view.getFloat64(reader.skip(8), true)

function ucs4Text(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let text = ''
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const code = view.getUint32(at, true)
    if (code > 0x10ffff) throw new WireError(`U+${code.toString(16)} is no character`, at)
    text += String.fromCodePoint(code)
  }
  return text
}
