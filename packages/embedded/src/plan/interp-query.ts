import { SqlError } from '../errors.ts'
import type { Call, Column, Expr, Fill, Pseudo, Range } from '../sql/ast.ts'
import { readDuration } from './duration.ts'
import { Wrong } from './errors.ts'
import { compile } from './expression.ts'
import { fillValues } from './fill.ts'
import { BOOL, castSql, DOUBLE, type FunctionSpec, TIMESTAMP, type Typed } from './functions/index.ts'
import { keysOf } from './group-query.ts'
import type { Key } from './groups.ts'
import { type Points, pointsSql } from './interp-points.ts'
import type { ItemFrame } from './items.ts'
import { orderSql, withinLimit } from './order.ts'
import { outputOf } from './output.ts'
import type { Relation } from './relation.ts'
import type { RowFrame } from './row-frame.ts'
import { namesIn, type ScopeColumn } from './scope.ts'
import type { SelectInput } from './select.ts'
import { constantTime } from './time-range.ts'
import { whereClause } from './where-clause.ts'

/** Most points in time that INTERP makes. */
const MOST_POINTS = 10_000_000n

/** One INTERP(x): its argument and the columns that hold its values at the rows before and after a point. */
interface Interpolated {
  readonly typed: Typed
  readonly alias: string
  readonly ignoresNull: boolean
}

/** Expressions over the points of RANGE. */
class InterpFrame implements ItemFrame {
  readonly plan
  readonly functions
  readonly rows: RowFrame
  readonly keys: readonly Key[]
  readonly calls = new Map<string, Interpolated>()
  readonly #plain: boolean
  readonly #fill: Fill

  constructor(rows: RowFrame, keys: readonly Key[], fill: Fill, plain: boolean) {
    this.plan = rows.plan
    this.functions = rows.functions
    this.rows = rows
    this.keys = keys
    this.#fill = fill
    this.#plain = plain
  }

  column(node: Column): Typed {
    return this.resolved(this.rows.scope.find(node), node.name.text)
  }

  resolved(column: ScopeColumn, text: string): Typed {
    return this.#key(this.rows.resolved(column, text))
  }

