import { randomBytes } from 'node:crypto'
import { existsSync, rmSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckConnection, duckdb } from './duckdb.ts'
import { type DatabaseFunctions, installFunctions } from './native-functions.ts'

export interface InstanceOptions {
  /** DuckDB's memory limit, such as `2GB` or `60%`; a share of the machine when absent. */
  readonly memory?: string
  /** Threads that one query uses at most. */
  readonly threads?: number
  /** Macros and native functions that queries use. */
  readonly functions?: DatabaseFunctions
}

/** When a checkpoint may be tried: one that failed puts the next off, beyond the instance that it cost. */
export interface CheckpointClock {
  /** Milliseconds since the epoch. */
  notBefore: number
}

/** Bytes of the log after which its contents are moved into the file. */
const CHECKPOINT_BYTES = 16 * 1024 * 1024
/** Bytes that must stay free beside those a checkpoint may need. */
const SPARE_BYTES = 64 * 1024 * 1024
/** Milliseconds that a failed checkpoint puts the next off. */
const PAUSE_MS = 60_000

/**
 * One opening of DuckDB, in memory or on a file.
 *
 * Checkpoints are made here and only where the disk has room: one that fails makes DuckDB unusable until it is opened again. Nothing is written at the
 * end of an instance's life either, since results that wait for garbage collection may keep it alive while the file is open anew.
 */
export class Instance {
  readonly writing: DuckConnection
  readonly #database: duckdb.Database
  readonly #path: string | undefined
  readonly #clock: CheckpointClock
  /** Where queries of a database in memory spill what does not fit. */
  readonly #spill: string | undefined
  /** DuckDB has given up this instance: only opening the file again helps. */
  failed = false

  private constructor(
    database: duckdb.Database,
    path: string | undefined,
    writing: duckdb.Connection,
    clock: CheckpointClock,
    spill: string | undefined,
  ) {
    this.#spill = spill
    this.#clock = clock
    this.#database = database
    this.#path = path
    this.writing = new DuckConnection(writing, this.#watch)
  }

  static async open(path: string | undefined, options: InstanceOptions, clock: CheckpointClock): Promise<Instance> {
    const config = duckdb.create_config()
    const spill = path === undefined ? join(tmpdir(), `taosts-${process.pid}-${randomBytes(6).toString('hex')}`) : undefined
    const settings: Record<string, string | undefined> = {
      // In memory, DuckDB would make its spill directory in whatever directory the process runs in. Said first: without external access it cannot be.
      temp_directory: spill,
      enable_external_access: 'false',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      ieee_floating_point_ops: 'false',
      // A table's rows come as they were written, so that those written in the order of their times need no sorting.
      preserve_insertion_order: 'true',
      checkpoint_threshold: path === undefined ? undefined : '1TB',
      memory_limit: options.memory,
      threads: options.threads?.toString(),
    }
    for (const [name, value] of Object.entries(settings)) if (value !== undefined) duckdb.set_config(config, name, value)
    const database = await duckdb.open(path ?? ':memory:', config)
    const instance = new Instance(database, path, await duckdb.connect(database), clock, spill)
    if (path !== undefined) await instance.writing.run('pragma disable_checkpoint_on_shutdown')
    if (options.functions) await installFunctions(instance.writing.handle, options.functions)
    return instance
  }

  readonly #watch = (message: string): void => {
    if (/database has been invalidated|FATAL Error/.test(message)) this.failed = true
  }

  async connect(): Promise<DuckConnection> {
    return new DuckConnection(await duckdb.connect(this.#database), this.#watch)
  }

  /** Moves the log into the file when it has grown; between transactions. */
  async checkpointWhenDue(): Promise<void> {
    if (this.#logBytes() >= CHECKPOINT_BYTES && Date.now() >= this.#clock.notBefore) await this.#checkpoint('checkpoint')
  }

  #logBytes(): number {
    if (this.#path === undefined) return 0
    const log = `${this.#path}.wal`
    return existsSync(log) ? statSync(log).size : 0
  }

  async #checkpoint(sql: string): Promise<void> {
    const bytes = this.#logBytes()
    if (this.failed || this.#path === undefined || bytes === 0) return
    try {
      const { bavail, bsize } = await statfs(this.#path)
      if (bavail * bsize < 2 * bytes + SPARE_BYTES) return
      await this.writing.run(sql)
    } catch {
      this.#clock.notBefore = Date.now() + PAUSE_MS
      // The log holds everything: a later checkpoint, or the next opening, takes it from there.
    }
  }

  /** Ends the instance; what the log holds is moved into the file where that can be done. */
  async close(): Promise<void> {
    await this.#checkpoint('force checkpoint')
    this.writing.close()
    duckdb.close_sync(this.#database)
    if (this.#spill) rmSync(this.#spill, { recursive: true, force: true })
  }
}
