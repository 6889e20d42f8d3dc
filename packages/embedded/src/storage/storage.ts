import { join } from 'node:path'
import { type Block, type Precision, schemaBytes } from 'taosts/wire'
import { SqlError } from '../errors.ts'
import type { OutputColumn, Rows } from '../session/answer.ts'
import { type CheckpointClock, Instance, type InstanceOptions } from './instance.ts'
import { DirectoryLock } from './lock.ts'
import { StorageOpenError } from './open-error.ts'
import { type QueryOptions, type Reader, ReaderPool } from './readers.ts'
import { type Cell, readAll } from './small-result.ts'
import { StorageCode, storageError } from './storage-error.ts'
import { Writer, type WriterHost } from './writer.ts'

export interface StorageOptions extends InstanceOptions {
  /** Where the data lives; absent for memory. */
  readonly directory?: string
}

const FILE = 'taosts.duckdb'
/** Milliseconds between attempts to open a file again that DuckDB has given up. */
const REVIVE_MS = 1000

/** DuckDB as the engine uses it: one writer, a pool of readers, no way to files or the network from SQL. */
export class Storage {
  readonly readers: ReaderPool
  readonly directory: string | undefined
  readonly #options: StorageOptions
  readonly #lock: DirectoryLock | undefined
  readonly #clock: CheckpointClock
  #instance: Instance
  #writer: Writer | undefined
  #load: (() => Promise<bigint>) | undefined
  #reviving: Promise<void> | undefined
  #attempted = 0
  #closed = false
  #end = 0n
  readonly #listeners = new Set<() => void>()

  private constructor(options: StorageOptions, instance: Instance, lock: DirectoryLock | undefined, clock: CheckpointClock) {
    this.#clock = clock
    this.#options = options
    this.#instance = instance
    this.#lock = lock
    this.directory = lock?.directory
    // libuv has four threads unless told otherwise; one stays free for the writer and for files.
    const threads = Number(process.env['UV_THREADPOOL_SIZE']) || 4
    this.readers = new ReaderPool(() => this.#instance.connect(), Math.max(1, threads - 1))
  }

  /** Opens a directory (made when missing) or memory. Throws StorageOpenError when the directory cannot be had. */
  static async open(options: StorageOptions = {}): Promise<Storage> {
    const lock = options.directory === undefined ? undefined : DirectoryLock.take(options.directory)
    const clock: CheckpointClock = { notBefore: 0 }
    try {
      const instance = await Instance.open(lock && join(lock.directory, FILE), options, clock)
      lock?.confirm()
      return new Storage(options, instance, lock, clock)
    } catch (error) {
      throw openError(error, lock)
    }
  }

  /** The one writer, once `start` was called. */
  get writer(): Writer {
    if (!this.#writer) throw new Error('the storage was not started')
    return this.#writer
  }

  /** Reads on the writing connection, for opening the catalog. */
  bootstrap(sql: string): Promise<Cell[][]> {
    return readAll(this.#instance.writing, sql)
  }

  /** Begins to take writes. `load` reads what the engine keeps in memory and gives the next `_seq`; it runs again when the file had to be opened anew. */
  async start(load: () => Promise<bigint>): Promise<void> {
    this.#load = load
    const host: WriterHost = {
      inMemory: this.#lock === undefined,
      ready: () => this.#ready(),
      changed: (end) => this.#changed(end),
      committed: () => this.#instance.checkpointWhenDue(),
    }
    this.#end = await load()
    this.#writer = new Writer(this.#instance.writing, this.#end, host)
  }

  /** The `_seq` that follows the newest committed one: every row before it can be read. */
  get end(): bigint {
    return this.#end
  }

  /** Calls back after each commit until what it returns is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #changed(end: bigint): void {
    if (end === this.#end) return
    this.#end = end
    for (const listener of [...this.#listeners]) listener()
  }

  /** Opens the file again when DuckDB has given it up, as after a disk that was full. Throws SqlError while that cannot be done. */
  async #ready(): Promise<void> {
    if (!this.#instance.failed || this.#closed) return
    if (!this.#lock || Date.now() - this.#attempted < REVIVE_MS) throw new SqlError(StorageCode.NO_DISK_SPACE, 'No enough disk space')
    this.#reviving ??= this.#revive(this.#lock).finally(() => {
      this.#reviving = undefined
    })
    await this.#reviving
  }

  async #revive(lock: DirectoryLock): Promise<void> {
    this.#attempted = Date.now()
    this.#writer?.forget()
    await this.readers.close()
    await this.#instance.close()
    const instance = await Instance.open(join(lock.directory, FILE), this.#options, this.#clock).catch((error: unknown) => {
      throw storageError(error)
    })
    this.#instance = instance
    this.#attempted = 0
    const seq = await this.#load!()
    this.#end = seq
    this.#writer?.resume(instance.writing, seq)
  }

  /** A connection for several statements, such as a temp table and the query that reads it. */
  async lease(): Promise<Reader> {
    // The writer opens a failed database again, between its transactions.
    if (this.#instance.failed) await this.writer.alone(() => undefined)
    await this.#writer?.settle()
    return this.readers.lease()
  }

  /** Runs a DuckDB query on a connection of its own, to its first block where that is small, and streams its rows as blocks of the given columns. Throws SqlError. */
  async query(sql: string, columns: readonly OutputColumn[], precision: Precision, options: QueryOptions = {}): Promise<Rows> {
    const reader = await this.lease()
    try {
      const rows = await reader.query(sql, columns, precision, options)
      if (rowBytes(columns) > AHEAD_BYTES) return releasing(rows, reader)
      const first = await rows.next()
      if (!rows.isOver) return releasing(from(first, rows), reader)
      // All of it is here: nobody has to wait for its reader until the client asks for the block.
      await reader.release()
      return from(first, { ...AT_END, columns, precision })
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
    await this.readers.close()
    await this.#instance.close()
    this.#lock?.release()
  }
}

/** Bytes of a row up to which its block is read before the client asks for it: results that nobody reads stay small. */
const AHEAD_BYTES = 128

function rowBytes(columns: readonly OutputColumn[]): number {
  return columns.reduce((sum, { type }) => sum + schemaBytes(type.code, type.length), 0)
}

const AT_END: Pick<Rows, 'kind' | 'next' | 'close'> = { kind: 'rows', next: async () => null, close: async () => undefined }

/** Rows whose first block has been read already. */
function from(first: Block | null, rows: Rows): Rows {
  let block = first
  return {
    kind: 'rows',
    columns: rows.columns,
    precision: rows.precision,
    next: async () => {
      const given = block
      block = null
      return given ?? rows.next()
    },
    close: () => {
      block = null
      return rows.close()
    },
  }
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
