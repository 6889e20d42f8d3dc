import { type Column, TypeCode } from 'taosts/wire'
import type { ColumnBuffer } from './row-buffer.ts'

const UTF8 = new TextEncoder()

/** Copies the rows of a block's column into a buffer of the same TDengine type, from row `at` on; the buffer has room for them. */
export function copyColumn(target: ColumnBuffer, at: number, column: Column, rows: number): void {
  if (column.layout === 'variable') {
    copyVariable(target, at, column, rows)
    return
  }
  const { width } = target.physical
  const { values, nulls } = column
  const element = values.byteLength / rows
  if (element === width) target.bytes.set(new Uint8Array(values.buffer, values.byteOffset, rows * width), at * width)
  else narrow(target, at, values as BigInt64Array, rows)
  for (let row = 0; row < rows; row++) {
    if (nulls[row >> 3]! & (0x80 >> (row & 7))) target.setNull(at + row)
    else if (target.validity) target.validity[(at + row) >> 3]! |= 1 << ((at + row) & 7)
  }
}

/** DECIMAL64 of at most nine digits, which DuckDB keeps in two or four bytes. */
function narrow(target: ColumnBuffer, at: number, values: BigInt64Array, rows: number): void {
  const { view } = target
  for (let row = 0; row < rows; row++) {
    const value = Number(values[row])
    if (target.physical.width === 2) view.setInt16((at + row) * 2, value, true)
    else view.setInt32((at + row) * 4, value, true)
  }
}

function copyVariable(target: ColumnBuffer, at: number, column: Extract<Column, { layout: 'variable' }>, rows: number): void {
  const { data, offsets, type } = column
  const wide = type === TypeCode.BLOB || type === TypeCode.MEDIUMBLOB
  for (let row = 0; row < rows; row++) {
    const start = offsets[row]!
    if (start < 0) {
      target.setNull(at + row)
      continue
    }
    if (target.validity) target.validity[(at + row) >> 3]! |= 1 << ((at + row) & 7)
    const length = data[start]! | (data[start + 1]! << 8) | (wide ? (data[start + 2]! << 16) | (data[start + 3]! << 24) : 0)
    const body = start + (wide ? 4 : 2)
    if (type === TypeCode.NCHAR) target.setBytes(at + row, UTF8.encode(textOfUtf32(data, body, length)))
    else target.setBytes(at + row, data.subarray(body, body + length))
  }
}

/** The text of UTF-32LE bytes. */
export function textOfUtf32(data: Uint8Array, start: number, length: number): string {
  let text = ''
  for (let i = start; i + 3 < start + length; i += 4) text += String.fromCodePoint(data[i]! | (data[i + 1]! << 8) | (data[i + 2]! << 16))
  return text
}
