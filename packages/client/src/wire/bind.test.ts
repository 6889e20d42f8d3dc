import { describe, expect, it } from 'vitest'
import { TypeCode } from '../types/types.ts'
import { encodeBind, encodeBindColumns } from './bind.ts'
import type { BindField } from './bind-block.ts'
import { boundToColumn, decodeBind, decodeBindColumns } from './bind-decode.ts'
import { ByteWriter } from './bytes.ts'
import { columnReader } from './reader.ts'
import { ValueError } from './value-error.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const joined = (text: string): string => text.replace(/\s/g, '')
const field = (type: TypeCode, bytes = 0, name?: string): BindField => ({
  type,
  bytes,
  precision: 'ms',
  ...(name !== undefined && { name }),
})

/** `insert into ? using stb tags(?) values(?,?,?)` for two tables, as driver-go writes it. */
const TABLES = joined(`
  05010000 02000000 01000000 03000000 1c000000 27000000 5d000000
  0300 0400  643100 64323200
  18000000 16000000
    18000000 0a000000 01000000 00 01 02000000 02000000 c3a9
    16000000 0a000000 01000000 01 01 00000000 00000000
  5b000000 45000000
    23000000 09000000 02000000 0000 00 10000000 0068e5cf8b010000 e86be5cf8b010000
    1b000000 04000000 02000000 0001 00 08000000 feffffff 00000000
    1d000000 08000000 02000000 0001 01 02000000 00000000 02000000 6162
    1a000000 09000000 01000000 00 00 08000000 0068e5cf8b010000
    12000000 04000000 01000000 01 00 00000000
    19000000 08000000 01000000 00 01 03000000 03000000 78797a`)
const SHAPE = {
  names: true,
  tags: [field(TypeCode.NCHAR)],
  columns: [field(TypeCode.TIMESTAMP), field(TypeCode.INT), field(TypeCode.VARCHAR)],
}
const t0 = 1700000000000