  #key(row: Typed): Typed {
    const key = this.keys.find(({ typed }) => typed.sql === row.sql)
    if (key) return { ...row, sql: key.out }
    const byTable = this.keys.some(({ typed }) => typed.column === 'tbname')
    if (byTable && row.column === 'tag') return row
    throw Wrong.mixed()
  }

  pseudo(node: Pseudo): Typed {
    const text = node.name
    if (text === '_irowts' || text === '_isfilled' || text === '_irowts_origin') {
      if (!this.#plain) throw Wrong.column(text, node)
      if (text === '_irowts') return { type: TIMESTAMP, sql: 'it', text, column: 'primary' }
      if (text === '_isfilled') return { type: BOOL, sql: 'ifilled', text }
      if (!NEIGHBOURS.has(this.#fill.mode)) throw Wrong.fillFunction('_irowts_origin can only be used with FILL PREV/NEXT/NEAR', node)
      return { type: TIMESTAMP, sql: 'iorigin', text }
    }
    const row = this.rows.pseudo(node)
    return namesIn([row.sql]).size === 0 ? row : this.#key(row)
  }

  gather(node: Call, spec: Exclude<FunctionSpec, { kind: 'scalar' }>): Typed {
    if (spec.name !== 'interp') throw new SqlError(0x2700, 'Planner internal error', node.start)
    const args = node.args.map((arg) => compile(arg, this.rows.in('argument')))
    const type = spec.type(args, this.functions)
    const ignoresNull = args[1]?.literal?.text === '1'
    const key = `${args[0]!.sql} ${ignoresNull}`
    let call = this.calls.get(key)
    if (!call) {
      call = { typed: { ...args[0]!, type }, alias: `i${this.calls.size}`, ignoresNull }
      this.calls.set(key, call)
    }
    return { type, sql: call.alias, text: 'interp' }
  }
}

const NEIGHBOURS: ReadonlySet<Fill['mode']> = new Set(['prev', 'next', 'near'])

/** INTERP: the values at points in time, from the rows around them. */
export function planInterp(input: SelectInput): Relation {
  const { select, items, from, frame: rows, calls } = input
  const first = calls.find(({ spec }) => spec.name === 'interp')!.node
  if (select.window || select.groupBy.length > 0)
    throw Wrong.notAllowed('interp function is not supported in window query or group query', first)
  const { range, fill } = select
  if (!range || !fill || (range.to && !select.every)) throw Wrong.interpClauses(select)
  if (calls.some(({ spec }) => spec.name !== 'interp')) throw new SqlError(0x2700, 'Planner internal error', first.start)
  const ts = rows.functions.ts
  if (ts === undefined) throw Wrong.notAllowed('interp function requires valid time series input', first)
  const source = from.scope.first
  const keys = keysOf(select, rows, source)
  const frame = new InterpFrame(
    rows,
    keys,
    fill,
    items.some((item) => item.expr.kind === 'call' && item.expr.name === 'interp'),
  )
  const values = items.map((item) => item.make(frame))
  const written = orderSql(select.orderBy, items, values, frame)
  const points = pointsOf(range, select.every, fill, rows)
  if (fill.mode === 'none') throw Wrong.value('Unsupported fill type', fill)
  const made = [...frame.calls.values()]
  if (made.length > 1 && made.some((call) => call.ignoresNull)) {
    throw Wrong.notAllowed('interp ignoring null value options cannot be used when applying to multiple columns', first)
  }

  const groups = keys.flatMap(({ group }) => (group ? [group] : []))
  const columns = made.map(({ typed, alias }) => `${typed.sql} AS ${alias}`)
  const data = input.rows([ts, ...made.map(({ typed }) => typed.sql), ...groups.map(({ sql }) => sql), ...(source.key ? [source.key] : [])])
  // Of rows that have one time and differ in their composite key, the one with the smallest key counts.
  const once = source.key
    ? ` QUALIFY row_number() OVER (PARTITION BY ${[ts, ...groups.map(({ sql }) => sql)].join(', ')} ORDER BY ${source.key}) = 1`
    : ''
  const looked = made.some((call) => call.ignoresNull) ? ` WHERE ${made[0]!.typed.sql} IS NOT NULL` : ''
  const keyed = groups.map(({ sql, alias }) => `${sql} AS ${alias}`)
  const rowsSql = `SELECT ${[`${ts} AS it`, ...keyed, ...columns].join(', ')} FROM (SELECT * FROM (${data}) r${once}) r${looked}`
  const aliases = groups.map(({ alias }) => alias)
  const { shown, keeps, origin } = interpolation(made, fill, points.around, rows)
  const sides = pointsSql({
    rows: rowsSql,
    partition: aliases,
    values: made.map(({ alias }) => alias),
    points,
    forced: fill.mode === 'null_f' || fill.mode === 'value_f',
  })
  const interpolated = `SELECT ${['ip', 'it', ...aliases, 'pt IS DISTINCT FROM it AS ifilled', `${origin} AS iorigin`, ...made.map(({ alias }, i) => `${shown[i]} AS ${alias}`)].join(', ')} FROM (${sides}) s WHERE ${keeps}`

  const perPartition = select.partitionBy.length > 0 && select.orderBy.length === 0 && (select.limit || select.slimit)
  let sql = interpolated
  if (perPartition) {
    const limits = [
      ...(select.limit ? [withinLimit('pn', select.limit)] : []),
      ...(select.slimit ? [withinLimit('ps', select.slimit)] : []),
    ]
    sql = `SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY ip ORDER BY it) AS pn, dense_rank() OVER (ORDER BY ip) AS ps FROM (${sql}) i) i${whereClause(limits)}`
  }
  const tagged = namesIn([...values.map((value) => value.sql), ...written])
  const by = keys.find(({ typed, group }) => typed.column === 'tbname' && group)?.group?.alias
  const match = source.table?.kind === 'supertable' ? `i.${by} = t.${source.uid}` : 'true'
  const joined = by && source.uid && tagged.size > 0 ? `(${sql}) i LEFT JOIN (${source.subtables(tagged)}) t ON ${match}` : `(${sql}) i`
  return outputOf({
    select,
    items,
    values,
    frame,
    precision: from.scope.precision,
    from: joined,
    order: select.distinct ? [] : ['ip', 'it'],
    limited: !perPartition,
  })
}

/** The points of RANGE and EVERY, and how far from them a row may lie. */
function pointsOf(
  range: Range,
  every: SelectInput['select']['every'],
  fill: Fill,
  rows: RowFrame,
): Points & { around: bigint | undefined } {
  const from = time(range.from, rows)
  const to = range.to ? time(range.to, rows) : from
  let around: bigint | undefined
  if (range.around) {
    const duration = readDuration(range.around, rows.functions.precision)
    if (duration.kind === 'months') throw Wrong.syntax('Unsupported time unit in RANGE clause', range.around)
    if (!NEIGHBOURS.has(fill.mode)) throw new SqlError(0x263b, 'Range with interval can only used with fill PREV/NEXT/NEAR', range.start)
    around = duration.ticks
  }
  const step = every ? readDuration(every, rows.functions.precision) : undefined
  if (step && (step.kind === 'months' || step.ticks <= 0n)) throw Wrong.syntax('Unsupported time unit in EVERY clause', every!)
  const ticks = step?.kind === 'ticks' ? step.ticks : 1n
  if (to >= from && (to - from) / ticks > MOST_POINTS) throw Wrong.fillRange(range)
  return { first: from, last: step ? to : from, step: ticks, around }
}

function time(node: Expr, rows: RowFrame): bigint {
  const at = constantTime(node, rows)
  if (at === undefined || BigInt.asIntN(64, at) !== at) throw Wrong.timestamp(node)
  return at
}

/** SQL of the values at a point, whether it is shown, and the time of the row it comes from. */
function interpolation(
  made: readonly Interpolated[],
  fill: Fill,
  around: bigint | undefined,
  rows: RowFrame,
): { shown: string[]; keeps: string; origin: string } {
  const given = fillValues(fill, rows)
  if ((given.length > 0 || around !== undefined || fill.mode.startsWith('value')) && given.length !== made.length)
    throw Wrong.value('Filled values number mismatch', fill)
  const constant = (i: number) => castSql(given[i]!.sql, given[i]!.type, made[i]!.typed.type, rows.functions)
  const near = around === undefined ? '' : ` AND abs(it - xt) <= ${around}`
  const within = (side: string) => `(${side}t IS NOT NULL${near.replaceAll('xt', `${side}t`)})`
  const [before, after] = [within('p'), within('n')]
  const exact = 'pt IS NOT DISTINCT FROM it'
  const nearer = `(${before} AND NOT coalesce(${after} AND nt - it < it - pt, false))`
  const otherwise = (i: number) => (around === undefined ? 'NULL' : constant(i))
  switch (fill.mode) {
    case 'prev':
      return {
        shown: made.map(({ alias }, i) => `CASE WHEN ${before} THEN ${alias}p ELSE ${otherwise(i)} END`),
        keeps: around === undefined ? before : 'true',
        origin: `CASE WHEN ${before} THEN pt END`,
      }
    case 'next':
      return {
        shown: made.map(({ alias }, i) => `CASE WHEN ${after} THEN ${alias}n ELSE ${otherwise(i)} END`),
        keeps: around === undefined ? after : 'true',
        origin: `CASE WHEN ${after} THEN nt END`,
      }
    case 'near':
      return {
        shown: made.map(({ alias }, i) => `CASE WHEN ${nearer} THEN ${alias}p WHEN ${after} THEN ${alias}n ELSE ${otherwise(i)} END`),
        keeps: around === undefined ? `(${before} OR ${after})` : 'true',
        origin: `CASE WHEN ${nearer} THEN pt WHEN ${after} THEN nt END`,
      }
    case 'linear':
      return {
        shown: made.map(({ alias, typed }) => {
          const [p, n] = [`${alias}p`, `${alias}n`].map((sql) => castSql(sql, typed.type, DOUBLE, rows.functions))
          const line = castSql(`(${p} + (${n} - ${p}) * (it - pt) / CAST(nt - pt AS DOUBLE))`, DOUBLE, typed.type, rows.functions)
          return `CASE WHEN ${exact} THEN ${alias}p ELSE ${line} END`
        }),
        keeps: `(${exact} OR (pt IS NOT NULL AND nt IS NOT NULL))`,
        origin: 'NULL',
      }
    case 'value':
    case 'value_f':
      return {
        shown: made.map(({ alias }, i) => `CASE WHEN ${exact} THEN ${alias}p ELSE ${constant(i)} END`),
        keeps: 'true',
        origin: 'NULL',
      }
    default:
      return { shown: made.map(({ alias }) => `CASE WHEN ${exact} THEN ${alias}p END`), keeps: 'true', origin: 'NULL' }
  }
}
