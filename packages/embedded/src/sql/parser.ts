import type { SqlError } from '../errors.ts'
import type { Literal, Name, Span, TableName } from './ast.ts'
import { decodeName, decodeString } from './escapes.ts'
import { Lexer, T } from './lexer.ts'
import { incomplete, invalidIdentifier, syntaxErrorNear, unrecognizedToken } from './syntax-error.ts'
import { cutBytes, lowerAscii } from './text.ts'

/** Longest names in bytes. */
export const NAME_LIMIT = { database: 64, table: 192, column: 64, topic: 192, user: 23, group: 192, index: 192, view: 192 } as const
export type NameKind = keyof typeof NAME_LIMIT

/** Deepest nesting of parentheses, calls and subqueries. */
const MAX_DEPTH = 400

/** Longest chain of operators, unions or joins: it makes a tree as deep. */
const MAX_CHAIN = 2000

/** The current token and what to do with it: the part of recursive descent that all statements share. */
export class Parser extends Lexer {
  /** Whether `?` is read as a placeholder (a prepared statement) or refused. */
  readonly placeholders: boolean
  /** Whether the expression read last is a condition (`a > 1`), which may not stand where a value is asked for; see expression.ts. */
  condition = false
  private depth = 0

  constructor(sql: string, options: { readonly offset?: number; readonly placeholders?: boolean } = {}) {
    super(sql, options.offset)
    this.placeholders = options.placeholders ?? false
    this.next()
  }

  /** The error for a statement that cannot go on with the current token. */
  unexpected(): SqlError {
    if (this.type === T.end) return incomplete(this.sql)
    if (this.type === T.illegal) return unrecognizedToken(this.sql, this.start)
    return syntaxErrorNear(this.sql, this.start)
  }

  is(word: string): boolean {
    return this.word === word
  }

  accept(word: string): boolean {
    if (this.word !== word) return false
    this.next()
    return true
  }

  expect(word: string): void {
    if (this.word !== word) throw this.unexpected()
    this.next()
  }

  expectAll(...words: readonly string[]): void {
    for (const word of words) this.expect(word)
  }

  /** Accepts the first word only together with those after it: `IF NOT EXISTS`. */
  acceptAll(first: string, ...rest: readonly string[]): boolean {
    if (!this.accept(first)) return false
    this.expectAll(...rest)
    return true
  }

  /** The text of the current token. */
  text(): string {
    return this.sql.slice(this.start, this.end)
  }

  /** Whether the current token is a plain name that reads as this word (ENCODE, LEVEL … are no keywords). */
  isName(word: string): boolean {
    return this.type === T.name && lowerAscii(this.text()) === word
  }

  isAnyName(): boolean {
    return this.type === T.name || this.type === T.quotedName
  }

  /** Reads a name without a limit of length. */
  anyName(): Name {
    if (!this.isAnyName()) throw this.unexpected()
    const quoted = this.type === T.quotedName
    const name: Name = { text: quoted ? decodeName(this.text()) : lowerAscii(this.text()), quoted, start: this.start, end: this.end }
    this.next()
    return name
  }

  /** Reads a name; an empty or overlong one is an error of its own. */
  name(kind: NameKind): Name {
    const name = this.anyName()
    this.checkName(name, kind)
    return name
  }

  checkName(name: Name, kind: NameKind): void {
    const limit = NAME_LIMIT[kind]
    if (name.text === '' || (name.text.length * 3 > limit && cutBytes(name.text, limit) !== name.text))
      throw invalidIdentifier(this.sql, name.start, name.quoted)
  }

  /** `AS name`, or a name alone; longer ones are cut to a column's length. */
  alias(): Name | null {
    if (this.accept('as')) return cutAlias(this.anyName())
    return this.isAnyName() ? cutAlias(this.anyName()) : null
  }

  tableName(): TableName {
    const first = this.anyName()
    if (!this.is('.')) {
      this.checkName(first, 'table')
      return { database: null, name: first, start: first.start, end: first.end }
    }
    this.checkName(first, 'database')
    this.next()
    const name = this.name('table')
    return { database: first, name, start: first.start, end: name.end }
  }

  /** Reads the current token as a literal of this type. */
  literal(type: Literal['type']): Literal {
    const text = this.type === T.string ? decodeString(this.text()) : lowerAscii(this.text())
    const node: Literal = { kind: 'literal', type, text, start: this.start, end: this.end }
    this.next()
    return node
  }

  string(): string {
    if (this.type !== T.string) throw this.unexpected()
    return this.literal('string').text
  }

  integer(): Literal {
    if (this.type === T.placeholder && this.placeholders) return this.literal('placeholder')
    if (this.type !== T.integer) throw this.unexpected()
    return this.literal('integer')
  }

  /** A whole number with an optional minus sign, which stays in its text. */
  signedInteger(): Literal {
    const { start } = this
    if (!this.accept('-')) {
      this.accept('+')
      return this.integer()
    }
    const number = this.integer()
    return { ...number, text: `-${number.text}`, start }
  }

  /** `10m`. */
  duration(): Literal {
    if (this.type !== T.duration) throw this.unexpected()
    return this.literal('duration')
  }

  /** Where INTERVAL and its kin take a duration the server's grammar also takes a number or a string; ticks or text of a duration. */
  looseDuration(): Literal {
    if (this.type === T.duration) return this.literal('duration')
    if (this.type === T.string) return this.literal('string')
    return this.integer()
  }

  list<N>(read: () => N): N[] {
    const items = [read()]
    while (this.accept(',')) items.push(read())
    return items
  }

  parenthesised<N>(read: () => N): N[] {
    this.expect('(')
    const items = this.list(read)
    this.expect(')')
    return items
  }

  /** Runs a reader one level deeper; too deep is refused before the stack overflows. */
  nested<N>(read: () => N): N {
    if (++this.depth > MAX_DEPTH) throw syntaxErrorNear(this.sql, this.start)
    const node = read()
    this.depth--
    return node
  }

  /** Refuses a chain that has grown too long. */
  checkChain(length: number): void {
    if (length > MAX_CHAIN) throw syntaxErrorNear(this.sql, this.start)
  }

  /** The span from an offset to the end of the last token read. */
  span(start: number): Span {
    return { start, end: this.lastEnd }
  }
}

function cutAlias(name: Name): Name {
  const text = cutBytes(name.text, NAME_LIMIT.column)
  return text === name.text ? name : { ...name, text }
}
