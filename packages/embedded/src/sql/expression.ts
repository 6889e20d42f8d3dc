import type { ArithmeticOp, Call, Case, Cols, CompareOp, Expr, Name, PseudoName, SelectItem } from './ast.ts'
import { T } from './lexer.ts'
import type { Parser } from './parser.ts'
import { lowerAscii } from './text.ts'
import { castTypeName } from './type-name.ts'

// TDengine's grammar has two sorts of expressions: values (`a + 1`) and conditions (`a > 1`). AND, OR and NOT join conditions only,
// arithmetic and comparisons take values only; a parenthesised condition stays a condition. `Parser.condition` says which was read last.

/** What may stand where an operand is read. */
const CONDITION = 1
const STAR = 2

const POWER: Readonly<Record<string, number>> = { '&': 1, '|': 1, '+': 2, '-': 2, '*': 3, '/': 3, '%': 3 }

const COMPARISONS: Readonly<Record<string, CompareOp>> = {
  '=': '=',
  '<>': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  like: 'like',
  match: 'match',
  nmatch: 'nmatch',
  regexp: 'regexp',
  contains: 'contains',
}

const STAR_FUNCTIONS: ReadonlySet<string> = new Set(['count', 'first', 'last', 'last_row'])
const NO_ARGUMENT_FUNCTIONS: ReadonlySet<string> = new Set([
  'now',
  'today',
  'timezone',
  'database',
  'client_version',
  'server_version',
  'server_status',
  'current_user',
  'user',
  'pi',
])

/** A value or a condition: a select item, a WHERE, HAVING or ON clause, a branch of CASE. */
export function expression(p: Parser): Expr {
  return p.nested(() => disjunction(p, CONDITION))
}

/** A value only: an argument, an operand, a GROUP BY or ORDER BY item. */
export function value(p: Parser): Expr {
  return p.nested(() => arithmetic(p, 1, 0))
}

/** An item of a select list: `*`, `t.*` or an expression, with its alias. */
export function selectItem(p: Parser): SelectItem {
  const { start } = p
  if (p.accept('*')) return { expr: { kind: 'star', table: null, ...p.span(start) }, alias: null, ...p.span(start) }
  const expr = p.nested(() => disjunction(p, CONDITION | STAR))
  const alias = expr.kind === 'star' ? null : p.alias()
  return { expr, alias, ...p.span(start) }
}

function disjunction(p: Parser, allowed: number): Expr {
  return chain(p, 'or', allowed, conjunction)
}

function conjunction(p: Parser, allowed: number): Expr {
  return chain(p, 'and', allowed, negation)
}

function chain(p: Parser, op: 'and' | 'or', allowed: number, read: (p: Parser, allowed: number) => Expr): Expr {
  const { start } = p
  const first = read(p, allowed)
  if (!p.is(op) || !p.condition) return first
  const operands = [first]
  while (p.accept(op)) {
    operands.push(read(p, CONDITION))
    if (!p.condition) throw p.unexpected()
  }
  return { kind: 'logical', op, operands, ...p.span(start) }
}

function negation(p: Parser, allowed: number): Expr {
  const { start } = p
  if (!p.accept('not')) return predicate(p, allowed)
  const operand = p.nested(() => negation(p, CONDITION))
  if (!p.condition) throw p.unexpected()
  return { kind: 'not', operand, ...p.span(start) }
}

function predicate(p: Parser, allowed: number): Expr {
  const { start } = p
  const left = arithmetic(p, 1, allowed)
  if (p.condition || left.kind === 'star' || p.word === '') return left
  const node = comparison(p, start, left)
  if (node === null) return left
  p.condition = true
  return node
}

function comparison(p: Parser, start: number, left: Expr): Expr | null {
  const op = COMPARISONS[p.word]
  if (op) {
    p.next()
    const right = arithmetic(p, 1, 0)
    return { kind: 'compare', op, left, right, ...p.span(start) }
  }
  if (p.accept('is')) {
    const negated = p.accept('not')
    p.expect('null')
    return { kind: 'is-null', negated, value: left, ...p.span(start) }
  }
  const negated = p.accept('not')
  if (p.accept('in')) {
    const list = p.parenthesised(() => value(p))
    return { kind: 'in', negated, value: left, list, ...p.span(start) }
  }
  if (p.accept('between')) {
    const low = arithmetic(p, 1, 0)
    p.expect('and')
    const high = arithmetic(p, 1, 0)
    return { kind: 'between', negated, value: left, low, high, ...p.span(start) }
  }
  if (!negated) return null
  const refused: CompareOp | null = p.accept('like') ? 'not like' : p.accept('regexp') ? 'not regexp' : null
  if (refused === null) throw p.unexpected()
  const right = arithmetic(p, 1, 0)
  return { kind: 'compare', op: refused, left, right, ...p.span(start) }
}

