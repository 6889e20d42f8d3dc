import {
  type ExpressionBuilder,
  type ExpressionWrapper,
  type ExtractTypeFromReferenceExpression,
  type ReferenceExpression,
  sql,
} from 'kysely'
import { InterfaceError } from '../errors.ts'
import { durationText, type TaosDuration, wholeNumber } from './duration-text.ts'

type Ref<DB, TB extends keyof DB> = ReferenceExpression<DB, TB>
type Value<DB, TB extends keyof DB, R> = ExtractTypeFromReferenceExpression<DB, TB, R>
type Made<DB, TB extends keyof DB, T> = ExpressionWrapper<DB, TB, T>

/** TDengine's functions over time, typed by the query's columns. What is not here: `eb.fn<number>('name', ['column'])`. */
export interface SeriesFunctions<DB, TB extends keyof DB> {
  /** The value with the latest timestamp that is not NULL. */
  last<R extends Ref<DB, TB>>(column: R): Made<DB, TB, Value<DB, TB, R> | null>
  /** The latest row's value, NULL or not. */
  lastRow<R extends Ref<DB, TB>>(column: R): Made<DB, TB, Value<DB, TB, R> | null>
  /** The value with the earliest timestamp that is not NULL. */
  first<R extends Ref<DB, TB>>(column: R): Made<DB, TB, Value<DB, TB, R> | null>
  /** The most frequent value. */
  mode<R extends Ref<DB, TB>>(column: R): Made<DB, TB, Value<DB, TB, R> | null>
  /** Each value once. */
  unique<R extends Ref<DB, TB>>(column: R): Made<DB, TB, Value<DB, TB, R> | null>
  /** The `k` largest values. */
  top<R extends Ref<DB, TB>>(column: R, k: number): Made<DB, TB, Value<DB, TB, R> | null>
  /** The `k` smallest values. */
  bottom<R extends Ref<DB, TB>>(column: R, k: number): Made<DB, TB, Value<DB, TB, R> | null>
  /** The `k` latest values. */
  tail<R extends Ref<DB, TB>>(column: R, k: number): Made<DB, TB, Value<DB, TB, R> | null>
  /** `k` values at random. */
  sample<R extends Ref<DB, TB>>(column: R, k: number): Made<DB, TB, Value<DB, TB, R> | null>
  /** The value at the points of `range`. */
  interp<R extends Ref<DB, TB>>(column: R): Made<DB, TB, Value<DB, TB, R> | null>
  /** Largest minus smallest. */
  spread(column: Ref<DB, TB>): Made<DB, TB, number | null>
  /** Standard deviation of the population. */
  stddev(column: Ref<DB, TB>): Made<DB, TB, number | null>
  /** Average weighted by time. */
  twa(column: Ref<DB, TB>): Made<DB, TB, number | null>
  /** Rate of change between the last two values. */
  irate(column: Ref<DB, TB>): Made<DB, TB, number | null>
  /** The exact percentile, `p` from 0 to 100. */
  percentile(column: Ref<DB, TB>, p: number): Made<DB, TB, number | null>
  /** The approximate percentile, `p` from 0 to 100. */
  apercentile(column: Ref<DB, TB>, p: number, algorithm?: 'default' | 't-digest'): Made<DB, TB, number | null>
  /** Approximate number of different values. */
  hyperloglog(column: Ref<DB, TB>): Made<DB, TB, bigint>
  /** Time from the first to the last row, in units of `unit`. */
  elapsed(time: Ref<DB, TB>, unit?: TaosDuration): Made<DB, TB, number | null>
  /** Difference to the row before. */
  diff<R extends Ref<DB, TB>>(column: R): Made<DB, TB, Value<DB, TB, R> | null>
  /** Change per `unit` of time; `positive` leaves out falling values. */
  derivative(column: Ref<DB, TB>, unit: TaosDuration, positive?: boolean): Made<DB, TB, number | null>
  /** Sum so far: bigint for whole numbers, number for others. */
  csum<T extends number | bigint = number>(column: Ref<DB, TB>): Made<DB, TB, T | null>
  /** Average of the last `k` values. */
  mavg(column: Ref<DB, TB>, k: number): Made<DB, TB, number | null>
  /** How many rows in a row meet the condition; −1 where it is not met. */
  stateCount(column: Ref<DB, TB>, operator: 'LT' | 'GT' | 'LE' | 'GE' | 'NE' | 'EQ', value: number): Made<DB, TB, bigint | null>
  /** How long the condition has been met, in units of `unit`; −1 where it is not met. */
  stateDuration(
    column: Ref<DB, TB>,
    operator: 'LT' | 'GT' | 'LE' | 'GE' | 'NE' | 'EQ',
    value: number,
    unit?: TaosDuration,
  ): Made<DB, TB, bigint | null>
  /** The timestamp cut to a unit: `timeTruncate('ts', '1h')`. */
  timeTruncate<R extends Ref<DB, TB>>(time: R, unit: TaosDuration): Made<DB, TB, Value<DB, TB, R>>
}

