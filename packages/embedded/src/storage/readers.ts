import type { Block, Precision } from 'taosts/wire'
import { SqlError } from '../errors.ts'
import type { OutputColumn, Rows } from '../session/answer.ts'
import { addChunk, ColumnReader, vectorTypes } from './chunk-reader.ts'
import { type DuckConnection, duckdb, type Parameter } from './duckdb.ts'
import { type Cell, readAll } from './small-result.ts'
import { StorageCode, storageError } from './storage-error.ts'

/** Rows of a block at most, as TDengine's. */
export const BLOCK_ROWS = 4096

export interface QueryOptions {
  readonly signal?: AbortSignal
  readonly parameters?: readonly Parameter[]
  /** Milliseconds until the query is ended with 0x012C; 0 or absent for none. */
  readonly timeoutMs?: number
  /** Compute the whole result first (small ones: saves a step) instead of streaming it. */
  readonly materialize?: boolean
}

/** Connections kept for later. */
const MAX_IDLE = 64

/** Connections for reading, one per open result. At most `limit` queries compute at the same time, so that libuv keeps a thread for others. */
export class ReaderPool {
  readonly #connect: () => Promise<DuckConnection>
  readonly #idle: DuckConnection[] = []
  readonly #limit: number
  readonly #queue: (() => void)[] = []
  readonly #leased = new Set<DuckConnection>()
  #running = 0
  #quiet: (() => void) | undefined

  constructor(connect: () => Promise<DuckConnection>, limit: number) {
    this.#connect = connect
    this.#limit = limit
  }

  /** A connection of one's own until `release`. */
  async lease(): Promise<Reader> {
    const connection = this.#idle.pop() ?? (await this.#connect())
    this.#leased.add(connection)
    return new Reader(connection, this)
  }

  /** Runs a step that occupies one of libuv's threads. */
  async step<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#limit) await new Promise<void>((resolve) => this.#queue.push(resolve))
    else this.#running++
    try {
      return await work()
    } finally {
      const next = this.#queue.shift()
      if (next) next()
      else this.#running--
      if (this.#running === 0) this.#quiet?.()
    }
  }

