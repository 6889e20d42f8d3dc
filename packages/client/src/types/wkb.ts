/** GeoJSON geometries, as in RFC 7946; positions may carry a third (and, for M, a fourth) number. */
export type Position = readonly number[]
export type GeoJson =
  | { readonly type: 'Point'; readonly coordinates: Position }
  | { readonly type: 'LineString'; readonly coordinates: readonly Position[] }
  | { readonly type: 'Polygon'; readonly coordinates: readonly (readonly Position[])[] }
  | { readonly type: 'MultiPoint'; readonly coordinates: readonly Position[] }
  | { readonly type: 'MultiLineString'; readonly coordinates: readonly (readonly Position[])[] }
  | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly (readonly Position[])[])[] }
  | { readonly type: 'GeometryCollection'; readonly geometries: readonly GeoJson[] }

/** GeoJSON types in the order of WKB's numbers 1–7. */
export const GEOMETRY_TYPES = [
  'Point',
  'LineString',
  'Polygon',
  'MultiPoint',
  'MultiLineString',
  'MultiPolygon',
  'GeometryCollection',
] as const

/** Collections in collections deeper than this are refused. */
const MAX_DEPTH = 32

/** Reads well-known binary (either byte order; EWKB's and ISO's Z and M, EWKB's SRID skipped). Throws a RangeError for what is none. */
export function wkbToGeoJson(bytes: Uint8Array): GeoJson {
  const reader = new WkbReader(bytes)
  const geometry = reader.geometry(0)
  if (reader.at !== bytes.length) throw new RangeError(`${bytes.length - reader.at} bytes follow the geometry`)
  return geometry
}

class WkbReader {
  readonly view: DataView
  at = 0
  little = true
  dimensions = 2

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  need(size: number): number {
    const at = this.at
    if (size > this.view.byteLength - at)
      throw new RangeError(`the geometry ends at byte ${this.view.byteLength}, ${size} more are needed at ${at}`)
    this.at = at + size
    return at
  }

  geometry(depth: number, expected?: number): GeoJson {
    if (depth > MAX_DEPTH) throw new RangeError('the geometry is nested too deeply')
    const order = this.view.getUint8(this.need(1))
    if (order > 1) throw new RangeError(`byte order ${order} at byte ${this.at - 1} is neither 0 nor 1`)
    this.little = order === 1
    const word = this.view.getUint32(this.need(4), this.little)
    const number = word & 0x1fffffff
    const kind = number % 1000
    const iso = Math.floor(number / 1000)
    if (kind < 1 || kind > 7 || iso > 3 || (expected && kind !== expected))
      throw new RangeError(`unknown geometry type ${word} at byte ${this.at - 4}`)
    const z = (word & 0x80000000) !== 0 || iso === 1 || iso === 3
    const m = (word & 0x40000000) !== 0 || iso === 2 || iso === 3
    if (word & 0x20000000) this.need(4)
    this.dimensions = 2 + (z ? 1 : 0) + (m ? 1 : 0)
    switch (kind) {
      case 1: {
        const position = this.position()
        // An empty point is written as NaNs.
        return { type: 'Point', coordinates: position.every(Number.isNaN) ? [] : position }
      }
      case 2:
        return { type: 'LineString', coordinates: this.positions() }
      case 3:
        return { type: 'Polygon', coordinates: this.list(4, () => this.positions()) }
      case 4:
        return { type: 'MultiPoint', coordinates: this.parts(depth, 1) as Position[] }
      case 5:
        return { type: 'MultiLineString', coordinates: this.parts(depth, 2) as Position[][] }
      case 6:
        return { type: 'MultiPolygon', coordinates: this.parts(depth, 3) as Position[][][] }
      default:
        return { type: 'GeometryCollection', geometries: this.list(5, () => this.geometry(depth + 1)) }
    }
  }

  parts(depth: number, kind: number): unknown[] {
    return this.list(5, () => (this.geometry(depth + 1, kind) as { coordinates: unknown }).coordinates)
  }

