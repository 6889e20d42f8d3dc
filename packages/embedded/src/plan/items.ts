import type { Call, Column, Expr, Select, SelectItem, Span, Star } from '../sql/ast.ts'
import { cutBytes, textOf } from '../sql/text.ts'
import type { PlanContext } from './context.ts'
import { Wrong } from './errors.ts'
import { compile, type Frame } from './expression.ts'
import { functionByName, type Typed } from './functions/index.ts'
import type { Scope, ScopeColumn } from './scope.ts'

/** A frame that can also resolve what SELECT * stands for, and the columns of the row that a function picks. */
export interface ItemFrame extends Frame {
  resolved(column: ScopeColumn, text: string, near?: Span): Typed
  /** `COLS(call, expression)`. */
  picked?(call: Call, expr: Expr): Typed
}

/** One column of a result. */
export interface Item {
  /** Name in the result, at most 64 bytes. */
  readonly name: string
  /** Name as written after AS, by which ORDER BY may call it. */
  readonly alias: string | undefined
  readonly expr: Expr
  readonly span: Span
  make(frame: ItemFrame): Typed
}

/** Longest name of a result's column in bytes. */
const NAME_BYTES = 64

/** The columns of a SELECT list, with `*`, LAST(*), LAST(a, b) and COLS() written out. */
export function itemsOf(select: Select, scope: Scope | undefined, { sql, biMode }: PlanContext): Item[] {
  return select.items.flatMap((item) => expand(item, scope, sql, biMode))
}

function expand(item: SelectItem, scope: Scope | undefined, sql: string, biMode = false): Item[] {
  const { expr, alias } = item
  if (expr.kind === 'star') {
    if (!scope) throw Wrong.column('*', expr)
    return scope.named(expr.table).flatMap((source) => {
      const columns = source.columns.filter((column) => column.shown).map((column) => starred(column, expr))
      return biMode && source.table?.kind === 'supertable' ? [...columns, tableName(source.alias, expr)] : columns
    })
  }
  if (expr.kind === 'cols') {
    if (alias && (expr.items.length > 1 || expr.items[0]?.alias || expr.items[0]?.expr.kind === 'star')) throw Wrong.colsAlias(item)
    return expr.items.flatMap((part): Item[] => {
      const picked = (of: Expr, name: string): Item => ({
        name,
        alias: part.alias?.text,
        expr,
        span: part,
        make: (frame) => {
          if (!frame.picked) throw Wrong.colsFunction(expr.call)
          return frame.picked(expr.call, of)
        },
      })
      if (part.expr.kind === 'star') return starColumns(part.expr, scope).map((column) => picked(column, column.name.text))
      return [picked(part.expr, nameOf(part, sql, expr.items.length === 1 ? alias?.text : undefined))]
    })
  }
  if (expr.kind === 'call' && scope) {
    const calls = spreadCalls(expr, scope, sql)
    if (calls) return calls.map(({ call, text }) => plain(call, alias?.text ?? text, alias?.text, item))
  }
  return [plain(expr, nameOf(item, sql), alias?.text, item)]
}

function plain(expr: Expr, name: string, alias: string | undefined, span: Span): Item {
  return { name: cutBytes(name, NAME_BYTES), alias, expr, span, make: (frame) => compile(expr, frame) }
}

function starred(column: ScopeColumn, star: Expr): Item {
  return { name: column.name, alias: undefined, expr: star, span: star, make: (frame) => frame.resolved(column, column.name, star) }
}

function tableName(alias: string, star: Star): Item {
  const { start, end } = star
  return plain({ kind: 'pseudo', table: { text: alias, quoted: true, start, end }, name: 'tbname', start, end }, 'tbname', undefined, star)
}

function nameOf(item: SelectItem, sql: string, given?: string): string {
  if (given !== undefined) return cutBytes(given, NAME_BYTES)
  if (item.alias) return cutBytes(item.alias.text, NAME_BYTES)
  return item.expr.kind === 'column' ? item.expr.name.text : textOf(item, sql)
}

/** What `*` stands for as an argument: the columns without the tags. */
function starColumns(star: Star, scope: Scope | undefined): Column[] {
  const { start, end, table } = star
  return (scope?.named(table) ?? []).flatMap((source) => {
    const of = table ?? (scope!.sources.length > 1 ? { text: source.alias, quoted: true, start, end } : null)
    return source.columns
      .filter((column) => column.shown && column.kind !== 'tag')
      .map(({ name }): Column => ({ kind: 'column', start, end, table: of, name: { text: name, quoted: true, start, end } }))
  })
}

/** LAST(*) and LAST(a, b) as one call a column; undefined for calls that stay as they are. */
export function spreadCalls(call: Call, scope: Scope, sql: string): { call: Call; text: string }[] | undefined {
  const spec = functionByName(call.name)
  if (!spec || !('acceptsStar' in spec) || !spec.acceptsStar) return undefined
  if (spec.kind === 'aggregate' ? call.args.length < 2 && call.args[0]?.kind !== 'star' : call.args[0]?.kind !== 'star') return undefined
  const rest = call.args.slice(1)
  const columns = call.args.flatMap((arg): Expr[] => {
    if (arg.kind !== 'star') return spec.kind === 'aggregate' ? [arg] : []
    return starColumns(arg, scope)
  })
  return columns.map((column) => ({
    call: { ...call, args: spec.kind === 'aggregate' ? [column] : [column, ...rest] },
    text: `${call.name}(${column.kind === 'column' ? column.name.text : textOf(column, sql)})`,
  }))
}
