import { type JoinBuilder, type SqlBool, sql } from 'kysely'
import { durationText, type TaosDuration, wholeNumber } from './duration-text.ts'

/** How a join's kind travels: the first text of a raw condition, that the compiler takes out again. */
export const JOIN_MARK = 'taosts join '

/** Rows of the right side that a row of the left meets at most. */
export interface JoinLimit {
  readonly limit?: number | undefined
}

/**
 * Makes a left or right join an ASOF join: each row meets the nearest of the other side.
 * `query.leftJoin('quotes as q', (join) => asof(join.onRef('t.ts', '>=', 'q.ts'), { limit: 1 }))`.
 */
export function asof<DB, TB extends keyof DB>(join: JoinBuilder<DB, TB>, { limit }: JoinLimit = {}): JoinBuilder<DB, TB> {
  return marked(join, 'asof', limit === undefined ? '' : ` jlimit ${wholeNumber('limit', limit, 1)}`)
}

/** Makes a left or right join a WINDOW join: each row meets those of the other side whose time lies from `from` to `to` around its own. */
export function windowJoin<DB, TB extends keyof DB>(
  join: JoinBuilder<DB, TB>,
  { from, to, limit }: JoinLimit & { readonly from: TaosDuration; readonly to: TaosDuration },
): JoinBuilder<DB, TB> {
  const offset = ` window_offset(${durationText('from', from)}, ${durationText('to', to)})`
  return marked(join, 'window', `${offset}${limit === undefined ? '' : ` jlimit ${wholeNumber('limit', limit, 1)}`}`)
}

/** Makes a left or right join a SEMI join: rows that have a match, once each. */
export function semi<DB, TB extends keyof DB>(join: JoinBuilder<DB, TB>): JoinBuilder<DB, TB> {
  return marked(join, 'semi', '')
}

/** Makes a left or right join an ANTI join: rows without a match. */
export function anti<DB, TB extends keyof DB>(join: JoinBuilder<DB, TB>): JoinBuilder<DB, TB> {
  return marked(join, 'anti', '')
}

function marked<DB, TB extends keyof DB>(join: JoinBuilder<DB, TB>, kind: string, tail: string): JoinBuilder<DB, TB> {
  return join.on(sql.raw<SqlBool>(`${JOIN_MARK}${kind}|${tail}`))
}
