import { GEOMETRY_TYPES, type GeoJson, type Position } from './wkb.ts'

type Nested = Position | readonly Nested[]

/** The well-known text of a geometry, as `POINT (1 2)`; EMPTY where there are no coordinates. */
export function geoJsonToWkt(geometry: GeoJson): string {
  const name = geometry.type.toUpperCase()
  if (geometry.type === 'GeometryCollection') {
    return geometry.geometries.length === 0 ? `${name} EMPTY` : `${name} (${geometry.geometries.map(geoJsonToWkt).join(', ')})`
  }
  const coordinates = geometry.coordinates as Nested
  if (coordinates.length === 0) return `${name} EMPTY`
  const dimensions = positionLength(coordinates)
  const mark = dimensions === 3 ? ' Z' : dimensions === 4 ? ' ZM' : ''
  return `${name}${mark} ${geometry.type === 'Point' ? `(${(coordinates as Position).join(' ')})` : nestedText(coordinates)}`
}

function nestedText(nested: Nested): string {
  if (nested.length === 0) return 'EMPTY'
  return typeof nested[0] === 'number' ? nested.join(' ') : `(${nested.map((inner) => nestedText(inner as Nested)).join(', ')})`
}

function positionLength(nested: Nested): number {
  let at: Nested = nested
  while (Array.isArray(at[0])) at = at[0] as Nested
  return at.length
}

/** How deep each type's positions lie in its parentheses. */
const DEPTH: Readonly<Record<string, number>> = { Point: 0, LineString: 1, Polygon: 2, MultiPoint: 1, MultiLineString: 2, MultiPolygon: 3 }
const MAX_DEPTH = 32

/** Reads well-known text (Z, M and ZM marks, EMPTY, nested collections, a leading `SRID=…;`). Throws a RangeError for what is none. */
export function wktToGeoJson(text: string): GeoJson {
  const parser = new WktParser(text.replace(/^\s*SRID\s*=\s*\d+\s*;/i, ''))
  const geometry = parser.geometry(0)
  if (parser.peek() !== undefined) parser.fail()
  return geometry
}

class WktParser {
  readonly tokens: readonly string[]
  at = 0

  constructor(text: string) {
    this.tokens = text.match(/[A-Za-z]+|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[^\s]/g) ?? []
  }

  fail(): never {
    throw new RangeError(`well-known text is wrong at ${JSON.stringify(this.tokens.slice(this.at, this.at + 3).join(' '))}`)
  }

  peek(): string | undefined {
    return this.tokens[this.at]?.toUpperCase()
  }

  accept(token: string): boolean {
    if (this.peek() !== token) return false
    this.at++
    return true
  }

  expect(token: string): void {
    if (!this.accept(token)) this.fail()
  }

  geometry(depth: number): GeoJson {
    if (depth > MAX_DEPTH) this.fail()
    const word = this.peek() ?? ''
    const mark = /(ZM|Z|M)$/.exec(word)
    let type = GEOMETRY_TYPES.find((name) => name.toUpperCase() === word)
    type ??= mark ? GEOMETRY_TYPES.find((name) => name.toUpperCase() === word.slice(0, -mark[1]!.length)) : undefined
    if (!type) this.fail()
    this.at++
    if (['Z', 'M', 'ZM'].includes(this.peek() ?? '')) this.at++
    if (type === 'GeometryCollection') return { type, geometries: this.list(() => this.geometry(depth + 1)) }
    if (type === 'Point') {
      const positions = this.list(() => this.position())
      if (positions.length > 1) this.fail()
      return { type, coordinates: positions[0] ?? [] }
    }
    // MULTIPOINT may put each point in parentheses of its own or not.
    return { type, coordinates: this.nested(DEPTH[type]!, type === 'MultiPoint') } as GeoJson
  }

  nested(depth: number, loose: boolean): Nested[] {
    if (depth === 1) {
      return this.list(() => {
        if (!loose || !this.accept('(')) return this.position()
        const position = this.position()
        this.expect(')')
        return position
      })
    }
    return this.list(() => this.nested(depth - 1, loose))
  }

  list<T>(item: () => T): T[] {
    if (this.accept('EMPTY')) return []
    this.expect('(')
    const items = [item()]
    while (this.accept(',')) items.push(item())
    this.expect(')')
    return items
  }

  position(): number[] {
    const numbers: number[] = []
    while (numbers.length < 4) {
      const number = Number(this.peek())
      if (this.peek() === undefined || Number.isNaN(number)) break
      numbers.push(number)
      this.at++
    }
    if (numbers.length < 2) this.fail()
    return numbers
  }
}
