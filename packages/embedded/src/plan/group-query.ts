import { nodesOf } from './calls.ts'
import { Wrong } from './errors.ts'
import { condition } from './expression.ts'
import { fillSql } from './fill.ts'
import { type AggregateFunction, BIGINT, type Typed } from './functions/index.ts'
import { groupsSql, withTags } from './group-sql.ts'
import { GroupFrame, type Key, physicalKeys } from './groups.ts'
import { spreadCalls } from './items.ts'
import { PROBE_ROW } from './joins/window-join.ts'
import { keysOf } from './keys.ts'
import { type Newest, newestRows } from './newest.ts'
import { orderSql, withinLimit } from './order.ts'
import { outputOf } from './output.ts'
import type { Relation } from './relation.ts'
import { namesIn } from './scope.ts'
import type { SelectInput } from './select.ts'
import { whereClause } from './where-clause.ts'
import { windowOf } from './windows/index.ts'
import type { Interval } from './windows/interval.ts'
import type { WindowPlan } from './windows/window.ts'

export { keysOf, windowOf }

/** A query with aggregates: rows are grouped by keys and windows, then the SELECT list is computed over the groups. */
export function planGroups(input: SelectInput): Relation {
  const { select, frame: rows, items, from } = input
  const source = from.scope.first
  const keys = [...(from.probe ? [PROBE_KEY] : []), ...keysOf(select, rows, source)]
  const { window, interval } = windowOf(select, rows)
  checkFilled(input)
  const frame = new GroupFrame(rows, keys, window, from.probe ? undefined : pickerOf(input), lackOf(input), from.probe)
  const having = select.having ? condition(select.having, frame) : undefined
  if (frame.lists.size > 0 && select.having) throw Wrong.mixed(select.having)
  const values = items.map((item) => item.make(frame))
  if (select.window && !usesAggregate(frame, values)) throw Wrong.windowFunction(select.window)
  const plan: GroupPlan = { input, keys, window, interval, frame, having, values }
  const whole = relationOf(plan)
  const newest = newestRows(plan)
  return newest ? { ...relationOf(plan, newest), sure: { rows: newest.rows, otherwise: whole } } : whole
}

/** A query with aggregates, understood. */
export interface GroupPlan {
  readonly input: SelectInput
  readonly keys: readonly Key[]
  readonly window: WindowPlan | undefined
  readonly interval: Interval | undefined
  readonly frame: GroupFrame
  readonly having: string | undefined
  readonly values: readonly Typed[]
}

