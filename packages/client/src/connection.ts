import { Cursor, type CursorOptions } from './cursor.ts'
import type { Answer, CallOptions, Feature, Session } from './driver/driver.ts'
import { milliseconds, show } from './duration.ts'
import { InterfaceError, maskPasswords, relocate } from './errors.ts'
import { refuseUnknown, VALUE_CHECKS } from './option-checks.ts'
import type { Config, QueryOptions } from './options.ts'
import { bindParameters, type Parameters } from './parameters.ts'
import { requestIdOf } from './request-id.ts'
import { type DefaultRow, Result } from './result.ts'
import { type RunningSqlTag, runningTag, SqlFragment } from './sql.ts'
import { Statement } from './statement.ts'
import { clientInfo } from './version.ts'
import type { ValuePolicy } from './wire/index.ts'

const CALL_OPTIONS = { reqId: true, signal: true, timeout: true, idempotent: true, ...VALUE_CHECKS }

/**
 * A connection to a TDengine: statements, cursors, and what else its transport can do. Many statements may run at a time on one connection.
 *
 * ```ts
 * await using connection = await connect({ url: 'ws://localhost:6041' })
 * await connection.execute('INSERT INTO power.d1001 VALUES (?, ?, ?, ?)', [new Date(), 10.3, 219, 0.31])
 * const rows = await (await connection.query('SELECT * FROM power.meters LIMIT 10')).rows()
 * ```
 */
export class Connection implements AsyncDisposable {
  /** The template tag that runs: `` await connection.sql`SELECT …` ``. */
  readonly sql: RunningSqlTag
  readonly #session: Session
  readonly #config: Config
  readonly #policy: ValuePolicy
  readonly #open = new Set<OpenResult>()
  readonly #collected: FinalizationRegistry<OpenResult>
  #closing: Promise<void> | undefined