  position(): number[] {
    const out: number[] = []
    for (let i = 0; i < this.dimensions; i++) out.push(this.view.getFloat64(this.need(8), this.little))
    return out
  }

  positions(): number[][] {
    return this.list(8 * this.dimensions, () => this.position())
  }

  /** `least` bytes an item bound the count before anything is allocated. Items with their own byte order must not change that of the list. */
  list<T>(least: number, item: () => T): T[] {
    const count = this.view.getUint32(this.need(4), this.little)
    if (count > (this.view.byteLength - this.at) / least)
      throw new RangeError(`${count} parts do not fit the geometry at byte ${this.at - 4}`)
    const { little, dimensions } = this
    const out: T[] = []
    for (let i = 0; i < count; i++) {
      out.push(item())
      this.little = little
      this.dimensions = dimensions
    }
    return out
  }
}

/** Writes little-endian well-known binary; three numbers a position become EWKB's Z, as GEOS writes it. Throws a TypeError for what is no geometry. */
export function geoJsonToWkb(geometry: GeoJson): Uint8Array {
  const out: number[] = []
  const scratch = new DataView(new ArrayBuffer(8))
  const push = (size: number): void => {
    for (let i = 0; i < size; i++) out.push(scratch.getUint8(i))
  }
  const u32 = (value: number): void => {
    scratch.setUint32(0, value, true)
    push(4)
  }
  const position = (at: Position, dimensions: number): void => {
    if (!Array.isArray(at) || (at.length !== 0 && (at.length !== dimensions || at.some((x) => typeof x !== 'number')))) {
      throw new TypeError(`a position of this geometry needs ${dimensions} numbers`)
    }
    for (let i = 0; i < dimensions; i++) {
      scratch.setFloat64(0, at.length === 0 ? Number.NaN : at[i]!, true)
      push(8)
    }
  }
  const positions = (list: readonly Position[], dimensions: number): void => {
    if (!Array.isArray(list)) throw new TypeError('the coordinates of this geometry are lists of positions')
    u32(list.length)
    for (const at of list) position(at, dimensions)
  }
  const write = (part: GeoJson): void => {
    const kind = GEOMETRY_TYPES.indexOf(part?.type) + 1
    if (kind === 0) throw new TypeError(`${JSON.stringify((part as { type?: unknown } | null)?.type)} is no GeoJSON geometry`)
    if (part.type === 'GeometryCollection' && !Array.isArray(part.geometries)) throw new TypeError('the collection has no geometries')
    const dimensions = part.type === 'GeometryCollection' ? 2 : dimensionsOf(part.coordinates)
    if (dimensions > 4) throw new TypeError('a position has at most four numbers')
    out.push(1)
    u32((kind | (dimensions > 2 ? 0x80000000 : 0) | (dimensions > 3 ? 0x40000000 : 0)) >>> 0)
    switch (part.type) {
      case 'Point':
        position(part.coordinates, dimensions)
        return
      case 'LineString':
        positions(part.coordinates, dimensions)
        return
      case 'Polygon':
        u32(part.coordinates.length)
        for (const ring of part.coordinates) positions(ring, dimensions)
        return
      case 'GeometryCollection':
        u32(part.geometries.length)
        for (const inner of part.geometries) write(inner)
        return
      case 'MultiPoint':
        u32(part.coordinates.length)
        for (const coordinates of part.coordinates) write({ type: 'Point', coordinates })
        return
      case 'MultiLineString':
        u32(part.coordinates.length)
        for (const coordinates of part.coordinates) write({ type: 'LineString', coordinates })
        return
      case 'MultiPolygon':
        u32(part.coordinates.length)
        for (const coordinates of part.coordinates) write({ type: 'Polygon', coordinates })
        return
    }
  }
  write(geometry)
  return Uint8Array.from(out)
}

function dimensionsOf(coordinates: unknown): number {
  let at = coordinates
  while (Array.isArray(at)) {
    if (at.length === 0) return 2
    if (typeof at[0] === 'number') return at.length
    at = at[0]
  }
  throw new TypeError('the geometry has no coordinates')
}
