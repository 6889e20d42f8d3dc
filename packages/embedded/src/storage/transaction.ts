import type { NormalTable, Supertable } from '../catalog/model.ts'
import { TableAppender } from './appender.ts'
import { type Appended, Backlog } from './backlog.ts'
import type { ChunkColumn } from './chunk-writer.ts'
import type { DuckConnection, Parameter } from './duckdb.ts'
import { type Layout, layoutOf } from './layout.ts'
import { MergeBatch } from './merge.ts'
import type { Physical } from './physical.ts'
import { ColumnBuffer } from './row-buffer.ts'
import type { RowSet } from './row-set.ts'
import { type Cell, readAll } from './small-result.ts'

/** Values that one INSERT statement carries at most; more go through an appender. */
const SINGLE_VALUES = 128

/** Rows that wait to be appended to a table, in its DuckDB layout. */
interface Pending {
  readonly layout: Layout
  readonly columns: ColumnBuffer[]
  rows: number
}

/** What the writer keeps from one transaction to the next. */
export class WriterState {
  /** The next row's `_seq`. */
  seq: bigint
  /** Of a database in memory, which loses its rows with the process anyway. */
  readonly backlog: Backlog | undefined
  readonly #connection: DuckConnection
  /** Buffers of rows' numbers, for the transactions to come. */
  readonly spare: ColumnBuffer[] = []
  readonly #appenders = new Map<string, TableAppender>()
  readonly #layouts = new WeakMap<object, { readonly version: number; readonly layout: Layout }>()

  constructor(connection: DuckConnection, seq: bigint, inMemory: boolean) {
    this.#connection = connection
    this.seq = seq
    if (!inMemory) return
    this.backlog = new Backlog(
      connection,
      (table) => this.appender(table),
      () => this.forgetTables(),
    )
  }

  layout(table: Supertable | NormalTable): Layout {
    const known = this.#layouts.get(table)
    if (known?.version === table.schemaVersion) return known.layout
    const layout = layoutOf(table)
    this.#layouts.set(table, { version: table.schemaVersion, layout })
    return layout
  }