function arithmetic(p: Parser, power: number, allowed: number): Expr {
  const { start } = p
  let left = operand(p, allowed)
  if (p.condition || left.kind === 'star') return left
  for (let length = 0; ; length++) {
    const op = p.type === T.operator ? POWER[p.word] : undefined
    if (op === undefined || op < power) break
    p.checkChain(length)
    const word = p.word as ArithmeticOp
    p.next()
    const right = arithmetic(p, op + 1, 0)
    left = { kind: 'binary', op: word, left, right, start, end: p.lastEnd }
  }
  p.condition = false
  return left
}

function operand(p: Parser, allowed: number): Expr {
  const { start } = p
  p.condition = false
  if (p.type === T.operator) {
    if (p.word === '-' || p.word === '+') {
      const op = p.word
      p.next()
      const inner = p.nested(() => operand(p, 0))
      return { kind: 'unary', op, operand: inner, ...p.span(start) }
    }
    if (p.accept('(')) {
      const inner = allowed & CONDITION ? expression(p) : value(p)
      const { condition } = p
      p.expect(')')
      p.condition = condition
      // The parentheses belong to the text that names the expression.
      return { ...inner, ...p.span(start) }
    }
    throw p.unexpected()
  }
  switch (p.type) {
    case T.integer:
      return p.literal('integer')
    case T.float:
      return p.literal('float')
    case T.string:
      return p.literal('string')
    case T.duration:
      return p.literal('duration')
    case T.placeholder:
      if (p.placeholders) return p.literal('placeholder')
      throw p.unexpected()
    case T.name:
    case T.quotedName:
      return named(p, allowed)
    case T.keyword:
      return keyword(p)
    default:
      throw p.unexpected()
  }
}

/** A column, `table.column`, `table.tbname`, `table.*` or a function call. */
function named(p: Parser, allowed: number): Expr {
  const { start } = p
  const name = p.anyName()
  if (p.is('(')) return call(p, start, name.text)
  if (!p.accept('.')) {
    p.checkName(name, 'column')
    return arrow(p, start, null, name)
  }
  p.checkName(name, 'table')
  if (p.is('*') && allowed & STAR) {
    p.next()
    return { kind: 'star', table: name, ...p.span(start) }
  }
  if (p.accept('tbname')) return { kind: 'pseudo', table: name, name: 'tbname', ...p.span(start) }
  return arrow(p, start, name, p.name('column'))
}

/** A column and what `->` takes from it. */
function arrow(p: Parser, start: number, table: Name | null, name: Name): Expr {
  const column: Expr = { kind: 'column', table, name, start, end: name.end }
  if (!p.accept('->')) return column
  if (p.type !== T.string) throw p.unexpected()
  const right = p.literal('string')
  return { kind: 'binary', op: '->', left: column, right, ...p.span(start) }
}

function call(p: Parser, start: number, name: string): Call {
  const args = p.parenthesised(() => value(p))
  p.condition = false
  return { kind: 'call', name, args, ...p.span(start) }
}

function keyword(p: Parser): Expr {
  const { start, word } = p
  if (word.charCodeAt(0) === 95 || word === 'tbname') {
    p.next()
    return { kind: 'pseudo', table: null, name: word as PseudoName, ...p.span(start) }
  }
  switch (word) {
    case 'null':
      return p.literal('null')
    case 'true':
    case 'false':
      return p.literal('boolean')
    case 'timestamp':
      p.next()
      if (p.type !== T.string) throw p.unexpected()
      return { ...p.literal('timestamp'), start }
    case 'case':
      return caseExpression(p)
    case 'cast':
      return cast(p)
    case 'trim':
      return trim(p)
    case 'position':
      return position(p)
    case 'substr':
    case 'substring':
      return substring(p, word)
    case 'replace':
      p.next()
      if (!p.is('(')) throw p.unexpected()
      return call(p, start, word)
    case 'rand':
      p.next()
      return { kind: 'call', name: word, args: optionalArgument(p), ...p.span(start) }
    case 'cols':
      return cols(p)
    default:
      return builtIn(p, start, word)
  }
}

