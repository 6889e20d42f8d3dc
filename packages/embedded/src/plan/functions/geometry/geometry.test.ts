import { describe, expect, it } from 'vitest'
import { takeApart } from './pieces.ts'
import { PREDICATES, relate } from './relate.ts'
import { decodeWkb, encodeWkb } from './wkb.ts'
import { formatWkt, parseWkt } from './wkt.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('well-known text and binary', () => {
  it.each([
    ['POINT(100 100)', 'POINT (100.000000 100.000000)'],
    ['point(1e3 -2.5)', 'POINT (1000.000000 -2.500000)'],
    ['POINT EMPTY', 'POINT EMPTY'],
    ['LINESTRING(0 0, 1.5 1.5)', 'LINESTRING (0.000000 0.000000, 1.500000 1.500000)'],
    [
      'POLYGON((0 0, 1 0, 1 1, 0 0), (.1 .1, .2 .1, .2 .2, .1 .1))',
      'POLYGON ((0.000000 0.000000, 1.000000 0.000000, 1.000000 1.000000, 0.000000 0.000000), (0.100000 0.100000, 0.200000 0.100000, 0.200000 0.200000, 0.100000 0.100000))',
    ],
    ['MULTIPOINT((1 1), (2 2))', 'MULTIPOINT (1.000000 1.000000, 2.000000 2.000000)'],
    ['MULTIPOINT(1 1, 2 2)', 'MULTIPOINT (1.000000 1.000000, 2.000000 2.000000)'],
    [
      'MULTILINESTRING((0 0, 1 1), (2 2, 3 3))',
      'MULTILINESTRING ((0.000000 0.000000, 1.000000 1.000000), (2.000000 2.000000, 3.000000 3.000000))',
    ],
    [
      'MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)))',
      'MULTIPOLYGON (((0.000000 0.000000, 1.000000 0.000000, 1.000000 1.000000, 0.000000 0.000000)))',
    ],
    [
      'GEOMETRYCOLLECTION(POINT(1 1), LINESTRING(0 0, 1 1))',
      'GEOMETRYCOLLECTION (POINT (1.000000 1.000000), LINESTRING (0.000000 0.000000, 1.000000 1.000000))',
    ],
  ])('%s comes back as %s', (text, shown) => {
    const shape = parseWkt(text)
    const back = decodeWkb(encodeWkb(shape))
    expect(back).toEqual(shape)
    expect(formatWkt(back!)).toBe(shown)
  })
  it('is the WKB of a real server', () => {
    expect(hex(encodeWkb(parseWkt('POINT(100 100)')))).toBe('010100000000000000000059400000000000005940')
    expect(hex(encodeWkb(parseWkt('LINESTRING(0 0, 1 1, 2 1)')))).toBe(
      '01020000000300000000000000000000000000000000000000000000000000f03f000000000000f03f0000000000000040000000000000f03f',
    )
  })
  it('reads the other byte order and refuses what is cut', () => {
    expect(decodeWkb(Buffer.from('00000000013ff00000000000004000000000000000', 'hex'))).toEqual({ kind: 'point', at: [1, 2] })
    expect(decodeWkb(Buffer.from('0102000000ffffffff', 'hex'))).toBeUndefined()
    expect(decodeWkb(new Uint8Array(0))).toBeUndefined()
  })
  it.each([
    ['POINT(1)', "ParseException: Expected number but encountered ')'"],
    ['NONSENSE(1 2)', "ParseException: Unknown type: 'NONSENSE'"],
    ['POINT(1 x)', "ParseException: Expected number but encountered word: 'x'"],
    ['POINT(1 2', "ParseException: Expected ')' but encountered end of stream"],
    ['LINESTRING(1 1)', 'ParseException: Invalid number of points in LineString found 1 - must be 0 or >= 2'],
    ['POLYGON((0 0, 1 1, 2 2))', 'ParseException: Points of LinearRing do not form a closed linestring'],
    ['', 'ParseException: Expected word but encountered end of stream'],
  ])('%s is no geometry', (text, message) => {
    expect(() => parseWkt(text)).toThrow(message)
  })
})

