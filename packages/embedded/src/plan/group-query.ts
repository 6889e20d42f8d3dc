import { SqlError } from '../errors.ts'
import type { Expr, Select } from '../sql/ast.ts'
import { nodesOf } from './calls.ts'
import { whereClause } from './conditions.ts'
import { Wrong } from './errors.ts'
import { compile, condition } from './expression.ts'
import { fillSql } from './fill.ts'
import { type AggregateFunction, BIGINT, type Typed } from './functions/index.ts'
import { GroupFrame, type Key, physicalKeys } from './groups.ts'
import { PROBE_ROW } from './joins/window-join.ts'
import { numbered, orderSql, withinLimit } from './order.ts'
import { outputOf } from './output.ts'
import type { Relation } from './relation.ts'
import type { RowFrame } from './row-frame.ts'
import { namesIn, type Source } from './scope.ts'
import type { SelectInput } from './select.ts'
import { countPlan } from './windows/count.ts'
import { eventPlan } from './windows/event.ts'
import { type Interval, intervalPlan, readInterval } from './windows/interval.ts'
import { sessionPlan } from './windows/session.ts'
import { statePlan } from './windows/state.ts'
import type { WindowPlan } from './windows/window.ts'

/** A query with aggregates: rows are grouped by keys and windows, then the SELECT list is computed over the groups. */
export function planGroups(input: SelectInput): Relation {
  const { select, frame: rows, items, from } = input
  const source = from.scope.first
  const keys = [...(from.probe ? [PROBE_KEY] : []), ...keysOf(select, rows, source)]
  const { window, interval } = windowOf(select, rows)
  const frame = new GroupFrame(rows, keys, window, from.probe ? undefined : pickerOf(input), lackOf(input), from.probe)
  const having = select.having ? condition(select.having, frame) : undefined
  const values = items.map((item) => item.make(frame))
  if (select.window && !usesAggregate(frame, values)) throw Wrong.windowFunction(select.window)
  const filled =
    interval && select.window?.kind === 'interval' && select.window.fill && select.window.fill.mode !== 'none'
      ? select.window.fill
      : undefined
  const written = orderSql(select.orderBy, items, values, frame)
  const grouped = groupsSql(input, frame, keys, window)

  let groups =
    having === undefined && window?.having === undefined
      ? grouped
      : `SELECT * FROM (${grouped}) g${whereClause([...(window?.having ? [window.having] : []), ...(having ? [having] : [])])}`
  let shown: readonly Typed[] = values
  let lists: ReadonlySet<string> = frame.lists
  const aliases = physicalKeys(keys).map(({ alias }) => alias)
  if (filled && interval) {
    const fillable = values.flatMap((typed, i) => (/\ba\d+\b/.test(typed.sql) ? [{ alias: `f${i}`, typed, list: frame.lists.has(typed.sql) }] : []))
    groups = fillSql({ groups, keys: aliases, values: fillable, interval, range: rows.range, fill: filled, frame: rows })
    lists = new Set(fillable.filter(({ list }) => list).map(({ alias }) => alias))
    shown = values.map((typed, i) => (fillable.some(({ alias }) => alias === `f${i}`) ? { ...typed, sql: `f${i}` } : typed))
  }

  const limits: string[] = []
  const partitioned = select.partitionBy.length > 0 && select.orderBy.length === 0
  const start = window
    ? ['w0', 'ws'].filter((name) => name === window.keys[0]?.alias || window.aggregates.some(({ alias }) => alias === name))
    : []
  const numbers: string[] = []
  if (partitioned && select.limit && window) {
    numbers.push(`row_number() OVER (${aliases.length > 0 ? `PARTITION BY ${aliases.join(', ')} ` : ''}ORDER BY ${start.join(', ')}) AS pn`)
    limits.push(withinLimit('pn', select.limit))
  }
  if (select.slimit && select.orderBy.length === 0 && aliases.length > 0) {
    numbers.push(`dense_rank() OVER (ORDER BY ${aliases.map((alias) => `${alias} NULLS FIRST`).join(', ')}) AS ps`)
    limits.push(withinLimit('ps', select.slimit))
  }
  if (numbers.length > 0) groups = `SELECT * FROM (SELECT *, ${numbers.join(', ')} FROM (${groups}) g) g${whereClause(limits)}`

  const order = [...aliases.map((alias) => `${alias} NULLS FIRST`), ...start]
  return outputOf({
    select,
    items,
    values: shown,
    frame,
    precision: from.scope.precision,
    from: withTags(groups, frame, source, [...shown.map((value) => value.sql), ...written]),
    order: select.distinct ? [] : order,
    limited: !(partitioned && window),
    lists,
  })
}

/** Every row of a WINDOW JOIN's probing side is a group. */
const PROBE_KEY: Key = { typed: { type: BIGINT, sql: PROBE_ROW, text: '' }, group: { sql: PROBE_ROW, alias: 'kj' }, out: 'kj' }

