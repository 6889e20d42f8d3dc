import { TypeCode } from '../types/types.ts'
import { utf8Text } from './bytes.ts'
import type { VariableColumn } from './column.ts'

/** The texts of a VARCHAR, NCHAR or JSON column (or of any column's bytes read as UTF-8), NULL as null; decoded in bulk. */
export function readStrings(column: VariableColumn, rows: number): (string | null)[] {
  if (column.type === TypeCode.NCHAR) return readUtf32(column, rows)
  if (column.type === TypeCode.BLOB || column.type === TypeCode.MEDIUMBLOB) return readEach(column, rows, 4)
  return readAscii(column, rows) ?? readUtf8(column, rows) ?? readEach(column, rows, 2)
}

/**
 * Decodes the data area at once and cuts it. The text is as long as the bytes only when every byte became one character, so offsets in bytes are
 * offsets in characters; the length prefixes cost two characters each. Null when something is not ASCII.
 */
function readAscii({ offsets, data }: VariableColumn, rows: number): (string | null)[] | null {
  const text = utf8Text(data)
  if (text.length !== data.length) return null
  const out: (string | null)[] = new Array(rows)
  let last = -1
  let lastText = ''
  for (let row = 0; row < rows; row++) {
    const at = offsets[row]!
    if (at < 0) out[row] = null
    else if (at === last) out[row] = lastText
    else {
      last = at
      out[row] = lastText = text.substring(at + 2, at + 2 + data[at]! + (data[at + 1]! << 8))
    }
  }
  return out
}

/**
 * Decodes the payloads at once, packed together, and cuts the text where each one's characters end. Null when some bytes are not UTF-8: then what one
 * payload becomes depends on where it ends.
 */
function readUtf8({ offsets, data }: VariableColumn, rows: number): (string | null)[] | null {
  const packed = new Uint8Array(data.length)
  const ends = new Int32Array(rows)
  let size = 0
  let units = 0
  let last = -1
  for (let row = 0; row < rows; row++) {
    const at = offsets[row]!
    if (at >= 0 && at !== last) {
      last = at
      const start = at + 2
      const end = start + data[at]! + (data[at + 1]! << 8)
      // Rows that share an entry out of order would be packed twice: there may be no room for that.
      if (size + end - start > packed.length) return null
      for (let i = start; i < end; i++) {
        const byte = data[i]!
        packed[size++] = byte
        // A character starts at every byte that continues none; four bytes make two code units.
        if ((byte & 0xc0) !== 0x80) units += byte < 0xf0 ? 1 : 2
      }
    }
    ends[row] = units
  }
  const text = strictText(packed.subarray(0, size))
  return text === null ? null : cut(text, offsets, ends, rows)
}

/** Cuts a text that holds the rows' texts one after another; `ends` is where each row's ends, and rows with the offset of the row before share its text. */
function cut(text: string, offsets: Int32Array, ends: Int32Array, rows: number): (string | null)[] {
  const out: (string | null)[] = new Array(rows)
  let from = 0
  let last = -1
  let lastText = ''
  for (let row = 0; row < rows; row++) {
    const at = offsets[row]!
    if (at < 0) out[row] = null
    else {
      if (at !== last) {
        last = at
        lastText = text.substring(from, ends[row]!)
        from = ends[row]!
      }
      out[row] = lastText
    }
  }
  return out
}

const strict = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function strictText(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes)
  } catch {
    return null
  }
}

/** Texts up to this many bytes are put together here; longer ones are worth a call of the platform's decoder. */
const SHORT = 24

function readEach({ offsets, data }: VariableColumn, rows: number, prefix: 2 | 4): (string | null)[] {
  const out: (string | null)[] = new Array(rows)
  let last = -1
  let lastText = ''
  for (let row = 0; row < rows; row++) {
    const at = offsets[row]!
    if (at < 0) {
      out[row] = null
      continue
    }
    if (at !== last) {
      last = at
      let length = data[at]! + (data[at + 1]! << 8)
      if (prefix === 4) length += data[at + 2]! * 0x10000 + data[at + 3]! * 0x1000000
      const start = at + prefix
      lastText = (length <= SHORT ? shortText(data, start, start + length) : null) ?? utf8Text(data.subarray(start, start + length))
    }
    out[row] = lastText
  }
  return out
}

/** Well-formed UTF-8 of few bytes; null for anything else. */
function shortText(data: Uint8Array, start: number, end: number): string | null {
  let text = ''
  let at = start
  while (at < end) {
    const a = data[at++]!
    if (a < 0x80) {
      text += String.fromCharCode(a)
      continue
    }
    const b = at < end ? data[at++]! ^ 0x80 : 0xff
    if (b > 0x3f) return null
    if (a >= 0xc2 && a < 0xe0) {
      text += String.fromCharCode(((a & 0x1f) << 6) | b)
      continue
    }
    const c = at < end ? data[at++]! ^ 0x80 : 0xff
    if (c > 0x3f) return null
    if (a >= 0xe0 && a < 0xf0) {
      const unit = ((a & 0x0f) << 12) | (b << 6) | c
      if (unit < 0x800 || (unit >= 0xd800 && unit < 0xe000)) return null
      text += String.fromCharCode(unit)
      continue
    }
    const d = at < end ? data[at++]! ^ 0x80 : 0xff
    const point = ((a & 0x07) << 18) | (b << 12) | (c << 6) | d
    if (d > 0x3f || a < 0xf0 || a > 0xf4 || point < 0x10000 || point > 0x10ffff) return null
    text += String.fromCodePoint(point)
  }
  return text
}

/** Enough room for the argument list of String.fromCharCode, far from any engine's limit. */
const CHUNK = 4096

/** Turns all payloads into code units, makes one text of them and cuts it. */
function readUtf32({ offsets, data }: VariableColumn, rows: number): (string | null)[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const ends = new Int32Array(rows)
  // Four bytes make at most two code units.
  let units = new Uint16Array(data.length >> 1)
  let size = 0
  let last = -1
  for (let row = 0; row < rows; row++) {
    const at = offsets[row]!
    if (at >= 0 && at !== last) {
      last = at
      const end = at + 2 + data[at]! + (data[at + 1]! << 8)
      if (size + ((end - at) >> 1) > units.length) units = grown(units, size + (end - at))
      for (let i = at + 2; i < end; i += 4) {
        const point = view.getUint32(i, true)
        if (point < 0xd800) units[size++] = point
        else if (point <= 0xffff) units[size++] = point < 0xe000 ? 0xfffd : point
        else if (point > 0x10ffff) units[size++] = 0xfffd
        else {
          units[size++] = 0xd7c0 + (point >> 10)
          units[size++] = 0xdc00 + (point & 0x3ff)
        }
      }
    }
    ends[row] = size
  }
  return cut(unitsText(units, size), offsets, ends, rows)
}

function grown(units: Uint16Array<ArrayBuffer>, least: number): Uint16Array<ArrayBuffer> {
  const larger = new Uint16Array(Math.max(least, units.length * 2))
  larger.set(units)
  return larger
}

function unitsText(units: Uint16Array, size: number): string {
  let text = ''
  for (let at = 0; at < size; at += CHUNK)
    text += String.fromCharCode.apply(null, units.subarray(at, Math.min(size, at + CHUNK)) as unknown as number[])
  return text
}
