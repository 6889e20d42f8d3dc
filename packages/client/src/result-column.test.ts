import { expect, test } from 'vitest'
import { ResultBlock, type ResultColumn } from './result-column.ts'
import { type Block, buildColumn, type ColumnReader, columnReader, TypeCode } from './wire/index.ts'

const POLICY = {}
const fields = [
  { name: 'i', type: 'INT', bytes: 4 },
  { name: 's', type: 'VARCHAR', bytes: 20 },
] as const

/** Rows 0 … count − 1 in blocks of such sizes; every third value is NULL. */
function blocksOf(sizes: readonly number[]): Block[] {
  let row = 0
  return sizes.map((rows) => {
    const numbers = Array.from({ length: rows }, () => row++).map((n) => (n % 3 === 0 ? null : n))
    return {
      rows,
      columns: [
        buildColumn({ type: TypeCode.INT, bytes: 4 }, numbers, 'ms'),
        buildColumn(
          { type: TypeCode.VARCHAR, bytes: 20 },
          numbers.map((n) => (n === null ? null : `row ${n}`)),
          'ms',
        ),
      ],
    }
  })
}

function whole(sizes: readonly number[]): { i: ResultColumn; s: ResultColumn; block: ResultBlock } {
  const readers: ColumnReader[] = [columnReader(TypeCode.INT, 'ms', POLICY), columnReader(TypeCode.VARCHAR, 'ms', POLICY)]
  const block = new ResultBlock(fields, blocksOf(sizes), readers)
  return { i: block.columns[0]!, s: block.column('s')!, block }
}

const numbers = Array.from({ length: 26 }, (_, n) => (n % 3 === 0 ? null : n))
const texts = numbers.map((n) => (n === null ? null : `row ${n}`))

// Blocks whose bitmaps end within a byte are shifted when they are put together.
test.each([[[26]], [[10, 10, 6]], [[8, 16, 2]], [[1, 24, 1]]])('blocks of %j rows are one column', (sizes) => {
  const { i, s, block } = whole(sizes)
  expect([block.rows, i.length, i.nullCount, s.nullCount]).toEqual([26, 26, 9, 9])
  expect([i.values, s.values]).toEqual([numbers, texts])
  expect(Array.from(i.typed as Int32Array, (n, row) => (i.isNull(row) ? null : n))).toEqual(numbers)
  expect([s.typed, numbers.map((_, row) => s.isNull(row))]).toEqual([undefined, numbers.map((n) => n === null)])
  expect(block.values()).toEqual(numbers.map((n, row) => [n, texts[row]]))
  expect([i.nullCount, s.nullCount, i.chunks.length]).toEqual([9, 9, 1])
})

test('chunks are the blocks, and do not put the column together', () => {
  const { i, s } = whole([10, 10, 6])
  expect(i.chunks.map((chunk) => [chunk.name, chunk.length, chunk.nullCount, (chunk.typed as Int32Array).length])).toEqual([
    ['i', 10, 4, 10],
    ['i', 10, 3, 10],
    ['i', 6, 2, 6],
  ])
  expect(s.chunks.flatMap((chunk) => chunk.values)).toEqual(texts)
  expect(i.chunks).toBe(i.chunks)
})

test('a result without rows has its columns', () => {
  const { i, s, block } = whole([])
  expect([block.rows, i.typed, i.values, i.nullCount, s.values, s.chunks.length]).toEqual([0, new Int32Array(0), [], 0, [], 1])
})

test('strings that take more bytes than offsets count are read by chunks only', () => {
  const [block] = blocksOf([3])
  const wide = block!.columns.map((column) =>
    column.layout === 'variable'
      ? { ...column, data: Object.defineProperty(column.data.slice(), 'length', { value: 0x40000000 }) }
      : column,
  )
  const blocks = [
    { rows: 3, columns: wide },
    { rows: 3, columns: wide },
  ]
  const column = new ResultBlock(
    fields,
    blocks,
    fields.map(({ type }) => columnReader(TypeCode[type], 'ms', POLICY)),
  ).column('s')!
  expect(() => column.raw).toThrow('a column of 2147483648 bytes does not fit one piece; read its chunks')
  expect(column.chunks.flatMap(({ values }) => values)).toEqual([null, 'row 1', 'row 2', null, 'row 1', 'row 2'])
})
