import { join } from 'node:path'
import type { Precision } from 'taosts/wire'
import type { OutputColumn, Rows } from '../session/answer.ts'
import { DuckConnection, duckdb } from './duckdb.ts'
import { DirectoryLock } from './lock.ts'
import { type DatabaseFunctions, installFunctions } from './native-functions.ts'
import { StorageOpenError } from './open-error.ts'
import { type QueryOptions, type Reader, ReaderPool } from './readers.ts'
import { type Cell, readAll } from './small-result.ts'
import { Writer } from './writer.ts'

export interface StorageOptions {
  /** Where the data lives; absent for memory. */
  readonly directory?: string
  /** DuckDB's memory limit, such as `2GB` or `60%`; a share of the machine when absent. */
  readonly memory?: string
  /** Threads that one query uses at most. */
  readonly threads?: number
  /** Macros and native functions that queries use. */
  readonly functions?: DatabaseFunctions
}

const FILE = 'taosts.duckdb'

/** DuckDB as the engine uses it: one writer, a pool of readers, no way to files or the network from SQL. */
export class Storage {
  readonly readers: ReaderPool
  readonly directory: string | undefined
  readonly #database: duckdb.Database
  readonly #lock: DirectoryLock | undefined
  readonly #writing: DuckConnection
  #writer: Writer | undefined
  #closed = false

  private constructor(database: duckdb.Database, lock: DirectoryLock | undefined, writing: DuckConnection) {
    this.#database = database
    this.#lock = lock
    this.directory = lock?.directory
    this.#writing = writing
    // libuv has four threads unless told otherwise; one stays free for the writer and for files.
    const threads = Number(process.env['UV_THREADPOOL_SIZE']) || 4
    this.readers = new ReaderPool(async () => new DuckConnection(await duckdb.connect(this.#database)), Math.max(1, threads - 1))
  }

  /** Opens a directory (made when missing) or memory. Throws StorageOpenError when the directory cannot be had. */
  static async open(options: StorageOptions = {}): Promise<Storage> {
    const lock = options.directory === undefined ? undefined : DirectoryLock.take(options.directory)
    const config = duckdb.create_config()
    duckdb.set_config(config, 'enable_external_access', 'false')
    duckdb.set_config(config, 'autoinstall_known_extensions', 'false')
    duckdb.set_config(config, 'autoload_known_extensions', 'false')
    duckdb.set_config(config, 'ieee_floating_point_ops', 'false')
    duckdb.set_config(config, 'preserve_insertion_order', 'false')
    if (options.memory) duckdb.set_config(config, 'memory_limit', options.memory)
    if (options.threads) duckdb.set_config(config, 'threads', String(options.threads))
    let database: duckdb.Database
    try {
      database = await duckdb.open(lock ? join(lock.directory, FILE) : ':memory:', config)
    } catch (error) {
      throw openError(error, lock)
    }
    lock?.confirm()
    const writing = new DuckConnection(await duckdb.connect(database))
    if (options.functions) await installFunctions(writing.handle, options.functions)
    return new Storage(database, lock, writing)
  }

  /** The one writer, once `start` was called. */
  get writer(): Writer {
    if (!this.#writer) throw new Error('the storage was not started')
    return this.#writer
  }

  /** Reads on the writing connection, for opening the catalog. */
  bootstrap(sql: string): Promise<Cell[][]> {
    return readAll(this.#writing, sql)
  }

  start(nextSeq: bigint): void {
    this.#writer = new Writer(this.#writing, nextSeq)
  }

  /** A connection for several statements, such as a temp table and the query that reads it. */
  lease(): Promise<Reader> {
    return this.readers.lease()
  }

  /** Runs a DuckDB query on a connection of its own and streams its rows as blocks of the given columns. Throws SqlError. */
  async query(sql: string, columns: readonly OutputColumn[], precision: Precision, options: QueryOptions = {}): Promise<Rows> {
    const reader = await this.readers.lease()
    try {
      const rows = await reader.query(sql, columns, precision, options)
      return releasing(rows, reader)
    } catch (error) {
      await reader.release()
      throw error
    }
  }

  /** Ends all writing and closes the files. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#writer?.close()
    this.readers.close()
    if (this.#lock) await settle(this.#writing)
    this.#writing.close()
    duckdb.close_sync(this.#database)
    this.#lock?.release()
  }
}

/**
 * Puts everything into the file now. A result that waits for garbage collection keeps DuckDB's instance alive beyond `close`; it must not
 * write its checkpoint then, when the directory may be open again.
 */
async function settle(connection: DuckConnection): Promise<void> {
  await connection.run('force checkpoint')
  await connection.run('pragma disable_checkpoint_on_shutdown')
}

/** The rows, giving their reader back at the end or on close. */
export function releasing(rows: Rows, reader: Reader): Rows {
  let open = true
  const release = async (): Promise<void> => {
    if (!open) return
    open = false
    await rows.close()
    await reader.release()
  }
  return {
    kind: 'rows',
    columns: rows.columns,
    precision: rows.precision,
    async next() {
      if (!open) return null
      try {
        const block = await rows.next()
        if (!block) await release()
        return block
      } catch (error) {
        await release()
        throw error
      }
    },
    close: release,
  }
}

function openError(error: unknown, lock: DirectoryLock | undefined): Error {
  const text = error instanceof Error ? error.message : String(error)
  if (/lock/i.test(text)) {
    const holder = lock?.holder()
    return new StorageOpenError(
      `the data directory ${lock?.directory} is in use by another process${holder ? ` (${holder.pid})` : ''}; one process at a time can open it`,
      { cause: error },
    )
  }
  return new StorageOpenError(`cannot open ${lock ? lock.directory : 'memory'}: ${text.split('\n', 1)[0]}`, { cause: error })
}
