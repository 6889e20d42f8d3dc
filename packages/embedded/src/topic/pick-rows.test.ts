import { type Block, blockToArrays, buildBlock, type ColumnSpec, columnReader, decodeBlock, encodeBlock, TypeCode } from 'taosts/wire'
import { expect, it } from 'vitest'
import { pickRows } from './pick-rows.ts'

const spec = (type: TypeCode, bytes: number, precision = 0, scale = 0): ColumnSpec => ({ type, bytes, precision, scale })
const SPECS: readonly ColumnSpec[] = [
  spec(TypeCode.TIMESTAMP, 8),
  spec(TypeCode.BOOL, 1),
  spec(TypeCode.DOUBLE, 8),
  spec(TypeCode.VARCHAR, 22),
  spec(TypeCode.NCHAR, 42),
  spec(TypeCode.DECIMAL, 16, 30, 2),
  spec(TypeCode.BLOB, 100),
]
const COLUMNS = [
  [1n, 2n, 3n, 4n],
  [true, null, false, true],
  [1.5, null, -2.25, 0],
  ['a', 'bb', null, ''],
  ['é', null, '😀', 'x'],
  ['0.05', null, '-12345678901234567890.12', '7.00'],
  [new Uint8Array([1, 2]), null, new Uint8Array(70_000).fill(7), new Uint8Array([9])],
]

function values(block: Block): unknown[][] {
  const readers = block.columns.map((column) => columnReader(column.type, 'ms', { timestamp: 'bigint', scale: column.scale } as never))
  return blockToArrays(block, readers)
}

it('gives the rows in the order asked for, of every layout, and they survive the wire', () => {
  const block = buildBlock(SPECS, COLUMNS)
  const all = values(block)
  for (const rows of [[], [2], [3, 1], [1, 1, 0], [0, 2, 3]]) {
    const picked = pickRows(block, Int32Array.from(rows))
    const expected = rows.map((row) => all[row])
    expect(values(picked)).toEqual(expected)
    if (rows.length > 0) expect(values(decodeBlock(encodeBlock(picked, { server: true, version: 2 })))).toEqual(expected)
  }
})

it('copies nothing where every row is asked for', () => {
  const block = buildBlock(SPECS, COLUMNS)
  expect(pickRows(block, Int32Array.of(0, 1, 2, 3))).toBe(block)
})