describe('encodeBind', () => {
  it('writes what driver-go writes', () => {
    const tables = [
      {
        name: 'd1',
        tags: [{ values: ['é'] }],
        columns: [{ values: [new Date(t0), t0 + 1000] }, { values: [-2, null] }, { values: ['ab', undefined] }],
        rows: 2,
      },
      { name: 'd22', tags: [{ values: [null] }], columns: [{ values: [BigInt(t0)] }, { values: [null] }, { values: ['xyz'] }], rows: 1 },
    ]
    expect(hex(encodeBind(SHAPE, tables))).toBe(TABLES)
    const query = encodeBind({ names: false, tags: [], columns: [field(TypeCode.INT), field(TypeCode.VARCHAR)] }, [
      { columns: [{ values: [5] }, { values: ['hi'] }], rows: 1 },
    ])
    expect(hex(query)).toBe(
      joined(`4e000000 01000000 00000000 02000000 00000000 00000000 1c000000 2e000000
        16000000 04000000 01000000 00 00 04000000 05000000
        18000000 08000000 01000000 00 01 02000000 02000000 6869`),
    )
  })

  it('writes typed arrays as it writes their values, whole, in part and picked', () => {
    const ts = BigInt64Array.of(1n, 2n, 3n, 4n)
    const int = Int32Array.of(10, 20, 30, 40)
    const nulls = Uint8Array.of(0, 1, 0, 0)
    const shape = { names: false, tags: [], columns: [field(TypeCode.TIMESTAMP), field(TypeCode.INT)] }
    const encode = (columns: Parameters<typeof encodeBind>[1][0]['columns'], rows: number): string =>
      hex(encodeBind(shape, [{ columns, rows }]))
    expect(encode([{ values: ts }, { values: int, nulls }], 4)).toBe(encode([{ values: [1, 2, 3, 4] }, { values: [10, null, 30, 40] }], 4))
    expect(
      encode(
        [
          { values: ts, start: 1 },
          { values: int, nulls, start: 1 },
        ],
        2,
      ),
    ).toBe(encode([{ values: [2, 3] }, { values: [null, 30] }], 2))
    const index = [3, 1, 0]
    expect(
      encode(
        [
          { values: ts, index, start: 1 },
          { values: int, nulls, index, start: 1 },
        ],
        2,
      ),
    ).toBe(encode([{ values: [2, 1] }, { values: [null, 10] }], 2))
    // Floats in a Float64Array, integers in a plain array: converted one by one.
    const floats = { names: false, tags: [], columns: [field(TypeCode.FLOAT)] }
    expect(hex(encodeBind(floats, [{ columns: [{ values: Float64Array.of(0.1) }], rows: 1 }]))).toBe(
      hex(encodeBind(floats, [{ columns: [{ values: Float32Array.of(0.1) }], rows: 1 }])),
    )
  })

  it('names the column and the row that does not fit', () => {
    const refuse = (type: TypeCode, bytes: number, ...values: unknown[]): unknown => {
      try {
        encodeBind({ names: false, tags: [], columns: [field(type, bytes, 'v')] }, [
          { columns: [{ values, start: 1 }], rows: values.length - 1 },
        ])
      } catch (error) {
        expect(error).toBeInstanceOf(ValueError)
        return error
      }
      throw new Error('it was taken')
    }
    expect(refuse(TypeCode.INT, 4, 0, 1, Number.NaN)).toMatchObject({
      column: 'v',
      row: 2,
      message: expect.stringContaining('column v, row 2: NaN'),
    })
    expect(refuse(TypeCode.VARCHAR, 4, '', 'ab', 'äb')).toMatchObject({
      row: 2,
      message: expect.stringContaining('3 bytes do not fit a column of 2'),
    })
    expect(refuse(TypeCode.NCHAR, 6, '', '😀', '😀é')).toMatchObject({ row: 2 })
    expect(refuse(TypeCode.DECIMAL, 16, '', '1.5', '1,5')).toMatchObject({ row: 2 })
    expect(refuse(TypeCode.BIGINT, 8, 0, 2n ** 63n)).toMatchObject({ row: 1 })
    expect(refuse(TypeCode.UBIGINT, 8, 0, -1)).toMatchObject({ row: 1 })
  })

  it('wants a name, tags and columns where the statement has a ? for them', () => {
    const columns = [{ values: [1] }, { values: [1] }, { values: ['a'] }]
    const table = { name: 'd0', tags: [{ values: ['x'] }], columns, rows: 1 }
    expect(() => encodeBind(SHAPE, [{ ...table, name: '' }])).toThrow('needs a name')
    expect(() => encodeBind(SHAPE, [{ ...table, name: 'a\0b' }])).toThrow('NUL')
    expect(() => encodeBind(SHAPE, [{ ...table, tags: [] }])).toThrow('0 tags are given for 1')
    expect(() => encodeBind(SHAPE, [{ ...table, columns: columns.slice(1) }])).toThrow('2 columns are given for 3')
    expect(() => encodeBind(SHAPE, [{ ...table, columns: [{ values: BigInt64Array.of(1n) }, ...columns.slice(1)], rows: 2 }])).toThrow(
      RangeError,
    )
  })
})

