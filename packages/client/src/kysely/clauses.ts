import {
  type Expression,
  type ExpressionBuilder,
  expressionBuilder,
  type RawBuilder,
  type ReferenceExpression,
  type SelectQueryBuilder,
  type SqlBool,
  sql,
} from 'kysely'
import { durationText, type TaosDuration, wholeNumber } from './duration-text.ts'
import { fillText, type IntervalOptions, type WindowFill } from './fill.ts'

/** What `$call` takes: the same query with a clause more. */
export type Clause<DB, TB extends keyof DB, O> = (query: SelectQueryBuilder<DB, TB, O>) => SelectQueryBuilder<DB, TB, O>

/** A column or expression of the query. */
type Reference<DB, TB extends keyof DB> = ReferenceExpression<DB, TB>

/** A condition of an event window, as `where` takes it in a callback. */
type Condition<DB, TB extends keyof DB> = Expression<SqlBool> | ((eb: ExpressionBuilder<DB, TB>) => Expression<SqlBool>)

const end = <DB, TB extends keyof DB, O>(clause: RawBuilder<unknown>): Clause<DB, TB, O> => {
  return (query) => query.modifyEnd(clause)
}

function reference<DB, TB extends keyof DB>(each: Reference<DB, TB>): Expression<unknown> {
  const eb = expressionBuilder<DB, TB>()
  return typeof each === 'function'
    ? (each as (builder: typeof eb) => Expression<unknown>)(eb)
    : typeof each === 'string'
      ? eb.ref(each as never)
      : (each as Expression<unknown>)
}

function condition<DB, TB extends keyof DB>(each: Condition<DB, TB>): Expression<unknown> {
  return typeof each === 'function' ? each(expressionBuilder<DB, TB>()) : each
}

/** `PARTITION BY`: windows and limits count within each partition. `query.$call(partitionBy('location'))`. */
export function partitionBy<DB, TB extends keyof DB, O>(...columns: [Reference<DB, TB>, ...Reference<DB, TB>[]]): Clause<DB, TB, O> {
  return end(sql`partition by ${sql.join(columns.map(reference<DB, TB>))}`)
}

/** `INTERVAL … SLIDING … FILL`: windows of a fixed length. Throws an InterfaceError for what is no duration. */
export function interval<DB, TB extends keyof DB, O>(length: TaosDuration, options: IntervalOptions = {}): Clause<DB, TB, O> {
  const offset = options.offset === undefined ? '' : `, ${durationText('offset', options.offset)}`
  const sliding = options.sliding === undefined ? '' : ` sliding(${durationText('sliding', options.sliding)})`
  const fill = options.fill === undefined ? '' : ` ${fillText(options.fill)}`
  return end(sql.raw(`interval(${durationText('interval', length)}${offset})${sliding}${fill}`))
}

/** `SESSION`: a window ends where nothing comes for longer than `gap`. */
export function session<DB, TB extends keyof DB, O>(time: Reference<DB, TB>, gap: TaosDuration): Clause<DB, TB, O> {
  return end(sql`session(${reference<DB, TB>(time)}, ${sql.raw(durationText('gap', gap))})`)
}

/** `STATE_WINDOW`: a window as long as a value stays the same. */
export function state<DB, TB extends keyof DB, O>(column: Reference<DB, TB>): Clause<DB, TB, O> {
  return end(sql`state_window(${reference<DB, TB>(column)})`)
}

/** `EVENT_WINDOW`: from the first row that meets one condition to the next that meets the other. */
export function event<DB, TB extends keyof DB, O>(start: Condition<DB, TB>, stop: Condition<DB, TB>): Clause<DB, TB, O> {
  return end(sql`event_window start with ${condition(start)} end with ${condition(stop)}`)
}

/** `COUNT_WINDOW`: so many rows each, beginning every `sliding` rows. */
export function count<DB, TB extends keyof DB, O>(rows: number, sliding?: number): Clause<DB, TB, O> {
  const step = sliding === undefined ? '' : `, ${wholeNumber('sliding', sliding, 1)}`
  return end(sql.raw(`count_window(${wholeNumber('rows', rows, 2)}${step})`))
}

/** `SLIMIT`: at most so many partitions, after skipping some. */
export function slimit<DB, TB extends keyof DB, O>(partitions: number, offset?: number): Clause<DB, TB, O> {
  const skip = offset === undefined ? '' : ` soffset ${wholeNumber('offset', offset)}`
  return end(sql.raw(`slimit ${wholeNumber('partitions', partitions, 1)}${skip}`))
}

/** `RANGE … EVERY … FILL`: the points in time at which INTERP is asked for. */
export function range<DB, TB extends keyof DB, O>(
  from: Date | string | bigint,
  to: Date | string | bigint,
  options: { readonly every: TaosDuration; readonly fill: WindowFill },
): Clause<DB, TB, O> {
  return end(sql`range(${from}, ${to}) every(${sql.raw(durationText('every', options.every))}) ${sql.raw(fillText(options.fill))}`)
}

/** A clause of any kind, for what has no helper; it is placed where TDengine wants it. */
export function any<DB, TB extends keyof DB, O>(clause: RawBuilder<unknown>): Clause<DB, TB, O> {
  return end(clause)
}