/** PARTITION BY or GROUP BY; its items may be numbers and aliases of the SELECT list. */
export function keysOf(select: Select, rows: RowFrame, source: Source): Key[] {
  const frame = rows.in('group')
  const written: Expr[] = [...select.partitionBy.map((item) => item.expr), ...select.groupBy]
  const typed = written.map((expr) => {
    if (expr.kind === 'literal' && expr.type === 'integer' && select.groupBy.includes(expr)) {
      numbered(expr, select.items as unknown as Typed[])
      return compile(select.items[Number(expr.text) - 1]!.expr, frame)
    }
    if (expr.kind === 'column' && !expr.table && !frame.scope.lookup(null, expr.name.text, expr)) {
      const item = select.items.find(({ alias }) => alias?.text === expr.name.text)
      if (item) return compile(item.expr, frame)
    }
    return compile(expr, frame)
  })
  const byTable = source.table?.kind === 'supertable' && rows.scope.sources.length === 1 && typed.some(({ column }) => column === 'tbname')
  let next = 0
  const keys: Key[] = []
  for (const key of typed) {
    if (byTable && key.column === 'tbname') {
      keys.push({ typed: key, group: { sql: source.uid!, alias: `k${next++}` }, out: key.sql })
    } else if (byTable && key.column === 'tag') keys.push({ typed: key, group: undefined, out: key.sql })
    else if (namesIn([key.sql]).size === 0) keys.push({ typed: key, group: undefined, out: key.sql })
    else {
      const alias = `k${next++}`
      keys.push({ typed: key, group: { sql: key.sql, alias }, out: alias })
    }
  }
  return keys
}

export function windowOf(select: Select, rows: RowFrame): { window: WindowPlan | undefined; interval: Interval | undefined } {
  const { window } = select
  if (!window) return { window: undefined, interval: undefined }
  const { ts } = rows.functions
  if (ts === undefined) throw new SqlError(0x2666, 'Not supported window: the input has no primary timestamp', window.start)
  const frame = rows.in('where')
  switch (window.kind) {
    case 'interval': {
      const interval = readInterval(window, rows, rows.range)
      return { window: intervalPlan(interval, ts), interval }
    }
    case 'session':
      return { window: sessionPlan(window, frame), interval: undefined }
    case 'state':
      return { window: statePlan(window, frame, ts), interval: undefined }
    case 'event':
      return { window: eventPlan(window, frame, ts), interval: undefined }
    case 'count':
      return { window: countPlan(window, frame, ts), interval: undefined }
    case 'anomaly':
      throw new SqlError(0x0200, 'ANOMALY_WINDOW is not supported by the embedded engine', window.start)
  }
}

/** The one function that picks a row, where it is the only aggregate of the query. */
function pickerOf({ calls }: SelectInput): GroupFrame['picker'] {
  const distinct = new Map(
    calls.map((call) => [
      JSON.stringify([call.node.name, call.node.args], (key, value) => (key === 'start' || key === 'end' ? undefined : value)),
      call,
    ]),
  )
  const [only] = distinct.values()
  if (distinct.size !== 1 || !only || only.spec.kind !== 'aggregate' || !only.spec.pick) return undefined
  return { node: only.node, spec: only.spec as AggregateFunction }
}

/** The error for a column that is neither grouped nor from a picked row. */
function lackOf({ select, calls }: SelectInput): ConstructorParameters<typeof GroupFrame>[4] {
  if (select.groupBy.length > 0) return (_, near) => Wrong.notGrouped(near)
  if (select.window && calls.length === 0) return (column, near) => Wrong.usage(column, near)
  if (calls.length === 0 || (select.having && [...nodesOf(select.having)].every((node) => node.kind !== 'call')))
    return (_, near) => Wrong.notGrouped(near)
  return (_, near) => Wrong.notSingleGroup(near)
}

function usesAggregate(frame: GroupFrame, values: readonly Typed[]): boolean {
  return frame.aggregates.length > 0 || values.some((value) => frame.window?.value && value.sql === frame.window.value.alias)
}

/** SQL of the groups: their keys, the window's columns and the aggregates; `extra` are other columns. */
function groupsSql(input: SelectInput, frame: GroupFrame, keys: readonly Key[], window: WindowPlan | undefined): string {
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
  const bare = input.rows(consumers)
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
  const grouped = (sql: string, having: string) =>
    `SELECT ${columns.join(', ')} FROM (${sql}) r${numbers.length > 0 ? ` GROUP BY ${numbers.join(', ')}` : ''}${having}`

  if (by === 0) {
    // No groups: nothing to say about no rows, unless something counts them; a WHERE that is false for every row says nothing either.
    const never = conditions.constant.length > 0 ? ` HAVING ${conditions.constant.join(' AND ')}` : ''
    return grouped(rows, frame.counts ? never : ' HAVING count(*) > 0')
  }
  if (window?.panes && aggregates.length > 0 && aggregates.every(({ alias }) => frame.panes.has(alias))) return panesSql(plain, frame, grouping, window.panes)
  if (window || !frame.counts) return grouped(rows, '')
  const empty = aggregates.map(({ alias }) => `${frame.emptyValues.get(alias) ?? 'NULL'} AS ${alias}`)
  if (
    supertable &&
    grouping.every(
      ({ sql }) => sql === source.uid || from.scope.first.columns.some((column) => column.kind === 'tag' && column.sql === sql),
    )
  ) {
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
function panesSql(rows: string, frame: GroupFrame, keys: readonly NonNullable<Key['group']>[], panes: NonNullable<WindowPlan['panes']>): string {
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
