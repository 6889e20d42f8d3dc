import { whereClause } from './conditions.ts'
import { Wrong } from './errors.ts'
import { orderSql } from './order.ts'
import { outputOf } from './output.ts'
import type { Relation } from './relation.ts'
import { namesIn } from './scope.ts'
import type { SelectInput } from './select.ts'

/** SELECT TAGS: a row for every subtable. */
export function planTags(input: SelectInput): Relation {
  const { select, frame, items, from, conditions } = input
  const source = from.scope.first
  const values = items.map((item) => item.make(frame))
  for (const [i, value] of values.entries()) {
    if (
      value.column !== 'tag' &&
      value.column !== 'tbname' &&
      [...namesIn([value.sql])].some((name) => source.columns.some((column) => column.sql === name && column.kind !== 'tag'))
    ) {
      throw Wrong.mixed(items[i]!.span)
    }
  }
  const filters = [...conditions.constant, ...conditions.subtables, ...conditions.rows]
  const used = namesIn([...values.map((value) => value.sql), ...filters, ...orderSql(select.orderBy, items, values, frame)])
  const subtables = source.subtables(used)
  if (subtables === undefined || source.table?.kind === 'normal') throw Wrong.tagsOnly(select)
  return outputOf({
    select,
    items,
    values,
    frame,
    precision: from.scope.precision,
    from: `(${subtables}) t${whereClause(filters)}`,
    order: select.distinct ? [] : [source.uid!],
    limited: true,
  })
}
