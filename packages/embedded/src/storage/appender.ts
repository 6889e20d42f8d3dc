import { CHUNK_ROWS, type ChunkColumn, ChunkWriter } from './chunk-writer.ts'
import { type DuckConnection, duckdb } from './duckdb.ts'
import { storageError } from './storage-error.ts'

/** Rows appended before the event loop gets a turn: a flush of DuckDB's is synchronous, and costs as much as some thousand rows. */
const ROWS_PER_TURN = 32 * CHUNK_ROWS

/** Appends typed columns to one DuckDB table inside the connection's transaction. */
export class TableAppender {
  readonly #appender: duckdb.Appender
  readonly #writer: ChunkWriter

  constructor(connection: DuckConnection, table: string) {
    this.#appender = duckdb.appender_create(connection.handle, null, table)
    const count = duckdb.appender_column_count(this.#appender)
    this.#writer = new ChunkWriter(Array.from({ length: count }, (_, i) => duckdb.appender_column_type(this.#appender, i)))
  }

  /** Appends rows `from` … `to` of every column; `from` is a multiple of 8. Throws SqlError. */
  async append(columns: readonly ChunkColumn[], from: number, to: number): Promise<void> {
    try {
      let turn = 0
      for (let at = from; at < to; at += CHUNK_ROWS) {
        const rows = Math.min(CHUNK_ROWS, to - at)
        duckdb.append_data_chunk(this.#appender, this.#writer.fill(columns, at, rows))
        turn += rows
        if (turn >= ROWS_PER_TURN && at + rows < to) {
          turn = 0
          duckdb.appender_flush_sync(this.#appender)
          await new Promise<void>((resolve) => setImmediate(resolve))
        }
      }
      duckdb.appender_flush_sync(this.#appender)
    } catch (error) {
      throw storageError(error)
    }
  }

  close(): void {
    try {
      duckdb.appender_clear(this.#appender)
      duckdb.appender_close_sync(this.#appender)
    } catch {
      // An appender whose flush failed cannot be closed cleanly; its rows went with the transaction.
    }
  }
}
