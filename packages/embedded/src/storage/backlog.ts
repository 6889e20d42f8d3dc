import type { TableAppender } from './appender.ts'
import type { ChunkColumn } from './chunk-writer.ts'
import type { DuckConnection } from './duckdb.ts'
import type { Layout } from './layout.ts'
import { ColumnBuffer } from './row-buffer.ts'

/** Rows to append to a table, column by column in the order of its layout. */
export interface Appended {
  readonly layout: Layout
  readonly columns: readonly ChunkColumn[]
  readonly rows: number
}

/** Rows of one table that DuckDB has yet to get. */
interface Kept {
  readonly layout: Layout
  readonly columns: ColumnBuffer[]
  rows: number
  /** How many DuckDB got at the time before. */
  written: number
}

/** More rows than a row group of DuckDB's has: it takes them over whole instead of copying them into the one before. */
const FULL_ROWS = 131_072
const FULL_BYTES = 32 * 1024 * 1024
/** Rows of one table that are appended in one step, which commits by itself. */
const STEP_ROWS = 16_384
/** Milliseconds of appending after which the event loop gets a turn. */
const TURN_MS = 10

/**
 * Acknowledged rows of a database in memory that DuckDB has yet to get: a commit costs it more than the rows do, so it gets them when there are
 * many, or when somebody is about to read. Rows stay here until DuckDB has them, also when it has no memory for more.
 */
export class Backlog {
  readonly #connection: DuckConnection
  readonly #appender: (table: string) => TableAppender
  readonly #failed: () => void
  readonly #tables = new Map<string, Kept>()
  #rows = 0
  #bytes = 0

  /** `appender` gives a table's open appender; `failed` closes them all after a failure. */
  constructor(connection: DuckConnection, appender: (table: string) => TableAppender, failed: () => void) {
    this.#connection = connection
    this.#appender = appender
    this.#failed = failed
  }

  get isEmpty(): boolean {
    return this.#rows === 0
  }

  /** Whether rows are so many that they are better appended at once. */
  static isMuch(parts: readonly Appended[]): boolean {
    return parts.reduce((sum, { rows }) => sum + rows, 0) >= FULL_ROWS
  }

  /** Takes a transaction's rows, all or none; they are copied. Throws SqlError when there are too many and DuckDB takes none. */
  async take(parts: readonly Appended[]): Promise<void> {
    const before = new Map<string, { readonly kept: Kept; readonly rows: number; readonly heaps: readonly number[] }>()
    for (const { layout } of parts) {
      const kept = this.#tables.get(layout.name)
      if (kept) before.set(layout.name, { kept, rows: kept.rows, heaps: kept.columns.map(({ heapLength }) => heapLength) })
    }
    const [rows, bytes] = [this.#rows, this.#bytes]
    for (const part of parts) this.#add(part)
    if (this.#rows < FULL_ROWS && this.#bytes < FULL_BYTES) return
    try {
      await this.write()
    } catch (error) {
      for (const { layout } of parts) this.#tables.delete(layout.name)
      for (const [name, { kept, rows, heaps }] of before) {
        this.#tables.set(name, kept)
        kept.rows = rows
        heaps.forEach((length, i) => {
          kept.columns[i]!.heapLength = length
        })
      }
      this.#rows = rows
      this.#bytes = bytes
      throw error
    }
  }

  #add({ layout, columns, rows }: Appended): void {
    let kept = this.#tables.get(layout.name)
    // The room that a table's rows left behind may be of columns that it no longer has.
    if (!kept || (kept.rows === 0 && kept.layout !== layout)) {
      kept = { layout, columns: layout.columns.map(({ physical }) => new ColumnBuffer(physical, Math.max(8, rows))), rows: 0, written: 0 }
      this.#tables.set(layout.name, kept)
    }
    const end = kept.rows + rows
    kept.columns.forEach((target, i) => {
      target.reserve(end)
      const source = columns[i]
      if (source) target.copyRows(kept.rows, source, 0, rows)
      else for (let row = kept.rows; row < end; row++) target.setNull(row)
      this.#bytes += rows * target.physical.width + (source?.heapLength ?? 0)
    })
    kept.rows = end
    this.#rows += rows
  }

  /** Lets go of the rows of tables that are being dropped; gives what takes that back. */
  forget(tables: Iterable<string>): () => void {
    const gone: (readonly [string, Kept])[] = []
    const bytes = this.#bytes
    for (const name of tables) {
      const kept = this.#tables.get(name)
      if (!kept) continue
      gone.push([name, kept])
      this.#tables.delete(name)
      this.#rows -= kept.rows
    }
    if (this.#rows === 0) this.#bytes = 0
    return () => {
      this.#bytes = bytes
      for (const [name, kept] of gone) {
        this.#tables.set(name, kept)
        this.#rows += kept.rows
      }
    }
  }

  /** Appends and commits all rows. Throws SqlError, and then keeps them. */
  async write(): Promise<void> {
    if (this.isEmpty) return
    const full = [...this.#tables.values()].filter(({ rows }) => rows > 0)
    // A step that DuckDB would take in several is none.
    const alone = full.length === 1 && full[0]!.rows <= STEP_ROWS && this.#bytes < FULL_BYTES
    try {
      if (!alone) await this.#connection.run('begin')
      let turn = performance.now()
      for (const { layout, columns, rows } of full) {
        await this.#appender(layout.name).append(columns, 0, rows)
        // An appender opens and flushes synchronously: many tables leave room for others between them.
        if (performance.now() - turn < TURN_MS) continue
        await new Promise<void>((resolve) => setImmediate(resolve))
        turn = performance.now()
      }
      if (!alone) await this.#connection.run('commit')
    } catch (error) {
      this.#failed()
      if (!alone) await this.#connection.run('rollback').catch(() => undefined)
      throw error
    }
    for (const [name, kept] of this.#tables) {
      // The room of a table that is written to all the time is used again, also after a few rows that somebody wanted to read.
      if (kept.rows < STEP_ROWS && kept.written < STEP_ROWS) this.#tables.delete(name)
      kept.written = kept.rows
      kept.rows = 0
      for (const column of kept.columns) column.clear()
    }
    this.#rows = 0
    this.#bytes = 0
  }
}
