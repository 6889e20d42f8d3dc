import type { DerivedSource, Expr, Query, Select } from '../sql/ast.ts'
import { type FoundCall, queryCalls } from './calls.ts'
import { type Conditions, chosenSubtables, conditionsOf } from './conditions.ts'
import type { PlanContext } from './context.ts'
import { Wrong } from './errors.ts'
import { compile, condition } from './expression.ts'
import { type From, leafSource, type PlanQuery, singleFrom } from './from.ts'
import { planGroups } from './group-query.ts'
import { planInterp } from './interp-query.ts'
import { type Item, type ItemFrame, itemsOf } from './items.ts'
import { joinedFrom } from './join.ts'
import { outputOf } from './output.ts'
import type { Relation } from './relation.ts'
import { functionContext, RowFrame } from './row-frame.ts'
import { planRows } from './row-query.ts'
import { namesIn } from './scope.ts'
import { planSeries } from './series-query.ts'
import { planTags } from './tag-query.ts'
import { timeRange } from './time-range.ts'
import { planUnion } from './union.ts'
import { whereClause } from './where-clause.ts'

/** A SELECT with its sources and WHERE understood. */
export interface SelectInput {
  readonly plan: PlanContext
  readonly select: Select
  readonly from: From
  readonly frame: RowFrame
  readonly conditions: Conditions
  readonly items: readonly Item[]
  readonly calls: readonly FoundCall[]
  /** Whether it is no subquery and no part of a UNION. */
  readonly outermost: boolean
  /** SQL of the rows that WHERE lets through, with what the pieces of SQL need of them; `only` is one more condition on the rows of a lone table (`s`). */
  rows(consumers: Iterable<string>, only?: string): string
}

/** Plans a query. Throws SqlError where it is wrong. */
export function planQuery(query: Query, plan: PlanContext): Relation {
  return query.kind === 'union' ? planUnion(query, plan, (part) => planPart(part, plan)) : planSelect(query, plan, true)
}

function planPart(query: Query, plan: PlanContext): Relation {
  return query.kind === 'union' ? planUnion(query, plan, (part) => planPart(part, plan)) : planSelect(query, plan, false)
}

function planSelect(select: Select, plan: PlanContext, outermost: boolean): Relation {
  if (!select.from) return planConstants(select, plan)
  const input = understand(select, select.from, plan, outermost)
  const { calls } = input
  if (select.tags) return planTags(input)
  if (calls.some(({ spec }) => spec.name === 'interp')) return planInterp(input)
  if (select.range || select.every || select.fill) throw Wrong.interpClauses(select)
  if (select.slimit !== null && select.partitionBy.length === 0 && select.groupBy.length === 0) throw Wrong.slimit(select.slimit)
  if (select.window && select.groupBy.length > 0) throw Wrong.groupAndWindow(select.window)
  if (calls.some(({ spec }) => spec.kind === 'series')) return planSeries(input)
  const grouped = select.groupBy.length > 0 || select.window !== null || select.having !== null
  const cols = select.items.some((item) => item.expr.kind === 'cols')
  if (grouped || cols || calls.some(({ spec }) => spec.kind === 'aggregate')) return planGroups(input)
  return planRows(input)
}

function understand(select: Select, node: NonNullable<Select['from']>, plan: PlanContext, outermost: boolean): SelectInput {
  const planSub: PlanQuery = (query) => planPart(query, plan)
  const from = node.kind === 'join' ? joinedFrom(node, select, plan, planSub) : singleFrom(leafSource(node, 0, plan, planSub))
  const { scope } = from
  const where = new RowFrame(plan, scope, 'where')
  const conditions = conditionsOf(select.where, where)
  const isTs = (expr: Expr): boolean => {
    if (expr.kind !== 'column' && !(expr.kind === 'pseudo' && (expr.name === '_rowts' || expr.name === '_c0'))) return false
    return compile(expr, where).column === 'primary'
  }
  const frame = new RowFrame(plan, scope, 'select', timeRange(select.where, where, isTs))
  const rows = (consumers: Iterable<string>, only?: string): string => {
    const used = namesIn([...consumers, ...conditions.rows])
    const tables = only ?? chosenSubtables(scope.first, conditions.subtables)
    const range = plan.log && `s._seq >= ${plan.log.from} AND s._seq < ${plan.log.to}`
    const chosen = range && tables ? `${range} AND ${tables}` : (range ?? tables)
    const filters = [...conditions.constant, ...conditions.rows]
    const sql = from.rows(used, chosen)
    return filters.length > 0 ? `SELECT * FROM (${sql}) w${whereClause(filters)}` : sql
  }
  return { plan, select, from, frame, conditions, items: itemsOf(select, scope, plan), calls: queryCalls(select), outermost, rows }
}

/** SELECT without FROM: one row of constants; aggregates see one row. */
function planConstants(select: Select, plan: PlanContext): Relation {
  const functions = functionContext(plan, undefined)
  const frame: ItemFrame = {
    plan,
    functions,
    column: (node) => {
      throw node.table ? Wrong.alias(node.table.text, node) : Wrong.column(node.name.text, node)
    },
    pseudo: (node) => {
      throw Wrong.column(node.name, node)
    },
    resolved: (column) => {
      throw Wrong.column(column.name)
    },
    gather: (node, spec) => {
      if (spec.kind !== 'aggregate') throw Wrong.mixed(node)
      const args = node.args.map((arg) => compile(arg, frame))
      const type = spec.type(args, functions)
      return { type, sql: spec.sql(args, functions), text: '' }
    },
  }
  const items = itemsOf(select, undefined, plan)
  const values = items.map((item) => item.make(frame))
  const where = select.where ? ` WHERE ${condition(select.where, frame)}` : ''
  return outputOf({
    select,
    from: `(SELECT 1 AS one) c${where}`,
    items,
    values,
    frame,
    precision: functions.precision,
    order: [],
    limited: true,
  })
}

export type { DerivedSource }
