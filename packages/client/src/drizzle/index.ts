export { count, event, interval, partitionBy, session, state, tableName, windowDuration, windowEnd, windowStart } from './clauses.ts'
export {
  bigint,
  bigintUnsigned,
  blob,
  bool,
  decimal,
  double,
  float,
  geometry,
  int,
  intUnsigned,
  json,
  nchar,
  smallint,
  smallintUnsigned,
  timestamp,
  tinyint,
  tinyintUnsigned,
  varbinary,
  varchar,
} from './columns.ts'
export { drizzle, type TaosDrizzle, type TaosDrizzleConfig } from './driver.ts'
export { createTable, type Supertable, supertable, table } from './tables.ts'
