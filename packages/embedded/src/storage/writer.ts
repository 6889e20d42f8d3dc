import { AsyncLocalStorage } from 'node:async_hooks'
import { SqlError } from '../errors.ts'
import type { DuckConnection } from './duckdb.ts'
import { logReplicated } from './replicated-log.ts'
import { Transaction, WriterState } from './transaction.ts'

/** Work inside the one writing transaction. It may run twice: alone again, when a transaction that it shared failed. */
export type WriteWork<T> = (transaction: Transaction) => Promise<T> | T

interface Job {
  readonly work: WriteWork<unknown>
  readonly shared: boolean
  readonly replicated: boolean
  resolve(value: unknown): void
  reject(reason: unknown): void
}

/** Jobs that one transaction takes at most. */
const GROUP_JOBS = 1024

/** What the writer asks of the storage around it. */
export interface WriterHost {
  /** Nothing outlives the process: rows that are acknowledged may wait for others before DuckDB gets them. */
  readonly inMemory: boolean
  /** Resolves when there is a database to write to; throws what every waiting job is then told. */
  ready(): Promise<void>
  /** After each commit, before its promises resolve; `end` is the `_seq` that the next row gets. */
  changed?(end: bigint): void
  /** After each commit, before the next transaction begins. */
  committed(): Promise<void>
}

/**
 * The only writer: jobs run one after another on one connection. Shared jobs that wait together are committed together
 * (one fsync for all); each promise resolves after its commit.
 */
export class Writer {
  readonly #host: WriterHost
  readonly #queue: Job[] = []
  #connection: DuckConnection
  #state: WriterState
  #draining: Promise<void> | undefined
  #closed = false
  readonly #replicating = new AsyncLocalStorage<true>()
  #replications = 0

  constructor(connection: DuckConnection, seq: bigint, host: WriterHost) {
    this.#host = host
    this.#connection = connection
    this.#state = new WriterState(connection, seq, host.inMemory)
  }

  /** The `_seq` that the next row gets. */
  get nextSeq(): bigint {
    return this.#state.seq
  }

  /** Runs rows of one statement; shares a commit with others that wait. */
  share<T>(work: WriteWork<T>): Promise<T> {
    return this.#enqueue(work, true)
  }

  /** Runs DDL and everything else that must be alone in its transaction. */
  alone<T>(work: WriteWork<T>): Promise<T> {
    return this.#enqueue(work, false)
  }

  /** Runs work whose writes repeat those of another server: consumers may leave them out. */
  async replicate<T>(work: () => Promise<T>): Promise<T> {
    this.#replications++
    try {
      return await this.#replicating.run(true, work)
    } finally {
      // Following promises costs each of them something.
      if (--this.#replications === 0) this.#replicating.disable()
    }
  }

  /** Resolves when every row that was acknowledged before can be read. Throws SqlError. */
  async settle(): Promise<void> {
    const { backlog } = this.#state
    if (backlog && !backlog.isEmpty) await this.share((transaction) => transaction.settle())
  }

  #enqueue<T>(work: WriteWork<T>, shared: boolean): Promise<T> {
    if (this.#closed) return Promise.reject(new SqlError(0x0213, 'Disconnected from service'))
    const replicated = this.#replications > 0 && this.#replicating.getStore() === true
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, shared, replicated, resolve: resolve as (value: unknown) => void, reject })
      this.#draining ??= this.#drain()
    })
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      // One turn of the loop: statements that arrive in the same tick share a commit, and commits that wait for nothing leave room for others.
      await new Promise<void>((resolve) => setImmediate(resolve))
      let count = 1
      if (!this.#queue[0]!.shared) this.#state.forgetTables()
      else while (count < GROUP_JOBS && this.#queue[count]?.shared) count++
      const group = this.#queue.splice(0, count)
      if (await this.#commit(group)) continue
      for (const job of group) await this.#commit([job])
    }
    this.#draining = undefined
  }

  /** Runs the jobs in one transaction and settles them; false when a transaction of several failed and nothing is settled. */
  async #commit(group: readonly Job[]): Promise<boolean> {
    try {
      await this.#host.ready()
    } catch (error) {
      for (const job of group) job.reject(error)
      return true
    }
    const transaction = new Transaction(this.#connection, this.#state)
    const done: (() => void)[] = []
    const failed: (() => void)[] = []
    try {
      for (const job of group) {
        const mark = transaction.changes
        const first = this.#state.seq
        try {
          const value = await job.work(transaction)
          if (job.replicated && this.#state.seq > first) logReplicated(transaction, first, this.#state.seq)
          done.push(() => job.resolve(value))
        } catch (error) {
          // A refusal before anything was written concerns its statement alone.
          if (transaction.changes !== mark) throw error
          failed.push(() => job.reject(error))
        }
      }
      await transaction.commit()
    } catch (error) {
      await transaction.rollback()
      if (group.length > 1) return false
      group[0]!.reject(error)
      return true
    }
    if (done.length > 0) this.#host.changed?.(this.#state.seq)
    for (const settle of done) settle()
    for (const settle of failed) settle()
    if (done.length > 0) await this.#host.committed()
    return true
  }

  /** Lets go of a database that is about to be closed. */
  forget(): void {
    this.#state.forgetTables()
  }

  /** Goes on with the database opened again. */
  resume(connection: DuckConnection, seq: bigint): void {
    this.#connection = connection
    this.#state = new WriterState(connection, seq, this.#host.inMemory)
  }

  /** Waits for what is queued, then takes no more. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#draining
    this.#state.forgetTables()
  }
}
