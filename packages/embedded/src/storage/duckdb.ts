import duckdb from '@duckdb/node-bindings'
import { storageError } from './storage-error.ts'

export { duckdb }
export type Chunk = duckdb.DataChunk
export type Vector = duckdb.Vector

/** A value bound to a `?` of a statement of ours. */
export type Parameter = null | boolean | number | bigint | string | Uint8Array

function bind(statement: duckdb.PreparedStatement, parameters: readonly Parameter[]): void {
  parameters.forEach((value, i) => {
    const index = i + 1
    if (value === null) duckdb.bind_null(statement, index)
    else if (typeof value === 'boolean') duckdb.bind_boolean(statement, index, value)
    else if (typeof value === 'number') {
      if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) duckdb.bind_int32(statement, index, value)
      else duckdb.bind_double(statement, index, value)
    } else if (typeof value === 'bigint') duckdb.bind_int64(statement, index, value)
    else if (typeof value === 'string') duckdb.bind_varchar(statement, index, value)
    else duckdb.bind_blob(statement, index, value)
  })
}

/** One DuckDB connection: it runs one statement at a time, and a second one would silently end an open stream. */
export class DuckConnection {
  readonly handle: duckdb.Connection
  readonly #prepared = new Map<string, duckdb.PreparedStatement>()

  constructor(handle: duckdb.Connection) {
    this.handle = handle
  }

  /** Runs a statement to its end; the number of rows it changed. Throws SqlError. */
  async run(sql: string, parameters?: readonly Parameter[]): Promise<number> {
    try {
      if (!parameters || parameters.length === 0) return duckdb.rows_changed(await duckdb.query(this.handle, sql))
      const statement = await this.#prepare(sql)
      bind(statement, parameters)
      return duckdb.rows_changed(await duckdb.execute_prepared(statement))
    } catch (error) {
      throw storageError(error, sql)
    }
  }

  /** Starts a query whose chunks are fetched one by one, or all computed first when `stream` is false. */
  async open(sql: string, parameters: readonly Parameter[] = [], stream = true): Promise<duckdb.Result> {
    try {
      if (!stream && parameters.length === 0) return await duckdb.query(this.handle, sql)
      const statement = await duckdb.prepare(this.handle, sql)
      bind(statement, parameters)
      return stream ? await duckdb.execute_prepared_streaming(statement) : await duckdb.execute_prepared(statement)
    } catch (error) {
      throw storageError(error, sql)
    }
  }

  /** Statements of ours that repeat are prepared once; DDL on their tables makes DuckDB plan them again by itself. */
  async #prepare(sql: string): Promise<duckdb.PreparedStatement> {
    let statement = this.#prepared.get(sql)
    if (!statement) {
      statement = await duckdb.prepare(this.handle, sql)
      if (this.#prepared.size >= 256) this.forget()
      this.#prepared.set(sql, statement)
    }
    return statement
  }

  /** Drops the remembered statements. */
  forget(): void {
    for (const statement of this.#prepared.values()) duckdb.destroy_prepare_sync(statement)
    this.#prepared.clear()
  }

  interrupt(): void {
    duckdb.interrupt(this.handle)
  }

  close(): void {
    this.forget()
    duckdb.disconnect_sync(this.handle)
  }
}
