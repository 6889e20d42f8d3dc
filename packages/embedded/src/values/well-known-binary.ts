/** Text is no well-formed geometry; the message is in the words of the GEOS library, which TDengine passes on. */
export class GeometrySyntaxError extends Error {
  override readonly name = 'GeometrySyntaxError'
}

const TYPES: Readonly<Record<string, number>> = {
  POINT: 1,
  LINESTRING: 2,
  POLYGON: 3,
  MULTIPOINT: 4,
  MULTILINESTRING: 5,
  MULTIPOLYGON: 6,
  GEOMETRYCOLLECTION: 7,
}

/** Well-known text (`POINT(1 2)`) as little-endian WKB. Throws GeometrySyntaxError. */
export function wellKnownBinary(text: string): Uint8Array {
  const reader = new Reader(text)
  const writer = new Writer()
  geometry(reader, writer)
  const rest = reader.peek()
  if (rest !== undefined) throw new GeometrySyntaxError('ParseException: Unexpected text after end of geometry')
  return writer.bytes()
}

function geometry(reader: Reader, writer: Writer): void {
  const word = reader.word()
  const type = TYPES[word.toUpperCase()]
  if (type === undefined) throw new GeometrySyntaxError(`ParseException: Unknown type: '${word.toUpperCase()}'`)
  body(type, reader, writer)
}

function body(type: number, reader: Reader, writer: Writer): void {
  writer.header(type)
  const empty = reader.accept('EMPTY')
  switch (type) {
    case 1:
      if (empty) writer.point(Number.NaN, Number.NaN)
      else {
        reader.expect('(')
        writer.point(reader.number(), reader.number())
        reader.expect(')')
      }
      return
    case 2:
      if (empty) writer.count(0)
      else points(reader, writer, 2)
      return
    default:
      if (empty) writer.count(0)
      else list(reader, writer, () => member(type, reader, writer))
  }
}

/** A member of a geometry of type 3 to 7. */
function member(type: number, reader: Reader, writer: Writer): void {
  if (type === 3) points(reader, writer, 4)
  else if (type === 4) multiPoint(reader, writer)
  else if (type === 5) body(2, reader, writer)
  else if (type === 6) body(3, reader, writer)
  else geometry(reader, writer)
}

/** A point of a MULTIPOINT, with parentheses of its own or without. */
function multiPoint(reader: Reader, writer: Writer): void {
  const wrapped = reader.accept('(')
  writer.header(1)
  writer.point(reader.number(), reader.number())
  if (wrapped) reader.expect(')')
}

/** A parenthesised list of points; rings need four and close on their first, lines two. */
function points(reader: Reader, writer: Writer, least: number): void {
  const all: [number, number][] = []
  const at = writer.reserveCount()
  reader.expect('(')
  do all.push([reader.number(), reader.number()])
  while (reader.accept(','))
  reader.expect(')')
  if (all.length < least)
    throw new GeometrySyntaxError(
      `IllegalArgumentException: Invalid number of points in ${least === 4 ? 'LinearRing' : 'LineString'} found ${all.length} - must be 0 or >= ${least}`,
    )
  const [first, last] = [all[0]!, all[all.length - 1]!]
  if (least === 4 && (first[0] !== last[0] || first[1] !== last[1]))
    throw new GeometrySyntaxError('IllegalArgumentException: Points of LinearRing do not form a closed linestring')
  for (const [x, y] of all) writer.point(x, y)
  writer.setCount(at, all.length)
}

function list(reader: Reader, writer: Writer, item: () => void): void {
  const at = writer.reserveCount()
  let count = 0
  reader.expect('(')
  do {
    item()
    count++
  } while (reader.accept(','))
  reader.expect(')')
  writer.setCount(at, count)
}

class Reader {
  readonly #tokens: string[]
  #at = 0

  constructor(text: string) {
    this.#tokens = text.match(/[A-Za-z]+|[(),]|[^\s(),]+/g) ?? []
  }

  peek(): string | undefined {
    return this.#tokens[this.#at]
  }

  word(): string {
    const token = this.peek()
    if (token === undefined || !/^[A-Za-z]/.test(token))
      throw new GeometrySyntaxError(`ParseException: Expected word but encountered ${describe(token)}`)
    this.#at++
    return token
  }

  accept(what: string): boolean {
    if (this.peek()?.toUpperCase() !== what) return false
    this.#at++
    return true
  }

  expect(what: string): void {
    if (!this.accept(what))
      throw new GeometrySyntaxError(
        `ParseException: Expected ${what === '(' ? "'EMPTY' or '('" : what === ')' ? "',' or ')'" : what} but encountered ${describe(this.peek())}`,
      )
  }

  number(): number {
    const token = this.peek()
    const value = token === undefined || !/^[-+.\d]/.test(token) ? Number.NaN : Number(token)
    if (Number.isNaN(value)) throw new GeometrySyntaxError(`ParseException: Expected number but encountered ${describe(token)}`)
    this.#at++
    return value
  }
}

function describe(token: string | undefined): string {
  if (token === undefined) return 'end of stream'
  if (/^[(),]$/.test(token)) return `'${token}'`
  return /^[A-Za-z]/.test(token) ? `word: '${token}'` : `number: ${token}`
}

class Writer {
  #view = new DataView(new ArrayBuffer(256))
  #length = 0

  #room(bytes: number): number {
    const at = this.#length
    this.#length += bytes
    if (this.#length > this.#view.byteLength) {
      const grown = new Uint8Array(Math.max(this.#length, this.#view.byteLength * 2))
      grown.set(new Uint8Array(this.#view.buffer, 0, at))
      this.#view = new DataView(grown.buffer)
    }
    return at
  }

  header(type: number): void {
    const at = this.#room(5)
    this.#view.setUint8(at, 1)
    this.#view.setUint32(at + 1, type, true)
  }

  count(value: number): void {
    this.setCount(this.reserveCount(), value)
  }

  reserveCount(): number {
    return this.#room(4)
  }

  setCount(at: number, value: number): void {
    this.#view.setUint32(at, value, true)
  }

  point(x: number, y: number): void {
    const at = this.#room(16)
    this.#view.setFloat64(at, x, true)
    this.#view.setFloat64(at + 8, y, true)
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.#view.buffer.slice(0, this.#length))
  }
}
