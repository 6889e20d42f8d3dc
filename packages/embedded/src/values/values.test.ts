import { describe, expect, test } from 'vitest'
import { formatDecimal, parseDecimal } from './decimal-text.ts'
import { canonicalTag, JsonKeyError } from './json-tag.ts'
import { GeometrySyntaxError, wellKnownBinary } from './well-known-binary.ts'

test.each([
  ['10.987', 2, 1099n],
  ['-0.005', 2, -1n],
  ['-0.0049', 2, 0n],
  ['1.5e2', 5, 15000000n],
  ['15e-1', 0, 2n],
  ['.5', 0, 1n],
  ['5.', 1, 50n],
  ['99999999999999999999999999999999999999', 0, 10n ** 38n - 1n],
  ['ten', 2, 0n],
  ['12abc', 1, 120n],
  ['1e-999999', 4, 0n],
])('decimal %s at scale %i', (text, scale, value) => {
  expect(parseDecimal(text, scale)).toBe(value)
})

test('decimals print with all their digits', () => {
  expect([formatDecimal(-1n, 2), formatDecimal(1099n, 2), formatDecimal(5n, 0), formatDecimal(0n, 3)]).toEqual([
    '-0.01',
    '10.99',
    '5',
    '0.000',
  ])
})

test.each([
  ['{"b": 1, "a": "x"}', '{"a":"x","b":1}'],
  ['{"a":"1","a":"2"}', '{"a":"1"}'],
  ['{}', null],
  ['', null],
  ['null', null],
  ['not json', undefined],
  ['[1]', undefined],
  ['{"a": {"b": 1}}', undefined],
  ['{"": 1, "a": 2}', '{"a":2}'],
  ['{"": 1}', null],
  [`{"${'k'.repeat(256)}": 1}`, `{"${'k'.repeat(256)}":1}`],
  ['{"q": "say \\"hi\\", {ok}", "n": 1.50, "t": true, "z": null}', '{"n":1.5,"q":"say \\"hi\\", {ok}","t":true,"z":null}'],
])('JSON tag %s', (text, canonical) => {
  expect(canonicalTag(text)).toBe(canonical)
})

test.each([
  ['{"ключ": 1}', 'json key is not printable ASCII'],
  ['{"a\\tb": 1}', 'json key is not printable ASCII'],
  [`{"${'k'.repeat(257)}": 1}`, 'json key is longer than 256'],
])('JSON tag %s is refused', (text, reason) => {
  expect(() => canonicalTag(text)).toThrow(new JsonKeyError(Object.keys(JSON.parse(text))[0]!, reason))
})

describe('well-known text becomes well-known binary', () => {
  const hex = (text: string) => Buffer.from(wellKnownBinary(text)).toString('hex')

  test('points, lines and polygons', () => {
    expect(hex('POINT(180 90)')).toBe('010100000000000000008066400000000000805640')
    expect(hex('linestring (0 0, 1 1, 2 1)')).toBe(
      '01020000000300000000000000000000000000000000000000000000000000f03f000000000000f03f0000000000000040000000000000f03f',
    )
    expect(hex('POLYGON((0 0, 4 0, 4 4, 0 4, 0 0))').slice(0, 18 + 8)).toBe('01030000000100000005000000')
  })

  test('a collection holds the others', () => {
    expect(hex('GEOMETRYCOLLECTION(POINT(1 2), MULTIPOINT((1 1), 2 2))')).toMatch(/^010700000002000000/)
    expect(hex('MULTIPOLYGON(((0 0,1 0,1 1,0 0)))')).toMatch(/^0106000000010000000103000000/)
  })

  test.each([
    'POINT(1)',
    'POINT 1 2',
    'somewhere',
    'POINT(1 2',
    'POINT(1 2) x',
    'POLYGON((0 0, 1 1, 2 2))',
    'POLYGON((0 0, 4 0, 4 4, 0 1))',
    '',
  ])('%s is refused', (text) => {
    expect(() => wellKnownBinary(text)).toThrow(GeometrySyntaxError)
  })
})
