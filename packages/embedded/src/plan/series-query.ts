import type { Call, Column, Pseudo } from '../sql/ast.ts'
import { gatheringCalls, nodesOf } from './calls.ts'
import { Wrong } from './errors.ts'
import { compile, condition } from './expression.ts'
import { BIGINT, type FunctionSpec, type SeriesFunction, TIMESTAMP, type Typed } from './functions/index.ts'
import { checkFilled, keysOf, windowOf } from './group-query.ts'
import type { ItemFrame } from './items.ts'
import { PROBE_ROW } from './joins/window-join.ts'
import { orderSql, withinLimit } from './order.ts'
import { outputOf } from './output.ts'
import type { Relation } from './relation.ts'
import type { RowFrame } from './row-frame.ts'
import { lateTags, type ScopeColumn } from './scope.ts'
import type { SelectInput } from './select.ts'
import { type Lie, SEQUENCES, type Sequence } from './sequence/index.ts'
import { numberedRows } from './sequence/sequence.ts'
import { whereClause } from './where-clause.ts'
import { sorted } from './windows/in-order.ts'
import type { WindowPlan } from './windows/window.ts'

/** Expressions over rows that series functions are computed for. */
class SeriesFrame implements ItemFrame {
  readonly plan
  readonly functions
  readonly rows: RowFrame
  readonly window: WindowPlan | undefined
  readonly calls = new Map<string, { readonly sequence: Sequence; readonly alias: string }>()
  readonly #lie: Omit<Lie, 'id'>

  constructor(rows: RowFrame, window: WindowPlan | undefined, lie: Omit<Lie, 'id'>) {
    this.plan = rows.plan
    this.functions = rows.functions
    this.rows = rows
    this.window = window
    this.#lie = lie
  }

  column(node: Column): Typed {
    return this.rows.column(node)
  }

  resolved(column: ScopeColumn, text: string): Typed {
    return this.rows.resolved(column, text)
  }

  pseudo(node: Pseudo): Typed {
    const text = node.name
    if (this.window && text === '_wstart') return { type: TIMESTAMP, sql: this.window.start, text, column: 'primary' }
    if (this.window && text === '_wend') return { type: TIMESTAMP, sql: this.window.end, text }
    if (this.window && text === '_wduration') return { type: BIGINT, sql: this.window.duration, text }
    return this.rows.pseudo(node)
  }

