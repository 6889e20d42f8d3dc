import { describe, expect, it } from 'vitest'
import type { ValuePolicy } from '../types/policy.ts'
import type { Precision } from '../types/precision.ts'
import { TypeCode } from '../types/types.ts'
import { buildBlock, buildColumn } from './builder.ts'
import { columnReader } from './reader.ts'
import { blockToArrays, blockToColumns, objectMaker } from './rows.ts'

function read(type: TypeCode, values: unknown[], policy?: ValuePolicy, precision: Precision = 'ms', digits = {}): unknown[] {
  return columnReader(type, precision, policy)(buildColumn({ type, bytes: 0, ...digits }, values, precision), values.length)
}

describe('values by default', () => {
  it('are what the documentation says', () => {
    expect(read(TypeCode.BOOL, [true, null, false])).toEqual([true, null, false])
    expect(read(TypeCode.FLOAT, [0.1, null, 219.5])).toEqual([0.1, null, 219.5])
    expect(read(TypeCode.BIGINT, [1, null, -(2n ** 63n)])).toEqual([1n, null, -(2n ** 63n)])
    expect(read(TypeCode.UBIGINT, [2n ** 64n - 1n])).toEqual([2n ** 64n - 1n])
    expect(read(TypeCode.TIMESTAMP, [-1n, null, 1700000000000n])).toEqual([new Date(-1), null, new Date(1700000000000)])
    expect(read(TypeCode.TIMESTAMP, [-1n], {}, 'us')).toEqual([-1n])
    expect(read(TypeCode.VARBINARY, [Uint8Array.of(1), null])).toEqual([Uint8Array.of(1), null])
    expect(read(TypeCode.JSON, ['{"a":9007199254740993}', null])).toEqual([{ a: 9007199254740993n }, null])
    expect(read(TypeCode.DECIMAL64, ['-0.05', null], {}, 'ms', { precision: 10, scale: 2 })).toEqual(['-0.05', null])
    expect(read(TypeCode.DECIMAL, ['123456789012345678901234567890.5'], {}, 'ms', { precision: 38, scale: 1 })).toEqual([
      '123456789012345678901234567890.5',
    ])
    expect(read(TypeCode.NULL, [null, null])).toEqual([null, null])
  })

  it('put NULL where it belongs, also past a whole byte of the bitmap', () => {
    const values = Array.from({ length: 40 }, (_, i) => (i === 3 || i === 17 || i >= 38 ? null : i))
    expect(read(TypeCode.INT, values)).toEqual(values)
  })
})

describe('value policies', () => {
  it('give 64-bit integers as asked, and refuse to round', () => {
    expect(read(TypeCode.BIGINT, [-5n, null], { int64: 'number' })).toEqual([-5, null])
    expect(read(TypeCode.UBIGINT, [2n ** 53n - 1n], { int64: 'number' })).toEqual([2 ** 53 - 1])
    expect(read(TypeCode.BIGINT, [-(2n ** 63n)], { int64: 'string' })).toEqual(['-9223372036854775808'])
    expect(() => read(TypeCode.BIGINT, [1, 2n ** 53n], { int64: 'number' })).toThrow(/^9007199254740992 is not exact/)
  })

  it('give timestamps as asked', () => {
    const ns = [1700000000000456789n, null]
    expect(read(TypeCode.TIMESTAMP, ns, { timestamp: 'date' }, 'ns')).toEqual([new Date(1700000000000), null])
    expect(read(TypeCode.TIMESTAMP, ns, { timestamp: 'string', timezone: 'Asia/Shanghai' }, 'ns')).toEqual([
      '2023-11-15T06:13:20.000456789+08:00',
      null,
    ])
    expect(read(TypeCode.TIMESTAMP, [0n], { timestamp: 'bigint' })).toEqual([0n])
    expect(() => columnReader(TypeCode.TIMESTAMP, 'ms', { timestamp: 'string', timezone: 'Mars/Olympus' })).toThrow(RangeError)
  })

  it('give text, geometry, decimals and JSON as asked', () => {
    expect(read(TypeCode.VARCHAR, ['é', null], { varchar: 'bytes' })).toEqual([Uint8Array.of(0xc3, 0xa9), null])
    expect(read(TypeCode.GEOMETRY, ['POINT(1 2)', null], { geometry: 'geojson' })).toEqual([{ type: 'Point', coordinates: [1, 2] }, null])
    expect(read(TypeCode.DECIMAL64, ['1.50', null], { decimal: Number }, 'ms', { precision: 5, scale: 2 })).toEqual([1.5, null])
    expect(read(TypeCode.JSON, ['{"a": 1}'], { json: 'text' })).toEqual(['{"a": 1}'])
  })
})

describe('rows', () => {
  const types = [TypeCode.INT, TypeCode.VARCHAR, TypeCode.DOUBLE, TypeCode.BOOL, TypeCode.BIGINT, TypeCode.NCHAR, TypeCode.SMALLINT]
  const values = [
    [1, 2],
    ['a', null],
    [0.5, 1],
    [true, false],
    [1n, 2n],
    [null, 'b'],
    [7, 8],
  ]

  it('are the same as arrays, objects and columns, for any number of columns', () => {
    for (let width = 1; width <= types.length; width++) {
      const block = buildBlock(
        types.slice(0, width).map((type) => ({ type, bytes: 0 })),
        values.slice(0, width),
      )
      const readers = types.slice(0, width).map((type) => columnReader(type, 'ms'))
      const names = types.slice(0, width).map((_, i) => `c${i}`)
      const rows = [0, 1].map((r) => values.slice(0, width).map((column) => column[r]))
      expect(blockToColumns(block, readers)).toEqual(values.slice(0, width))
      expect(blockToArrays(block, readers)).toEqual(rows)
      expect(objectMaker(names)(block, readers)).toEqual(rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]]))))
    }
  })

  it('are plain objects, whatever their keys are called', () => {
    const block = buildBlock(
      ['__proto__', 'constructor', '7'].map(() => ({ type: TypeCode.INT, bytes: 4 })),
      [[1], [2], [3]],
    )
    const readers = block.columns.map(({ type }) => columnReader(type, 'ms'))
    const [row] = objectMaker(['__proto__', 'constructor', '7'])(block, readers)
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype)
    expect(Object.entries(row!)).toEqual([
      ['7', 3],
      ['__proto__', 1],
      ['constructor', 2],
    ])
    expect(JSON.stringify(objectMaker(['a'])(buildBlock([{ type: TypeCode.INT, bytes: 4 }], [[1]]), readers))).toBe('[{"a":1}]')
  })
})
