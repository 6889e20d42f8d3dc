import type { Expr, Limit, OrderItem } from '../sql/ast.ts'
import { Wrong } from './errors.ts'
import { compile, type Frame } from './expression.ts'
import { isJson, type Typed } from './functions/index.ts'
import type { Item } from './items.ts'

/** A frame in which the columns of the SELECT list go by their aliases first. */
export function aliasFrame<F extends Frame>(
  frame: F,
  items: readonly Item[],
  outputs: readonly Typed[],
  near: (name: string) => void,
): Frame {
  const aliased = (name: string): Typed | undefined => {
    const found = items.flatMap((item, i) => (item.alias === name ? [outputs[i]!] : []))
    if (found.length > 1) near(name)
    return found[0]
  }
  return {
    plan: frame.plan,
    functions: frame.functions,
    column: (node) => frame.column(node),
    pseudo: (node) => frame.pseudo(node),
    gather: (node, spec) => frame.gather(node, spec),
    whole: (node) => {
      if (node.kind === 'column' && !node.table) return aliased(node.name.text) ?? frame.whole?.(node)
      // Inside of a function's arguments a name means a column.
      return frame.whole?.(node) ?? (node.kind === 'call' ? compile(node, frame) : undefined)
    },
  }
}

/** SQL of a plain number, such as `_qstart` gives. */
const NUMBER = /^-?\d+$/

/** ORDER BY as SQL; items may be numbers and aliases of the SELECT list. NULL comes first, and last in descending order. */
export function orderSql(orderBy: readonly OrderItem[], items: readonly Item[], outputs: readonly Typed[], frame: Frame): string[] {
  const inner = aliasFrame(frame, items, outputs, (name) => {
    throw Wrong.orderAmbiguous(name)
  })
  return orderBy.flatMap((item) => {
    const value = numbered(item.expr, outputs) ?? compile(item.expr, inner)
    if (isJson(value.type) && value.column) throw Wrong.json(item)
    // A constant orders nothing, and DuckDB would take a number for a column's position.
    if (value.constant || NUMBER.test(value.sql)) return []
    // Numbers in JSON are in the order of their values, not of their text.
    const number = isJson(value.type) ? [`try_cast(${value.sql} AS DOUBLE) ${direction(item)}`] : []
    return [...number, `${value.sql} ${direction(item)}`]
  })
}

/** The output that an item gives by its number, or undefined when it is no number. */
export function numbered(expr: Expr, outputs: readonly Typed[]): Typed | undefined {
  if (expr.kind !== 'literal' || expr.type !== 'integer') return undefined
  const output = outputs[Number(expr.text) - 1]
  if (!output) throw Wrong.itemNumber(expr)
  return output
}

export function direction(item: OrderItem): string {
  const nulls = item.nulls ?? (item.descending ? 'last' : 'first')
  return `${item.descending ? 'DESC' : 'ASC'} NULLS ${nulls === 'first' ? 'FIRST' : 'LAST'}`
}

/** LIMIT and OFFSET as SQL. */
export function limitSql(limit: Limit | null): string {
  if (!limit) return ''
  return ` LIMIT ${limit.count.text}${limit.offset ? ` OFFSET ${limit.offset.text}` : ''}`
}

/** A condition that keeps rows whose number (SQL, from 1) is inside a limit. */
export function withinLimit(number: string, limit: Limit): string {
  const offset = limit.offset ? BigInt(limit.offset.text) : 0n
  return `${number} > ${offset} AND ${number} <= ${offset + BigInt(limit.count.text)}`
}

export const orderClause = (order: readonly string[]): string => (order.length > 0 ? ` ORDER BY ${order.join(', ')}` : '')
