import type { Fill, Limit, OrderItem, Query, Select, Source, Window } from './ast.ts'
import { printExpression, printItem, printList, printLiteral, printName, printTableName } from './print-expression.ts'

/** A query as canonical SQL. */
export function printQuery(query: Query): string {
  const body =
    query.kind === 'select'
      ? printSelect(query)
      : `${operand(query.left, false)} UNION ${query.all ? 'ALL ' : ''}${operand(query.right, true)}`
  return `${body}${tail(query)}`
}

/** A union's side: in parentheses where it would be read otherwise. */
function operand(query: Query, right: boolean): string {
  const bare = query.orderBy.length === 0 && !query.slimit && !query.limit && (query.kind === 'select' || !right)
  return bare ? printQuery(query) : `(${printQuery(query)})`
}

function tail(query: Query): string {
  const order = query.orderBy.length ? ` ORDER BY ${printList(query.orderBy, printOrder)}` : ''
  return `${order}${printLimit(query.slimit, 'SLIMIT', 'SOFFSET')}${printLimit(query.limit, 'LIMIT', 'OFFSET')}`
}

function printOrder(item: OrderItem): string {
  return `${printExpression(item.expr)}${item.descending ? ' DESC' : ''}${item.nulls ? ` NULLS ${item.nulls.toUpperCase()}` : ''}`
}

function printLimit(limit: Limit | null, word: string, offsetWord: string): string {
  if (!limit) return ''
  return ` ${word} ${limit.count.text}${limit.offset ? ` ${offsetWord} ${limit.offset.text}` : ''}`
}

function printSelect(select: Select): string {
  const hints = select.hints.length ? ` /*+ ${select.hints.map((hint) => `${hint.name.toUpperCase()}()`).join(' ')} */` : ''
  let text = `SELECT${hints}${select.distinct ? ' DISTINCT' : ''}${select.tags ? ' TAGS' : ''} ${printList(select.items, printItem)}`
  if (select.from) text += ` FROM ${printSource(select.from)}`
  if (select.where) text += ` WHERE ${printExpression(select.where)}`
  if (select.partitionBy.length) text += ` PARTITION BY ${printList(select.partitionBy, printItem)}`
  if (select.range) {
    const { from, to, around } = select.range
    text += ` RANGE(${[from, to, around].flatMap((part) => (part ? [printExpression(part)] : [])).join(', ')})`
  }
  if (select.every) text += ` EVERY(${printLiteral(select.every)})`
  if (select.fill) text += printFill(select.fill)
  if (select.window) text += ` ${printWindow(select.window)}`
  if (select.groupBy.length) text += ` GROUP BY ${printList(select.groupBy, (expr) => printExpression(expr))}`
  if (select.having) text += ` HAVING ${printExpression(select.having)}`
  return text
}

function printFill(fill: Fill): string {
  const values = fill.values.map((value) => `, ${printExpression(value)}`).join('')
  return ` FILL(${fill.mode.toUpperCase()}${values})`
}

function printWindow(window: Window): string {
  switch (window.kind) {
    case 'interval': {
      const offset = window.offset === null ? '' : `, ${window.offset === 'auto' ? 'AUTO' : printLiteral(window.offset)}`
      const sliding = window.sliding ? ` SLIDING(${printLiteral(window.sliding)})` : ''
      return `INTERVAL(${printLiteral(window.interval)}${offset})${sliding}${window.fill ? printFill(window.fill) : ''}`
    }
    case 'session':
      return `SESSION(${printExpression(window.column)}, ${printLiteral(window.gap)})`
    case 'state':
      return `STATE_WINDOW(${printExpression(window.expr)})${trueFor(window.trueFor)}`
    case 'event':
      return `EVENT_WINDOW START WITH ${printExpression(window.startWith)} END WITH ${printExpression(window.endWith)}${trueFor(window.trueFor)}`
    case 'count': {
      const parts = [
        printLiteral(window.count),
        ...(window.sliding ? [printLiteral(window.sliding)] : []),
        ...window.columns.map((c) => printExpression(c)),
      ]
      return `COUNT_WINDOW(${parts.join(', ')})`
    }
    case 'anomaly':
      return `ANOMALY_WINDOW(${printExpression(window.column)}${window.options === null ? '' : `, '${window.options}'`})`
  }
}

function trueFor(duration: Parameters<typeof printLiteral>[0] | null): string {
  return duration ? ` TRUE_FOR(${printLiteral(duration)})` : ''
}

function printSource(source: Source): string {
  switch (source.kind) {
    case 'table':
      return `${printTableName(source.table)}${source.alias ? ` ${printName(source.alias)}` : ''}`
    case 'derived':
      return `(${printQuery(source.query)})${source.alias ? ` ${printName(source.alias)}` : ''}`
    case 'join': {
      const right = source.right.kind === 'join' ? `(${printSource(source.right)})` : printSource(source.right)
      const left =
        source.left.kind === 'join' && source.left.comma && !source.comma ? `(${printSource(source.left)})` : printSource(source.left)
      if (source.comma) return `${left}, ${source.right.kind === 'join' && !source.right.comma ? printSource(source.right) : right}`
      const type = source.type === 'inner' ? '' : `${source.type.toUpperCase()} `
      const variant = source.variant === null || source.variant === 'outer' ? '' : `${source.variant.toUpperCase()} `
      const on = source.on ? ` ON ${printExpression(source.on)}` : ''
      const offset = source.windowOffset ? ` WINDOW_OFFSET(${printList(source.windowOffset, (e) => printExpression(e))})` : ''
      return `${left} ${type}${variant}JOIN ${right}${on}${offset}${source.jlimit ? ` JLIMIT ${source.jlimit.text}` : ''}`
    }
  }
}