/**
 * TDengine's functions over time for a query: `select((eb) => [series(eb).last('current').as('latest')])`.
 * Arguments that are no columns are checked and written into the statement. They throw an InterfaceError.
 */
export function series<DB, TB extends keyof DB>(eb: ExpressionBuilder<DB, TB>): SeriesFunctions<DB, TB> {
  const call = (name: string, column: Ref<DB, TB>, ...rest: string[]): never =>
    eb.fn(name, [column, ...rest.map((text) => sql.raw(text))] as never) as never
  const k = (value: number) => wholeNumber('k', value, 1)
  const number = (what: string, value: number) => {
    if (!Number.isFinite(value)) throw new InterfaceError(`${what} has to be a finite number`)
    return String(value)
  }
  const unitOf = (unit: TaosDuration | undefined) => (unit === undefined ? [] : [durationText('unit', unit)])
  return {
    last: (column) => call('last', column),
    lastRow: (column) => call('last_row', column),
    first: (column) => call('first', column),
    mode: (column) => call('mode', column),
    unique: (column) => call('unique', column),
    top: (column, n) => call('top', column, k(n)),
    bottom: (column, n) => call('bottom', column, k(n)),
    tail: (column, n) => call('tail', column, k(n)),
    sample: (column, n) => call('sample', column, k(n)),
    interp: (column) => call('interp', column),
    spread: (column) => call('spread', column),
    stddev: (column) => call('stddev', column),
    twa: (column) => call('twa', column),
    irate: (column) => call('irate', column),
    percentile: (column, p) => call('percentile', column, number('p', p)),
    apercentile: (column, p, algorithm) =>
      call(
        'apercentile',
        column,
        number('p', p),
        ...(algorithm === undefined ? [] : [`'${algorithm === 't-digest' ? 't-digest' : 'default'}'`]),
      ),
    hyperloglog: (column) => call('hyperloglog', column),
    elapsed: (time, unit) => call('elapsed', time, ...unitOf(unit)),
    diff: (column) => call('diff', column),
    derivative: (column, unit, positive = false) => call('derivative', column, durationText('unit', unit), positive ? '1' : '0'),
    csum: (column) => call('csum', column),
    mavg: (column, n) => call('mavg', column, k(n)),
    stateCount: (column, operator, value) => call('statecount', column, operatorText(operator), number('value', value)),
    stateDuration: (column, operator, value, unit) =>
      call('stateduration', column, operatorText(operator), number('value', value), ...unitOf(unit)),
    timeTruncate: (time, unit) => call('timetruncate', time, durationText('unit', unit)),
  }
}

function operatorText(operator: string): string {
  if (!/^(LT|GT|LE|GE|NE|EQ)$/.test(operator)) throw new InterfaceError('the operator has to be LT, GT, LE, GE, NE or EQ')
  return `"${operator}"`
}
