import type { Position, Shape } from './shape.ts'

/** Why a text is no geometry, in the words that TDengine passes on (`ParseException: Expected number but encountered ')'`). */
export class WktError extends Error {
  override readonly name = 'WktError'
  constructor(message: string) {
    super(`ParseException: ${message}`)
  }
}

const TOKEN = /\s*([(),]|[A-Za-z_]+|[^\s(),]+)/y

/** Reads well-known text: the seven kinds in any case, `EMPTY`, and coordinates beyond the second ignored. Throws WktError. */
export function parseWkt(text: string): Shape {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  for (;;) {
    const m = TOKEN.exec(text)
    if (!m) break
    tokens.push(m[1] ?? '')
  }
  const reader = new WktReader(tokens)
  const shape = reader.shape()
  reader.end()
  return shape
}

class WktReader {
  readonly #tokens: readonly string[]
  #i = 0

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens
  }

  get #token(): string | undefined {
    return this.#tokens[this.#i]
  }

  /** The token as an error names it: marks in quotes, words and numbers by kind. */
  #named(): string {
    const token = this.#token
    if (token === undefined) return 'end of stream'
    if (/^[(),]$/.test(token)) return `'${token}'`
    return Number.isFinite(Number(token)) ? `number: ${token}` : `word: '${token}'`
  }

  #word(): string {
    const token = this.#token
    if (token === undefined || !/^[A-Za-z_]+$/.test(token)) throw new WktError(`Expected word but encountered ${this.#named()}`)
    this.#i++
    return token.toUpperCase()
  }

  #number(): number {
    const token = this.#token
    const value = token === undefined || /^[(),]$/.test(token) ? Number.NaN : Number(token)
    if (Number.isNaN(value)) throw new WktError(`Expected number but encountered ${this.#named()}`)
    this.#i++
    return value
  }

  /** The opening parenthesis, or true when the part is EMPTY; Z and M are passed over. */
  #empty(): boolean {
    while (/^(z|m|zm)$/i.test(this.#token ?? '')) this.#i++
    const token = this.#token
    if (token === '(') {
      this.#i++
      return false
    }
    if (token?.toUpperCase() === 'EMPTY') {
      this.#i++
      return true
    }
    throw new WktError(`Expected 'Z', 'M', 'ZM', 'EMPTY' or '(' but encountered ${this.#named()}`)
  }

  /** After an element: whether a comma follows (else the closing parenthesis). */
  #more(): boolean {
    const token = this.#token
    if (token !== ',' && token !== ')') throw new WktError(`Expected ',' or ')' but encountered ${this.#named()}`)
    this.#i++
    return token === ','
  }

  #position(): Position {
    const x = this.#number()
    const y = this.#number()
    for (let extra = 0; extra < 2 && /^[+-]?(\d|\.)/.test(this.#token ?? ''); extra++) this.#number()
    return [x, y]
  }

  #positions(): Position[] {
    if (this.#empty()) return []
    const points: Position[] = []
    do points.push(this.#position())
    while (this.#more())
    return points
  }

  #list<T>(read: () => T): T[] {
    if (this.#empty()) return []
    const list: T[] = []
    do list.push(read())
    while (this.#more())
    return list
  }

  #line(): Shape {
    const points = this.#positions()
    if (points.length === 1) throw new WktError('Invalid number of points in LineString found 1 - must be 0 or >= 2')
    return { kind: 'linestring', points }
  }

  #polygon(): Shape {
    return {
      kind: 'polygon',
      rings: this.#list(() => {
        const ring = this.#positions()
        const [first, last] = [ring[0], ring.at(-1)]
        if (first && last && (first[0] !== last[0] || first[1] !== last[1]))
          throw new WktError('Points of LinearRing do not form a closed linestring')
        if (ring.length > 0 && ring.length < 3)
          throw new WktError(`Invalid number of points in LinearRing found ${ring.length} - must be 0 or >= 3`)
        return ring
      }),
    }
  }

  #point(): Shape {
    if (this.#empty()) return { kind: 'point', at: null }
    const at = this.#position()
    if (this.#token !== ')') throw new WktError(`Expected ')' but encountered ${this.#named()}`)
    this.#i++
    return { kind: 'point', at }
  }

  shape(): Shape {
    const word = this.#word()
    switch (word.replace(/(ZM|Z|M)$/, '')) {
      case 'POINT':
        return this.#point()
      case 'LINESTRING':
        return this.#line()
      case 'POLYGON':
        return this.#polygon()
      case 'MULTIPOINT':
        // Points stand with or without parentheses of their own.
        return {
          kind: 'multipoint',
          parts: this.#list(
            (): Shape =>
              this.#token === '(' || /^empty$/i.test(this.#token ?? '') ? this.#point() : { kind: 'point', at: this.#position() },
          ),
        }
      case 'MULTILINESTRING':
        return { kind: 'multilinestring', parts: this.#list(() => this.#line()) }
      case 'MULTIPOLYGON':
        return { kind: 'multipolygon', parts: this.#list(() => this.#polygon()) }
      case 'GEOMETRYCOLLECTION':
        return { kind: 'geometrycollection', parts: this.#list(() => this.shape()) }
      default:
        throw new WktError(`Unknown type: '${word}'`)
    }
  }

  end(): void {
    if (this.#token !== undefined) throw new WktError(`Unexpected text after end of geometry`)
  }
}

const coordinate = (x: number): string => (Object.is(x, -0) ? '-0.000000' : x.toFixed(6))
const position = ([x, y]: Position): string => `${coordinate(x)} ${coordinate(y)}`
const positions = (points: readonly Position[]): string => (points.length === 0 ? 'EMPTY' : `(${points.map(position).join(', ')})`)

/** The text of a shape after its name. */
function body(shape: Shape): string {
  switch (shape.kind) {
    case 'point':
      return shape.at ? `(${position(shape.at)})` : 'EMPTY'
    case 'linestring':
      return positions(shape.points)
    case 'polygon':
      return shape.rings.length === 0 ? 'EMPTY' : `(${shape.rings.map(positions).join(', ')})`
    case 'multipoint':
      return shape.parts.length === 0
        ? 'EMPTY'
        : `(${shape.parts.map((p) => (p.kind === 'point' && p.at ? position(p.at) : 'EMPTY')).join(', ')})`
    case 'geometrycollection':
      return shape.parts.length === 0 ? 'EMPTY' : `(${shape.parts.map(formatWkt).join(', ')})`
    default:
      return shape.parts.length === 0 ? 'EMPTY' : `(${shape.parts.map(body).join(', ')})`
  }
}

/** Well-known text with six digits after the point, as TDengine prints it. */
export function formatWkt(shape: Shape): string {
  return `${shape.kind.toUpperCase()} ${body(shape)}`
}
