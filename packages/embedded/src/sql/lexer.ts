import { KEYWORDS } from './keywords.ts'

/** What a token is. Keywords and operators are told apart by {@link Lexer.word}. */
export const T = {
  /** The end of the statement: of the text, or a semicolon. */
  end: 0,
  name: 1,
  quotedName: 2,
  keyword: 3,
  operator: 4,
  string: 5,
  integer: 6,
  float: 7,
  duration: 8,
  hex: 9,
  binary: 10,
  placeholder: 11,
  /** A character or an unclosed quote that no token begins with. */
  illegal: 12,
} as const
export type TokenType = (typeof T)[keyof typeof T]

// Classes of characters below 128; letters, digits and underscore are told by one look-up.
const LETTER = 1
const DIGIT = 2
const SPACE = 4
const CLASS = new Uint8Array(128)
for (let c = 97; c <= 122; c++) CLASS[c] = CLASS[c - 32] = LETTER
CLASS[95] = LETTER
for (let c = 48; c <= 57; c++) CLASS[c] = DIGIT
for (const c of [9, 10, 11, 12, 13, 32]) CLASS[c] = SPACE

/** Operators of two characters; `!=` and `==` are read as the operators they mean. */
const PAIRS: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  33: { '=': '<>' },
  45: { '>': '->' },
  60: { '=': '<=', '>': '<>', '<': '<<' },
  61: { '=': '=' },
  62: { '=': '>=', '>': '>>' },
  124: { '|': '||' },
}

/** Units of a duration literal: b u a s m h d w n y. */
const UNIT = new Uint8Array(128)
for (const c of 'buasmhdwnyBUASMHDWNY') UNIT[c.charCodeAt(0)] = 1

const SINGLE: readonly (string | undefined)[] = Array.from({ length: 128 }, (_, c) =>
  '(),.;*+-/%&|~=<>:[]'.includes(String.fromCharCode(c)) ? String.fromCharCode(c) : undefined,
)

/** Reads a statement token by token; the current token's facts are fields, so that reading allocates nothing but the words' look-up keys. */
export class Lexer {
  readonly sql: string
  type: TokenType = T.end
  /** The keyword in lower case or the operator's characters; `''` for everything else. */
  word = ''
  start = 0
  end = 0
  /** End of the token before the current one. */
  lastEnd = 0

  constructor(sql: string, offset = 0) {
    this.sql = sql
    this.end = offset
    this.lastEnd = offset
  }

  /** Moves to the next token. Comments and white space are skipped; a hint comment is one too (see {@link Lexer.hint}). */
  next(): void {
    const { sql } = this
    const length = sql.length
    let i = this.end
    this.lastEnd = i
    let c = 0
    for (;;) {
      if (i >= length) {
        this.set(T.end, '', length, length)
        return
      }
      c = sql.charCodeAt(i)
      if (c < 128 && CLASS[c] === SPACE) i++
      else if (c === 45 && sql.charCodeAt(i + 1) === 45) {
        i = sql.indexOf('\n', i + 2)
        if (i < 0) i = length
      } else if (c === 47 && sql.charCodeAt(i + 1) === 42) {
        i = sql.indexOf('*/', i + 2)
        i = i < 0 ? length : i + 2
      } else break
    }
    if (c >= 128 || CLASS[c] === LETTER) this.readWord(i)
    else if (CLASS[c] === DIGIT || (c === 46 && isDigit(sql.charCodeAt(i + 1)))) this.readNumber(i)
    else if (c === 39 || c === 34) this.readQuoted(i, c, T.string)
    else if (c === 96) this.readQuoted(i, c, T.quotedName)
    else this.readOperator(i, c)
  }

  /** Goes on reading at an offset: the token there becomes the current one. */
  moveTo(offset: number): void {
    this.end = offset
    this.next()
  }

  /** The text of a hint comment that stands right at the current reading position (after the current token), or null; does not move. */
  hint(): { text: string; start: number; end: number } | null {
    const { sql } = this
    let i = this.end
    while (i < sql.length && sql.charCodeAt(i) < 128 && CLASS[sql.charCodeAt(i)] === SPACE) i++
    if (!sql.startsWith('/*+', i)) return null
    const close = sql.indexOf('*/', i)
    if (close < 0) return null
    return { text: sql.slice(i + 3, close), start: i, end: close + 2 }
  }

