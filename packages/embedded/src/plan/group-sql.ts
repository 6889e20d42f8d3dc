import { type GroupFrame, type Key, physicalKeys } from './groups.ts'
import { namesIn, type Source } from './scope.ts'
import type { SelectInput } from './select.ts'
import { whereClause } from './where-clause.ts'
import type { WindowPlan } from './windows/window.ts'

/** SQL of the groups: their keys, the window's columns and the aggregates. `only` is a condition on the table's rows (`s`) that leaves all that matter. */
export function groupsSql(
  input: SelectInput,
  frame: GroupFrame,
  keys: readonly Key[],
  window: WindowPlan | undefined,
  only?: string,
): string {
  const { select, from, conditions } = input
  const source = from.scope.first
  const grouping = physicalKeys(keys)
  const { aggregates } = frame
  const own = window ? [...window.keys, ...window.aggregates] : []
  const supertable = source.table?.kind === 'supertable' && from.scope.sources.length === 1
  const ties = window ? [...(source.key ? [source.key] : []), ...(supertable && source.uid ? [source.uid] : [])] : []
  const ordered = window !== undefined && window.keys[0]?.alias === 'wg'
  const consumers = [
    ...grouping.map(({ sql }) => sql),
    ...aggregates.map(({ sql }) => sql),
    ...own.map(({ sql }) => sql),
    ...(window?.consumes ?? []),
    ...frame.columns.map(({ sql }) => sql),
    ...(ordered ? ties : []),
  ]
  const bare = input.rows(consumers, only)
  const plain =
    frame.columns.length > 0 ? `SELECT *, ${frame.columns.map(({ sql, alias }) => `${sql} AS ${alias}`).join(', ')} FROM (${bare}) r` : bare
  const rows = window ? window.wrap(plain, { partition: grouping.map(({ sql }) => sql), ts: frame.functions.ts!, ties }) : plain
  const columns = [
    ...grouping.map(({ sql, alias }) => `${sql} AS ${alias}`),
    ...(window?.keys ?? []).map(({ sql, alias }) => `${sql} AS ${alias}`),
    ...(window?.aggregates ?? []).map(({ sql, alias }) => `${sql} AS ${alias}`),
    ...aggregates.map(({ sql, alias }) => `${sql} AS ${alias}`),
  ]
  const by = grouping.length + (window?.keys.length ?? 0)
  const numbers = Array.from({ length: by }, (_, i) => i + 1)
  if (columns.length === 0) columns.push('1 AS one')
  const grouped = (sql: string, having: string) => {
    const groups = `SELECT ${columns.join(', ')} FROM (${sql}) r${numbers.length > 0 ? ` GROUP BY ${numbers.join(', ')}` : ''}${having}`
    return window?.start0 ? `SELECT * REPLACE (${window.start0} AS w0) FROM (${groups}) g` : groups
  }

  if (by === 0) {
    // No groups: nothing to say about no rows, unless something counts them; a WHERE that is false for every row says nothing either.
    const never = conditions.constant.length > 0 ? ` HAVING ${conditions.constant.join(' AND ')}` : ''
    return grouped(rows, frame.counts ? never : ' HAVING count(*) > 0')
  }
  if (window?.panes && aggregates.length > 0 && aggregates.every(({ alias }) => frame.panes.has(alias)))
    return panesSql(plain, frame, grouping, window.panes)
  if (window || !frame.counts) return grouped(rows, '')
  const empty = aggregates.map(({ alias }) => `${frame.emptyValues.get(alias) ?? 'NULL'} AS ${alias}`)
  const ofTable = (sql: string) =>
    sql === source.uid || sql === source.tbname?.sql || source.columns.some((column) => column.kind === 'tag' && column.sql === sql)
  if (source.table && from.scope.sources.length === 1 && grouping.every(({ sql }) => ofTable(sql))) {
    const names = namesIn([...grouping.map(({ sql }) => sql), ...conditions.subtables])
    const subtables = `SELECT DISTINCT ${grouping.map(({ sql, alias }) => `${sql} AS ${alias}`).join(', ')} FROM (${source.subtables(names)}) t${whereClause([...conditions.constant, ...conditions.subtables])}`
    const all = [
      ...grouping.map(({ alias }) => `t.${alias}`),
      ...aggregates.map(({ alias }) =>
        frame.emptyValues.has(alias) ? `coalesce(g.${alias}, ${frame.emptyValues.get(alias)}) AS ${alias}` : `g.${alias}`,
      ),
    ]
    const match = grouping.map(({ alias }) => `t.${alias} IS NOT DISTINCT FROM g.${alias}`).join(' AND ')
    return `SELECT ${all.join(', ')} FROM (${subtables}) t LEFT JOIN (${grouped(rows, '')}) g ON ${match}`
  }
  if (select.where && conditions.rows.length > 0 && source.table && source.table.kind !== 'supertable' && from.scope.sources.length === 1) {
    // Rows that are all filtered away still count as one group of none.
    const none = `NOT EXISTS (SELECT 1 FROM (${rows}) r) AND EXISTS (SELECT 1 FROM (${source.rows(new Set())}) r)`
    return `${grouped(rows, '')} UNION ALL SELECT ${[...grouping.map(({ alias }) => `NULL AS ${alias}`), ...empty].join(', ')} WHERE ${none}`
  }
  return grouped(rows, '')
}

/** Overlapping windows by panes: each row is looked at once, then every pane in each of its windows. */
function panesSql(
  rows: string,
  frame: GroupFrame,
  keys: readonly NonNullable<Key['group']>[],
  panes: NonNullable<WindowPlan['panes']>,
): string {
  const parts = frame.aggregates.map(({ alias }) => ({ alias, ...frame.panes.get(alias)! }))
  const by = keys.map(({ alias }) => alias)
  const partials = parts.flatMap(({ alias, partials }) => partials.map((sql, i) => `${sql} AS ${alias}p${i}`))
  const numbers = Array.from({ length: by.length + 1 }, (_, i) => i + 1).join(', ')
  const paned = `SELECT ${[...keys.map(({ sql, alias }) => `${sql} AS ${alias}`), `${panes.floor(frame.functions.ts!)} AS p0`, ...partials].join(', ')} FROM (${rows}) r GROUP BY ${numbers}`
  const combined = parts.map(({ alias, partials, combine }) => `${combine(partials.map((_, i) => `${alias}p${i}`))} AS ${alias}`)
  return `SELECT ${[...by, 'w0', ...combined].join(', ')} FROM (${panes.expand(paned)}) r GROUP BY ${numbers}`
}

/** The groups as something to select from, with the tags of their subtables where they are asked for. */
export function withTags(groups: string, frame: GroupFrame, source: Source, consumers: readonly string[]): string {
  const names = namesIn(consumers)
  if (!source.uid || names.size === 0) return `(${groups}) g`
  const by = frame.tagsBy ?? frame.keys.find(({ typed, group }) => typed.column === 'tbname' && group)?.group?.alias
  if (!by) return `(${groups}) g`
  return `(${groups}) g LEFT JOIN (${source.subtables(names)}) t ON g.${by} = t.${source.uid}`
}
