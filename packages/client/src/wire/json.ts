import { WireError } from './wire-error.ts'

/** A JSON value whose integers beyond 2^53 are exact bigints. */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** Parses JSON; an integer that a number would round becomes a bigint. Throws a WireError with the offset in characters where it knows it. */
export function parseJson(text: string): JsonValue {
  // Only a run of 16 digits can be an unsafe integer; without one the engine's own parser is exact.
  if (!/\d{16}/.test(text)) return nativeParse(text)
  const parser = new Parser(text)
  const value = parser.value(0)
  parser.space()
  if (parser.at < text.length) parser.fail('text after the end of the JSON value')
  return value
}

function nativeParse(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue
  } catch (error) {
    const position = /position (\d+)/.exec((error as Error).message)
    throw new WireError((error as Error).message, position ? Number(position[1]) : 0)
  }
}

/** Deeper nesting than this is refused, so that no text can exhaust the stack. */
const MAX_DEPTH = 1000

class Parser {
  readonly integer = /-?(?:0|[1-9]\d*)(?![\d.eE])/y
  readonly real = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
  readonly text: string
  at = 0

  constructor(text: string) {
    this.text = text
  }

  fail(message: string): never {
    throw new WireError(message, this.at)
  }

  space(): void {
    const { text } = this
    for (;;) {
      const code = text.charCodeAt(this.at)
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return
      this.at++
    }
  }

  value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) this.fail('JSON is nested too deeply')
    this.space()
    switch (this.text.charCodeAt(this.at)) {
      case 34:
        return this.string()
      case 91:
        return this.array(depth)
      case 123:
        return this.object(depth)
      case 116:
        return this.word('true', true)
      case 102:
        return this.word('false', false)
      case 110:
        return this.word('null', null)
      default:
        return this.number()
    }
  }

  word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) this.fail('unexpected JSON token')
    this.at += word.length
    return value
  }

  number(): number | bigint {
    const { text, at, integer, real } = this
    integer.lastIndex = at
    if (integer.test(text)) {
      this.at = integer.lastIndex
      const digits = text.slice(at, this.at)
      const value = Number(digits)
      return Number.isSafeInteger(value) ? value : BigInt(digits)
    }
    real.lastIndex = at
    if (!real.test(text)) this.fail(at >= text.length ? 'unexpected end of JSON' : 'unexpected JSON token')
    this.at = real.lastIndex
    return Number(text.slice(at, this.at))
  }

  string(): string {
    const { text } = this
    const start = this.at++
    for (;;) {
      const code = text.charCodeAt(this.at)
      if (code === 34) break
      if (Number.isNaN(code)) this.fail('unexpected end of a JSON string')
      this.at += code === 92 ? 2 : 1
    }
    this.at++
    // The engine's parser unescapes and checks the string.
    return nativeParse(text.slice(start, this.at)) as string
  }

  array(depth: number): JsonValue {
    const items: JsonValue[] = []
    this.at++
    this.space()
    if (this.text.charCodeAt(this.at) === 93) {
      this.at++
      return items
    }
    for (;;) {
      items.push(this.value(depth + 1))
      if (this.separator(93)) return items
    }
  }

  object(depth: number): JsonValue {
    const object: { [key: string]: JsonValue } = {}
    this.at++
    this.space()
    if (this.text.charCodeAt(this.at) === 125) {
      this.at++
      return object
    }
    for (;;) {
      this.space()
      if (this.text.charCodeAt(this.at) !== 34) this.fail('a JSON key is missing')
      const key = this.string()
      this.space()
      if (this.text.charCodeAt(this.at) !== 58) this.fail('a colon is missing after a JSON key')
      this.at++
      const value = this.value(depth + 1)
      if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
      else object[key] = value
      if (this.separator(125)) return object
    }
  }

  /** Moves past a comma (false) or the closing bracket (true). */
  separator(close: number): boolean {
    this.space()
    const code = this.text.charCodeAt(this.at)
    if (code !== 44 && code !== close) this.fail(this.at >= this.text.length ? 'unexpected end of JSON' : 'unexpected JSON token')
    this.at++
    return code === close
  }
}

/** JSON text of a value; bigints become plain digits, undefined members are left out. */
export function stringifyJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString()
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(stringifyJson).join(',')}]`
  let text = ''
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue
    text += `${text ? ',' : ''}${JSON.stringify(key)}:${stringifyJson(member)}`
  }
  return `{${text}}`
}
