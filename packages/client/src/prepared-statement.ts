import {
  type ColumnarRows,
  type ColumnInput,
  columnsOfInput,
  columnsOfRows,
  groupByTable,
  type RowInput,
  rowsPerMessage,
} from './bound-rows.ts'
import type { CallOptions, DriverStatement, StatementField } from './driver/driver.ts'
import { DataError, InterfaceError, TaosError } from './errors.ts'
import type { QueryOptions } from './options.ts'
import type { DefaultRow, Result } from './result.ts'
import type { TraceContext } from './tracing.ts'
import { BIND_HEAD, type BindField, type BindShape, ByteWriter, encodeBind, precisionOf, TypeCode, ValueError } from './wire/index.ts'

/** Memory of a message that is kept for the next one, at most. */
const KEPT_BYTES = 4 * 1024 * 1024

/** What a statement needs of its connection. */
export interface StatementHost {
  callOptions(options: QueryOptions): CallOptions
  result<Row>(answer: Awaited<ReturnType<DriverStatement['result']>>, options: QueryOptions): Result<Row>
  /** Runs one message of values, within a trace when somebody listens. */
  trace<T>(call: CallOptions, run: (context: TraceContext | undefined) => Promise<T>): Promise<T>
  readonly timezone: string | undefined
}

export interface BindOptions extends QueryOptions {
  /** Rows of one message; more are sent in several. Default 16384. */
  readonly batchSize?: number
}

/**
 * A statement prepared on the server (stmt2), to be run many times. One call runs at a time; more wait for it.
 *
 * ```ts
 * await using insert = await connection.prepare('INSERT INTO ? USING meters TAGS (?, ?) VALUES (?, ?, ?, ?)')
 * await insert.execute([{ tbname: 'd1', groupid: 2, location: 'Paris', ts: new Date(), current: 10.3, voltage: 219, phase: 0.31 }])
 * ```
 */
export class PreparedStatement implements AsyncDisposable {
  /** True for INSERT, false for SELECT. */
  readonly isInsert: boolean
  /** What each `?` of an INSERT is; empty for a query. */
  readonly fields: readonly StatementField[]
  /** Number of `?`. */
  readonly parameterCount: number
  readonly #statement: DriverStatement
  readonly #host: StatementHost
  readonly #shape: BindShape
  /** Memory of messages that were sent, for the next ones. */
  readonly #writers: ByteWriter[] = []
  #last: Promise<unknown> = Promise.resolve()
  #closing: Promise<void> | undefined

