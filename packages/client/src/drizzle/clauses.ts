import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { durationText, type TaosDuration, wholeNumber } from '../kysely/duration-text.ts'
import { fillText, type IntervalOptions } from '../kysely/fill.ts'

/** Start of a row's window. */
export const windowStart = <Time = Date>(): SQL<NoInfer<Time>> => sql<NoInfer<Time>>`_wstart`
/** End of a row's window. */
export const windowEnd = <Time = Date>(): SQL<NoInfer<Time>> => sql<NoInfer<Time>>`_wend`
/** Length of a row's window, in ticks of the database's precision. */
export const windowDuration = (): SQL<bigint> => sql<bigint>`_wduration`
/** Name of the subtable that a row is of. */
export const tableName = (): SQL<string> => sql<string>`tbname`

/** `PARTITION BY`, for `groupBy`: `.groupBy(partitionBy(meters.location), interval('1m'))`. */
export function partitionBy(...columns: [SQLWrapper, ...SQLWrapper[]]): SQL {
  return sql`partition by ${sql.join(columns, sql`, `)}`
}

/** `INTERVAL … SLIDING … FILL`, for `groupBy`. Throws an InterfaceError for what is no duration. */
export function interval(length: TaosDuration, options: IntervalOptions = {}): SQL {
  const offset = options.offset === undefined ? '' : `, ${durationText('offset', options.offset)}`
  const sliding = options.sliding === undefined ? '' : ` sliding(${durationText('sliding', options.sliding)})`
  const fill = options.fill === undefined ? '' : ` ${fillText(options.fill)}`
  return sql.raw(`interval(${durationText('interval', length)}${offset})${sliding}${fill}`)
}

/** `SESSION`, for `groupBy`: a window ends where nothing comes for longer than `gap`. */
export function session(time: SQLWrapper, gap: TaosDuration): SQL {
  return sql`session(${time}, ${sql.raw(durationText('gap', gap))})`
}

/** `STATE_WINDOW`, for `groupBy`: a window as long as a value stays the same. */
export function state(column: SQLWrapper): SQL {
  return sql`state_window(${column})`
}

/** `EVENT_WINDOW`, for `groupBy`: from the first row that meets one condition to the next that meets the other. */
export function event(start: SQLWrapper, stop: SQLWrapper): SQL {
  return sql`event_window start with ${start} end with ${stop}`
}

/** `COUNT_WINDOW`, for `groupBy`: so many rows each, beginning every `sliding` rows. */
export function count(rows: number, sliding?: number): SQL {
  return sql.raw(`count_window(${wholeNumber('rows', rows, 2)}${sliding === undefined ? '' : `, ${wholeNumber('sliding', sliding, 1)}`})`)
}
