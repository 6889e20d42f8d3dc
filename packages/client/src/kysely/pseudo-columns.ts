import { type RawBuilder, sql } from 'kysely'

/** Start of a row's window; a Date unless the connection reads timestamps otherwise. */
export const windowStart = <Time = Date>(): RawBuilder<NoInfer<Time>> => sql.raw<NoInfer<Time>>('_wstart')
/** End of a row's window. */
export const windowEnd = <Time = Date>(): RawBuilder<NoInfer<Time>> => sql.raw<NoInfer<Time>>('_wend')
/** Length of a row's window, in ticks of the database's precision. */
export const windowDuration = (): RawBuilder<bigint> => sql.raw<bigint>('_wduration')
/** Start of the time that the query asks for. */
export const queryStart = <Time = Date>(): RawBuilder<NoInfer<Time>> => sql.raw<NoInfer<Time>>('_qstart')
/** End of the time that the query asks for. */
export const queryEnd = <Time = Date>(): RawBuilder<NoInfer<Time>> => sql.raw<NoInfer<Time>>('_qend')
/** The row's timestamp, whatever its column is called. With INTERP: `'_irowts'`. */
export const rowTime = <Time = Date>(of: '_rowts' | '_irowts' | '_irowts_origin' = '_rowts'): RawBuilder<NoInfer<Time>> =>
  sql.raw<NoInfer<Time>>(of)
/** Whether INTERP made the row. */
export const isFilled = (): RawBuilder<boolean> => sql.raw<boolean>('_isfilled')
/** Name of the subtable that a row is of. */
export const tableName = (): RawBuilder<string> => sql.raw<string>('tbname')
