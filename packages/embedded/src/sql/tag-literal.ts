import type { Expr } from './ast.ts'
import { value } from './expression.ts'
import { Lexer, T } from './lexer.ts'
import type { Parser } from './parser.ts'

const TIMES: ReadonlySet<string> = new Set(['now', 'today'])

/** The value of a tag: a literal with or without a sign, `NOW` or a text plus or minus a duration, a function call; no column. */
export function tagLiteral(p: Parser): Expr {
  switch (p.type) {
    case T.hex:
    case T.binary:
    case T.integer:
    case T.float:
      return unsigned(p)
    case T.string:
    case T.duration:
    case T.placeholder:
      return value(p)
    case T.keyword:
      if (p.is('null')) return p.literal('null')
      if (p.is('true') || p.is('false')) return p.literal('boolean')
      if (p.is('timestamp') || TIMES.has(p.word) || isCall(p)) return value(p)
      throw p.unexpected()
    case T.name:
      if (isCall(p)) return value(p)
      throw p.unexpected()
    case T.operator:
      return signed(p)
    default:
      throw p.unexpected()
  }
}

function signed(p: Parser): Expr {
  const { start } = p
  const op = p.accept('-') ? '-' : '+'
  if (op === '+') p.expect('+')
  const operand = unsigned(p)
  return { kind: 'unary', op, operand, ...p.span(start) }
}

function unsigned(p: Parser): Expr {
  if (p.type === T.float) return p.literal('float')
  if (p.type === T.integer || p.type === T.hex || p.type === T.binary) return p.literal('integer')
  throw p.unexpected()
}

function isCall(p: Parser): boolean {
  const ahead = new Lexer(p.sql, p.end)
  ahead.next()
  return ahead.word === '('
}
