import { TypeCode } from 'taosts/wire'
import { type Member, type Point, type TimeUnit, tableName, type Value } from './point.ts'
import { SchemalessCode, schemalessError } from './schemaless-error.ts'
import { binaryValue, geometryValue, plainValue, textValue } from './value.ts'

const BACKSLASH = 92
const COMMA = 44
const EQUALS = 61
const QUOTE = 34
const SPACE = 32

/**
 * Reads InfluxDB line protocol: `measurement,tag=value field=value,… timestamp`, a record a line.
 * Every record is read before any is given. Throws a SqlError in TDengine's words, which quote the text from the fault to the end.
 */
export function parseLines(data: string, unit: TimeUnit): Point[] {
  const points: Point[] = []
  let at = 0
  while (at < data.length) {
    const newline = data.indexOf('\n', at)
    const end = newline < 0 ? data.length : newline
    const line = new Line(data, at, data.charCodeAt(end - 1) === 13 ? end - 1 : end)
    if (!line.isBlank) points.push(line.point(unit))
    at = end + 1
  }
  return points
}

class Line {
  readonly #data: string
  readonly #end: number
  #at: number

  constructor(data: string, start: number, end: number) {
    this.#data = data
    this.#at = start
    this.#end = end
    this.#spaces()
  }

  get isBlank(): boolean {
    return this.#at >= this.#end || this.#data.charCodeAt(this.#at) === 35
  }

  point(unit: TimeUnit): Point {
    const measurement = this.#name(COMMA)
    if (measurement === '') throw this.#invalid('SML line measure is empty or too large', this.#at)
    const tags: Member[] = []
    const tagTexts = new Map<string, string>()
    while (this.#peek() === COMMA) {
      this.#at++
      const start = this.#at
      const name = this.#key()
      const text = this.#name(COMMA)
      if (tagTexts.has(name)) throw this.#invalid(`SML line duplicate tag:${name}`, start)
      tagTexts.set(name, text)
      tags.push({ name, value: textValue(TypeCode.NCHAR, text), context: this.#data.slice(start) })
    }
    this.#spaces()
    const fields = this.#fields()
    this.#spaces()
    return { measurement: tableName(measurement), tags, tagTexts, fields, time: { value: this.#time(), unit } }
  }

  #fields(): Member[] {
    const fields: Member[] = []
    const names = new Set<string>()
    while (this.#at < this.#end) {
      const start = this.#at
      const name = this.#key()
      if (names.has(name)) throw this.#invalid(`SML line duplicate column:${name}`, start)
      names.add(name)
      fields.push({ name, value: this.#value(), context: this.#data.slice(start) })
      if (this.#peek() !== COMMA) break
      this.#at++
    }
    if (fields.length === 0) throw schemalessError(SchemalessCode.DATA, 'SML line cols is empty')
    return fields
  }

  /** Text up to an unescaped `stop` or a space; a backslash takes the next separator literally. */
  #name(stop: number): string {
    let text = ''
    let start = this.#at
    while (this.#at < this.#end) {
      const code = this.#peek()
      if (code === stop || code === SPACE) break
      const next = this.#data.charCodeAt(this.#at + 1)
      if (code === BACKSLASH && (next === COMMA || next === SPACE || next === EQUALS || next === BACKSLASH)) {
        text += this.#data.slice(start, this.#at)
        start = ++this.#at
      }
      this.#at++
    }
    return text + this.#data.slice(start, this.#at)
  }

  /** A member's name and its equals sign. */
  #key(): string {
    const name = this.#name(EQUALS)
    if (this.#peek() !== EQUALS || this.#at >= this.#end) throw this.#invalid('SML line invalid data: ', this.#at + 1)
    if (name === '') throw this.#invalid('SML line key is empty or too large: ', this.#at)
    this.#at++
    return name
  }

  #value(): Value {
    const start = this.#at
    const code = this.#peek()
    const prefixed = this.#data.charCodeAt(start + 1) === QUOTE ? this.#data[start] : undefined
    if (code === QUOTE) return textValue(TypeCode.VARCHAR, this.#string(start))
    if (prefixed === 'L' || prefixed === 'l') return textValue(TypeCode.NCHAR, this.#string(start + 1))
    if (prefixed === 'B' || prefixed === 'b') return this.#checked(binaryValue(this.#string(start + 1)), start)
    if (prefixed === 'G' || prefixed === 'g') {
      return this.#checked(geometryValue(this.#string(start + 1)), start)
    }
    while (this.#at < this.#end && this.#peek() !== COMMA && this.#peek() !== SPACE) this.#at++
    return this.#checked(plainValue(this.#data.slice(start, this.#at)), start)
  }

  #checked(value: Value | undefined, start: number): Value {
    if (!value) throw schemalessError(SchemalessCode.INVALID_VALUE, `invalid data:${this.#data.slice(start)}`)
    return value
  }

  /** The content of a quoted string whose quote is at `start`; moves past its end. */
  #string(start: number): string {
    let text = ''
    this.#at = start + 1
    let from = this.#at
    while (this.#at < this.#end) {
      const code = this.#peek()
      if (code === QUOTE) {
        text += this.#data.slice(from, this.#at)
        this.#at++
        return text
      }
      const next = this.#data.charCodeAt(this.#at + 1)
      if (code === BACKSLASH && (next === QUOTE || next === BACKSLASH)) {
        text += this.#data.slice(from, this.#at)
        from = ++this.#at
      }
      this.#at++
    }
    throw schemalessError(SchemalessCode.INVALID_VALUE, `invalid data:${this.#data.slice(start)}`)
  }

  #time(): bigint | null {
    const start = this.#at
    const text = this.#data.slice(start, this.#end).trimEnd()
    if (text === '' || text === '0') return null
    if (!/^-?\d{1,19}$/.test(text)) throw this.#invalid('SML line invalid timestamp: ', start, SchemalessCode.TIMESTAMP)
    return BigInt(text)
  }

  #spaces(): void {
    while (this.#at < this.#end && this.#peek() === SPACE) this.#at++
  }

  #peek(): number {
    return this.#data.charCodeAt(this.#at)
  }

  #invalid(message: string, at: number, code: number = SchemalessCode.DATA) {
    return schemalessError(code, message + this.#data.slice(at))
  }
}
