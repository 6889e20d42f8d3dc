import { TypeCode } from '../types/types.ts'
import { payloadAt, type VariableColumn } from '../wire/column.ts'

/** From this length on, one call that copies costs less than copying by words. */
const LONG = 64

/** Bytes to be read by words, wherever they lie. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

/** Whether `length` bytes are the same in both places. */
export function sameBytes(a: DataView, at: number, b: DataView, other: number, length: number): boolean {
  let i = 0
  for (; i + 4 <= length; i += 4) if (a.getInt32(at + i, true) !== b.getInt32(other + i, true)) return false
  for (; i < length; i++) if (a.getUint8(at + i) !== b.getUint8(other + i)) return false
  return true
}

/** Whether `count` pieces of `size` bytes, one behind another, are all the same: whether the bytes are themselves when moved by one piece. */
export function repeats(bytes: Uint8Array, at: number, size: number, count: number): boolean {
  const length = (count - 1) * size
  const { Buffer } = globalThis as { readonly Buffer?: { compare(a: Uint8Array, b: Uint8Array): number } }
  if (Buffer) return Buffer.compare(bytes.subarray(at, at + length), bytes.subarray(at + size, at + size + length)) === 0
  const view = viewOf(bytes)
  return sameBytes(view, at, view, at + size, length)
}

/** Writes the UTF-8 of UTF-32LE from `start` to `end`, which is never longer, and returns where it ends. */
function utf8OfUtf32(source: DataView, start: number, end: number, target: Uint8Array, at: number): number {
  for (let i = start; i < end; i += 4) {
    const code = source.getUint32(i, true)
    if (code < 0x80) target[at++] = code
    else if (code < 0x800) {
      target[at++] = 0xc0 | (code >> 6)
      target[at++] = 0x80 | (code & 63)
    } else if (code < 0x10000) {
      target[at++] = 0xe0 | (code >> 12)
      target[at++] = 0x80 | ((code >> 6) & 63)
      target[at++] = 0x80 | (code & 63)
    } else {
      target[at++] = 0xf0 | (code >> 18)
      target[at++] = 0x80 | ((code >> 12) & 63)
      target[at++] = 0x80 | ((code >> 6) & 63)
      target[at++] = 0x80 | (code & 63)
    }
  }
  return at
}

/** A variable column in Arrow's form: offsets of one more than there are rows, and the bytes without their lengths. NULLs are empty. */
export function packed(column: VariableColumn, rows: number): { readonly valueOffsets: Int32Array; readonly data: Uint8Array } {
  const { offsets } = column
  const view = viewOf(column.data)
  const wide = column.type === TypeCode.BLOB || column.type === TypeCode.MEDIUMBLOB
  const valueOffsets = new Int32Array(rows + 1)
  let total = 0
  for (let row = 0; row < rows; row++) {
    const from = offsets[row]!
    if (from !== -1) total += wide ? view.getUint32(from, true) : view.getUint16(from, true)
    valueOffsets[row + 1] = total
  }
  const data = column.type === TypeCode.NCHAR ? packUtf32(column, view, valueOffsets) : packBytes(column, view, valueOffsets, wide ? 4 : 2)
  return { valueOffsets, data }
}

/** The rows' bytes, whose ends are known. */
function packBytes({ offsets, data: source }: VariableColumn, view: DataView, ends: Int32Array, prefix: number): Uint8Array {
  const rows = ends.length - 1
  const total = ends[rows]!
  // A word may end past its text: what follows writes over that.
  const data = new Uint8Array(total + 3)
  const target = viewOf(data)
  for (let row = 0; row < rows; row++) {
    const at = ends[row]!
    const length = ends[row + 1]! - at
    if (length === 0) continue
    const start = offsets[row]! + prefix
    if (length >= LONG) data.set(source.subarray(start, start + length), at)
    else if (start + length + 3 <= source.length)
      for (let i = 0; i < length; i += 4) target.setInt32(at + i, view.getInt32(start + i, true), true)
    else for (let i = 0; i < length; i++) data[at + i] = source[start + i]!
  }
  return data.subarray(0, total)
}

/** The rows' bytes in UTF-8, and their ends set right. */
function packUtf32({ offsets }: VariableColumn, view: DataView, ends: Int32Array): Uint8Array {
  const rows = ends.length - 1
  const data = new Uint8Array(ends[rows]!)
  let from = 0
  let at = 0
  for (let row = 0; row < rows; row++) {
    const length = ends[row + 1]! - from
    from = ends[row + 1]!
    const start = offsets[row]! + 2
    if (length > 0) at = utf8OfUtf32(view, start, start + length, data, at)
    ends[row + 1] = at
  }
  // ASCII leaves three quarters of the room.
  return at * 2 < data.length ? data.slice(0, at) : data.subarray(0, at)
}

/** The bytes of a row's text in UTF-8. */
export function utf8At(column: VariableColumn, row: number): Uint8Array {
  const bytes = payloadAt(column, row)!
  if (column.type !== TypeCode.NCHAR) return bytes
  const target = new Uint8Array(bytes.length)
  return target.subarray(0, utf8OfUtf32(viewOf(bytes), 0, bytes.length, target, 0))
}
