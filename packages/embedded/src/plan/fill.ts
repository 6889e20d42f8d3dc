import type { Fill } from '../sql/ast.ts'
import { Wrong } from './errors.ts'
import { compile, type Frame } from './expression.ts'
import { castSql, DOUBLE, duckType, isNumeric, isTimestamp, type Typed } from './functions/index.ts'
import { namesIn } from './scope.ts'
import type { TimeRange } from './time-range.ts'
import type { Interval } from './windows/interval.ts'

/** Most windows that FILL makes. */
const MOST_WINDOWS = 10_000_000n

/** What FILL works on. */
export interface FillInput {
  /** SQL of the groups: keys, `w0` and aggregates, conditions applied. */
  readonly groups: string
  readonly keys: readonly string[]
  readonly values: readonly { readonly alias: string; readonly typed: Typed; readonly list: boolean }[]
  /** SQL over the groups that is only ordered by: its columns `u0`, `u1` … are not filled. */
  readonly unseen: readonly string[]
  readonly interval: Interval
  readonly range: TimeRange
  readonly fill: Fill
  readonly frame: Frame
}

/** SQL of the groups with a row for every window of WHERE's time range: keys, `w0` and the filled values. */
export function fillSql({ groups, keys, values, unseen, interval, range, fill, frame }: FillInput): string {
  const { low, high } = range
  if (low === undefined || high === undefined) throw Wrong.fillRange(fill)
  const { sliding, longest } = interval
  const each = sliding.kind === 'ticks' ? sliding.ticks : (longest * 28n) / 31n
  if (high >= low && (high - low) / each > MOST_WINDOWS) throw Wrong.fillRange(fill)
  const forced = fill.mode === 'null_f' || fill.mode === 'value_f'
  // With SLIDING the first window is the earliest that still holds the range's start.
  const overlap = interval.length.kind === 'ticks' && sliding.kind === 'ticks' ? interval.length.ticks - sliding.ticks : 0n
  const first = interval.floor(`${low - overlap}::BIGINT`)
  const starts =
    sliding.kind === 'ticks'
      ? `SELECT unnest(range(${first}, ${high} + 1, ${sliding.ticks})) AS w0`
      : `SELECT * FROM (SELECT ${interval.step('f', 'i')} AS w0 FROM (SELECT ${first} AS f, unnest(range(0, ${high < low ? 0n : (high - low) / each + 2n})) AS i)) WHERE w0 <= ${high}`
  const k = keys.join(', ')
  const partitions = keys.length > 0 ? `SELECT DISTINCT ${k} FROM fa` : `SELECT 1 AS one${forced ? '' : ' WHERE EXISTS (SELECT 1 FROM fa)'}`
  const match = [...keys.map((key) => `g.${key} IS NOT DISTINCT FROM a.${key}`), 'g.w0 = a.w0'].join(' AND ')
  const gk = keys.map((key) => `g.${key}`)
  const filled = fillers(values, fill, frame, keys)
  return `WITH fa AS (SELECT ${[...keys, 'w0', ...values.map(({ alias, typed }) => `${typed.sql} AS ${alias}`), ...unseen.map((sql, i) => `${sql} AS u${i}`)].join(', ')} FROM (${groups}) x),
fj AS (SELECT ${[...gk, 'g.w0', 'a.w0 IS NULL AS filled', ...values.map(({ alias }) => `a.${alias}`), ...unseen.map((_, i) => `a.u${i}`)].join(', ')} FROM (SELECT * FROM (${partitions}) p, (${starts}) s) g LEFT JOIN fa a ON ${match})
SELECT ${[...keys, 'w0', ...values.map(({ alias }, i) => `CASE WHEN filled THEN ${filled[i]} ELSE ${alias} END AS ${alias}`), ...unseen.map((_, i) => `u${i}`)].join(', ')} FROM fj`
}

/** The values of FILL(VALUE, …): without looking at rows. */
export function fillValues(fill: Fill, frame: Frame): Typed[] {
  return fill.values.map((value) => {
    const typed = compile(value, frame)
    if (!typed.constant && namesIn([typed.sql]).size > 0) throw Wrong.value('Filled values can only be constants', value)
    return typed
  })
}

function fillers(values: FillInput['values'], fill: Fill, frame: Frame, keys: readonly string[]): string[] {
  const partition = keys.length > 0 ? `PARTITION BY ${keys.join(', ')} ` : ''
  const before = `OVER (${partition}ORDER BY w0 ROWS UNBOUNDED PRECEDING)`
  const after = `OVER (${partition}ORDER BY w0 ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)`
  if (fill.mode === 'value' || fill.mode === 'value_f') {
    const given = fillValues(fill, frame)
    if (given.length !== values.length) throw Wrong.value('Filled values number mismatch', fill)
    return values.map(({ typed }, i) => castSql(given[i]!.sql, given[i]!.type, typed.type, frame.functions))
  }
  return values.map(({ alias, typed, list }) => {
    const type = `${duckType(typed.type)}${list ? '[]' : ''}`
    switch (fill.mode) {
      case 'prev':
        return `last_value(${alias} IGNORE NULLS) ${before}`
      case 'next':
        return `first_value(${alias} IGNORE NULLS) ${after}`
      case 'linear': {
        if (!isNumeric(typed.type) && !isTimestamp(typed.type)) return `CAST(NULL AS ${type})`
        const [p, n] = [`last_value(${alias} IGNORE NULLS) ${before}`, `first_value(${alias} IGNORE NULLS) ${after}`].map(
          (sql) => `CAST(${sql} AS DOUBLE)`,
        )
        const at = `CASE WHEN ${alias} IS NOT NULL THEN w0 END`
        const [pw, nw] = [`last_value(${at} IGNORE NULLS) ${before}`, `first_value(${at} IGNORE NULLS) ${after}`]
        return castSql(`(${p} + (${n} - ${p}) * (w0 - ${pw}) / CAST(${nw} - ${pw} AS DOUBLE))`, DOUBLE, typed.type, frame.functions)
      }
      default:
        return `CAST(NULL AS ${type})`
    }
  })
}