  /** Use `connect()`. */
  constructor(session: Session, config: Config) {
    this.#session = session
    this.#config = config
    this.#policy = config.timezone === undefined ? config.values : { ...config.values, timezone: config.timezone }
    this.sql = runningTag({ run: (statement, options) => this.#run(statement, options) })
    this.#collected = new FinalizationRegistry((open) => this.#forget(open, 'was collected'))
  }

  /** The server's version, such as `3.3.7.5`. */
  get serverInfo(): string {
    return this.#session.serverVersion
  }

  /** Name and version of this client. */
  get clientInfo(): string {
    return clientInfo
  }

  /** What this connection can do. */
  get features(): ReadonlySet<Feature> {
    return this.#session.features
  }

  /** False once the connection is closed, or lost for good. */
  get isOpen(): boolean {
    return this.#closing === undefined && this.#session.failure === undefined
  }

  /**
   * Runs a statement and resolves when the header of its result is in. Parameters replace `?` (a list) or `:name` (an object).
   * Rejects with the error of TDengine's number, a ConnectionError, a TimeoutError, or the signal's reason.
   */
  async query<Row = DefaultRow>(
    statement: string | SqlFragment,
    parameters?: Parameters | null,
    options: QueryOptions = {},
  ): Promise<Result<Row>> {
    return await this.#run<Row>(prepareText(statement, parameters), options)
  }

  /** Runs a statement and resolves to the number of rows written: 0 for DDL. Rejects as `query` does. */
  async execute(statement: string | SqlFragment, parameters?: Parameters | null, options: QueryOptions = {}): Promise<number> {
    const result = await this.#run(prepareText(statement, parameters), options)
    result.close()
    return result.affectedRows
  }

  /** A cursor as PEP 249 describes it, in TypeScript's shape. */
  cursor(options: CursorOptions = {}): Cursor {
    this.#assertOpen()
    return new Cursor(this, options)
  }

  /** Makes a database the current one, for later statements of this connection; `name` as in SQL. Rejects when there is none of that name. */
  async selectDb(name: string, options: QueryOptions = {}): Promise<void> {
    if (typeof name !== 'string' || name === '') throw new InterfaceError('selectDb needs the name of a database')
    this.#assertOpen()
    await this.#session.selectDatabase(name, this.#callOptions(options))
  }

  /** The current database, or undefined when there is none. */
  async currentDatabase(options: QueryOptions = {}): Promise<string | undefined> {
    this.#assertOpen()
    return (await this.#session.currentDatabase(this.#callOptions(options))) || undefined
  }

  /** Checks a statement without running it; rejects with the error it would give, or a NotSupportedError on REST. */
  async validateSql(statement: string | SqlFragment, options: QueryOptions = {}): Promise<void> {
    this.#assertOpen()
    const { text } = prepareText(statement)
    await this.#session.validate(text, this.#callOptions(options))
  }

  /** Frees open results and closes the connection. Statements under way end with a ConnectionError. Later calls do nothing. */
  close(): Promise<void> {
    this.#closing ??= this.#shut()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** What a connection shows: never its session, user or secrets. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Connection { serverInfo: '${this.serverInfo}', open: ${this.isOpen} }`
  }

  async #run<Row>(statement: Statement, options: QueryOptions): Promise<Result<Row>> {
    this.#assertOpen()
    const call = this.#callOptions(options, statement)
    const { onStatement } = this.#config
    const reqId = call.reqId!
    if (onStatement) onStatement({ sql: maskPasswords(statement.sql), reqId })
    try {
      const answer = await this.#session.query(statement.text, call)
      return this.#result<Row>(answer, reqId, options, call)
    } catch (error) {
      throw relocate(error)
    }
  }

  #result<Row>(answer: Answer, reqId: bigint, options: QueryOptions, { signal, timeoutMs }: CallOptions): Result<Row> {
    const policy = policyOf(options, this.#policy)
    if (answer.isUpdate) return new Result<Row>(answer, { policy, reqId })
    const open: OpenResult = { answer, reqId }
    const onEnd = (): void => {
      this.#open.delete(open)
      this.#collected.unregister(open)
    }
    this.#open.add(open)
    const result = new Result<Row>(answer, { policy, reqId, signal, timeoutMs, onEnd })
    this.#collected.register(result, open, open)
    return result
  }

  #forget(open: OpenResult, what: string): void {
    this.#open.delete(open)
    open.answer.free()
    this.#config.onNotice?.({
      kind: 'result-unread',
      message: `the result of request ${open.reqId} ${what} before it was read to its end; read it, or close() it`,
    })
  }

  async #shut(): Promise<void> {
    for (const open of [...this.#open]) this.#forget(open, 'was dropped with its connection')
    await this.#session.close()
  }

  #callOptions(options: QueryOptions, statement?: Statement): CallOptions {
    refuseUnknown(options, CALL_OPTIONS)
    const timeoutMs = options.timeout === undefined ? this.#config.timeoutMs : milliseconds('timeout', options.timeout)
    return {
      reqId: requestIdOf(options.reqId) ?? BigInt(this.#session.nextRequestId()),
      ...(options.signal === undefined ? {} : { signal: signalOf(options.signal) }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(options.idempotent === true ? { harmless: true } : {}),
      ...(statement?.hasValues ? { shown: statement } : {}),
    }
  }

  #assertOpen(): void {
    if (this.#closing) throw new InterfaceError('the connection is closed')
  }
}

interface OpenResult {
  readonly answer: Answer
  readonly reqId: bigint
}

function prepareText(statement: string | SqlFragment, parameters?: Parameters | null): Statement {
  if (statement instanceof SqlFragment) {
    if (parameters !== undefined && parameters !== null)
      throw new InterfaceError('a sql`…` statement has its values already; give no parameters')
    return statement.statement()
  }
  if (typeof statement !== 'string') throw new InterfaceError(`a statement has to be a text or sql\`…\`, not ${show(statement)}`)
  if (statement.trim() === '') throw new InterfaceError('the statement is empty')
  if (statement.includes('\0')) throw new InterfaceError('the statement contains a NUL character, which would end it')
  return parameters === undefined || parameters === null ? Statement.plain(statement) : bindParameters(statement, parameters)
}

function policyOf(options: QueryOptions, policy: ValuePolicy): ValuePolicy {
  let own: Record<string, unknown> | undefined
  for (const [name, check] of Object.entries(VALUE_CHECKS)) {
    const value = options[name as keyof typeof VALUE_CHECKS]
    if (value !== undefined) own = { ...own, [name]: check(name, value) }
  }
  return own ? { ...policy, ...own } : policy
}

function signalOf(value: unknown): AbortSignal {
  if (typeof (value as AbortSignal | null)?.addEventListener !== 'function')
    throw new InterfaceError(`signal has to be an AbortSignal, not ${show(value)}`)
  return value as AbortSignal
}
