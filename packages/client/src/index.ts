export type { ColumnarRows, ColumnInput, RowInput } from './bound-rows.ts'
export type { ErrorKind } from './codes.ts'
export { type ConnectCall, connect } from './connect.ts'
export { Connection } from './connection.ts'
export { Consumer, type VgroupOffset } from './consumer.ts'
export { Message, MessageTable } from './consumer-message.ts'
export type { ConsumerEvent, ConsumerOptions } from './consumer-options.ts'
export { type ColumnDescription, Cursor, type CursorOptions, type ExecuteOptions } from './cursor.ts'
export type { Feature, Field } from './driver/driver.ts'
export type { EmbeddedEngine, EmbeddedPackage, EngineLocation } from './driver/embedded.ts'
export type { Socket, SocketClose } from './driver/socket.ts'
export type { Assignment } from './driver/tmq.ts'
export type { Duration } from './duration.ts'
export {
  ConnectionError,
  DatabaseError,
  DataError,
  type ErrorDetails,
  IntegrityError,
  InterfaceError,
  InternalError,
  isTaosError,
  NotSupportedError,
  OperationalError,
  ProgrammingError,
  SchemalessError,
  StatementError,
  TaosError,
  TimeoutError,
  TmqError,
} from './errors.ts'
export type { InsertOptions } from './insert.ts'
export { toJson } from './json.ts'
export type { SqlValue } from './literal.ts'
export type { ConnectOptions, Notice, QueryOptions, SecretSource, StatementNotice, TlsOptions, ValueOptions } from './options.ts'
export type { Parameters } from './parameters.ts'
export { type AcquireOptions, createPool, Pool, type PoolMetrics, type PoolOptions } from './pool.ts'
export { type BindOptions, PreparedStatement } from './prepared-statement.ts'
export { RestClient, type RestClientOptions, type RestResponse } from './rest-client.ts'
export { type DefaultRow, Result } from './result.ts'
export { ResultBlock, ResultColumn } from './result-column.ts'
export { formatLine, type Point, type SchemalessOptions, type SchemalessOutcome } from './schemaless.ts'
export { type RunningSqlTag, SqlFragment, SqlQuery, type SqlTag, type SqlTemplateValue, sql } from './sql.ts'
export type { TraceContext, TracedOperation } from './tracing.ts'
export type { Precision } from './types/precision.ts'
export { formatTimestamp, fromDate, parseTimestamp, toDate, toInstant } from './types/timestamp.ts'
export { clientInfo } from './version.ts'
export { type FailedBatch, Writer, WriterError, type WriterOptions, type WriterProgress } from './writer.ts'
