import { TypeCode } from 'taosts/wire'
import { expect, test } from 'vitest'
import { boundOfJson } from './json-column.ts'

const bound = (type: TypeCode, ...values: (number | bigint | string | boolean | null)[]) => boundOfJson(values, type, 'ms')

test.each([
  [TypeCode.TINYINT, -128n, 127n],
  [TypeCode.SMALLINT, -(2n ** 15n), 2n ** 15n - 1n],
  [TypeCode.INT, -(2n ** 31n), 2n ** 31n - 1n],
  [TypeCode.BIGINT, -(2n ** 63n), 2n ** 63n - 1n],
  [TypeCode.UTINYINT, 0n, 255n],
  [TypeCode.USMALLINT, 0n, 2n ** 16n - 1n],
  [TypeCode.UINT, 0n, 2n ** 32n - 1n],
  [TypeCode.UBIGINT, 0n, 2n ** 64n - 1n],
])('type %i takes what fits and nothing else', (type, least, most) => {
  const width = bound(type, most).data.length
  const written = (value: bigint) => Buffer.from(bound(type, value).data).toString('hex')
  const expected = (value: bigint) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(BigInt.asUintN(64, value))
    return bytes.toString('hex', 0, width)
  }
  for (const value of [least, most]) expect(written(value)).toBe(expected(value))
  expect(() => bound(type, most + 1n)).toThrow('overflow')
  expect(() => bound(type, least - 1n)).toThrow(least < 0n ? 'overflow' : 'unexpected character: -')
  expect(() => bound(type, 1.5)).toThrow('assertInteger: can not decode float as int')
  expect(() => bound(type, '1')).toThrow('unexpected character: "')
})

test('other kinds are refused in the words of the adapter', () => {
  expect(() => bound(TypeCode.TINYINT, 300)).toThrow(/^ReadInt8: overflow: 300$/)
  expect(() => bound(TypeCode.INT, 2n ** 40n)).toThrow(/^readUint32: overflow$/)
  expect(() => bound(TypeCode.BOOL, 1)).toThrow(/^ReadBool: expect t or f, but found 1$/)
  expect(() => bound(TypeCode.VARCHAR, 1)).toThrow(/^ReadString: expects " or n, but found 1$/)
  expect(() => bound(TypeCode.DOUBLE, 'x')).toThrow(/^readNumberAsString: invalid number$/)
  expect(() => bound(TypeCode.DECIMAL, 1)).toThrow(/^unknown column types: 17$/)
})
