import { whereClause } from './conditions.ts'
import { compile } from './expression.ts'
import type { Typed } from './functions/index.ts'
import { orderSql, withinLimit } from './order.ts'
import { outputOf } from './output.ts'
import type { Relation } from './relation.ts'
import { namesIn } from './scope.ts'
import type { SelectInput } from './select.ts'

/** A query that gives a row for every row. */
export function planRows(input: SelectInput): Relation {
  const { select, frame, items, from } = input
  const { scope } = from
  const values = items.map((item) => item.make(frame))
  const source = scope.first
  const common = { select, items, values, frame, precision: scope.precision }
  if (select.distinct && onlySubtables(values)) {
    const { conditions } = input
    if (source.table?.kind === 'supertable' && conditions.rows.length === 0) {
      const used = namesIn([...values.map((value) => value.sql), ...conditions.subtables])
      const filters = [...conditions.constant, ...conditions.subtables]
      return outputOf({ ...common, from: `(${source.subtables(used)}) t${whereClause(filters)}`, order: [], limited: true })
    }
  }
  const single = scope.sources.length === 1 && source.table?.kind !== 'supertable' && source.table !== undefined
  const natural = select.distinct ? [] : single ? [source.ts!.sql, ...(source.key ? [source.key] : [])] : []
  const partition = select.partitionBy.map((item) => compile(item.expr, frame.in('group')).sql)
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
  const ties =
    ordered.length > 0 && !select.distinct
      ? [
          ...(source.ts && scope.sources.length === 1 ? [source.ts.sql] : []),
          ...(source.uid && source.table?.kind === 'supertable' && scope.sources.length === 1 ? [source.uid] : []),
        ]
      : []
  const rows = input.rows([...values.map((value) => value.sql), ...ordered, ...natural, ...ties])
  return outputOf({ ...common, from: `(${rows}) r`, order: ordered.length > 0 ? ties : natural, limited: true })
}

/** Whether all that is selected is tags, tbname among them: then subtables are asked for, not their rows. */
function onlySubtables(values: readonly Typed[]): boolean {
  return values.some((value) => value.column === 'tbname') && values.every((value) => value.column === 'tbname' || value.column === 'tag')
}
