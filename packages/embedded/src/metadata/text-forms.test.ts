import { TypeCode } from 'taosts/wire'
import { describe, expect, test } from 'vitest'
import type { SqlType } from '../catalog/model.ts'
import { wellKnownText } from '../values/well-known-text.ts'
import { matchesLike } from './like-pattern.ts'
import { tagLiteral, tagText } from './tag-text.ts'
import { columnTypeText, declaredTypeText, describedLength, describedTypeText, tagTypeText } from './type-text.ts'

const type = (code: TypeCode, length: number, precision = 0, scale = 0): SqlType => ({ code, length, precision, scale })
const bytes = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))

describe('matchesLike', () => {
  test.each([
    ['meters', 'm%s', true],
    ['meters', 'M%S', true],
    ['MixedCase', '%case', true],
    ['d1', 'd_', true],
    ['d10', 'd_', false],
    ['a_b', 'a\\_b', true],
    ['axb', 'a\\_b', false],
    ['a%b', 'a\\%b', true],
    ['a.b', 'a.b', true],
    ['axb', 'a.b', false],
    ['😀', '_', true],
    ['', '%', true],
  ])('%j like %j is %j', (text, pattern, expected) => {
    expect(matchesLike(text, pattern)).toBe(expected)
  })
})

describe('the words for a type', () => {
  test('differ by where they stand', () => {
    const decimal = type(TypeCode.DECIMAL64, 8, 10, 2)
    expect(declaredTypeText(decimal)).toBe('DECIMAL(10,2)')
    expect(describedTypeText(decimal)).toBe('DECIMAL(10, 2)')
    const binary = type(TypeCode.VARBINARY, 16)
    expect(declaredTypeText(binary)).toBe('VARBINARY(16)')
    expect(columnTypeText(binary)).toBe('VARBINARY')
    expect(tagTypeText(binary)).toBe('VARBINARY(16)')
    expect(describedTypeText(binary)).toBe('VARBINARY')
    expect(columnTypeText(type(TypeCode.NCHAR, 20))).toBe('NCHAR(20)')
    expect(tagTypeText(type(TypeCode.JSON, 4095))).toBe('JSON(16382)')
    expect(declaredTypeText(type(TypeCode.UINT, 4))).toBe('INT UNSIGNED')
    expect(describedLength(type(TypeCode.BLOB, 4194304))).toBe(5)
  })
})

describe('the words for a tag value', () => {
  test.each([
    [type(TypeCode.FLOAT, 4), 1.5, '1.50000', '1.500000e+00'],
    [type(TypeCode.DOUBLE, 8), -2.5, '-2.500000000', '-2.500000e+00'],
    [type(TypeCode.VARCHAR, 8), "it's", "it's", '"it\'s"'],
    [type(TypeCode.VARBINARY, 8), bytes('0aff'), '\\x0AFF', '"\\x0AFF"'],
    [type(TypeCode.BOOL, 1), true, 'true', 'true'],
    [type(TypeCode.JSON, 4095), '{"k":"v"}', '{"k":"v"}', '{"k":"v"}'],
    [type(TypeCode.TIMESTAMP, 8), 1704067200000n, '1704067200000', '1704067200000'],
  ])('%o %o', (sqlType, value, shown, written) => {
    expect(tagText(sqlType, value)).toBe(shown)
    expect(tagLiteral(sqlType, value)).toBe(written)
  })

  test('NULL stays NULL', () => {
    expect(tagText(type(TypeCode.INT, 4), null)).toBeNull()
    expect(tagLiteral(type(TypeCode.INT, 4), null)).toBe('NULL')
  })
})

describe('wellKnownText', () => {
  test.each([
    ['0101000000000000000000f03f0000000000000040', 'POINT (1.000000 2.000000)'],
    ['000000000140080000000000004010000000000000', 'POINT (3.000000 4.000000)'],
    [
      '01020000000200000000000000000000000000000000000000000000000000f03f000000000000f03f',
      'LINESTRING (0.000000 0.000000, 1.000000 1.000000)',
    ],
    ['0101000000000000000000f87f000000000000f87f', 'POINT EMPTY'],
    ['0107000000010000000101000000000000000000f03f0000000000000040', 'GEOMETRYCOLLECTION (POINT (1.000000 2.000000))'],
  ])('%s', (hex, text) => {
    expect(wellKnownText(bytes(hex))).toBe(text)
  })
})
