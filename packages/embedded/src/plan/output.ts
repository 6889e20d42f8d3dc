import type { Precision } from 'taosts/wire'
import type { Select } from '../sql/ast.ts'
import { Wrong } from './errors.ts'
import type { Frame } from './expression.ts'
import { duckType, isJson, isNull, type Typed } from './functions/index.ts'
import { NULL, varchar } from './functions/types.ts'
import type { Item } from './items.ts'
import { direction, limitSql, numbered, orderClause, orderSql } from './order.ts'
import type { Relation, RelationColumn } from './relation.ts'

/** The last step of a query: its columns, DISTINCT, ORDER BY and LIMIT over what the steps before it made. */
export interface Output {
  readonly select: Select
  /** SQL that stands after FROM, with the conditions that are left. */
  readonly from: string
  readonly items: readonly Item[]
  readonly values: readonly Typed[]
  readonly frame: Frame
  readonly precision: Precision
  /** Order of the rows where ORDER BY says nothing, and of rows that it finds equal. */
  readonly order: readonly string[]
  /** SQL that ORDER BY comes to, where `frame` does not say. */
  readonly ordered?: readonly string[]
  /** Whether the rows come in the order of ORDER BY already. */
  readonly sorted?: boolean
  /** Whether LIMIT still has to be applied. */
  readonly limited: boolean
  /** Columns that hold lists of rows to come. */
  readonly lists?: ReadonlySet<string>
}

/** The query as a relation. Throws where ORDER BY does not fit the SELECT list. */
export function outputOf(output: Output): Relation {
  const { select, items, values, frame, from, lists } = output
  const columns = items.map((item, i): RelationColumn => {
    const value = values[i]!
    return { name: item.name, type: isNull(value.type) ? varchar(0) : value.type, primary: value.column === 'primary' }
  })
  const exprs = values.map((value, i) => {
    const list = lists?.has(value.sql)
    if (!list && [...(lists ?? [])].some((name) => new RegExp(`\\b${name}\\b`).test(value.sql))) throw Wrong.mixed(items[i]!.span)
    const sql = list ? `unnest(${value.sql})` : value.sql
    return `CAST(${sql} AS ${duckType(isNull(value.type) ? NULL : value.type)}) AS o${i}`
  })
  const limit = output.limited ? limitSql(select.limit) : ''
  const relation = { columns, precision: output.precision }
  if (select.distinct) {
    const json = values.findIndex((value) => isJson(value.type) && value.column)
    if (json >= 0) throw Wrong.jsonGroup(items[json]!.span)
    const order = distinctOrder(output)
    return { ...relation, sql: `SELECT * FROM (SELECT DISTINCT ${exprs.join(', ')} FROM ${from}) d${orderClause(order)}${limit}` }
  }
  const order = output.sorted ? [] : [...(output.ordered ?? orderSql(select.orderBy, items, values, frame)), ...output.order]
  if (lists && lists.size > 0 && (order.length > 0 || limit)) {
    return { ...relation, sql: `SELECT * FROM (SELECT ${exprs.join(', ')} FROM ${from}${orderClause(order)}) d${limit}` }
  }
  return { ...relation, sql: `SELECT ${exprs.join(', ')} FROM ${from}${orderClause(order)}${limit}` }
}

/** ORDER BY of a DISTINCT query can only name what is selected; without it the rows are ordered by all columns, so that the answer is always the same. */
function distinctOrder({ select, items, values, frame }: Output): string[] {
  if (select.orderBy.length === 0) return values.map((_, i) => `o${i} NULLS FIRST`)
  const written = select.orderBy.flatMap((item) => {
    const number = numbered(item.expr, values)
    const wanted = number ? undefined : orderSql([item], items, values, frame).at(-1)
    if (!number && wanted === undefined) return []
    const at = number ? values.indexOf(number) : values.findIndex((value) => wanted === `${value.sql} ${direction(item)}`)
    if (at < 0) throw Wrong.notSelected(item)
    return [`o${at} ${direction(item)}`]
  })
  return [...written, ...values.map((_, i) => `o${i} NULLS FIRST`)]
}
