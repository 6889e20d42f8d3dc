export {
  any,
  count,
  event,
  interval,
  partitionBy,
  range,
  session,
  slimit,
  state,
} from './clauses.ts'
export { createSubtable, createSupertable, type SubtableDefinition, type SupertableDefinition, type TaosColumn } from './create-table.ts'
export { TaosDialect, type TaosDialectConfig } from './dialect.ts'
export type { TaosDuration } from './duration-text.ts'
export type { IntervalOptions, WindowFill } from './fill.ts'
export { TaosIntrospector } from './introspector.ts'
export { anti, asof, type JoinLimit, semi, windowJoin } from './joins.ts'
export { isFilled, queryEnd, queryStart, rowTime, tableName, windowDuration, windowEnd, windowStart } from './pseudo-columns.ts'
export { TaosQueryCompiler } from './query-compiler.ts'
export { type SeriesFunctions, series } from './series.ts'
export { subtable, type TableName, type Tag, type TaosDatabase } from './subtable.ts'
