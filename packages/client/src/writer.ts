import type { RowInput } from './bound-rows.ts'
import { type Duration, milliseconds, show } from './duration.ts'
import { DataError, InterfaceError, isTaosError, OperationalError } from './errors.ts'
import { callback, refuseUnknown } from './option-checks.ts'

/** Options of a writer. */
export interface WriterOptions {
  /** The table or supertable that the rows go to; a supertable's rows carry `tbname` and tags. */
  readonly table: string
  /** Rows that are sent together. Default 10000. */
  readonly flushRows?: number | undefined
  /** Bytes (estimated) that are sent together. Default 4 MiB. */
  readonly flushBytes?: number | undefined
  /** The longest that a row waits to be sent. Default 1 s. */
  readonly flushInterval?: Duration | undefined
  /** Batches on their way at a time; `add` waits while there are more. Default 4. */
  readonly maxInFlight?: number | undefined
  /** How long a batch is sent again after failures that may pass. Default 2 min; 0 for never. */
  readonly retryFor?: Duration | undefined
  /** Told after each batch. It must not throw. */
  readonly onProgress?: ((progress: WriterProgress) => void) | undefined
}

export interface WriterProgress {
  /** Rows acknowledged, and handed back in errors, so far. */
  readonly written: number
  readonly failed: number
  /** Rows accepted and neither acknowledged nor failed. */
  readonly pending: number
  /** Estimated bytes acknowledged so far. */
  readonly bytes: number
  /** Milliseconds that the batch just settled took from its first row. */
  readonly lag: number
}

/** Some rows that could not be written, and why. */
export interface FailedBatch {
  readonly rows: readonly RowInput[]
  readonly reason: unknown
}

/** Rows were not written; each is in `failures` with its reason. */
export class WriterError extends OperationalError {
  readonly failures: readonly FailedBatch[]

  static {
    Object.defineProperty(WriterError.prototype, 'name', { value: 'WriterError', configurable: true, writable: true })
  }

  constructor(failures: readonly FailedBatch[]) {
    const rows = failures.reduce((sum, failure) => sum + failure.rows.length, 0)
    const first = failures[0]!.reason
    super(`${rows} rows were not written: ${first instanceof Error ? first.message : String(first)}`, { cause: first })
    this.failures = failures
  }
}

const WRITER_OPTIONS: Readonly<Record<keyof WriterOptions, true>> = {
  table: true,
  flushRows: true,
  flushBytes: true,
  flushInterval: true,
  maxInFlight: true,
  retryFor: true,
  onProgress: true,
}

interface Batch {
  readonly number: number
  readonly rows: RowInput[]
  bytes: number
  readonly since: number
}

/**
 * Collects rows and writes them in batches, several at a time; slows its caller down when it falls behind. A batch that fails for a reason that
 * may pass is sent again: rows carry their own times, so writing one twice leaves it there once. A row that does not fit its table fails alone;
 * a batch that the server refuses fails with its rows. Every row is acknowledged, or handed back by `flush()` or `close()` in a WriterError.
 *
 * ```ts
 * await using writer = connection.writer({ table: 'meters' })
 * for await (const reading of readings) await writer.add(reading)
 * ```
 */
export class Writer implements AsyncDisposable {
  readonly #insert: (table: string, rows: readonly RowInput[]) => Promise<number>
  readonly #options: WriterOptions
  readonly #flushRows: number
  readonly #flushBytes: number
  readonly #flushMs: number
  readonly #maxInFlight: number
  readonly #retryMs: number
  readonly #inFlight = new Set<Promise<void>>()
  #batch: Batch | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Under the number of the batch: batches are settled in any order, and told in that of their rows. */
  #failures: { readonly batch: number; readonly failure: FailedBatch }[] = []
  #batches = 0
  #written = 0
  #failed = 0
  #pending = 0
  #bytes = 0
  #closed = false

  /** Use `connection.writer()` or `pool.writer()`. */
  constructor(insert: (table: string, rows: readonly RowInput[]) => Promise<number>, options: WriterOptions) {
    if (typeof options?.table !== 'string' || options.table === '') throw new InterfaceError('a writer needs the name of its table')
    refuseUnknown(options, WRITER_OPTIONS)
    if (options.onProgress !== undefined) callback('onProgress', options.onProgress)
    this.#insert = insert
    this.#options = options
    this.#flushRows = count('flushRows', options.flushRows ?? 10_000, 1_000_000)
    this.#flushBytes = count('flushBytes', options.flushBytes ?? 4 << 20, 1 << 28)
    this.#flushMs = milliseconds('flushInterval', options.flushInterval ?? 1)
    this.#maxInFlight = count('maxInFlight', options.maxInFlight ?? 4, 64)
    this.#retryMs = options.retryFor === 0 ? 0 : milliseconds('retryFor', options.retryFor ?? 120)
  }

