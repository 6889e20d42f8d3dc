import type { Expr } from '../sql/ast.ts'
import { conjuncts } from './conditions.ts'
import type { Typed } from './functions/index.ts'
import { BIGINT, INT } from './functions/types.ts'
import type { Item } from './items.ts'
import { keysOf } from './keys.ts'
import { limitSql, orderClause, orderSql, withinLimit } from './order.ts'
import { outputOf } from './output.ts'
import type { Relation } from './relation.ts'
import { lateTags, namesIn } from './scope.ts'
import type { SelectInput } from './select.ts'
import { whereClause } from './where-clause.ts'

/** A query that gives a row for every row. */
export function planRows(input: SelectInput): Relation {
  const { select, frame, items, from } = input
  const { scope } = from
  const values = items.map((item) => item.make(frame))
  const source = scope.first
  const common = { select, items, values, frame, precision: scope.precision }
  if (input.plan.log) return planLog(input, values)
  if (select.distinct && onlySubtables(values)) {
    const { conditions } = input
    if (source.table?.kind === 'supertable' && scope.sources.length === 1 && conditions.rows.length === 0) {
      const used = namesIn([...values.map((value) => value.sql), ...conditions.subtables])
      const filters = [...conditions.constant, ...conditions.subtables]
      return outputOf({ ...common, from: `(${source.subtables(used)}) t${whereClause(filters)}`, order: [], limited: true })
    }
  }
  const partition = keysOf(select, frame, source).flatMap(({ group, typed }) => (group || namesIn([typed.sql]).size > 0 ? [typed.sql] : []))
  const ordered = orderSql(select.orderBy, items, values, frame)
  if (partition.length > 0 && select.orderBy.length === 0 && (select.slimit || select.limit) && !select.distinct) {
    const ts = [...(source.ts ? [source.ts.sql] : []), ...(source.uid ? [source.uid] : [])]
    const rows = input.rows([...values.map((value) => value.sql), ...partition, ...ts])
    const numbers = [
      `row_number() OVER (PARTITION BY ${partition.join(', ')}${ts.length > 0 ? ` ORDER BY ${ts.join(', ')}` : ''}) AS pn`,
      `dense_rank() OVER (ORDER BY ${partition.map((sql) => `${sql} NULLS FIRST`).join(', ')}) AS ps`,
    ]
    const limits = [
      ...(select.limit ? [withinLimit('pn', select.limit)] : []),
      ...(select.slimit ? [withinLimit('ps', select.slimit)] : []),
    ]
    return outputOf({
      ...common,
      from: `(SELECT *, ${numbers.join(', ')} FROM (${rows}) r) r${whereClause(limits)}`,
      order: ['ps', 'pn'],
      limited: false,
    })
  }
  const order = select.distinct
    ? []
    : [...(ordered.length === 0 ? partition.map((sql) => `${sql} NULLS FIRST`) : []), ...naturalOrder(input, ordered)]
  const shown = values.map((value) => value.sql)
  const late = select.limit && !select.distinct ? lateTags(source, [...ordered, ...order, ...input.conditions.rows], shown) : undefined
  if (late && scope.sources.length === 1) {
    // Tags are found for the rows that LIMIT leaves.
    const rows = input.rows([...ordered, ...order, ...late.rows])
    const chosen = `SELECT * FROM (${rows}) r${orderClause([...ordered, ...order])}${limitSql(select.limit)}`
    return outputOf({ ...common, from: `(${chosen}) r LEFT JOIN (${late.subtables}) t USING (${source.uid})`, order, limited: false })
  }
  const single = isPoint(input)
  const whole = { ...outputOf({ ...common, from: `(${input.rows([...shown, ...ordered, ...order])}) r`, order, limited: true }), single }
  if (!comesSorted(input, ordered, [...shown, ...ordered])) return whole
  const asWritten = outputOf({ ...common, from: `(${input.rows(shown)}) r`, order, sorted: true, limited: true })
  return { ...asWritten, single, still: { holds: () => source.inOrder(), otherwise: whole } }
}

/** The rows of a part of the log in its order, each with its position and its table's `uid` behind what is selected. */
function planLog({ select, frame, items, from, rows }: SelectInput, values: readonly Typed[]): Relation {
  const { precision } = from.scope
  const seq: Typed = { type: BIGINT, sql: 'q0__seq', text: '' }
  const uid: Typed = { type: INT, sql: 'q0_uid', text: '' }
  const hidden = [seq, uid].map((value): Item => ({ ...items[0]!, name: value.sql, make: () => value }))
  const all = [...values, seq, uid]
  return outputOf({
    select,
    items: [...items, ...hidden],
    values: all,
    frame,
    precision,
    from: `(${rows(all.map(({ sql }) => sql))}) r`,
    order: [seq.sql],
    limited: false,
  })
}

/** Whether all rows are of one table and one time, of which it has one row. */
function isPoint({ select, from }: SelectInput): boolean {
  const { table, ts, key } = from.scope.first
  if (from.scope.sources.length > 1 || !table || table.kind === 'supertable' || !ts || key !== undefined) return false
  const isTime = (node: Expr): boolean => node.kind === 'column' && node.name.text === ts.name
  return conjuncts(select.where).some(
    (node) =>
      node.kind === 'compare' &&
      node.op === '=' &&
      ((isTime(node.left) && node.right.kind === 'literal') || (isTime(node.right) && node.left.kind === 'literal')),
  )
}

/** Whether a lone table's rows come in the order that is asked for: by time, from storage that has them so. */
function comesSorted(
  { select, from, conditions, outermost }: SelectInput,
  ordered: readonly string[],
  consumers: readonly string[],
): boolean {
  const source = from.scope.first
  if (!outermost || !source.inOrder() || from.scope.sources.length > 1 || select.distinct || select.partitionBy.length > 0) return false
  // Tags come by a join, which does not keep the order.
  if (
    source.uid &&
    [...namesIn([...consumers, ...conditions.rows])].some(
      (name) => name === source.tbname?.sql || source.columns.some(({ sql, kind }) => sql === name && kind === 'tag'),
    )
  )
    return false
  return ordered.length === 0 || (ordered.length === 1 && ordered[0] === `${source.ts!.sql} ASC NULLS FIRST`)
}

/**
 * The order of rows where ORDER BY (`ordered`) says nothing, or finds them equal: a table's rows and joined ones by time; a supertable's by subtable and time, but only where
 * it matters which rows come first.
 */
function naturalOrder({ select, from }: SelectInput, ordered: readonly string[]): string[] {
  if (from.order) return [...from.order]
  const source = from.scope.first
  const { ts, key } = source
  if (!ts) return []
  const ties = ordered.length > 0
  // A composite key goes the way that the time goes.
  const backwards = ordered.some((text) => text.startsWith(`${ts.sql} DESC`))
  const time = [ts.sql, ...(key ? [`${key}${backwards ? ' DESC' : ''}`] : [])]
  if (source.table?.kind !== 'supertable') return source.table || ties ? time : []
  if (ties) return [...time, source.uid!]
  return select.limit || select.partitionBy.length > 0 ? [source.uid!, ...time] : []
}

/** Whether all that is selected is tags, tbname among them: then subtables are asked for, not their rows. */
function onlySubtables(values: readonly Typed[]): boolean {
  return values.some((value) => value.column === 'tbname') && values.every((value) => value.column === 'tbname' || value.column === 'tag')
}