function builtIn(p: Parser, start: number, word: string): Expr {
  if (STAR_FUNCTIONS.has(word)) {
    p.next()
    const args = starArguments(p)
    p.condition = false
    return { kind: 'call', name: word, args, ...p.span(start) }
  }
  if (!NO_ARGUMENT_FUNCTIONS.has(word)) throw p.unexpected()
  p.next()
  if ((word === 'now' || word === 'today') && !p.is('(')) return { kind: 'call', name: word, args: [], bare: true, ...p.span(start) }
  p.expectAll('(', ')')
  return { kind: 'call', name: word, args: [], ...p.span(start) }
}

/** Of COUNT, FIRST, LAST and LAST_ROW: `*`, or values and `t.*`. */
function starArguments(p: Parser): Expr[] {
  p.expect('(')
  const { start } = p
  let args: Expr[]
  if (p.accept('*')) args = [{ kind: 'star', table: null, ...p.span(start) }]
  else args = p.list(() => p.nested(() => arithmetic(p, 1, STAR)))
  p.expect(')')
  return args
}

function optionalArgument(p: Parser): Expr[] {
  p.expect('(')
  const args = p.is(')') ? [] : [value(p)]
  p.expect(')')
  p.condition = false
  return args
}

function caseExpression(p: Parser): Case {
  const { start } = p
  p.next()
  const operand = p.is('when') ? null : expression(p)
  const branches: { when: Expr; result: Expr }[] = []
  if (!p.is('when')) throw p.unexpected()
  while (p.accept('when')) {
    const when = expression(p)
    p.expect('then')
    branches.push({ when, result: expression(p) })
  }
  const otherwise = p.accept('else') ? expression(p) : null
  p.expect('end')
  p.condition = false
  return { kind: 'case', operand, branches, otherwise, ...p.span(start) }
}

function cast(p: Parser): Expr {
  const { start } = p
  p.next()
  p.expect('(')
  const inner = expression(p)
  p.expect('as')
  const type = castTypeName(p)
  p.expect(')')
  p.condition = false
  return { kind: 'cast', value: inner, type, ...p.span(start) }
}

/** `TRIM(s)`, `TRIM(c FROM s)`, `TRIM(BOTH FROM s)`, `TRIM(BOTH c FROM s)`. */
function trim(p: Parser): Call {
  const { start } = p
  p.next()
  p.expect('(')
  const mode = p.accept('leading') ? 'leading' : p.accept('trailing') ? 'trailing' : p.accept('both') ? 'both' : undefined
  let args: Expr[]
  if (mode && p.accept('from')) args = [value(p)]
  else {
    const first = value(p)
    if (mode || p.is('from')) {
      p.expect('from')
      args = [value(p), first]
    } else args = [first]
  }
  p.expect(')')
  p.condition = false
  return { kind: 'call', name: 'trim', args, ...(mode ? { trim: mode } : {}), ...p.span(start) }
}

function position(p: Parser): Call {
  const { start } = p
  p.next()
  p.expect('(')
  const needle = value(p)
  p.expect('in')
  const haystack = value(p)
  p.expect(')')
  p.condition = false
  return { kind: 'call', name: 'position', args: [needle, haystack], ...p.span(start) }
}

function substring(p: Parser, name: string): Call {
  const { start } = p
  p.next()
  p.expect('(')
  const args = [value(p)]
  let from = false
  if (p.accept('from')) {
    from = true
    args.push(value(p))
    if (p.accept('for')) args.push(value(p))
  } else while (p.accept(',')) args.push(value(p))
  p.expect(')')
  p.condition = false
  return { kind: 'call', name, args, ...(from ? { from } : {}), ...p.span(start) }
}

/** `COLS(MAX(v), ts AS t, w)`. */
function cols(p: Parser): Cols {
  const { start } = p
  p.next()
  p.expect('(')
  const at = p.start
  const inner = p.type === T.name ? call(p, at, functionName(p)) : p.type === T.keyword ? keyword(p) : undefined
  if (inner?.kind !== 'call') throw p.unexpected()
  p.expect(',')
  const items = p.list(() => colsItem(p))
  p.expect(')')
  p.condition = false
  return { kind: 'cols', call: inner, items, ...p.span(start) }
}

function colsItem(p: Parser): SelectItem {
  const { start } = p
  const expr = value(p)
  return { expr, alias: p.alias(), ...p.span(start) }
}

function functionName(p: Parser): string {
  const name = lowerAscii(p.text())
  p.next()
  return name
}
