import { SqlError } from '../errors.ts'
import type { Query, Union } from '../sql/ast.ts'
import type { PlanContext } from './context.ts'
import { Wrong } from './errors.ts'
import { castSql, checkCast, duckType } from './functions/index.ts'
import { direction, limitSql, orderClause } from './order.ts'
import type { Relation, RelationColumn } from './relation.ts'
import { functionContext } from './row-frame.ts'

/** UNION [ALL]: the first query gives names and types, the values of the others are cast to them. */
export function planUnion(union: Union, plan: PlanContext, planPart: (query: Query) => Relation): Relation {
  const left = planPart(union.left)
  const right = planPart(union.right)
  if (left.columns.length !== right.columns.length)
    throw new SqlError(0x2634, 'Query block has incorrect number of result columns', union.right.start)
  const context = { ...functionContext(plan, undefined), precision: left.precision }
  const columns = left.columns.map((column, i): RelationColumn => {
    const other = right.columns[i]!
    const same = column.type.code === other.type.code
    return {
      ...column,
      type: same && other.type.length > column.type.length ? other.type : column.type,
      primary: column.primary && other.primary,
    }
  })
  const side = (relation: Relation): string => {
    for (const [i, { type }] of columns.entries()) {
      const from = relation.columns[i]!.type
      if (from.code !== type.code) checkCast(from, type)
    }
    const values = columns.map(
      ({ type }, i) => `CAST(${castSql(`o${i}`, relation.columns[i]!.type, type, context)} AS ${duckType(type)}) AS o${i}`,
    )
    return `SELECT ${values.join(', ')} FROM (${relation.sql}) u`
  }
  const order = union.orderBy.map((item) => {
    const at = item.expr.kind === 'literal' && item.expr.type === 'integer' ? Number(item.expr.text) - 1 : columnAt(columns, item.expr)
    if (at < 0 || at >= columns.length) {
      if (item.expr.kind === 'literal') throw Wrong.itemNumber(item)
      throw item.expr.kind === 'column' ? Wrong.column(item.expr.name.text, item) : Wrong.notSelected(item)
    }
    return `o${at} ${direction(item)}`
  })
  const all = `${side(left)} UNION ${union.all ? 'ALL ' : ''}${side(right)}`
  const rest = union.all ? [] : columns.map((_, i) => `o${i} NULLS FIRST`)
  return { sql: `SELECT * FROM (${all}) u${orderClause([...order, ...rest])}${limitSql(union.limit)}`, columns, precision: left.precision }
}

function columnAt(columns: readonly RelationColumn[], expr: Query['orderBy'][number]['expr']): number {
  const name = expr.kind === 'column' ? expr.name.text : expr.kind === 'pseudo' ? expr.name : undefined
  return name === undefined ? -1 : columns.findIndex((column) => column.name === name)
}
