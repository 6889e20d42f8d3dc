import { SqlError } from '../errors.ts'
import type { Expr, Fill, FillMode, Hint, Limit, Literal, OrderItem, Query, Range, Select, SelectItem, Window } from './ast.ts'
import { expression, selectItem, value } from './expression.ts'
import { T } from './lexer.ts'
import type { Parser } from './parser.ts'
import { source } from './source.ts'
import { CODE } from './syntax-error.ts'
import { windowClause } from './window.ts'

/** A query with UNION, ORDER BY and LIMIT, up to whatever follows it. */
export function query(p: Parser): Query {
  return p.nested(() => {
    const { start } = p
    let left = simpleQuery(p)
    for (let length = 0; p.accept('union'); length++) {
      p.checkChain(length)
      const all = p.accept('all')
      const right = simpleQuery(p)
      left = { kind: 'union', all, left, right, orderBy: [], slimit: null, limit: null, ...p.span(start) }
    }
    const orderBy = p.accept('order') ? orderItems(p) : []
    const slimit = limit(p, 'slimit', 'soffset')
    const rows = limit(p, 'limit', 'offset')
    if (orderBy.length === 0 && !slimit && !rows) return left
    return { ...left, orderBy, slimit, limit: rows, ...p.span(start) }
  })
}

/** A SELECT, or a query in parentheses. */
function simpleQuery(p: Parser): Query {
  if (!p.is('(')) return select(p)
  p.next()
  const inner = query(p)
  p.expect(')')
  return inner
}

function select(p: Parser): Select {
  const { start } = p
  const hint = p.is('select') ? p.hint() : null
  p.expect('select')
  const distinct = p.accept('distinct')
  if (!distinct) p.accept('all')
  const tags = p.accept('tags')
  const items = p.list(() => selectItem(p))
  const from = p.accept('from') ? source(p) : null
  const where = p.accept('where') ? expression(p) : null
  const partitionBy = p.acceptAll('partition', 'by') ? p.list(() => partitionItem(p)) : []
  const range = p.is('range') ? rangeClause(p) : null
  const every = p.accept('every') ? inParentheses(p, () => p.duration()) : null
  const fill = p.is('fill') ? fillClause(p, true) : null
  const window: Window | null = windowClause(p)
  const groupBy = p.acceptAll('group', 'by') ? p.list(() => value(p)) : []
  const having = p.accept('having') ? expression(p) : null
  return {
    kind: 'select',
    hints: hint ? hints(hint.text, hint.start + 3) : [],
    distinct,
    tags,
    items,
    from,
    where,
    partitionBy,
    range,
    every,
    fill,
    window,
    groupBy,
    having,
    orderBy: [],
    slimit: null,
    limit: null,
    ...p.span(start),
  }
}

function partitionItem(p: Parser): SelectItem {
  const { start } = p
  const expr = value(p)
  return { expr, alias: p.alias(), ...p.span(start) }
}

function orderItems(p: Parser): OrderItem[] {
  p.expect('by')
  return p.list(() => {
    const { start } = p
    const expr = value(p)
    const descending = p.accept('desc')
    if (!descending) p.accept('asc')
    let nulls: 'first' | 'last' | null = null
    if (p.accept('nulls')) {
      if (!p.is('first') && !p.is('last')) throw p.unexpected()
      nulls = p.word as 'first' | 'last'
      p.next()
    }
    return { expr, descending, nulls, ...p.span(start) }
  })
}

/** `LIMIT n`, `LIMIT n OFFSET m`, `LIMIT m, n`. */
function limit(p: Parser, word: string, offsetWord: string): Limit | null {
  const { start } = p
  if (!p.accept(word)) return null
  const first = p.integer()
  if (p.accept(',')) return { count: p.integer(), offset: first, ...p.span(start) }
  const offset = p.accept(offsetWord) ? p.integer() : null
  return { count: first, offset, ...p.span(start) }
}

function rangeClause(p: Parser): Range {
  const { start } = p
  p.next()
  p.expect('(')
  const from = value(p)
  let to: Expr | null = null
  let around: Literal | null = null
  if (p.accept(',')) {
    const second = value(p)
    if (isDuration(second)) around = second
    else {
      to = second
      if (p.accept(',')) around = p.duration()
    }
  }
  p.expect(')')
  if (around?.type === 'duration' && /[ny]$/.test(around.text))
    throw new SqlError(CODE.syntax, 'Unsupported time unit in RANGE clause', around.start)
  return { from, to, around, ...p.span(start) }
}

function isDuration(expr: Expr): expr is Literal {
  return expr.kind === 'literal' && expr.type === 'duration'
}

function inParentheses<N>(p: Parser, read: () => N): N {
  p.expect('(')
  const node = read()
  p.expect(')')
  return node
}

const FILL_WITHOUT_VALUES: Readonly<Record<string, FillMode>> = {
  none: 'none',
  null: 'null',
  null_f: 'null_f',
  linear: 'linear',
  prev: 'prev',
  next: 'next',
}

/** `FILL(mode[, value …])`; NEAR, and values after PREV and NEXT, belong to INTERP alone. */
export function fillClause(p: Parser, interp: boolean): Fill {
  const { start } = p
  p.next()
  p.expect('(')
  let mode: FillMode | undefined
  let values: Expr[] = []
  if (p.is('value') || p.is('value_f')) {
    mode = p.word as FillMode
    p.next()
    p.expect(',')
    values = p.list(() => value(p))
  } else {
    mode = p.type === T.keyword ? (FILL_WITHOUT_VALUES[p.word] ?? (interp && p.is('near') ? 'near' : undefined)) : undefined
    if (!mode) throw p.unexpected()
    p.next()
    if (interp && (mode === 'prev' || mode === 'next' || mode === 'near') && p.accept(',')) values = p.list(() => value(p))
  }
  p.expect(')')
  return { mode, values, ...p.span(start) }
}

const HINTS: ReadonlySet<string> = new Set([
  'batch_scan',
  'no_batch_scan',
  'sort_for_group',
  'partition_first',
  'para_tables_sort',
  'smalldata_ts_sort',
  'skip_tsma',
])

/** The hints up to the first that is unknown or wrong: those before it hold, the rest is ignored. */
function hints(text: string, offset: number): Hint[] {
  const found: Hint[] = []
  const pattern = /\s*([A-Za-z_]+)\s*\(\s*\)/y
  for (;;) {
    const from = pattern.lastIndex
    const match = pattern.exec(text)
    if (!match || !HINTS.has(match[1]!.toLowerCase())) return found
    const start = offset + from + match[0].indexOf(match[1]!)
    found.push({ name: match[1]!.toLowerCase(), args: [], start, end: offset + pattern.lastIndex })
  }
}
