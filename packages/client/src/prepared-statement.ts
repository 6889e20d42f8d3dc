import { type ColumnarRows, type RowInput, rowsPerMessage } from './bound-rows.ts'
import type { CallOptions, DriverStatement, StatementField } from './driver/driver.ts'
import { DataError, InterfaceError, TaosError } from './errors.ts'
import { optionsObject } from './option-checks.ts'
import type { QueryOptions } from './options.ts'
import type { DefaultRow, Result } from './result.ts'
import { type RowSource, sourceOfColumns, sourceOfRows, sourceOfTables } from './row-source.ts'
import type { TraceContext } from './tracing.ts'
import { BIND_HEAD, type BindField, type BindShape, ByteWriter, encodeBind, precisionOf, TypeCode, ValueError } from './wire/index.ts'

/** Memory of a message that is kept for the next one, at most. */
const KEPT_BYTES = 4 * 1024 * 1024

/** About how long a message may get. */
const MESSAGE_BYTES = 8 * 1024 * 1024

/** What a statement needs of its connection. */
export interface StatementHost {
  callOptions(options: QueryOptions): CallOptions
  result<Row>(answer: Awaited<ReturnType<DriverStatement['result']>>, options: QueryOptions): Result<Row>
  /** Runs one message of values, within a trace when somebody listens. */
  trace<T>(call: CallOptions, run: (context: TraceContext | undefined) => Promise<T>): Promise<T>
  readonly timezone: string | undefined
}

export interface BindOptions extends QueryOptions {
  /** Rows of one message; more are sent in several. Default 32000, and 128000 of a list of tables' columns. Long rows go in smaller messages. */
  readonly batchSize?: number | undefined
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
  /** What a row takes at most, as its columns are declared. */
  readonly #rowBytes: number
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
    this.#rowBytes = this.#shape.columns.reduce((sum, { bytes }) => sum + 1 + bytes, 1)
  }

  /**
   * Writes rows: objects by column name (with `tbname` and tags where the statement has a `?` for them) or arrays in the order of the `?`.
   * Resolves to the rows written. Rejects with a DataError that names column and row before anything of the batch is sent.
   */
  async execute(rows: readonly RowInput[], options: BindOptions = {}): Promise<number> {
    this.#assertInsert()
    return await this.write(sourceOfRows(this.fields, rows), options)
  }

  /**
   * Writes rows given column by column: arrays, typed arrays of the column's own type (copied as they are), or either with NULL marks. A list has
   * the columns of one table each, named by `tbname`; many tables then share a message.
   */
  async executeColumns(input: ColumnarRows | readonly ColumnarRows[], options: BindOptions = {}): Promise<number> {
    this.#assertInsert()
    const source = isList(input) ? sourceOfTables(this.fields, input) : sourceOfColumns(this.fields, input)
    return await this.write(source, options)
  }

  /** Writes the rows of any source. @internal */
  async write(source: RowSource, bindOptions: BindOptions): Promise<number> {
    const { batchSize, ...options } = optionsObject(bindOptions)
    const most = rowsPerMessage(batchSize, source.perMessage)
    if (this.#closing) throw new InterfaceError('the statement is closed')
    let affected = 0
    let before: Promise<number> | undefined
    let limit = Math.min(most, Math.max(1, Math.floor(MESSAGE_BYTES / this.#rowBytes)))
    for (let first = 0; first < source.rows; ) {
      const writer = this.#writers.pop() ?? new ByteWriter()
      let message: { readonly payload: Uint8Array; readonly count: number }
      try {
        // The next message is made while the server works on the one before.
        message = encoding(() => this.#encode(source, first, limit, writer), { place: (error) => source.place(error), first })
      } finally {
        if (before) affected += await before
      }
      const { payload, count } = message
      const from = first
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
        (reason: unknown) => {
          throw source.rows > 1 ? inBatch(reason, from, count) : reason
        },
      )
      // Its failure is told when it is waited for.
      before.catch(() => {})
      first += count
      // Rows are as long as those before; a few short ones do not make a huge message of those that follow.
      limit = Math.min(most, limit * 8, Math.max(1, Math.floor((MESSAGE_BYTES * count) / payload.length)))
    }
    return before ? affected + (await before) : affected
  }

  /** A message of `limit` rows at most, of fewer where those are long. */
  #encode(source: RowSource, first: number, limit: number, writer: ByteWriter): { readonly payload: Uint8Array; readonly count: number } {
    for (let most = limit; ; ) {
      writer.reset()
      writer.reserve(BIND_HEAD)
      const { tables, rows } = source.take(first, most)
      const payload = encodeBind(this.#shape, tables, writer)
      if (payload.length <= 2 * MESSAGE_BYTES || rows === 1) return { payload, count: rows }
      most = Math.max(1, Math.floor((MESSAGE_BYTES * rows) / payload.length))
    }
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
    optionsObject(options)
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

/** Runs the encoder; a value that does not fit becomes a DataError with its column and row. `first` rows were written before. */
export function encoding<T>(encode: () => T, { place, first = 0 }: { place?: RowSource['place']; first?: number } = {}): T {
  try {
    return encode()
  } catch (error) {
    const note = first > 0 ? ` (rows before row ${first} were written)` : ''
    if (error instanceof ValueError) {
      const { row, table } = place?.(error) ?? { row: error.row, table: undefined }
      const message = `${table === undefined ? '' : `table ${table}: `}${new ValueError(row, error.cause, error.column).message}${note}`
      throw new DataError(message, { cause: error, row, column: error.column })
    }
    if (error instanceof DataError && note !== '')
      throw new DataError(`${error.reason}${note}`, { cause: error, row: error.row, column: error.column })
    if (error instanceof RangeError) throw new DataError(error.message, { cause: error })
    throw error
  }
}

function isList(input: ColumnarRows | readonly ColumnarRows[]): input is readonly ColumnarRows[] {
  return Array.isArray(input)
}

/** The server's refusal, saying which rows the message had. */
function inBatch(error: unknown, first: number, count: number): unknown {
  if (!(error instanceof TaosError)) return error
  const rows = count === 1 ? `row ${first} was` : `rows ${first} to ${first + count - 1} were`
  const note = `${rows} ${error.code === 0 ? 'not acknowledged' : 'refused'}${first > 0 ? '; those before were written' : ''}`
  const Class = error.constructor as new (reason: string, details: object) => TaosError
  return new Class(`${error.reason} (${note})`, { ...error, code: error.code, cause: error })
}