describe('decodeBind', () => {
  it('reads tables, tags and columns', () => {
    const tables = decodeBind(new Uint8Array(Buffer.from(TABLES, 'hex')))
    expect(tables.map(({ name, tags, columns }) => [name, tags.length, columns.length])).toEqual([
      ['d1', 1, 3],
      ['d22', 1, 3],
    ])
    const values = tables.map(({ tags, columns }) =>
      [...tags, ...columns].map((bound) =>
        columnReader(bound.type, 'us')(boundToColumn(bound, { type: bound.type, bytes: 0 }), bound.rows),
      ),
    )
    expect(values).toEqual([
      [['é'], [BigInt(t0), BigInt(t0 + 1000)], [-2, null], ['ab', null]],
      [[null], [BigInt(t0)], [null], ['xyz']],
    ])
  })

  it('rounds decimal text to the digits of its column, and refuses what is none', () => {
    const payload = encodeBind({ names: false, tags: [], columns: [field(TypeCode.DECIMAL64)] }, [
      { columns: [{ values: ['1.005', null, -3, 2n] }], rows: 4 },
    ])
    const [bound] = decodeBind(payload)[0]!.columns
    for (const type of [TypeCode.DECIMAL64, TypeCode.DECIMAL]) {
      const column = boundToColumn(bound!, { type, bytes: 0, precision: 10, scale: 2 })
      expect(columnReader(type, 'ms')(column, 4)).toEqual(['1.01', null, '-3.00', '2.00'])
    }
    expect(() => boundToColumn(bound!, { type: TypeCode.DECIMAL64, bytes: 8, precision: 2, scale: 2 })).toThrow(ValueError)
  })

  it('answers in the words of the adapter', () => {
    const with32 = (at: number, value: number): Uint8Array => {
      const copy = new Uint8Array(Buffer.from(TABLES, 'hex'))
      new DataView(copy.buffer).setUint32(at, value, true)
      return copy
    }
    expect(() => decodeBind(with32(0, 1))).toThrow('total length not match, expect 261, but get 1')
    expect(() => decodeBind(with32(8, 0))).toThrow('tag count is 0, but tags offset is not 0')
    expect(() => decodeBind(with32(93, 99))).toThrow('cols out of range, total length: 261, colsTotalLength: 269')
    expect(() => decodeBind(with32(101, 7))).toThrow('bind data length error, tableIndex: 0, fieldIndex: 0')
    expect(() => decodeBind(with32(28, 0))).toThrow('table name length is 0, tableIndex: 0')
    expect(() => decodeBind(with32(105, 77))).toThrow('unknown type 77')
    expect(() => decodeBind(new Uint8Array(27))).toThrow('data length is less than 28')
  })
})

describe('the column layout', () => {
  it('comes back, and is refused when its counts disagree', () => {
    const fields = [field(TypeCode.VARCHAR), field(TypeCode.TIMESTAMP), field(TypeCode.INT)]
    const payload = encodeBindColumns(fields, [{ values: ['d0', 'd0'] }, { values: [1, 2] }, { values: [7, null] }], 2, 1)
    const decoded = decodeBindColumns(payload)
    expect(decoded).toMatchObject({ rows: 2, tables: 1 })
    expect(columnReader(TypeCode.INT, 'ms')(boundToColumn(decoded.columns[2]!, { type: TypeCode.INT, bytes: 4 }), 2)).toEqual([7, null])
    const wrong = payload.slice()
    wrong[4] = 3
    expect(() => decodeBindColumns(wrong)).toThrow('column 0 row count not match, got: 2, expect: 3')
    const long = new Uint8Array(payload.length + 1)
    long.set(payload)
    long[0] = long.length
    expect(() => decodeBindColumns(long)).toThrow('payload has trailing bytes')
  })
})

it('writes into memory that was used before what it writes into fresh memory', () => {
  const shape = {
    names: true,
    tags: [field(TypeCode.NCHAR)],
    columns: [TypeCode.TIMESTAMP, TypeCode.INT, TypeCode.DOUBLE, TypeCode.BOOL, TypeCode.VARCHAR, TypeCode.DECIMAL].map((type) =>
      field(type),
    ),
  }
  const rows = 9
  const values = (of: (row: number) => unknown) => ({ values: Array.from({ length: rows }, (_, row) => of(row)) })
  const table = (name: string, gaps: number) => {
    const some = (of: (row: number) => unknown) => values((row) => (gaps > 0 && row % gaps === 0 ? null : of(row)))
    const typed = {
      values: new Int32Array(rows).fill(-1),
      nulls: Uint8Array.from({ length: rows }, (_, row) => (gaps > 0 && row % gaps === 0 ? 1 : 0)),
    }
    const columns = [
      values((row) => new Date(row)),
      typed,
      some((row) => -row - 0.5),
      some((row) => row % 2 === 1),
      some((row) => `é${row}`),
      some(String),
    ]
    return { name, tags: [{ values: [gaps === 1 ? null : name] }], columns, rows }
  }
  const used = new ByteWriter(16)
  for (const gaps of [0, 1, 2, 3, 1, 0, 4]) {
    const tables = [table('a', gaps), table('bc', gaps + 1)]
    used.reset()
    used.reserve(30)
    expect(hex(encodeBind(shape, tables, used))).toBe(hex(encodeBind(shape, tables)))
  }
})
