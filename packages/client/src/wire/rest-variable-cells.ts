import { TYPES, TypeCode } from '../types/types.ts'
import type { ColumnSpec } from './builder.ts'
import { ByteWriter, utf8, utf8Text } from './bytes.ts'
import type { Column } from './column.ts'
import { ascii, bad, type CellParser, INCOMPLETE, skipNull } from './rest-cell.ts'

abstract class VariableCells implements CellParser {
  readonly spec: ColumnSpec
  readonly prefix: number
  offsets: Int32Array = new Int32Array(0)
  data: ByteWriter = new ByteWriter(16)
  #row = -1
  #start = 0

  constructor(spec: ColumnSpec) {
    this.spec = spec
    this.prefix = TYPES[spec.type]!.width
  }

  begin(rows: number): void {
    this.offsets = new Int32Array(rows)
    this.data = new ByteWriter(rows * 16)
    this.#row = -1
  }

  parse(bytes: Uint8Array, at: number, row: number): number {
    // A row that was incomplete is read again from its start.
    if (row === this.#row) this.data.at = this.#start
    this.#row = row
    this.#start = this.data.at
    if (bytes[at] === 0x6e) {
      this.offsets[row] = -1
      return skipNull(bytes, at)
    }
    if (bytes[at] === 0) return INCOMPLETE
    const head = this.data.reserve(this.prefix)
    const end = this.value(bytes, at)
    if (end < 0) return end
    const length = this.data.at - head - this.prefix
    if (this.prefix === 4) this.data.view.setUint32(head, length, true)
    else if (length > 0xffff) throw bad(at)
    else this.data.view.setUint16(head, length, true)
    this.offsets[row] = head
    return end
  }

  abstract value(bytes: Uint8Array, at: number): number

  finish(rows: number): Column {
    const { type, bytes } = this.spec
    return { layout: 'variable', type, bytes, precision: 0, scale: 0, offsets: this.offsets.subarray(0, rows), data: this.data.done() }
  }
}

/** VARCHAR keeps its bytes as they are; NCHAR becomes UTF-32LE. */
export class TextCells extends VariableCells {
  value(bytes: Uint8Array, start: number): number {
    if (bytes[start] !== 34) throw bad(start)
    let escaped = false
    let at = start + 1
    for (;;) {
      const byte = bytes[at]!
      if (byte === 34) break
      if (byte === 0) return INCOMPLETE
      if (byte === 92) {
        escaped = true
        if (bytes[at + 1] === 0) return INCOMPLETE
        at++
      }
      at++
    }
    if (this.spec.type === TypeCode.NCHAR)
      this.data.utf32(escaped ? unescaped(bytes, start, at + 1) : utf8Text(bytes.subarray(start + 1, at)))
    else if (escaped) unescapeInto(this.data, bytes, start + 1, at)
    else this.data.raw(bytes.subarray(start + 1, at))
    return at + 1
  }
}

function unescaped(bytes: Uint8Array, start: number, end: number): string {
  try {
    return JSON.parse(utf8Text(bytes.subarray(start, end))) as string
  } catch {
    throw bad(start)
  }
}

const ESCAPES: Readonly<Record<number, number>> = { 34: 34, 92: 92, 47: 47, 98: 8, 102: 12, 110: 10, 114: 13, 116: 9 }

/** Unescapes byte by byte: what stands between the escapes need not be UTF-8. */
function unescapeInto(out: ByteWriter, bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; at++) {
    if (bytes[at] !== 92) {
      out.u8(bytes[at]!)
      continue
    }
    const code = bytes[++at]!
    if (code !== 117) {
      const plain = ESCAPES[code]
      if (plain === undefined) throw bad(at)
      out.u8(plain)
      continue
    }
    let length = 5
    // A pair of surrogates is two escapes and one character.
    if (/^u[dD][89abAB]/.test(ascii(bytes, at, at + 3)) && bytes[at + 5] === 92 && bytes[at + 6] === 117) length = 11
    if (at + length > end) throw bad(at)
    const text = `"\\${ascii(bytes, at, at + length)}"`
    out.text(unescaped(utf8(text), 0, text.length))
    at += length - 1
  }
}

/** A JSON tag stands in the body as it is: an object, or any other JSON value. */
export class JsonCells extends VariableCells {
  value(bytes: Uint8Array, start: number): number {
    let at = start
    let depth = 0
    let quoted = false
    for (;;) {
      const byte = bytes[at]!
      if (byte === 0) return INCOMPLETE
      if (quoted) {
        if (byte === 92) {
          if (bytes[at + 1] === 0) return INCOMPLETE
          at++
        } else if (byte === 34) quoted = false
      } else if (byte === 34) quoted = true
      else if (byte === 91 || byte === 123) depth++
      else if (byte === 93 || byte === 125 || byte === 44) {
        if (depth === 0) break
        if (byte !== 44) depth--
      }
      at++
    }
    if (at === start) throw bad(start)
    this.data.raw(bytes.subarray(start, at))
    return at
  }
}

export class HexCells extends VariableCells {
  value(bytes: Uint8Array, start: number): number {
    if (bytes[start] !== 34) throw bad(start)
    let at = start + 1
    for (;;) {
      const byte = bytes[at]!
      if (byte === 34) return at + 1
      if (byte === 0 || bytes[at + 1] === 0) return INCOMPLETE
      const high = nibble(byte)
      const low = nibble(bytes[at + 1]!)
      if (high < 0 || low < 0) throw bad(at)
      this.data.u8(high * 16 + low)
      at += 2
    }
  }
}

function nibble(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  if (byte >= 97 && byte <= 102) return byte - 87
  return byte >= 65 && byte <= 70 ? byte - 55 : -1
}
