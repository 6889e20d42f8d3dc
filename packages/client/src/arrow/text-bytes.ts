import { TypeCode } from '../types/types.ts'
import { payloadAt, type VariableColumn } from '../wire/column.ts'

/** UTF-8 bytes that UTF-32LE takes at most: as many. */
export function utf8OfUtf32(source: Uint8Array, target: Uint8Array, at: number): number {
  for (let i = 0; i + 3 < source.length; i += 4) {
    const code = source[i]! | (source[i + 1]! << 8) | (source[i + 2]! << 16)
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
  const valueOffsets = new Int32Array(rows + 1)
  const wide = column.type === TypeCode.BLOB || column.type === TypeCode.MEDIUMBLOB
  const { data: source, offsets } = column
  const prefix = wide ? 4 : 2
  let total = 0
  for (let row = 0; row < rows; row++) {
    const from = offsets[row]!
    if (from >= 0)
      total += source[from]! + source[from + 1]! * 256 + (wide ? source[from + 2]! * 65_536 + source[from + 3]! * 16_777_216 : 0)
  }
  const data = new Uint8Array(total)
  let at = 0
  for (let row = 0; row < rows; row++) {
    const from = offsets[row]!
    if (from >= 0) {
      const length = source[from]! + source[from + 1]! * 256 + (wide ? source[from + 2]! * 65_536 + source[from + 3]! * 16_777_216 : 0)
      const start = from + prefix
      if (column.type === TypeCode.NCHAR) at = utf8OfUtf32(source.subarray(start, start + length), data, at)
      else if (length < 48) for (let i = start; i < start + length; i++) data[at++] = source[i]!
      else {
        data.set(source.subarray(start, start + length), at)
        at += length
      }
    }
    valueOffsets[row + 1] = at
  }
  return { valueOffsets, data: data.subarray(0, at) }
}

/** The bytes of a row's text in UTF-8. */
export function utf8At(column: VariableColumn, row: number): Uint8Array {
  const bytes = payloadAt(column, row)!
  if (column.type !== TypeCode.NCHAR) return bytes
  const target = new Uint8Array(bytes.length)
  return target.subarray(0, utf8OfUtf32(bytes, target, 0))
}
