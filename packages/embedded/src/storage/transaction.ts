import { TableAppender } from './appender.ts'
import type { ChunkColumn } from './chunk-writer.ts'
import type { DuckConnection, Parameter } from './duckdb.ts'
import type { Layout } from './layout.ts'
import { ColumnBuffer } from './row-buffer.ts'
import { type Cell, readAll } from './small-result.ts'

/** Rows that wait to be appended to a table, in its DuckDB layout. */
interface Pending {
  readonly layout: Layout
  readonly columns: ColumnBuffer[]
  rows: number
}

/** The writing transaction: appends are collected and reach DuckDB before the next statement or at the commit. */
export class Transaction {
  readonly #connection: DuckConnection
  readonly #state: { seq: bigint }
  readonly #firstSeq: bigint
  readonly #pending = new Map<string, Pending>()
  readonly #appenders = new Map<string, TableAppender>()
  readonly #undo: (() => void)[] = []
  readonly #apply: (() => void)[] = []
  #begun = false
  #changes = 0

  constructor(connection: DuckConnection, state: { seq: bigint }) {
    this.#connection = connection
    this.#state = state
    this.#firstSeq = state.seq
  }

  /** Grows with every change that a rollback would undo. */
  get changes(): number {
    return this.#changes
  }

  /** Reserves `_seq` numbers for rows; the first of them. */
  takeSeq(rows: number): bigint {
    const first = this.#state.seq
    this.#state.seq = first + BigInt(rows)
    return first
  }

  /** Says how to take back a change of state in memory; undone in reverse order when the transaction fails. */
  onRollback(undo: () => void): void {
    this.#changes++
    this.#undo.push(undo)
  }

  /** Says what changes in memory once the transaction is durable. */
  onCommit(apply: () => void): void {
    this.#apply.push(apply)
  }

  /** Runs a statement of ours; the rows it changed. */
  async run(sql: string, parameters?: readonly Parameter[]): Promise<number> {
    await this.flush()
    await this.#begin()
    this.#changes++
    return this.#connection.run(sql, parameters)
  }

  /** Reads a small result inside the transaction. */
  async read(sql: string, parameters?: readonly Parameter[]): Promise<Cell[][]> {
    await this.flush()
    return readAll(this.#connection, sql, parameters)
  }

  /** The buffer of a table's rows to append, for small writes; say `added` afterwards. */
  pending(layout: Layout): Pending {
    let pending = this.#pending.get(layout.name)
    if (!pending) {
      pending = { layout, columns: layout.columns.map(({ physical }) => new ColumnBuffer(physical, 8)), rows: 0 }
      this.#pending.set(layout.name, pending)
    }
    this.#changes++
    return pending
  }

  /** Appends many rows at once without collecting them; `columns` in the layout's order. */
  async append(layout: Layout, columns: readonly ChunkColumn[], from: number, to: number): Promise<void> {
    await this.flush()
    await this.#begin()
    this.#changes++
    await this.#appender(layout.name).append(columns, from, to)
  }

  #appender(table: string): TableAppender {
    let appender = this.#appenders.get(table)
    if (!appender) {
      appender = new TableAppender(this.#connection, table)
      this.#appenders.set(table, appender)
    }
    return appender
  }

  /** Closes the appender of a table that is about to change or go. */
  forgetAppender(table: string): void {
    this.#appenders.get(table)?.close()
    this.#appenders.delete(table)
  }

  /** Sends collected rows to DuckDB. */
  async flush(): Promise<void> {
    if (this.#pending.size === 0) return
    await this.#begin()
    const all = [...this.#pending.values()]
    this.#pending.clear()
    for (const { layout, columns, rows } of all) if (rows > 0) await this.#appender(layout.name).append(columns, 0, rows)
  }

  async #begin(): Promise<void> {
    if (this.#begun) return
    this.#begun = true
    await this.#connection.run('begin')
  }

  async commit(): Promise<void> {
    await this.flush()
    this.#closeAppenders()
    if (this.#begun) await this.#connection.run('commit')
    for (const apply of this.#apply.splice(0)) apply()
  }

  async rollback(): Promise<void> {
    this.#pending.clear()
    this.#closeAppenders()
    if (this.#begun) await this.#connection.run('rollback').catch(() => undefined)
    for (const undo of this.#undo.splice(0).reverse()) undo()
    this.#state.seq = this.#firstSeq
  }

  #closeAppenders(): void {
    for (const appender of this.#appenders.values()) appender.close()
    this.#appenders.clear()
  }
}
