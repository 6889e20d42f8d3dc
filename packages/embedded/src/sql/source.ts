import type { Expr, Join, Literal, Source } from './ast.ts'
import { expression } from './expression.ts'
import { Lexer } from './lexer.ts'
import type { Parser } from './parser.ts'
import { query } from './query.ts'

/** The tables of a FROM clause: joins and commas, from left to right. */
export function source(p: Parser): Source {
  const { start } = p
  let left = joined(p)
  for (let length = 0; p.accept(','); length++) {
    p.checkChain(length)
    const right = joined(p)
    left = {
      kind: 'join',
      type: 'inner',
      variant: null,
      comma: true,
      left,
      right,
      on: null,
      windowOffset: null,
      jlimit: null,
      ...p.span(start),
    }
  }
  return left
}

function joined(p: Parser): Source {
  const { start } = p
  let left = primary(p)
  for (let length = 0; ; length++) {
    const head = joinHead(p)
    if (!head) return left
    p.checkChain(length)
    left = join(p, start, left, head)
  }
}

type JoinHead = Pick<Join, 'type' | 'variant'>

/** `[INNER | LEFT | RIGHT | FULL] [OUTER | SEMI | ANTI | ASOF | WINDOW] JOIN`. */
function joinHead(p: Parser): JoinHead | null {
  if (p.accept('join')) return { type: 'inner', variant: null }
  if (p.accept('inner')) {
    p.expect('join')
    return { type: 'inner', variant: null }
  }
  if (!p.is('left') && !p.is('right') && !p.is('full')) return null
  const type = p.word as 'left' | 'right' | 'full'
  p.next()
  let variant: Join['variant'] = 'outer'
  if (!p.accept('outer') && type !== 'full' && (p.is('semi') || p.is('anti') || p.is('asof') || p.is('window'))) {
    variant = p.word as 'semi' | 'anti' | 'asof' | 'window'
    p.next()
  }
  p.expect('join')
  return { type, variant }
}

function join(p: Parser, start: number, left: Source, head: JoinHead): Join {
  const right = primary(p)
  let on: Expr | null = null
  let windowOffset: [Expr, Expr] | null = null
  let jlimit: Literal | null = null
  const onIsOptional = head.variant === null || head.variant === 'asof' || head.variant === 'window'
  if (!onIsOptional || p.is('on')) {
    p.expect('on')
    on = expression(p)
  }
  if (head.variant === 'window') {
    p.expectAll('window_offset', '(')
    const from = windowEdge(p)
    p.expect(',')
    windowOffset = [from, windowEdge(p)]
    p.expect(')')
  }
  if ((head.variant === 'window' || head.variant === 'asof') && p.accept('jlimit')) jlimit = p.integer()
  return { kind: 'join', ...head, comma: false, left, right, on, windowOffset, jlimit, ...p.span(start) }
}

/** `10s` or `-10s`. */
function windowEdge(p: Parser): Expr {
  const { start } = p
  if (!p.accept('-')) return p.duration()
  return { kind: 'unary', op: '-', operand: p.duration(), ...p.span(start) }
}

/** A table, a query in parentheses, or joins in parentheses. */
function primary(p: Parser): Source {
  const { start } = p
  if (!p.is('(')) {
    const table = p.tableName()
    return { kind: 'table', table, alias: p.alias(), ...p.span(start) }
  }
  return p.nested(() => {
    if (startsQuery(p)) {
      p.next()
      const inner = query(p)
      p.expect(')')
      return { kind: 'derived', query: inner, alias: p.alias(), ...p.span(start) }
    }
    p.next()
    const inner = joined(p)
    p.expect(')')
    return { ...inner, ...p.span(start) }
  })
}

/** Whether the parenthesis at hand opens a query: the first word behind any further parentheses is SELECT. */
function startsQuery(p: Parser): boolean {
  const ahead = new Lexer(p.sql, p.end)
  do ahead.next()
  while (ahead.word === '(')
  return ahead.word === 'select'
}