function relationOf({ input, keys, window, interval, frame, having, values }: GroupPlan, newest?: Newest): Relation {
  const { select, frame: rows, items, from } = input
  const source = from.scope.first
  const filled =
    interval && select.window?.kind === 'interval' && select.window.fill && select.window.fill.mode !== 'none'
      ? select.window.fill
      : undefined
  const written = orderSql(select.orderBy, items, values, frame)
  const grouped = groupsSql(input, frame, keys, window, newest?.only)

  const kept = [...(window?.having ? [window.having] : []), ...(having ? [having] : []), ...(newest?.having ?? [])]
  let groups = kept.length === 0 ? grouped : `SELECT g.* FROM ${withTags(grouped, frame, source, kept)}${whereClause(kept)}`
  let shown: readonly Typed[] = values
  let lists: ReadonlySet<string> = frame.lists
  const aliases = physicalKeys(keys).map(({ alias }) => alias)
  let ordered = written
  if (filled && interval) {
    // Tags of a picked row belong to the window like its other columns.
    const ofPicked = frame.tagsBy !== undefined && !aliases.includes(frame.tagsBy)
    const ofWindow = (sql: string) => /\ba\d+\b/.test(sql) || (ofPicked && namesIn([sql]).size > 0)
    const fillable = values.flatMap((typed, i) =>
      ofWindow(typed.sql) ? [{ alias: `f${i}`, typed, list: frame.lists.has(typed.sql) }] : [],
    )
    shown = values.map((typed, i) => (fillable.some(({ alias }) => alias === `f${i}`) ? { ...typed, sql: `f${i}` } : typed))
    const orders = written.map((text) => /^(.*)( (?:ASC|DESC) NULLS (?:FIRST|LAST))$/s.exec(text)!.slice(1) as [string, string])
    const unseen = orders.filter(([sql]) => ofWindow(sql) && !values.some((value) => value.sql === sql)).map(([sql]) => sql)
    ordered = orders.map(([sql, direction]) => {
      const at = values.findIndex((value) => value.sql === sql)
      return `${at >= 0 ? shown[at]!.sql : unseen.includes(sql) ? `u${unseen.indexOf(sql)}` : sql}${direction}`
    })
    if (ofPicked) groups = `SELECT * FROM ${withTags(groups, frame, source, [...values.map(({ sql }) => sql), ...unseen])}`
    groups = fillSql({ groups, keys: aliases, values: fillable, unseen, interval, range: rows.range, fill: filled, frame: rows })
    lists = new Set(fillable.filter(({ list }) => list).map(({ alias }) => alias))
  }

  const limits: string[] = []
  const partitioned = select.partitionBy.length > 0 && select.orderBy.length === 0
  const start = window
    ? ['w0', 'ws'].filter((name) => name === window.keys[0]?.alias || window.aggregates.some(({ alias }) => alias === name))
    : []
  const numbers: string[] = []
  if (partitioned && select.limit) {
    const within = [
      ...(aliases.length > 0 ? [`PARTITION BY ${aliases.join(', ')}`] : []),
      ...(start.length > 0 ? [`ORDER BY ${start.join(', ')}`] : []),
    ]
    numbers.push(`row_number() OVER (${within.join(' ')}) AS pn`)
    limits.push(withinLimit('pn', select.limit))
  }
  if (select.slimit && select.orderBy.length === 0 && aliases.length > 0) {
    numbers.push(`dense_rank() OVER (ORDER BY ${aliases.map((alias) => `${alias} NULLS FIRST`).join(', ')}) AS ps`)
    limits.push(withinLimit('ps', select.slimit))
  }
  if (numbers.length > 0) groups = `SELECT * FROM (SELECT *, ${numbers.join(', ')} FROM (${groups}) g) g${whereClause(limits)}`

  // Windows that begin at one time, with rows of unlike composite keys, are in the order of their rows.
  const numbered = window?.keys[0]?.alias === 'wg' ? ['wg'] : []
  const order = [...aliases.map((alias) => `${alias} NULLS FIRST`), ...start, ...numbered]
  return outputOf({
    select,
    items,
    values: shown,
    frame,
    precision: from.scope.precision,
    from: withTags(groups, frame, source, [...shown.map((value) => value.sql), ...ordered]),
    ordered,
    order: select.distinct ? [] : order,
    limited: !partitioned,
    lists,
  })
}

/** What gives several rows a window cannot be filled. */
export function checkFilled({ select, calls }: SelectInput): void {
  if (select.window?.kind !== 'interval' || !select.window.fill || select.window.fill.mode === 'none') return
  const many = calls.find(({ spec }) => spec.kind === 'series' || (spec.kind === 'aggregate' && spec.unnests))
  if (many) throw Wrong.fillFunction(many.spec.name, many.node)
}

/** Every row of a WINDOW JOIN's probing side is a group. */
const PROBE_KEY: Key = { typed: { type: BIGINT, sql: PROBE_ROW, text: '' }, group: { sql: PROBE_ROW, alias: 'kj' }, out: 'kj' }

/** The one function that picks a row, where it is the only aggregate of the query. */
function pickerOf({ calls, from, frame }: SelectInput): GroupFrame['picker'] {
  const distinct = new Map(
    calls.map((call) => [
      JSON.stringify([call.node.name, call.node.args], (key, value) => (key === 'start' || key === 'end' ? undefined : value)),
      call,
    ]),
  )
  const [only] = distinct.values()
  if (distinct.size !== 1 || !only || only.spec.kind !== 'aggregate' || !only.spec.pick) return undefined
  const spread = only.spec.acceptsStar ? spreadCalls(only.node, from.scope, frame.plan.sql) : undefined
  if (spread && spread.length !== 1) return undefined
  return { node: spread?.[0]?.call ?? only.node, spec: only.spec as AggregateFunction }
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
