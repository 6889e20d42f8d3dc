import type { SqlError } from '../../errors.ts'
import { decodeString } from '../../sql/escapes.ts'
import { Lexer, T } from '../../sql/lexer.ts'
import { nearRest, nearText } from './insert-error.ts'

export type ValueKind = 'integer' | 'float' | 'hex' | 'binary' | 'string' | 'boolean' | 'null' | 'now' | 'today' | 'other' | 'end'

/** One value of an INSERT as its token says, before its column's type is asked. */
export interface ValueToken {
  readonly kind: ValueKind
  /** Numbers as written with their sign, strings decoded, anything else as it stands. */
  readonly text: string
  readonly start: number
  /** Where reading goes on. */
  readonly end: number
}

/** Reads the value at `from`: a sign in front of a number belongs to it. */
export function readValue(sql: string, from: number): ValueToken {
  const lexer = new Lexer(sql, from)
  lexer.next()
  const { start } = lexer
  let sign = ''
  if ((lexer.word === '-' || lexer.word === '+') && lexer.type === T.operator) {
    sign = lexer.word === '-' ? '-' : ''
    lexer.next()
    const kind = numberKind(lexer)
    if (!kind) return { kind: 'other', text: sign, start, end: lexer.start }
    return { kind, text: sign + sql.slice(lexer.start, lexer.end), start, end: lexer.end }
  }
  const text = sql.slice(start, lexer.end)
  const { end } = lexer
  const number = numberKind(lexer)
  if (number) return { kind: number, text, start, end }
  if (lexer.type === T.string) return { kind: 'string', text: decodeString(text), start, end }
  if (lexer.type === T.end) return { kind: 'end', text: '', start, end }
  switch (lexer.word) {
    case 'null':
      return { kind: 'null', text, start, end }
    case 'true':
    case 'false':
      return { kind: 'boolean', text: lexer.word, start, end }
    case 'now':
    case 'today':
      return { kind: lexer.word, text, start, end: afterCall(lexer) }
    default:
      return { kind: 'other', text, start, end }
  }
}

/** `NOW` and `NOW()` are alike. */
function afterCall(lexer: Lexer): number {
  const { end } = lexer
  lexer.next()
  if (!at(lexer, '(')) return end
  lexer.next()
  return at(lexer, ')') ? lexer.end : end
}

function at(lexer: Lexer, word: string): boolean {
  return lexer.word === word
}

function numberKind({ type }: Lexer): ValueKind | undefined {
  if (type === T.integer) return 'integer'
  if (type === T.float) return 'float'
  if (type === T.hex) return 'hex'
  if (type === T.binary) return 'binary'
  return undefined
}

/** The error that a value gives: strings are quoted by their content, anything else with the rest of the statement. */
export function wrongValue(sql: string, token: ValueToken, reason: string): SqlError {
  return token.kind === 'string' ? nearText(token.text, token.start, reason) : nearRest(sql, token.start, reason)
}

/** NULL, or the text 'NULL' where no text is wanted. */
export function isNullValue(token: ValueToken): boolean {
  return token.kind === 'null' || (token.kind === 'string' && token.text.length === 4 && token.text.toUpperCase() === 'NULL')
}
