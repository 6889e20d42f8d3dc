import { describe, expect, it } from 'vitest'
import { type GeoJson, geoJsonToWkb, wkbToGeoJson } from './wkb.ts'
import { geoJsonToWkt, wktToGeoJson } from './wkt.ts'

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))
const hex = (wkb: Uint8Array): string => Buffer.from(wkb).toString('hex')

it.each([
  ...['xy', 5, null, [1], [['a', 'b']], [{}], [[1, 2], 3], [Number.NaN, 'x']].map((coordinates) => ({ type: 'Polygon', coordinates })),
  ...['xy', ['x', 1], [[1]], [1, 2, 3, 4, 5], {}].map((coordinates) => ({ type: 'Point', coordinates })),
  ...['x', null, [null], [5], [{ type: 'Point' }]].map((geometries) => ({ type: 'GeometryCollection', geometries })),
])('%j is refused as a geometry', (geometry) => {
  expect(() => geoJsonToWkb(geometry as never)).toThrow(TypeError)
  expect(() => geoJsonToWkb(geometry as never)).not.toThrow(/of undefined|not iterable|not a function/)
})

describe('geometries', () => {
  it('are read and written as the server holds them', () => {
    const line = '01020000000300000000000000000000000000000000000000000000000000f03f000000000000f03f00000000000000400000000000000000'
    const geometry = wkbToGeoJson(bytes(line))
    expect(geometry).toEqual({
      type: 'LineString',
      coordinates: [
        [0, 0],
        [1, 1],
        [2, 0],
      ],
    })
    expect(hex(geoJsonToWkb(geometry))).toBe(line)
    const empty = '0101000000000000000000f87f000000000000f87f'
    expect(wkbToGeoJson(bytes(empty))).toEqual({ type: 'Point', coordinates: [] })
    expect(hex(geoJsonToWkb({ type: 'Point', coordinates: [] }))).toBe(empty)
  })

  it('are read in the other byte order, with an SRID and with Z', () => {
    expect(wkbToGeoJson(bytes('00000000013ff00000000000004000000000000000'))).toEqual({ type: 'Point', coordinates: [1, 2] })
    expect(wkbToGeoJson(bytes('0101000020e6100000000000000000f03f0000000000000040'))).toEqual({ type: 'Point', coordinates: [1, 2] })
    // ISO's 1001 and EWKB's flag mean the same.
    const z = 'e9030000000000000000f03f00000000000000400000000000000840'
    expect(wkbToGeoJson(bytes(`01${z}`))).toEqual({ type: 'Point', coordinates: [1, 2, 3] })
    expect(hex(geoJsonToWkb({ type: 'Point', coordinates: [1, 2, 3] }))).toBe(`01${z.replace('e9030000', '01000080')}`)
  })

  const texts: readonly string[] = [
    'POINT (1 2)',
    'POINT Z (1 2 3.5)',
    'POINT EMPTY',
    'LINESTRING (0 0, -1.5 1e+30)',
    'POLYGON ((0 0, 1 0, 1 1, 0 0), (0.1 0.1, 0.2 0.1, 0.2 0.2, 0.1 0.1))',
    'MULTIPOINT (1 2, 3 4)',
    'MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))',
    'MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))',
    'MULTIPOLYGON EMPTY',
    'GEOMETRYCOLLECTION (POINT (1 2), GEOMETRYCOLLECTION (LINESTRING (0 0, 1 1)))',
    'GEOMETRYCOLLECTION EMPTY',
  ]
  it.each(texts)('keep %s through text, GeoJSON and bytes', (text) => {
    const geometry = wktToGeoJson(text)
    expect(geoJsonToWkt(geometry)).toBe(text)
    expect(wkbToGeoJson(geoJsonToWkb(geometry))).toEqual(geometry)
  })

  it('take the loose forms of text', () => {
    expect(wktToGeoJson('point(1 2)')).toEqual({ type: 'Point', coordinates: [1, 2] })
    expect(wktToGeoJson('SRID=4326;POINTZ(1 2 3)')).toEqual({ type: 'Point', coordinates: [1, 2, 3] })
    expect(wktToGeoJson('MULTIPOINT((1 2),(3 4))')).toEqual({
      type: 'MultiPoint',
      coordinates: [
        [1, 2],
        [3, 4],
      ],
    })
  })

  it('are refused when they are none', () => {
    for (const text of ['', 'POINT', 'POINT(1)', 'POINT(1 2', 'POINT(1 2) x', 'CIRCLE(1 2)', 'POINT(1 2, 3 4)', 'POLYGON(0 0, 1 1)']) {
      expect(() => wktToGeoJson(text), text).toThrow(RangeError)
    }
    expect(() => wktToGeoJson(`${'GEOMETRYCOLLECTION('.repeat(99)}POINT(1 2)${')'.repeat(99)}`)).toThrow(RangeError)
    expect(() => wkbToGeoJson(bytes('0101000000'))).toThrow(RangeError)
    // A line of four billion points in nine bytes.
    expect(() => wkbToGeoJson(bytes('0102000000ffffffff'))).toThrow(RangeError)
    expect(() => geoJsonToWkb({ type: 'Circle', coordinates: [1, 2] } as unknown as GeoJson)).toThrow(TypeError)
    expect(() => geoJsonToWkb({ type: 'LineString', coordinates: [[1, 2], [3]] })).toThrow(TypeError)
  })
})