  /** Use `connection.prepare()`. */
  constructor(statement: DriverStatement, host: StatementHost) {
    this.#statement = statement
    this.#host = host
    this.isInsert = statement.isInsert
    this.fields = statement.fields
    this.parameterCount = statement.count
    const { timezone } = host
    const bindField = (field: StatementField): BindField => ({
      type: field.type as TypeCode,
      precision: precisionOf(field.precision),
      bytes: field.bytes,
      name: field.name,
      ...(timezone === undefined ? {} : { timezone: timezone as never }),
    })
    this.#shape = {
      names: this.fields.some(({ bindType }) => bindType === 'tbname'),
      tags: this.fields.filter(({ bindType }) => bindType === 'tag').map(bindField),
      columns: this.fields.filter(({ bindType }) => bindType === 'column' || bindType === 'parameter').map(bindField),
    }
  }

  /**
   * Writes rows: objects by column name (with `tbname` and tags where the statement has a `?` for them) or arrays in the order of the `?`.
   * Resolves to the rows written. Rejects with a DataError that names column and row before anything of the batch is sent.
   */
  async execute(rows: readonly RowInput[], options: BindOptions = {}): Promise<number> {
    this.#assertInsert()
    return await this.#write(columnsOfRows(this.fields, rows), rows.length, options)
  }

  /** Writes rows given column by column: arrays, typed arrays of the column's own type (copied as they are), or either with NULL marks. */
  async executeColumns(input: ColumnarRows, options: BindOptions = {}): Promise<number> {
    this.#assertInsert()
    const { values, rows } = columnsOfInput(this.fields, input)
    return await this.#write(values, rows, options)
  }

  async #write(columns: readonly ColumnInput[], rows: number, { batchSize, ...options }: BindOptions): Promise<number> {
    const size = rowsPerMessage(batchSize)
    let affected = 0
    let before: Promise<number> | undefined
    for (let first = 0; first < rows; first += size) {
      const count = Math.min(size, rows - first)
      const writer = this.#writers.pop() ?? new ByteWriter()
      let payload: Uint8Array
      try {
        // The next message is made while the server works on the one before.
        writer.reserve(BIND_HEAD)
        payload = encoding(() => encodeBind(this.#shape, groupByTable(this.fields, columns, first, count), writer))
      } finally {
        if (before) affected += await before
      }
      const run = this.#send(payload, count, options)
      before = run.then(
        (written) => {
          // Only a message that was taken is nobody's any more.
          if (writer.bytes.length <= KEPT_BYTES && this.#writers.length < 2) {
            writer.reset()
            this.#writers.push(writer)
          }
          return written
        },
        (error: unknown) => {
          throw rows > 1 ? inBatch(error, first, count) : error
        },
      )
      // Its failure is told when it is waited for.
      before.catch(() => {})
    }
    return before ? affected + (await before) : affected
  }

  #send(payload: Uint8Array, count: number, options: QueryOptions): Promise<number> {
    const call = this.#host.callOptions(options)
    return this.#turn(() =>
      this.#host.trace(call, async (context) => {
        if (context) Object.assign(context, { rows: count, bytes: payload.byteLength })
        await this.#statement.bind(payload, call)
        const written = await this.#statement.execute(call)
        if (context) context.affectedRows = written
        return written
      }),
    )
  }

  /** Runs a prepared query with one value for each `?`. */
  async query<Row = DefaultRow>(parameters: readonly unknown[], options: QueryOptions = {}): Promise<Result<Row>> {
    if (this.isInsert) throw new InterfaceError('this statement writes; use execute()')
    if (!Array.isArray(parameters) || parameters.length !== this.parameterCount)
      throw new InterfaceError(
        `the statement has ${this.parameterCount} ?, and ${Array.isArray(parameters) ? parameters.length : 'no list of'} values are given`,
      )
    const fields = parameters.map(parameterField)
    const payload = encoding(() =>
      encodeBind({ names: false, tags: [], columns: fields }, [{ columns: parameters.map((value) => ({ values: [value] })), rows: 1 }]),
    )
    const call = this.#host.callOptions(options)
    const answer = await this.#turn(() =>
      this.#host.trace(call, async (context) => {
        if (context) Object.assign(context, { rows: 1, bytes: payload.byteLength })
        await this.#statement.bind(payload, call)
        await this.#statement.execute(call)
        const result = await this.#statement.result(call)
        if (context) context.timing = result.timing
        return result
      }),
    )
    return this.#host.result<Row>(answer, options)
  }

  /** Steps of one run depend on each other, so runs wait in line. */
  #turn<T>(run: () => Promise<T>): Promise<T> {
    if (this.#closing) throw new InterfaceError('the statement is closed')
    const turn = this.#last.then(run, run)
    this.#last = turn.catch(() => {})
    return turn
  }

  /** Whether it is closed, or about to be. */
  get isClosed(): boolean {
    return this.#closing !== undefined
  }

  #assertInsert(): void {
    if (!this.isInsert) throw new InterfaceError('this statement reads; use query()')
  }

  /** Closes the statement on the server, once, after the run under way. */
  close(): Promise<void> {
    this.#closing ??= this.#last.then(() => this.#statement.close())
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** The type that a parameter of a query is bound as; the server converts it to what it is compared with. */
function parameterField(value: unknown, at: number): BindField {
  const type =
    typeof value === 'boolean'
      ? TypeCode.BOOL
      : typeof value === 'bigint'
        ? value >= 2n ** 63n
          ? TypeCode.UBIGINT
          : TypeCode.BIGINT
        : typeof value === 'number'
          ? Number.isSafeInteger(value)
            ? TypeCode.BIGINT
            : TypeCode.DOUBLE
          : value instanceof Uint8Array
            ? TypeCode.VARBINARY
            : TypeCode.VARCHAR
  return { type, precision: 'ms', bytes: 0, name: `parameter ${at + 1}` }
}

/** Runs the encoder; a value that does not fit becomes a DataError with its column and row. */
export function encoding<T>(encode: () => T): T {
  try {
    return encode()
  } catch (error) {
    if (error instanceof ValueError) throw new DataError(error.message, { cause: error, row: error.row, column: error.column })
    if (error instanceof RangeError) throw new DataError(error.message, { cause: error })
    throw error
  }
}

/** The server's refusal, saying which rows the message had. */
function inBatch(error: unknown, first: number, count: number): unknown {
  if (!(error instanceof TaosError)) return error
  const rows = count === 1 ? `row ${first} was` : `rows ${first} to ${first + count - 1} were`
  const note = `${rows} ${error.code === 0 ? 'not acknowledged' : 'refused'}${first > 0 ? '; those before were written' : ''}`
  const Class = error.constructor as new (reason: string, details: object) => TaosError
  return new Class(`${error.reason} (${note})`, { ...error, code: error.code, cause: error })
}