  gather(node: Call, spec: Exclude<FunctionSpec, { kind: 'scalar' }>): Typed {
    if (spec.kind !== 'series') throw Wrong.mixed(node)
    const args = node.args.map((arg) => compile(arg, this.rows.in('argument')))
    const type = spec.type(args, this.functions)
    const maker = SEQUENCES[spec.name]
    if (!maker) throw Wrong.mixed(node)
    const key = `${spec.name}(${args.map((arg) => `${arg.sql} ${arg.text}`).join()})`
    let call = this.calls.get(key)
    if (!call) {
      const id = `z${this.calls.size}`
      call = { sequence: maker(args, { ...this.#lie, id }, node), alias: `${id}v` }
      this.calls.set(key, call)
    }
    const first = args[0]
    return {
      type,
      sql: call.alias,
      text: spec.name,
      ...(spec.choice === 'rows' && first?.column === 'primary' ? { column: 'primary' as const } : {}),
    }
  }
}

/** A query whose functions look at rows in time order and give several rows. */
export function planSeries(input: SelectInput): Relation {
  const { select, items, from, frame: rows, calls } = input
  const source = from.scope.first
  const specs = calls.map(({ spec }) => spec)
  checkTogether(input)
  const keys = keysOf(select, rows, source)
  const { window } = windowOf(select, rows)
  checkFilled(input)
  const ts = rows.functions.ts
  const named = specs.find((spec): spec is SeriesFunction => spec.kind === 'series')!
  if (ts === undefined && named.choice === 'series')
    throw Wrong.notAllowed(`${named.name} function requires valid time series input`, select)
  const supertable = source.table?.kind === 'supertable' && from.scope.sources.length === 1
  const ties = [...(source.key ? [source.key] : []), ...(supertable && source.uid ? [source.uid] : [])]
  const partition = [
    ...(from.probe ? [PROBE_ROW] : []),
    ...keys.flatMap(({ group, typed }) => (group ? [group.sql] : typed.sql.startsWith('q') ? [typed.sql] : [])),
  ]
  const inWindow = [...partition, ...(window?.keys ?? []).map(({ alias }) => alias)]
  const order = [...(ts === undefined ? ['1'] : [ts]), ...ties]
  const frame = new SeriesFrame(rows, window, {
    partition: inWindow,
    order,
    ts: ts ?? '0',
    composite: source.key !== undefined,
    alone: aloneIn(calls),
    functions: rows.functions,
  })
  const values = items.map((item) => item.make(frame))
  const written = orderSql(select.orderBy, items, values, frame)
  for (const node of select.having ? nodesOf(select.having) : [])
    if (
      (node.kind === 'column' && !keys.some(({ typed }) => typed.sql === rows.column(node).sql)) ||
      (node.kind === 'pseudo' && node.name === 'tbname' && !keys.some(({ typed }) => typed.column === 'tbname'))
    )
      throw Wrong.notGrouped(node)
  const having = select.having ? condition(select.having, frame) : undefined

  const made = [...frame.calls.values()]
  const needed = [
    ...partition,
    ...order,
    ...(window?.consumes ?? []),
    ...(window?.aggregates ?? []).map(({ sql }) => sql),
    ...(window?.keys ?? []).map(({ sql }) => sql),
    ...made.flatMap(({ sequence }) => [sequence.value, sequence.looks ?? '', sequence.keeps ?? '', ...sequence.layers.flat()]),
  ]
  const shown = [...values.map((value) => value.sql), ...written, ...(having ? [having] : [])]
  // Tags that are only shown are found for the rows that were chosen.
  const late = supertable && named.choice === 'rows' ? lateTags(source, [...needed, ...input.conditions.rows], shown) : undefined
  const consumers = late ? [...needed, ...late.rows] : [...needed, ...shown]
  let sql = input.rows(consumers)
  if (window) {
    sql = window.wrap(sql, { partition, ts: ts!, ties })
    const keyed = window.keys.filter((key) => key.sql !== key.alias).map((key) => `${key.sql} AS ${key.alias}`)
    if (keyed.length > 0) sql = `SELECT *, ${keyed.join(', ')} FROM (${sql}) r`
    if (window.start0) sql = `SELECT * REPLACE (${window.start0} AS w0) FROM (${sql}) r`
    const by = [...partition, ...window.keys.map(({ alias }) => alias)].join(', ')
    const whole = window.aggregates
      .filter(({ alias }) => alias !== 'wv')
      .map((aggregate) => `${aggregate.sql} OVER (PARTITION BY ${by}) AS ${aggregate.alias}`)
    if (whole.length > 0) sql = `SELECT *, ${whole.join(', ')} FROM (${sql}) r`
    if (window.having) sql = `SELECT * FROM (${sql}) r WHERE ${window.having}`
  }
  const first = made.length === 1 && inWindow.length === 0 ? made[0]!.sequence.first : undefined
  if (source.key && made.every(({ sequence }) => sequence.onceATime)) {
    const by = [...inWindow, ...(ts === undefined ? [] : [ts])].join(', ')
    sql = `SELECT * FROM (${sql}) r QUALIFY row_number() OVER (PARTITION BY ${by} ORDER BY ${order.join(', ')}) = 1`
  }
  const looked = made.flatMap(({ sequence }) => (sequence.looks ? [sequence.looks] : []))
  const looks = looked.length === made.length ? ` WHERE ${looked.map((part) => `(${part})`).join(' OR ')}` : ''
  if (looks && !first?.looksLast) sql = `SELECT * FROM (${sql}) r${looks}`
  if (named.choice === 'series') {
    const lies = { partition, ts: ts!, ties }
    sql = numberedRows(sorted(sql, lies), lies)
  }
  if (first) {
    const limited = `(${sql}) r ORDER BY ${first.order.join(', ')} LIMIT ${first.count}${first.offset ? ` OFFSET ${first.offset}` : ''}`
    sql = first.looksLast ? `SELECT * FROM (SELECT * FROM ${limited}) r${looks}` : `SELECT * FROM ${limited}`
  }
  for (let layer = 0; !first && made.some(({ sequence }) => layer < sequence.layers.length); layer++) {
    const columns = made.flatMap(({ sequence }) => sequence.layers[layer] ?? [])
    sql = `SELECT *, ${columns.join(', ')} FROM (${sql}) r`
  }
  sql = `SELECT *, ${made.map(({ sequence, alias }) => `${sequence.value} AS ${alias}`).join(', ')} FROM (${sql}) r`
  const kept = first ? [] : made.flatMap(({ sequence }) => (sequence.keeps ? [sequence.keeps] : []))
  if (kept.length === made.length) sql = `SELECT * FROM (${sql}) r WHERE ${kept.map((part) => `(${part})`).join(' OR ')}`

  if (having) sql = `SELECT * FROM (${sql}) r WHERE ${having}`

  // What runs over sorted rows leaves them sorted.
  const natural =
    named.choice === 'series'
      ? []
      : [
          ...partition.map((part) => `${part} NULLS FIRST`),
          ...(window?.keys ?? []).map(({ alias }) => alias),
          ...(ts === undefined ? [] : order),
        ]
  const perPartition = select.partitionBy.length > 0 && select.orderBy.length === 0 && (select.limit || select.slimit)
  if (perPartition) {
    const by = partition.length > 0 ? `PARTITION BY ${partition.join(', ')} ` : ''
    const numbers = [
      `row_number() OVER (${by}ORDER BY ${order.join(', ')}) AS pn`,
      `dense_rank() OVER (ORDER BY ${partition.map((part) => `${part} NULLS FIRST`).join(', ') || '1'}) AS ps`,
    ]
    const limits = [
      ...(select.limit ? [withinLimit('pn', select.limit)] : []),
      ...(select.slimit ? [withinLimit('ps', select.slimit)] : []),
    ]
    sql = `SELECT * FROM (SELECT *, ${numbers.join(', ')} FROM (${sql}) r) r${whereClause(limits)}`
  }
  return outputOf({
    select,
    items,
    values,
    frame,
    precision: from.scope.precision,
    from: late ? `(${sql}) r LEFT JOIN (${late.subtables}) t USING (${source.uid})` : `(${sql}) r`,
    order: select.distinct ? [] : natural,
    limited: !perPartition,
  })
}

/** Whether all calls are one call, written once or more often. */
function aloneIn(calls: SelectInput['calls']): boolean {
  return new Set(calls.map(({ node }) => textOf(node))).size <= 1
}

/** A call as written, wherever it stands. */
const textOf = ({ name, args }: Call): string =>
  JSON.stringify([name, args], (key, value) => (key === 'start' || key === 'end' ? undefined : value))

/** Which functions may stand beside each other, and beside windows and groups. */
function checkTogether({ select, calls }: SelectInput): void {
  const having = select.having ? gatheringCalls(select.having).find(({ spec }) => spec.kind === 'series') : undefined
  if (having) throw Wrong.mixed(having.node)
  const grouped = select.window !== null || select.groupBy.length > 0
  const series = calls.flatMap(({ node, spec }) => (spec.kind === 'series' ? [{ node, spec }] : []))
  for (const { node, spec } of series) {
    if (grouped && (spec.choice === 'series' || spec.name === 'unique' || spec.name === 'tail')) {
      throw Wrong.notAllowed(`${spec.name} function is not supported in window query or group query`, node)
    }
    const answers = spec.answers?.(node.args)
    const alike = answers !== undefined && series.every((other) => other.spec.answers?.(other.node.args) === answers)
    if (series.length < calls.length || (!aloneIn(series) && !alike)) throw Wrong.mixed(node)
  }
}
