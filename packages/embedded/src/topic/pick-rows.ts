import { type Block, type Column, type FixedColumn, TypeCode, type VariableColumn } from 'taosts/wire'

/** Some rows of a block as a block of its own, in the order given; the same block when those are all its rows in their order. */
export function pickRows(block: Block, rows: Int32Array): Block {
  if (rows.length === block.rows && rows.every((row, i) => row === i)) return block
  return { rows: rows.length, columns: block.columns.map((column) => pickColumn(column, rows)) }
}

function pickColumn(column: Column, rows: Int32Array): Column {
  return column.layout === 'fixed' ? pickFixed(column, rows) : pickVariable(column, rows)
}

function pickFixed(column: FixedColumn, rows: Int32Array): FixedColumn {
  const { values: from, nulls: marks } = column
  const nulls = new Uint8Array((rows.length + 7) >> 3)
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!
    if ((marks[row >> 3]! & (0x80 >> (row & 7))) !== 0) nulls[i >> 3]! |= 0x80 >> (i & 7)
  }
  // A DECIMAL of 128 bits has two elements a row, an untyped NULL none.
  const each = column.type === TypeCode.DECIMAL ? 2 : column.type === TypeCode.NULL ? 0 : 1
  const values = new (from.constructor as new (length: number) => typeof from)(rows.length * each)
  if (each === 1) for (let i = 0; i < rows.length; i++) values[i] = from[rows[i]!]!
  else
    for (let i = 0; i < rows.length; i++) {
      for (let e = 0; e < each; e++) values[i * each + e] = from[rows[i]! * each + e]!
    }
  return { ...column, nulls, values }
}

function pickVariable(column: VariableColumn, rows: Int32Array): VariableColumn {
  const { data: from, offsets: starts, type } = column
  const head = type === TypeCode.BLOB || type === TypeCode.MEDIUMBLOB ? 4 : 2
  const size = (at: number): number =>
    head + (from[at]! | (from[at + 1]! << 8)) + (head === 4 ? (from[at + 2]! << 16) + from[at + 3]! * 0x1000000 : 0)
  let total = 0
  for (let i = 0; i < rows.length; i++) {
    const at = starts[rows[i]!]!
    if (at >= 0) total += size(at)
  }
  const offsets = new Int32Array(rows.length)
  const data = new Uint8Array(total)
  let end = 0
  for (let i = 0; i < rows.length; i++) {
    const at = starts[rows[i]!]!
    if (at < 0) {
      offsets[i] = -1
      continue
    }
    const length = size(at)
    offsets[i] = end
    data.set(from.subarray(at, at + length), end)
    end += length
  }
  return { ...column, offsets, data }
}
