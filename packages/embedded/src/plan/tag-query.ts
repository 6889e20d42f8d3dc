import { Wrong } from './errors.ts'
import { orderSql } from './order.ts'
import { outputOf } from './output.ts'
import type { Relation } from './relation.ts'
import { namesIn } from './scope.ts'
import type { SelectInput } from './select.ts'
import { whereClause } from './where-clause.ts'

/** SELECT TAGS: a row for every subtable. */
export function planTags(input: SelectInput): Relation {
  const { select, frame, items, from, conditions } = input
  const source = from.scope.first
  const values = items.map((item) => item.make(frame))
  if (from.scope.sources.length > 1 || !source.uid) throw Wrong.tagsOnly(select)
  const ofRows = (sql: string) =>
    [...namesIn([sql])].some((name) => source.columns.some((column) => column.sql === name && column.kind !== 'tag'))
  for (const [i, value] of values.entries()) if (ofRows(value.sql)) throw Wrong.mixed(items[i]!.span)
  const written = orderSql(select.orderBy, items, values, frame)
  if (written.some(ofRows)) throw Wrong.notSelected(select.orderBy[0])
  // A condition on rows leaves the subtables that have such a row.
  const having = conditions.rows.some(ofRows) ? [`${source.uid} IN (SELECT ${source.uid} FROM (${input.rows([source.uid])}) r)`] : []
  const filters = [...conditions.constant, ...conditions.subtables, ...conditions.rows.filter((sql) => !ofRows(sql)), ...having]
  const used = namesIn([...values.map((value) => value.sql), ...filters, ...written])
  const subtables = source.subtables(used)
  if (subtables === undefined) throw Wrong.tagsOnly(select)
  return outputOf({
    select,
    items,
    values,
    frame,
    precision: from.scope.precision,
    from: `(${subtables}) t${whereClause(filters)}`,
    order: select.distinct ? [] : [source.uid],
    limited: true,
  })
}
