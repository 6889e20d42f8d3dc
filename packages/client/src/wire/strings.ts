import { TypeCode } from '../types/types.ts'
import { utf8Text } from './bytes.ts'
import type { VariableColumn } from './column.ts'

/** The texts of a VARCHAR, NCHAR or JSON column (or of any column's bytes read as UTF-8), NULL as null; decoded in bulk. */
export function readStrings(column: VariableColumn, rows: number): (string | null)[] {
  if (column.type === TypeCode.NCHAR) return readUtf32(column, rows)
  const wide = column.type === TypeCode.BLOB || column.type === TypeCode.MEDIUMBLOB
  return (wide ? null : readWhole(column, rows)) ?? readEach(column, rows, wide ? 4 : 2)
}

/**
 * Decodes the data area at once and cuts it. The text is as long as the bytes only when every byte became one character, so offsets in bytes are
 * offsets in characters; the length prefixes cost two characters each. Null when something is not ASCII.
 */
function readWhole({ offsets, data }: VariableColumn, rows: number): (string | null)[] | null {
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

function readUtf32({ offsets, data }: VariableColumn, rows: number): (string | null)[] {
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
      lastText = utf32Text(data, at + 2, at + 2 + data[at]! + (data[at + 1]! << 8))
    }
    out[row] = lastText
  }
  return out
}

/** The text of UTF-32LE bytes; code points that there are none become U+FFFD. */
export function utf32Text(data: Uint8Array, start: number, end: number): string {
  let text = ''
  if (end - start > 256) {
    // Long texts go through code units in chunks, so that the string is not built one character at a time.
    const units: number[] = []
    for (let at = start; at + 4 <= end; at += 4) {
      const point = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24)
      if (point < 0 || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) units.push(0xfffd)
      else if (point > 0xffff) units.push(0xd7c0 + (point >> 10), 0xdc00 + (point & 0x3ff))
      else units.push(point)
      if (units.length >= CHUNK) {
        text += String.fromCharCode(...units)
        units.length = 0
      }
    }
    return text + String.fromCharCode(...units)
  }
  for (let at = start; at + 4 <= end; at += 4) {
    const point = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24)
    if (point < 0 || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) text += '�'
    else text += point > 0xffff ? String.fromCodePoint(point) : String.fromCharCode(point)
  }
  return text
}
