import duckdb from '@duckdb/node-bindings'
import type { ColumnBuffer } from './row-buffer.ts'
import { isInterrupted, storageError } from './storage-error.ts'

export { duckdb }

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })
export type Chunk = duckdb.DataChunk
export type Vector = duckdb.Vector

/** A value of a column buffer, bound with the type that it has in DuckDB. */
export interface BufferCell {
  readonly buffer: ColumnBuffer
  readonly row: number
}

/** A value bound to a `?` of a statement of ours. */
export type Parameter = null | boolean | number | bigint | string | Uint8Array | BufferCell

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
    else if (value instanceof Uint8Array) duckdb.bind_blob(statement, index, value)
    else bindCell(statement, index, value)
  })
}

type Binder = (statement: duckdb.PreparedStatement, index: number, view: DataView, row: number) => void

/** How a value of a buffer is bound, by DuckDB's name of its type. */
const BINDERS: Readonly<Record<string, Binder>> = {
  BOOLEAN: (statement, index, view, row) => duckdb.bind_boolean(statement, index, view.getUint8(row) !== 0),
  TINYINT: (statement, index, view, row) => duckdb.bind_int8(statement, index, view.getInt8(row)),
  UTINYINT: (statement, index, view, row) => duckdb.bind_uint8(statement, index, view.getUint8(row)),
  SMALLINT: (statement, index, view, row) => duckdb.bind_int16(statement, index, view.getInt16(row * 2, true)),
  USMALLINT: (statement, index, view, row) => duckdb.bind_uint16(statement, index, view.getUint16(row * 2, true)),
  INTEGER: (statement, index, view, row) => duckdb.bind_int32(statement, index, view.getInt32(row * 4, true)),
  UINTEGER: (statement, index, view, row) => duckdb.bind_uint32(statement, index, view.getUint32(row * 4, true)),
  BIGINT: (statement, index, view, row) => duckdb.bind_int64(statement, index, view.getBigInt64(row * 8, true)),
  UBIGINT: (statement, index, view, row) => duckdb.bind_uint64(statement, index, view.getBigUint64(row * 8, true)),
  FLOAT: (statement, index, view, row) => duckdb.bind_float(statement, index, view.getFloat32(row * 4, true)),
  DOUBLE: (statement, index, view, row) => duckdb.bind_double(statement, index, view.getFloat64(row * 8, true)),
}

function bindCell(statement: duckdb.PreparedStatement, index: number, { buffer, row }: BufferCell): void {
  const { sql, width } = buffer.physical
  const binder = BINDERS[sql]
  if (buffer.isNull(row)) duckdb.bind_null(statement, index)
  else if (binder) binder(statement, index, buffer.view, row)
  else if (sql === 'VARCHAR') duckdb.bind_varchar(statement, index, UTF8.decode(buffer.getBytes(row)))
  else if (sql === 'BLOB') duckdb.bind_blob(statement, index, buffer.getBytes(row).slice())
  else {
    const [, digits, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(sql)!
    duckdb.bind_decimal(statement, index, { width: Number(digits), scale: Number(scale), value: decimalAt(buffer.view, row, width) })
  }
}

function decimalAt(view: DataView, row: number, width: number): bigint {
  if (width === 2) return BigInt(view.getInt16(row * 2, true))
  if (width === 4) return BigInt(view.getInt32(row * 4, true))
  if (width === 8) return view.getBigInt64(row * 8, true)
  return (view.getBigInt64(row * 16 + 8, true) << 64n) | view.getBigUint64(row * 16, true)
}

/** One DuckDB connection: it runs one statement at a time, and a second one would silently end an open stream. */
export class DuckConnection {
  readonly handle: duckdb.Connection
  readonly #watch: ((message: string) => void) | undefined
  readonly #prepared = new Map<string, duckdb.PreparedStatement>()
  /** An opened query's transaction is open. */
  #reading = false

  /** `watch` hears of every error's text. */
  constructor(handle: duckdb.Connection, watch?: (message: string) => void) {
    this.handle = handle
    this.#watch = watch
  }

  #failure(error: unknown, sql: string): Error {
    if (error instanceof Error) this.#watch?.(error.message)
    return storageError(error, sql)
  }

  /** Runs a statement to its end; the number of rows it changed. Throws SqlError. */
  async run(sql: string, parameters?: readonly Parameter[]): Promise<number> {
    try {
      if (!parameters || parameters.length === 0) return duckdb.rows_changed(await duckdb.query(this.handle, sql))
      const statement = await this.#prepare(sql)
      bind(statement, parameters)
      return duckdb.rows_changed(await duckdb.execute_prepared(statement))
    } catch (error) {
      throw this.#failure(error, sql)
    }
  }

  /**
   * Starts a query whose chunks are fetched one by one, or all computed first when `stream` is false. `finish` ends it.
   *
   * Preparing drops conditions that hold for all rows there are by then, so preparing and executing have to see the same rows: in two
   * transactions, rows committed in between would come although they do not meet the condition.
   */
  async open(sql: string, parameters: readonly Parameter[] = [], stream = true): Promise<duckdb.Result> {
    try {
      if (!stream && parameters.length === 0) return await duckdb.query(this.handle, sql)
      await this.finish()
      await duckdb.query(this.handle, 'begin')
      this.#reading = true
      const statement = await duckdb.prepare(this.handle, sql)
      bind(statement, parameters)
      return stream ? await duckdb.execute_prepared_streaming(statement) : await duckdb.execute_prepared(statement)
    } catch (error) {
      await this.finish()
      throw this.#failure(error, sql)
    }
  }

  /** Ends the transaction of an opened query, and with it what of its result was not read. */
  async finish(): Promise<void> {
    if (!this.#reading) return
    this.#reading = false
    // Nothing was written, so there is nothing to commit; and a failed transaction can only be rolled back.
    for (;;) {
      try {
        await duckdb.query(this.handle, 'rollback')
        return
      } catch (error) {
        // An interrupt that was meant for the query may meet its end.
        if (!isInterrupted(storageError(error))) throw error
      }
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
