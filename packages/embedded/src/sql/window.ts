import type { Literal, Window } from './ast.ts'
import { expression, value } from './expression.ts'
import type { Parser } from './parser.ts'
import { fillClause } from './query.ts'

/** The window clause of a query, or null. */
export function windowClause(p: Parser): Window | null {
  const { start } = p
  switch (p.word) {
    case 'interval':
      return interval(p)
    case 'session': {
      p.next()
      p.expect('(')
      const column = value(p)
      p.expect(',')
      const gap = p.looseDuration()
      p.expect(')')
      return { kind: 'session', column, gap, ...p.span(start) }
    }
    case 'state_window': {
      p.next()
      p.expect('(')
      const expr = value(p)
      p.expect(')')
      return { kind: 'state', expr, trueFor: trueFor(p), ...p.span(start) }
    }
    case 'event_window': {
      p.next()
      p.expectAll('start', 'with')
      const startWith = expression(p)
      p.expectAll('end', 'with')
      const endWith = expression(p)
      return { kind: 'event', startWith, endWith, trueFor: trueFor(p), ...p.span(start) }
    }
    case 'count_window':
      return countWindow(p)
    case 'anomaly_window': {
      p.next()
      p.expect('(')
      const column = value(p)
      const options = p.accept(',') ? p.string() : null
      p.expect(')')
      return { kind: 'anomaly', column, options, ...p.span(start) }
    }
    default:
      return null
  }
}

function interval(p: Parser): Window {
  const { start } = p
  p.next()
  p.expect('(')
  const size = p.looseDuration()
  let offset: Literal | 'auto' | null = null
  if (p.accept(',')) offset = p.accept('auto') ? 'auto' : p.looseDuration()
  p.expect(')')
  let sliding: Literal | null = null
  if (p.accept('sliding')) {
    p.expect('(')
    sliding = p.looseDuration()
    p.expect(')')
  }
  const fill = p.is('fill') ? fillClause(p, false) : null
  return { kind: 'interval', interval: size, offset, sliding, fill, ...p.span(start) }
}

/** `COUNT_WINDOW(n)`, `(n, sliding)`, `(n, column …)`, `(n, sliding, column …)`. */
function countWindow(p: Parser): Window {
  const { start } = p
  p.next()
  p.expect('(')
  const count = p.integer()
  let sliding: Literal | null = null
  let columns: ReturnType<typeof value>[] = []
  if (p.accept(',')) {
    if (p.isAnyName()) columns = p.list(() => value(p))
    else {
      sliding = p.integer()
      if (p.accept(',')) columns = p.list(() => value(p))
    }
  }
  p.expect(')')
  return { kind: 'count', count, sliding, columns, ...p.span(start) }
}

/** `TRUE_FOR(10s)`. */
function trueFor(p: Parser): Literal | null {
  if (!p.accept('true_for')) return null
  p.expect('(')
  const duration = p.looseDuration()
  p.expect(')')
  return duration
}
