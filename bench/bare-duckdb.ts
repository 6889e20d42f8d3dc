import duckdb from '@duckdb/node-bindings'

/** Rows of meters, a typed array a column. */
export interface MeterColumns {
  readonly ts: BigInt64Array
  readonly current: Float32Array
  readonly voltage: Int32Array
  readonly phase: Float32Array
}

/** Rows of a DuckDB vector. */
const VECTOR = 2048

/** A DuckDB in memory and nothing else, with an empty table `t (ts, current, voltage, phase)`. */
export async function bareConnection(): Promise<duckdb.Connection> {
  const connection = await duckdb.connect(await duckdb.open(':memory:', duckdb.create_config()))
  await duckdb.query(connection, 'create table t (ts bigint, current float, voltage integer, phase float)')
  return connection
}

/** Appends the rows by raw copies into vectors, and flushes after every so many, or once. */
export function append(connection: duckdb.Connection, { ts, current, voltage, phase }: MeterColumns, flush = ts.length): void {
  const columns = [ts, current, voltage, phase]
  const chunk = duckdb.create_data_chunk([5, 10, 4, 10].map((id) => duckdb.create_logical_type(id)))
  const appender = duckdb.appender_create(connection, null, 't')
  let waiting = 0
  for (let from = 0; from < ts.length; from += VECTOR) {
    const rows = Math.min(VECTOR, ts.length - from)
    duckdb.data_chunk_reset(chunk)
    for (const [i, column] of columns.entries()) {
      const width = column.BYTES_PER_ELEMENT
      duckdb.copy_data_to_vector(duckdb.data_chunk_get_vector(chunk, i), 0, column.buffer as ArrayBuffer, from * width, rows * width)
    }
    duckdb.data_chunk_set_size(chunk, rows)
    duckdb.append_data_chunk(appender, chunk)
    waiting += rows
    if (waiting >= flush) {
      duckdb.appender_flush_sync(appender)
      waiting = 0
    }
  }
  duckdb.appender_flush_sync(appender)
  duckdb.appender_close_sync(appender)
}

/** Empties a table of its own and appends the same rows to it, each time that it is called. */
export async function bareAppender(columns: MeterColumns): Promise<() => Promise<void>> {
  const connection = await bareConnection()
  return async () => {
    await duckdb.query(connection, 'delete from t')
    append(connection, columns)
  }
}

/** Streams a query's chunks and copies their vectors as they are; resolves to the rows. */
export async function drainVectors(connection: duckdb.Connection, sql: string): Promise<number> {
  const result = await duckdb.execute_prepared_streaming(await duckdb.prepare(connection, sql))
  const columns = duckdb.column_count(result)
  let rows = 0
  for (let chunk = await duckdb.fetch_chunk(result); chunk; chunk = await duckdb.fetch_chunk(result)) {
    const size = duckdb.data_chunk_get_size(chunk)
    if (size === 0) break
    for (let i = 0; i < columns; i++) duckdb.vector_get_data(duckdb.data_chunk_get_vector(chunk, i), size * WIDTHS[i]!)
    rows += size
  }
  return rows
}

/** Bytes of a value of each column of `t`. */
const WIDTHS = [8, 4, 4, 4]