  /** Takes a connection back, to be used again or, when it is in doubt, closed. */
  give(connection: DuckConnection, usable: boolean): void {
    if (!this.#leased.delete(connection)) return
    if (usable && this.#idle.length < MAX_IDLE) this.#idle.push(connection)
    else connection.close()
  }

  /** Ends what runs and closes every connection, the leased ones too. */
  async close(): Promise<void> {
    const settle = [...this.#leased].map(interrupting)
    if (this.#running > 0) {
      await new Promise<void>((resolve) => {
        this.#quiet = resolve
      })
    }
    this.#quiet = undefined
    for (const settled of settle) settled()
    for (const connection of [...this.#idle.splice(0), ...this.#leased]) connection.close()
    this.#leased.clear()
  }
}

/** A leased connection: statements run one after another, at most one result is open. */
export class Reader {
  readonly #connection: DuckConnection
  readonly #pool: ReaderPool
  readonly #tables = new Set<string>()
  #rows: DuckRows | undefined
  #released = false

  constructor(connection: DuckConnection, pool: ReaderPool) {
    this.#connection = connection
    this.#pool = pool
  }

  /** Runs a statement of ours without a result, such as CREATE TEMP TABLE. */
  run(sql: string, parameters?: readonly Parameter[]): Promise<number> {
    return this.#pool.step(() => this.#connection.run(sql, parameters))
  }

  /** A temp table that goes when the reader is released. `columns` are DuckDB column definitions; rows are bound values. */
  async temp(name: string, columns: string, rows: Iterable<readonly Parameter[]>): Promise<void> {
    this.#tables.add(name)
    await this.run(`create temp table ${name} (${columns})`)
    for (const row of rows) await this.run(`insert into ${name} values (${row.map(() => '?').join()})`, row)
  }

  /** Reads a small result of ours as JS rows. */
  all(sql: string, parameters?: readonly Parameter[]): Promise<Cell[][]> {
    return this.#pool.step(() => readAll(this.#connection, sql, parameters))
  }

  /** Opens a result whose blocks have the given columns; the caller closes it before the next statement. Throws SqlError. */
  async query(sql: string, columns: readonly OutputColumn[], precision: Precision, options: QueryOptions = {}): Promise<DuckRows> {
    const watch = new Watch(this.#connection, options)
    try {
      watch.check()
      const result = await this.#pool.step(() => this.#connection.open(sql, options.parameters, !options.materialize))
      watch.check()
      this.#rows = new DuckRows(result, columns, precision, this.#pool, watch, this.#connection)
      return this.#rows
    } catch (error) {
      watch.stop()
      throw watch.reason(error)
    }
  }

  /** Gives the connection back; open results of it are void. */
  async release(): Promise<void> {
    if (this.#released) return
    this.#released = true
    try {
      await this.#rows?.close()
      await this.#connection.finish()
      for (const name of this.#tables) await this.#connection.run(`drop table if exists temp.${name}`)
      this.#pool.give(this.#connection, true)
    } catch {
      this.#pool.give(this.#connection, false)
    }
  }
}

/** Interrupts until it is told to stop: DuckDB forgets an interrupt that comes before its step has begun. */
function interrupting(connection: DuckConnection): () => void {
  connection.interrupt()
  const timer = setInterval(() => connection.interrupt(), 20)
  return () => clearInterval(timer)
}

/** Ends a query when its signal aborts or its time is up. */
class Watch {
  readonly #connection: DuckConnection
  readonly #signal: AbortSignal | undefined
  readonly #timer: NodeJS.Timeout | undefined
  #timedOut = false
  #settled: (() => void) | undefined
  readonly #abort = (): void => {
    this.#settled ??= interrupting(this.#connection)
  }

  constructor(connection: DuckConnection, options: QueryOptions) {
    this.#connection = connection
    this.#signal = options.signal
    this.#signal?.addEventListener('abort', this.#abort)
    if (options.timeoutMs) {
      this.#timer = setTimeout(() => {
        this.#timedOut = true
        this.#abort()
      }, options.timeoutMs)
      this.#timer.unref()
    }
  }

  check(): void {
    if (this.#signal?.aborted) throw new SqlError(StorageCode.QUERY_KILLED, 'Query killed')
    if (this.#timedOut) throw new SqlError(StorageCode.TIMEOUT, 'Operation timeout')
  }

  reason(error: unknown): unknown {
    if (this.#timedOut) return new SqlError(StorageCode.TIMEOUT, 'Operation timeout')
    return error
  }

  stop(): void {
    this.#signal?.removeEventListener('abort', this.#abort)
    clearTimeout(this.#timer)
    this.#settled?.()
  }
}

/** A result of DuckDB as blocks of at most 4096 rows: its chunks of up to 2048 rows are put together. */
export class DuckRows implements Rows {
  readonly kind = 'rows'
  readonly columns: readonly OutputColumn[]
  readonly precision: Precision
  readonly #pool: ReaderPool
  readonly #watch: Watch
  readonly #readers: ColumnReader[]
  readonly #connection: DuckConnection
  #result: duckdb.Result | undefined
  #waiting: duckdb.DataChunk | null = null
  #fetching: Promise<unknown> | undefined

  constructor(
    result: duckdb.Result,
    columns: readonly OutputColumn[],
    precision: Precision,
    pool: ReaderPool,
    watch: Watch,
    connection: DuckConnection,
  ) {
    this.#connection = connection
    this.columns = columns
    this.precision = precision
    this.#pool = pool
    this.#watch = watch
    this.#result = result
    const types = vectorTypes(result)
    if (types.length !== columns.length) throw new Error(`${types.length} columns computed, ${columns.length} expected`)
    this.#readers = columns.map((column, i) => new ColumnReader(column, types[i]!, BLOCK_ROWS))
  }

  /** Whether `next` has nothing more to give. */
  get isOver(): boolean {
    return this.#result === undefined
  }

  async next(): Promise<Block | null> {
    let rows = 0
    while (this.#result) {
      const chunk = this.#waiting ?? (await this.#fetch(this.#result))
      this.#waiting = null
      const size = chunk ? duckdb.data_chunk_get_size(chunk) : 0
      if (!chunk || size === 0) {
        this.#end()
        break
      }
      if (rows + size > BLOCK_ROWS) {
        this.#waiting = chunk
        break
      }
      addChunk(this.#readers, chunk, rows, size)
      rows += size
      if (rows > BLOCK_ROWS - 2048) break
    }
    if (rows === 0) return null
    return { rows, columns: this.#readers.map((reader) => reader.take(rows)) }
  }

  async #fetch(result: duckdb.Result): Promise<duckdb.DataChunk | null> {
    try {
      this.#watch.check()
      const fetching = this.#pool.step(() => duckdb.fetch_chunk(result))
      this.#fetching = fetching
      return await fetching
    } catch (error) {
      this.#end()
      throw this.#watch.reason(storageError(error))
    }
  }

  #end(): void {
    this.#result = undefined
    this.#waiting = null
    this.#watch.stop()
  }

  async close(): Promise<void> {
    if (!this.#result) return
    this.#end()
    // The connection may be used again only when nothing of this result runs on it.
    this.#connection.interrupt()
    await this.#fetching?.catch(() => undefined)
  }
}