  private set(type: TokenType, word: string, start: number, end: number): void {
    this.type = type
    this.word = word
    this.start = start
    this.end = end
  }

  private readWord(start: number): void {
    const { sql } = this
    let i = start
    let c = 0
    let ascii = true
    for (; i < sql.length; i++) {
      c = sql.charCodeAt(i)
      if (c >= 128) ascii = false
      else if ((CLASS[c]! & 3) === 0) break
    }
    const keyword = ascii && i - start <= 20 ? KEYWORDS.get(sql.slice(start, i).toLowerCase()) : undefined
    if (keyword) this.set(T.keyword, keyword, start, i)
    else this.set(T.name, '', start, i)
  }

  private readNumber(start: number): void {
    const { sql } = this
    let i = this.readRadix(start)
    if (i > start) return
    i = digitsFrom(sql, start)
    let type: TokenType = T.integer
    if (sql.charCodeAt(i) === 46) {
      type = T.float
      const point = i
      i = digitsFrom(sql, i + 1)
      // 1.2.3 is no token at all, 1..2 is two.
      if (i > point + 1 && sql.charCodeAt(i) === 46 && isDigit(sql.charCodeAt(i + 1))) {
        this.set(T.illegal, '', start, i)
        return
      }
    }
    if ((sql.charCodeAt(i) | 32) === 101) {
      const sign = sql.charCodeAt(i + 1)
      const digits = sign === 43 || sign === 45 ? i + 2 : i + 1
      if (isDigit(sql.charCodeAt(digits))) {
        type = T.float
        i = digitsFrom(sql, digits)
      }
    } else if (type === T.integer && isUnit(sql.charCodeAt(i)) && !isWordPart(sql.charCodeAt(i + 1))) {
      type = T.duration
      i++
    }
    this.set(type, '', start, i)
  }

  /** `0x1F` and `0b101`; returns where it ends, or the start when it is neither (`0b` alone is a duration of no nanoseconds). */
  private readRadix(start: number): number {
    const { sql } = this
    const second = sql.charCodeAt(start + 1) | 32
    if (sql.charCodeAt(start) !== 48 || (second !== 120 && second !== 98)) return start
    let i = start + 2
    while (isDigitOf(sql.charCodeAt(i), second === 120 ? 16 : 2)) i++
    if (i === start + 2) return start
    this.set(second === 120 ? T.hex : T.binary, '', start, i)
    return i
  }

  private readQuoted(start: number, quote: number, type: TokenType): void {
    const { sql } = this
    const length = sql.length
    let i = start + 1
    for (; i < length; i++) {
      const c = sql.charCodeAt(i)
      if (c === 92 && type === T.string) i++
      else if (c === quote) {
        if (sql.charCodeAt(i + 1) !== quote) break
        i++
      }
    }
    if (i < length) this.set(type, '', start, i + 1)
    else this.set(T.illegal, '', start, length)
  }

  private readOperator(i: number, c: number): void {
    const pair = c < 128 ? PAIRS[c]?.[String.fromCharCode(this.sql.charCodeAt(i + 1))] : undefined
    if (pair) this.set(T.operator, pair, i, i + 2)
    else if (c === 63) this.set(T.placeholder, '', i, i + 1)
    else if (c === 59) this.set(T.end, ';', i, i)
    else if (SINGLE[c]) this.set(T.operator, SINGLE[c], i, i + 1)
    else this.set(T.illegal, '', i, i + 1)
  }
}

function digitsFrom(sql: string, start: number): number {
  let i = start
  while (isDigit(sql.charCodeAt(i))) i++
  return i
}

function isUnit(c: number): boolean {
  return c < 128 && UNIT[c] === 1
}

function isWordPart(c: number): boolean {
  return c >= 128 || (CLASS[c]! & 3) !== 0
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57
}

function isDigitOf(c: number, radix: number): boolean {
  if (radix === 2) return c === 48 || c === 49
  return isDigit(c) || ((c | 32) >= 97 && (c | 32) <= 102)
}