const SQUARE = 'POLYGON((0 0, 4 0, 4 4, 0 4, 0 0))'
const HOLED = 'POLYGON((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 1 3, 3 3, 3 1, 1 1))'

/** The letters of the predicates that hold: intersects, equals, touches, covers, contains, containsProperly. */
function holds(a: string, b: string): string {
  const relation = relate(takeApart(parseWkt(a)), takeApart(parseWkt(b)))
  return (['intersects', 'equals', 'touches', 'covers', 'contains', 'containsProperly'] as const)
    .map((name, i) => (PREDICATES[name](relation) ? 'ietvcp'[i] : ''))
    .join('')
}

// Checked against GEOS, like 20 000 random pairs on a small grid were.
describe('relations', () => {
  it.each([
    [SQUARE, 'POINT(2 2)', 'ivcp'],
    [SQUARE, 'POINT(4 2)', 'itv'],
    [SQUARE, 'POINT(5 2)', ''],
    ['POINT(2 2)', SQUARE, 'i'],
    ['POINT(4 2)', SQUARE, 'it'],
    [HOLED, 'POINT(2 2)', ''],
    [HOLED, 'POINT(1 2)', 'itv'],
    ['POINT(1 1)', 'POINT(1 1)', 'ievcp'],
    ['MULTIPOINT(1 1, 2 2)', 'POINT(1 1)', 'ivcp'],
    [SQUARE, SQUARE, 'ievc'],
    [SQUARE, 'POLYGON((4 4, 0 4, 0 0, 4 0, 4 4))', 'ievc'],
    [SQUARE, 'POLYGON((1 1, 2 1, 2 2, 1 2, 1 1))', 'ivcp'],
    [SQUARE, 'POLYGON((0 0, 2 0, 2 2, 0 2, 0 0))', 'ivc'],
    [SQUARE, 'POLYGON((4 0, 8 0, 8 4, 4 4, 4 0))', 'it'],
    [SQUARE, 'POLYGON((4 4, 8 4, 8 8, 4 8, 4 4))', 'it'],
    [SQUARE, 'POLYGON((2 2, 6 2, 6 6, 2 6, 2 2))', 'i'],
    [HOLED, 'POLYGON((1 1, 3 1, 3 3, 1 3, 1 1))', 'it'],
    [HOLED, SQUARE, 'i'],
    [SQUARE, HOLED, 'ivc'],
    [SQUARE, 'LINESTRING(0 0, 4 4)', 'ivc'],
    [SQUARE, 'LINESTRING(1 1, 2 2)', 'ivcp'],
    [SQUARE, 'LINESTRING(0 0, 4 0)', 'itv'],
    [SQUARE, 'LINESTRING(-1 -1, 2 2)', 'i'],
    [SQUARE, 'LINESTRING(-1 -1, 0 0)', 'it'],
    ['LINESTRING(0 0, 1 1)', 'LINESTRING(1 1, 0 0)', 'ievc'],
    ['LINESTRING(0 0, 2 2)', 'LINESTRING(0 2, 2 0)', 'i'],
    ['LINESTRING(0 0, 2 2)', 'LINESTRING(2 2, 4 0)', 'it'],
    ['LINESTRING(0 0, 4 0)', 'LINESTRING(1 0, 3 0)', 'ivcp'],
    ['LINESTRING(0 0, 4 0)', 'POINT(0 0)', 'itv'],
    ['LINESTRING(0 0, 1 0, 1 1, 0 0)', 'POINT(0 0)', 'ivcp'],
    ['POINT EMPTY', SQUARE, ''],
  ])('%s | %s: %s', (a, b, letters) => {
    expect(holds(a, b)).toBe(letters)
  })
})