  /** A table's open appender. */
  appender(table: string): TableAppender {
    let appender = this.#appenders.get(table)
    if (!appender) {
      if (this.#appenders.size >= MAX_APPENDERS) this.forgetTables()
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

  /** Closes the open appenders: tables are about to change, or a transaction failed. */
  forgetTables(): void {
    for (const appender of this.#appenders.values()) appender.close()
    this.#appenders.clear()
  }
}

/** Buffers of rows' numbers that are kept, and the rows that they have room for at most. */
const SPARE_BUFFERS = 8
const SPARE_ROWS = 65_536

/** Appenders that stay open: each holds a chunk of its table's width. */
const MAX_APPENDERS = 64

/** The writing transaction: appends are collected and reach DuckDB before the next statement or at the commit. */
export class Transaction {
  readonly #connection: DuckConnection
  readonly #state: WriterState
  readonly #firstSeq: bigint
  /** What goes before the rows that are being collected. */
  readonly #appends: Appended[] = []
  readonly #pending = new Map<string, Pending>()
  readonly #merges = new Map<string, MergeBatch>()
  readonly #undo: (() => void)[] = []
  readonly #apply: (() => void)[] = []
  readonly #lent: ColumnBuffer[] = []
  #begun = false
  #changes = 0

  constructor(connection: DuckConnection, state: WriterState) {
    this.#connection = connection
    this.#state = state
    this.#firstSeq = state.seq
  }

  /** Grows with every change that a rollback would undo. */
  get changes(): number {
    return this.#changes
  }

  /** How a table's rows lie in DuckDB now. */
  layout(table: Supertable | NormalTable): Layout {
    return this.#state.layout(table)
  }

  /** Reserves `_seq` numbers for rows; the first of them. */
  takeSeq(rows: number): bigint {
    const first = this.#state.seq
    this.#state.seq = first + BigInt(rows)
    return first
  }

  /** The newest `_seq` that was reserved. */
  get lastSeq(): bigint {
    return this.#state.seq - 1n
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
    if (!this.#begun) await this.#settleFirst()
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

  /** A buffer for as many rows, with whatever was in it, to be given with `append`. */
  buffer(physical: Physical, rows: number): ColumnBuffer {
    const { spare } = this.#state
    const at = spare.findIndex((buffer) => buffer.physical === physical && buffer.capacity >= rows)
    const [buffer] = at < 0 ? [new ColumnBuffer(physical, rows)] : spare.splice(at, 1)
    this.#lent.push(buffer!)
    return buffer!
  }

  #giveBack(): void {
    const { spare } = this.#state
    for (const buffer of this.#lent.splice(0)) if (buffer.capacity <= SPARE_ROWS) spare.unshift(buffer)
    spare.length = Math.min(spare.length, SPARE_BUFFERS)
  }

  /** Takes rows that may overwrite others; they are written after what is to be appended. */
  async merge(layout: Layout, set: RowSet, parts: Parameters<MergeBatch['add']>[1]): Promise<void> {
    let batch = this.#merges.get(layout.name)
    // Rows that give other columns than those before them are written after them.
    if (batch && !batch.takes(set)) {
      await this.flush()
      batch = undefined
    }
    if (!batch) {
      batch = new MergeBatch(layout, set)
      this.#merges.set(layout.name, batch)
    }
    this.#changes++
    batch.add(set, parts, (rows) => this.takeSeq(rows))
  }

  /** Appends many rows at once without collecting them; `columns` in the layout's order. */
  async append(layout: Layout, columns: readonly ChunkColumn[], rows: number): Promise<void> {
    this.#changes++
    this.#closePending()
    this.#appends.push({ layout, columns, rows })
    if (!this.#state.backlog || this.#begun) await this.flush()
  }

  #closePending(): void {
    for (const pending of this.#pending.values()) if (pending.rows > 0) this.#appends.push(pending)
    this.#pending.clear()
  }

  /** Closes the appender of a table that is about to change or go. */
  forgetAppender(table: string): void {
    this.#state.forgetAppender(table)
  }

  /** Sends collected rows to DuckDB. */
  async flush(): Promise<void> {
    this.#closePending()
    if (this.#appends.length === 0 && this.#merges.size === 0) return
    await this.#begin()
    const merges = [...this.#merges.values()]
    this.#merges.clear()
    for (const { layout, columns, rows } of this.#appends.splice(0)) await this.#state.appender(layout.name).append(columns, 0, rows)
    for (const batch of merges) await batch.write(this)
  }

  /** Gives DuckDB what transactions before this one left in the backlog. */
  async settle(): Promise<void> {
    await this.#state.backlog?.write()
  }

  /**
   * Begins a transaction that drops whole DuckDB tables. Where DuckDB has no room for the rows that it has yet to get, those of the tables that go
   * are let go and the others wait, for how else would there be room again.
   */
  async dropping(tables: Iterable<string>): Promise<void> {
    const { backlog } = this.#state
    if (this.#begun || backlog?.isEmpty !== false) return
    try {
      await this.#settleFirst()
    } catch {
      this.onRollback(backlog.forget(tables))
      this.#begun = true
      await this.#connection.run('begin')
    }
  }

  async #settleFirst(): Promise<void> {
    if (this.#state.backlog?.isEmpty !== false) return
    await this.settle()
    // What comes now may change the tables that the backlog's rows went to.
    this.#state.forgetTables()
  }

  async #begin(): Promise<void> {
    if (this.#begun) return
    await this.#settleFirst()
    this.#begun = true
    await this.#connection.run('begin')
  }

  async commit(): Promise<void> {
    if (!(await this.#keep()) && !(await this.#insertAlone())) await this.#commitAll()
    for (const apply of this.#apply.splice(0)) apply()
    this.#giveBack()
  }

  /** Rows to append and nothing else go into the backlog of a database in memory. */
  async #keep(): Promise<boolean> {
    const { backlog } = this.#state
    if (!backlog || this.#begun || this.#merges.size > 0) return false
    this.#closePending()
    if (Backlog.isMuch(this.#appends)) return false
    await backlog.take(this.#appends.splice(0))
    return true
  }

  /** A few rows for one table and nothing else: one INSERT that commits by itself is the shortest way to the disk. */
  async #insertAlone(): Promise<boolean> {
    const [only, more] = this.#pending.values()
    if (this.#begun || this.#merges.size > 0 || !only || more || only.rows === 0 || only.rows * only.columns.length > SINGLE_VALUES)
      return false
    const { layout, columns, rows } = only
    const tuple = `(${columns.map(() => '?').join(', ')})`
    const parameters: Parameter[] = []
    for (let row = 0; row < rows; row++) for (const buffer of columns) parameters.push({ buffer, row })
    await this.#connection.run(`insert into ${layout.name} values ${Array.from({ length: rows }, () => tuple).join(', ')}`, parameters)
    return true
  }

  async #commitAll(): Promise<void> {
    await this.flush()
    if (this.#begun) await this.#connection.run('commit')
  }

  async rollback(): Promise<void> {
    this.#pending.clear()
    this.#appends.length = 0
    this.#merges.clear()
    this.#state.forgetTables()
    if (this.#begun) await this.#connection.run('rollback').catch(() => undefined)
    for (const undo of this.#undo.splice(0).reverse()) undo()
    this.#state.seq = this.#firstSeq
    this.#giveBack()
  }
}
