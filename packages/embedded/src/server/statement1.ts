import type { BoundColumn } from 'taosts/wire'
import { SqlError } from '../errors.ts'
import type { BoundField } from '../prepared/insert-binding.ts'
import { PreparedInsert, PreparedQuery, statementKind } from '../prepared/prepared-statement.ts'
import type { Rows } from '../session/answer.ts'
import type { Connection, OpenStatement } from './connection.ts'

const MISUSE = 0x022a

/** A `?` for a tag or a column. */
export type ColumnField = Extract<BoundField, { readonly bind: 'tag' | 'column' }>

/** A version 1 statement of a connection: bind, add_batch, exec. After a wrong order of calls every call fails. */
export class Statement1 implements OpenStatement {
  readonly version = 1
  rows: Rows | undefined
  #sql: string | undefined
  #prepared: PreparedInsert | PreparedQuery | undefined
  #tags: readonly BoundColumn[] = []
  #bound = false
  #name: string | undefined
  #batched = false
  #spoilt = false
  #queue: Promise<unknown> = Promise.resolve()

  /** Runs one call after another; a wrong order of calls spoils the statement. */
  run<T>(work: () => Promise<T> | T): Promise<T> {
    return this.look(async () => {
      try {
        return await work()
      } catch (error) {
        if (error instanceof SqlError && error.code === MISUSE) this.#spoilt = true
        throw error
      }
    })
  }

  /** Runs a call that begins with a look at the statement's fields, one after another: where there are none of the kind, nothing is spoilt. */
  look<T>(work: () => Promise<T> | T): Promise<T> {
    const turn = this.#queue.then(() => {
      if (this.#spoilt) throw new SqlError(MISUSE, 'success')
      return work()
    })
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  prepare(sql: string): boolean {
    this.#sql = sql
    this.#prepared = undefined
    this.#tags = []
    this.#bound = false
    this.#name = undefined
    this.#batched = false
    return statementKind(sql) === 'insert'
  }

  get isInsert(): boolean {
    return this.#sql !== undefined && statementKind(this.#sql) === 'insert'
  }

  /** What the text is; version 1 looks at it only when it has to. */
  prepared(connection: Connection): PreparedInsert | PreparedQuery {
    if (this.#sql === undefined) throw misuse()
    this.#prepared ??= this.isInsert ? new PreparedInsert(connection.session, this.#sql) : new PreparedQuery(connection.session, this.#sql)
    return this.#prepared
  }

  insert(connection: Connection): PreparedInsert {
    const prepared = this.prepared(connection)
    if (prepared instanceof PreparedQuery) throw misuse()
    if (prepared.isNameOpen && this.#name === undefined) throw new SqlError(0x022b, 'Stmt table name not set correctly')
    return prepared
  }

  nameTable(connection: Connection, name: string): void {
    const prepared = this.prepared(connection)
    if (prepared instanceof PreparedQuery || !prepared.isNameOpen) throw misuse()
    prepared.nameTable(name)
    this.#name = name
    this.#tags = []
  }

  /** A normal table has no tags to ask for; a subtable that is there has none to bind. */
  fields(connection: Connection, bind: 'tag' | 'column'): ColumnField[] {
    const insert = this.insert(connection)
    if (bind === 'tag' && insert.isOfNormalTable) throw misuse()
    return insert.fields().filter((field): field is ColumnField => field.bind === bind)
  }

  setTags(tags: readonly BoundColumn[]): void {
    this.#tags = tags
  }

  async bind(connection: Connection, columns: readonly BoundColumn[]): Promise<void> {
    const prepared = this.prepared(connection)
    if (prepared instanceof PreparedQuery) await prepared.bind(columns)
    else {
      if (columns.length !== this.fields(connection, 'column').length) throw new SqlError(0x0216, 'Syntax error in SQL')
      this.insert(connection).bind({ name: undefined, tags: this.#tags, columns })
    }
    this.#bound = true
  }

  addBatch(): void {
    if (!this.#bound) throw misuse()
    this.#bound = false
    this.#batched = true
  }

  async execute(connection: Connection): Promise<number> {
    const prepared = this.prepared(connection)
    await this.dropRows()
    if (prepared instanceof PreparedQuery) {
      // A query has no rows to put into a batch.
      if (!this.#batched && !this.#bound && prepared.parameterCount > 0) throw misuse()
      this.rows = await prepared.run()
      return 0
    }
    if (!this.#batched && prepared.parameterCount > 0) throw this.#bound ? misuse() : new SqlError(0x070f, 'invalid input')
    this.#batched = false
    return prepared.write()
  }

  async dropRows(): Promise<void> {
    const rows = this.rows
    this.rows = undefined
    await rows?.close()
  }

  async close(): Promise<void> {
    if (this.#prepared instanceof PreparedQuery) this.#prepared.close()
    await this.#queue
    await this.dropRows()
  }
}

/** The error of a wrong order of calls. */
export function misuse(): SqlError {
  return new SqlError(MISUSE, 'Stmt API usage error')
}
