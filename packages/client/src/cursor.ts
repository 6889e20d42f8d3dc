import type { Connection } from './connection.ts'
import type { Field } from './driver/driver.ts'
import { InterfaceError, NotSupportedError } from './errors.ts'
import type { QueryOptions } from './options.ts'
import type { Parameters } from './parameters.ts'
import type { Result } from './result.ts'
import { RowStream } from './row-stream.ts'

/** A column as PEP 249 describes it: name, type name, display size, length, precision, scale, null allowed. */
export type ColumnDescription = readonly [
  name: string,
  type: string,
  displaySize: null,
  bytes: number,
  precision: number | null,
  scale: number | null,
  nullable: null,
]

export interface CursorOptions {
  /** Told each statement before it runs; values bound to it are not in it. */
  readonly log?: ((sql: string) => void) | undefined
}

export interface ExecuteOptions extends QueryOptions {
  /** Rows come while they are fetched, and `rowCount` stays −1 until all are in; by default all rows are fetched at once. */
  readonly stream?: boolean | undefined
}

/** The description after a statement that writes, as taosrest gives it. */
const AFFECTED: ColumnDescription = ['affected_rows', 'INT', null, 4, null, null, null]

/**
 * A cursor as PEP 249 describes it, asynchronous and in camel case.
 *
 * ```ts
 * const cursor = connection.cursor()
 * await cursor.execute('SELECT * FROM power.meters LIMIT 3')
 * console.log(cursor.rowCount, await cursor.fetchAll())
 * ```
 */
export class Cursor implements AsyncIterable<unknown[]>, AsyncDisposable {
  /** The version of PEP 249. */
  readonly apiLevel = '2.0'
  /** Parameters are written as `?`. */
  readonly paramStyle = 'qmark'
  /** How many rows `fetchMany` gives when it is not told. */
  arraySize = 1
  readonly #connection: Connection
  readonly #log: ((sql: string) => void) | undefined
  #description: readonly ColumnDescription[] | null = null
  #rowCount = -1
  #affectedRows: number | null = null
  #rows: AsyncIterator<unknown[]> | undefined
  #result: Result | undefined
  #closed = false

  /** Use `connection.cursor()`. */
  constructor(connection: Connection, options: CursorOptions = {}) {
    this.#connection = connection
    this.#log = options.log
  }

  /** Rows written, or rows of the result, known when `execute` resolves; −1 before, and while a stream is not read to its end. */
  get rowCount(): number {
    if (this.#rowCount === -1) return this.#result?.rowCount ?? -1
    return this.#rowCount
  }

  /** Rows written by the last statement; null when it was a query or there was none. */
  get affectedRows(): number | null {
    return this.#affectedRows
  }

  /** The columns of the last result, seven items each; null before the first statement. */
  get description(): readonly ColumnDescription[] | null {
    return this.#description
  }

  /** Runs a statement; `?` takes the parameters in order. Rejects as `Connection.query` does. */
  async execute(sql: string, parameters?: Parameters | null, options: ExecuteOptions = {}): Promise<this> {
    this.#assertOpen()
    this.#forget()
    const { stream, ...rest } = options
    this.#log?.(sql)
    const result = await this.#connection.query(sql, parameters, rest)
    if (result.isUpdate) {
      this.#description = [AFFECTED]
      this.#affectedRows = result.affectedRows
      this.#rowCount = result.affectedRows
      return this
    }
    this.#description = result.fields.map(describe)
    if (stream === true) {
      this.#result = result
      this.#rows = result.eachValues()
      return this
    }
    const rows = await result.values()
    this.#rowCount = rows.length
    this.#rows = fromArray(rows)
    return this
  }

  /** Runs a statement once for each list of parameters; `rowCount` is then the number of rows written by all. */
  async executeMany(sql: string, parameterLists: Iterable<Parameters>, options: QueryOptions = {}): Promise<this> {
    this.#assertOpen()
    this.#forget()
    let written = 0
    for (const parameters of parameterLists) {
      this.#log?.(sql)
      written += await this.#connection.execute(sql, parameters, options)
    }
    this.#description = [AFFECTED]
    this.#affectedRows = written
    this.#rowCount = written
    return this
  }

  /** The next row as an array, or null at the end. Throws an InterfaceError when there is no result. */
  async fetchOne(): Promise<unknown[] | null> {
    const { done, value } = await this.#source().next()
    return done ? null : value
  }

  /** The next rows, at most `size`; an empty list at the end. */
  async fetchMany(size: number = this.arraySize): Promise<unknown[][]> {
    if (!Number.isInteger(size) || size < 1) throw new InterfaceError(`fetchMany takes a whole number of rows, at least 1, not ${size}`)
    const source = this.#source()
    const rows: unknown[][] = []
    while (rows.length < size) {
      const { done, value } = await source.next()
      if (done) break
      rows.push(value)
    }
    return rows
  }

  /** The rows that are left. */
  async fetchAll(): Promise<unknown[][]> {
    const source = this.#source()
    const rows: unknown[][] = []
    for (let each = await source.next(); !each.done; each = await source.next()) rows.push(each.value)
    return rows
  }

  /** The rows that are left, one at a time; leaving the loop does not lose those after it. */
  [Symbol.asyncIterator](): AsyncIterator<unknown[]> {
    const source = this.#source()
    return { next: () => source.next() }
  }

  /** Whether the column (by its position) has that type; BINARY is VARCHAR. Throws an InterfaceError without a result or column. */
  isType(column: number, type: string): boolean {
    const description = this.#description?.[column]
    if (!description) throw new InterfaceError(`there is no column ${column}`)
    const name = type.toUpperCase()
    return description[1] === (name === 'BINARY' ? 'VARCHAR' : name)
  }

  /** Does nothing: TDengine has no transactions. */
  async commit(): Promise<void> {}

  /** Rejects: TDengine has no transactions. */
  async rollback(): Promise<never> {
    throw new NotSupportedError('TDengine has no transactions: what was written stays')
  }

  /** Rejects: TDengine has no stored procedures. */
  async callProc(): Promise<never> {
    throw new NotSupportedError('TDengine has no stored procedures')
  }

  /** Rejects: a statement has one result. */
  async nextSet(): Promise<never> {
    throw new NotSupportedError('a statement has one result; run each statement by itself')
  }

  /** Frees what is left of the result. The cursor cannot be used any more; the connection stays open. */
  async close(): Promise<void> {
    this.#closed = true
    this.#forget()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #forget(): void {
    this.#result?.close()
    this.#result = undefined
    this.#rows = undefined
    this.#description = null
    this.#rowCount = -1
    this.#affectedRows = null
  }

  #source(): AsyncIterator<unknown[]> {
    this.#assertOpen()
    if (!this.#rows) throw new InterfaceError('there is no result to fetch from: execute a query first')
    return this.#rows
  }

  #assertOpen(): void {
    if (this.#closed) throw new InterfaceError('the cursor is closed')
  }
}

function describe({ name, type, bytes, precision, scale }: Field): ColumnDescription {
  return [name, type, null, bytes, precision ?? null, scale ?? null, null]
}

function fromArray(rows: readonly unknown[][]): AsyncIterator<unknown[]> {
  let given = false
  return new RowStream(
    async () => {
      if (given) return null
      given = true
      return rows
    },
    () => {},
  )
}