  /** Takes a row. Resolves at once while there is room, else when there is. Rejects with an InterfaceError after `close`. */
  async add(row: RowInput): Promise<void> {
    if (this.#closed) throw new InterfaceError('the writer is closed; the row was not taken')
    if (typeof row !== 'object' || row === null) throw new DataError(`a row is an object or an array, not ${show(row)}`)
    const batch = (this.#batch ??= this.#begin())
    batch.rows.push(row)
    batch.bytes += sizeOf(row)
    this.#pending++
    if (batch.rows.length >= this.#flushRows || batch.bytes >= this.#flushBytes) this.#send()
    while (this.#inFlight.size > this.#maxInFlight) await Promise.race(this.#inFlight)
  }

  /** Takes every row of an iterable, waiting where it must. */
  async addAll(rows: Iterable<RowInput> | AsyncIterable<RowInput>): Promise<void> {
    const iterable = rows as Partial<Iterable<RowInput> & AsyncIterable<RowInput>> | null | undefined
    if (typeof iterable?.[Symbol.asyncIterator] !== 'function' && typeof iterable?.[Symbol.iterator] !== 'function')
      throw new InterfaceError(`addAll takes an iterable of rows, not ${show(rows)}`)
    for await (const row of rows) await this.add(row)
  }

  #begin(): Batch {
    this.#timer = setTimeout(() => this.#send(), this.#flushMs)
    return { number: this.#batches++, rows: [], bytes: 0, since: performance.now() }
  }

  #send(): void {
    const batch = this.#batch
    if (batch === undefined) return
    clearTimeout(this.#timer)
    this.#batch = undefined
    const work: Promise<void> = this.#write(batch).finally(() => this.#inFlight.delete(work))
    this.#inFlight.add(work)
  }

  /** Settles a batch: acknowledged, or among the failures. Never rejects. */
  async #write({ number: batch, rows, bytes, since }: Batch): Promise<void> {
    const deadline = performance.now() + this.#retryMs
    const perRow = bytes / rows.length
    const bad: { row: RowInput; reason: unknown }[] = []
    let left = rows
    // Rows of few at a time cost less to look through again when many of them are bad.
    let size = rows.length
    while (left.length > 0) {
      const part = left.slice(0, size)
      const outcome = await this.#settle(part, deadline)
      if (outcome.kind === 'bad row') {
        bad.push({ row: part[outcome.row]!, reason: outcome.reason })
        left = left.toSpliced(outcome.row, 1)
        if (bad.length > 8) size = 256
        continue
      }
      left = left.slice(part.length)
      if (outcome.kind === 'written') {
        this.#written += part.length
        this.#bytes += Math.round(perRow * part.length)
      } else {
        this.#failures.push({ batch, failure: { rows: part, reason: outcome.reason } })
        this.#failed += part.length
      }
    }
    for (const { row, reason } of bad) this.#failures.push({ batch, failure: { rows: [row], reason } })
    this.#failed += bad.length
    this.#pending -= rows.length
    this.#options.onProgress?.({
      written: this.#written,
      failed: this.#failed,
      pending: this.#pending,
      bytes: this.#bytes,
      lag: performance.now() - since,
    })
  }

  /** Writes some rows, again and again while that may help. A row that does not fit keeps all from being sent. */
  async #settle(
    rows: readonly RowInput[],
    deadline: number,
  ): Promise<{ kind: 'written' } | { kind: 'bad row'; row: number; reason: unknown } | { kind: 'failed'; reason: unknown }> {
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#insert(this.#options.table, rows)
        return { kind: 'written' }
      } catch (reason) {
        if (reason instanceof DataError && reason.code === 0 && reason.row !== undefined && reason.row < rows.length)
          return { kind: 'bad row', row: reason.row, reason }
        if (!mayPass(reason) || performance.now() > deadline) return { kind: 'failed', reason }
        // Full jitter, so that many writers do not come back together.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(2000, 50 * 2 ** attempt)))
      }
    }
  }

  /** Sends what waits and resolves when every row taken so far is settled. Rejects with a WriterError that hands back what was not written. */
  async flush(): Promise<void> {
    this.#send()
    await Promise.all(this.#inFlight)
    if (this.#failures.length === 0) return
    const failures = this.#failures.sort((a, b) => a.batch - b.batch)
    this.#failures = []
    throw new WriterError(failures.map(({ failure }) => failure))
  }

  /** Takes no more rows, and settles as `flush` does. Later calls do nothing. */
  async close(): Promise<void> {
    this.#closed = true
    await this.flush()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** Failures that another attempt may mend: lost connections, time limits, a server that is busy or starting. */
function mayPass(error: unknown): boolean {
  return (
    isTaosError(error) &&
    (error.retryable || error.maybeExecuted === true || error.name === 'ConnectionError' || error.name === 'TimeoutError')
  )
}

function sizeOf(row: RowInput): number {
  let bytes = 0
  for (const value of Object.values(row)) bytes += typeof value === 'string' ? value.length : value instanceof Uint8Array ? value.length : 8
  return bytes
}

function count(option: string, value: number, most: number): number {
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new InterfaceError(`${option} has to be a whole number from 1 to ${most}, not ${show(value)}`)
  return value
}
