import { boundInsert, tableOfInsert } from './bound-insert.ts'
import type { ColumnarRows, RowInput } from './bound-rows.ts'
import type { Consumer } from './consumer.ts'
import type { Message } from './consumer-message.ts'
import type { ConsumerOptions } from './consumer-options.ts'
import { Cursor, type CursorOptions } from './cursor.ts'
import { DeferredInserter } from './deferred-inserter.ts'
import type { Answer, CallOptions, Feature, Session } from './driver/driver.ts'
import { databaseOfUse } from './driver/identifier.ts'
import { milliseconds, show } from './duration.ts'
import { InterfaceError, maskPasswords, NotSupportedError, relocate, TimeoutError } from './errors.ts'
import type { InsertOptions } from './insert.ts'
import { killQuery } from './kill-query.ts'
import { quoteIdentifier } from './literal.ts'
import { abortSignal, flag, optionsObject, refuseUnknown, text, timezone, userApp, userIp, VALUE_CHECKS } from './option-checks.ts'
import type { Config, QueryOptions } from './options.ts'
import { bindParameters, type Parameters } from './parameters.ts'
import type { PreparedStatement } from './prepared-statement.ts'
import { requestIdOf } from './request-id.ts'
import { type DefaultRow, Result } from './result.ts'
import { Schema } from './schema/schema.ts'
import { namingLines, type SchemalessOptions, type SchemalessOutcome, schemalessOutcome, schemalessRequest } from './schemaless.ts'
import { type RunningSqlTag, runningTag, SqlFragment } from './sql.ts'
import { Statement } from './statement.ts'
import { placeOf, sharedTracer, type TraceContext, type Tracer } from './tracing.ts'
import { clientInfo } from './version.ts'
import { isInstant, type ObjectMaker, toTicks, type ValuePolicy } from './wire/index.ts'
import { Writer, type WriterOptions } from './writer.ts'

/** What a pool calls on its connections. */
export const RUN_UNTIL: unique symbol = Symbol('runUntil')
export const INSERTER: unique symbol = Symbol('inserter')

/** TDengine's numbers of a connection's options. */
const CONNECTION_OPTIONS = { charset: 0, timezone: 1, userIp: 2, userApp: 3 } as const

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
  readonly #tracer: Tracer
  readonly #open = new Set<OpenResult>()
  readonly #inserter: DeferredInserter
  readonly #ownsInserter: boolean
  readonly #makers = new Map<string, ObjectMaker>()
  readonly #collected: FinalizationRegistry<OpenResult>
  #closing: Promise<void> | undefined

  /** Use `connect()`. */
  constructor(session: Session, config: Config, tracer: Tracer = sharedTracer(), inserter?: DeferredInserter) {
    this.#session = session
    this.#config = config
    this.#policy = config.timezone === undefined ? config.values : { ...config.values, timezone: config.timezone }
    this.#tracer = tracer
    this.#ownsInserter = inserter === undefined
    this.#inserter =
      inserter ??
      new DeferredInserter({
        features: session.features,
        prepare: (statement) => this.prepare(statement),
        values: async (statement) => await (await this.query(statement, null, { varchar: 'string' })).values(),
        execute: (statement, options) => this.execute(statement, null, options),
        callOptions: (options) => this.#callOptions(options),
        currentDatabase: () => this.currentDatabase(),
      })
    this.sql = runningTag({ run: (statement, options) => this.#run('query', statement, options) })
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

  /** What the server holds: databases, tables, columns, tags, views, topics, indexes. */
  get schema(): Schema {
    return new Schema(async (statement, parameters) => (await this.query(statement, parameters, { varchar: 'string' })).rows())
  }

  /** False once the connection is closed, or lost for good. */
  get isOpen(): boolean {
    return this.#closing === undefined && this.#session.failure === undefined
  }

  /**
   * Runs a statement and resolves when the header of its result is in. Parameters replace `?` (a list) or `:name` (an object): those of an INSERT of
   * nothing but parameters are bound where the connection can, so that every value arrives as it is; all others become exact literals, as TDengine
   * 3.3.7 crashes on some results of bound queries (`prepare` binds them).
   * Rejects with the error of TDengine's number, a ConnectionError, a TimeoutError, or the signal's reason.
   */
  async query<Row = DefaultRow>(
    statement: string | SqlFragment,
    parameters?: Parameters | null,
    options: QueryOptions = {},
  ): Promise<Result<Row>> {
    return await this.#run<Row>('query', prepareText(statement, parameters), options)
  }

  /** Runs a statement and resolves to the number of rows written: 0 for DDL. Rejects as `query` does. */
  async execute(statement: string | SqlFragment, parameters?: Parameters | null, options: QueryOptions = {}): Promise<number> {
    const result = await this.#run('execute', prepareText(statement, parameters), options)
    result.close()
    return result.affectedRows
  }

  /**
   * Prepares a statement on the server, to run it many times with other values. Rejects with a StatementError, or a NotSupportedError on REST.
   */
  async prepare(statement: string, options: QueryOptions = {}): Promise<PreparedStatement> {
    this.#assertOpen()
    const { text } = prepareText(statement)
    const { PreparedStatement } = await import('./writing.ts')
    return new PreparedStatement(await this.#session.prepare(text, this.#callOptions(options)), {
      timezone: this.#config.timezone,
      callOptions: (each) => {
        // A wrong option is refused before anything is sent.
        policyOf(each, this.#policy)
        return this.#callOptions(each)
      },
      result: (answer, each) => this.#result(answer, Statement.plain(text), policyOf(each, this.#policy), this.#callOptions(each)),
      trace: ({ reqId }, run) =>
        this.#tracer.on('bind')
          ? this.#tracer.trace('bind', () => ({ sql: maskPasswords(text), reqId: reqId!, ...placeOf(this.#config) }), run)
          : run(undefined),
    })
  }

  /**
   * Writes rows into a table, a subtable of `using`, or (rows with `tbname` and tags) the subtables of a supertable; missing subtables are made.
   * Resolves to the rows written. Rejects with a DataError that names column and row before anything of the batch is sent.
   *
   * ```ts
   * await connection.insert('meters', [{ tbname: 'd1', groupid: 2, location: 'Paris', ts: new Date(), current: 10.3, voltage: 219, phase: 0.31 }])
   * await connection.insert('d1', { columns: { ts: new BigInt64Array([1n, 2n]), voltage: new Int32Array([219, 220]) } })
   * ```
   */
  async insert(table: string, rows: readonly RowInput[] | ColumnarRows, options: InsertOptions = {}): Promise<number> {
    this.#assertOpen()
    optionsObject(options)
    return await this.#inserter.insert(table, rows, { ...options, idempotent: options.idempotent ?? this.#config.retryInserts })
  }

  /** A writer that collects rows and writes them in batches; it never loses one. */
  writer(options: WriterOptions): Writer {
    this.#assertOpen()
    return new Writer((table, rows) => this.insert(table, rows, { batchSize: Math.max(1, rows.length), idempotent: true }), options)
  }

  /**
   * Writes lines of the InfluxDB or OpenTSDB protocols; supertables and columns are made as the lines need them. Rejects with a SchemalessError,
   * or a NotSupportedError on REST. `formatLine` builds lines.
   */
  async schemalessInsert(lines: string | readonly string[], options: SchemalessOptions = {}): Promise<SchemalessOutcome> {
    this.#assertOpen()
    const { protocol: _p, precision: _u, ttl: _t, tableNameKey: _k, ...call } = optionsObject(options)
    const request = schemalessRequest(lines, options)
    try {
      return schemalessOutcome(request, await this.#session.schemaless(request, this.#callOptions(call)))
    } catch (error) {
      throw relocate(namingLines(error, request.data) as Error)
    }
  }

  /**
   * Writes a message of a subscription into the current database, as it was fetched: its rows, and its changes of tables. So a topic `WITH META` of
   * one server makes a copy on another. Rejects with a TmqError, or a NotSupportedError on REST.
   *
   * ```ts
   * for await (const message of consumer) await copy.writeRaw(message.raw)
   * ```
   */
  async writeRaw({ metaType, data }: Message['raw'], options: QueryOptions = {}): Promise<void> {
    this.#assertOpen()
    if (!Number.isInteger(metaType) || metaType < 0 || metaType > 0xffff || !(data instanceof Uint8Array))
      throw new InterfaceError('writeRaw takes the raw of a message: { metaType, data }')
    if (!this.#session.writeRaw) throw new NotSupportedError('REST cannot write messages of subscriptions; connect by ws:// or wss://')
    try {
      await this.#session.writeRaw(metaType, data, this.#callOptions(options))
    } catch (error) {
      throw relocate(error)
    }
  }

  /**
   * Subscribes to topics, over a socket of its own: an async iterable of messages. Rejects with a TmqError, an InterfaceError for a wrong option, or a
   * NotSupportedError on REST.
   */
  async subscribe<Row = DefaultRow>(topics: string | readonly string[], options: ConsumerOptions): Promise<Consumer<Row>> {
    this.#assertOpen()
    const { user, password, bearerToken, timezone, userApp, userIp } = this.#config
    const { Consumer } = await import('./consumer.ts')
    return await Consumer.open<Row>(
      {
        policy: this.#policy,
        trace: (context, run) =>
          this.#tracer.on('poll') ? this.#tracer.trace('poll', () => ({ ...context(), ...placeOf(this.#config) }), run) : run(undefined),
        open: async (Tmq, signal) => {
          if (!this.#session.openTmq) throw new NotSupportedError('REST cannot subscribe to topics; connect by ws:// or wss://')
          return await this.#session.openTmq(Tmq, signal)
        },
        credentials: async () => ({
          user,
          password: await password.reveal(),
          db: '',
          ...(timezone === undefined ? {} : { tz: timezone }),
          ...(userApp === undefined ? {} : { app: userApp }),
          ...(userIp === undefined ? {} : { ip: userIp }),
          ...(bearerToken === undefined ? {} : { config: { 'td.connect.token': await bearerToken.reveal() } }),
        }),
      },
      topics,
      options,
    )
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
    this.#inserter.reset()
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

  /**
   * The id of the vgroup that holds a table, or undefined when there is no such table; names as they are stored. Rejects as `query` does.
   */
  async tableVgroupId(database: string, table: string, options: QueryOptions = {}): Promise<number | undefined> {
    const sql = 'SELECT vgroup_id FROM information_schema.ins_tables WHERE db_name = ? AND table_name = ?'
    const row = await (await this.query<{ vgroup_id: number }>(sql, [database, table], options)).first()
    return row?.vgroup_id
  }

  /** Has the server load what it needs to know of tables (`'db.table'`) before their first use. Rejects when one of them does not exist. */
  async loadTableInfo(tables: readonly string[], options: QueryOptions = {}): Promise<void> {
    for (const table of tables) {
      const parts = table.split('.').map((part) => (/^`.*`$/.test(part) ? part.slice(1, -1) : part.toLowerCase()))
      await this.execute(`DESCRIBE ${quoteIdentifier(...parts)}`, null, options)
    }
  }

  /**
   * Changes what the connection told the server of itself: its time zone, the user's address, the application's name; null takes it back.
   * Rejects with a NotSupportedError on REST.
   */
  async setOption(option: 'charset' | 'timezone' | 'userIp' | 'userApp', value: string | null, options: QueryOptions = {}): Promise<void> {
    this.#assertOpen()
    const code = CONNECTION_OPTIONS[option]
    if (code === undefined)
      throw new InterfaceError(`there is no option ${show(option)} to set; there are ${Object.keys(CONNECTION_OPTIONS).join(', ')}`)
    const check = option === 'timezone' ? timezone : option === 'userIp' ? userIp : option === 'userApp' ? userApp : text
    await this.#session.setOption(code, value === null ? null : check(option, value), this.#callOptions(options))
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

  async #run<Row>(operation: 'query' | 'execute', statement: Statement, options: QueryOptions, done?: () => void): Promise<Result<Row>> {
    this.#assertOpen()
    const call = this.#callOptions(options, statement)
    const policy = policyOf(options, this.#policy)
    const reqId = call.reqId!
    const { onStatement } = this.#config
    if (onStatement) onStatement({ sql: maskPasswords(statement.sql), reqId })
    const run = async (context?: TraceContext): Promise<Result<Row>> => {
      try {
        const answer = await this.#answer(statement, options, call)
        if (context) Object.assign(context, { affectedRows: answer.affectedRows, timing: answer.timing })
        return this.#result<Row>(answer, statement, policy, call, done)
      } catch (error) {
        this.#abandoned(statement, call, error)
        throw relocate(error)
      }
    }
    if (!this.#tracer.on(operation)) return await run()
    return await this.#tracer.trace(operation, () => ({ sql: maskPasswords(statement.sql), reqId, ...placeOf(this.#config) }), run)
  }

  /** Runs a statement: an INSERT of values alone is bound, where the connection can, so that every value arrives as it is. */
  async #answer(statement: Statement, options: QueryOptions, call: CallOptions): Promise<Answer> {
    if (!statement.hasValues) {
      const answer = await this.#session.query(statement.text, call)
      if (databaseOfUse(statement.text) !== undefined) this.#inserter.reset()
      return answer
    }
    if (this.#session.features.has('statements')) {
      const insert = boundInsert(statement.sql, statement.values)
      const idempotent = options.idempotent ?? this.#config.retryInserts
      const written = insert && (await this.#inserter.run(insert.sql, insert.rows, { ...options, reqId: call.reqId!, idempotent }))
      if (written !== undefined) return updateAnswer(written)
    }
    const early = statement.values.some((value) => isBefore1970(value)) ? tableOfInsert(statement.sql) : undefined
    if (early === undefined) return await this.#session.query(statement.text, call)
    // TDengine takes no times before 1970 as text in an INSERT; as ticks it does.
    const precision = await this.#inserter.precisionOf(early)
    const rewritten = statement.rewritten((value) => (isBefore1970(value) ? String(toTicks(value, precision)) : undefined))
    return await this.#session.query(rewritten.text, { ...call, shown: rewritten })
  }

  #result<Row>(answer: Answer, statement: Statement, policy: ValuePolicy, call: CallOptions, done?: () => void): Result<Row> {
    const reqId = call.reqId!
    if (answer.isUpdate) {
      const result = new Result<Row>(answer, { policy, reqId })
      done?.()
      return result
    }
    const open: OpenResult = { answer, reqId, done }
    const onEnd = (error?: unknown): void => {
      this.#open.delete(open)
      this.#collected.unregister(open)
      if (error !== undefined) this.#abandoned(statement, call, error)
      done?.()
    }
    this.#open.add(open)
    const result = new Result<Row>(answer, { policy, reqId, makers: this.#makers, signal: call.signal, timeoutMs: call.timeoutMs, onEnd })
    this.#collected.register(result, open, open)
    return result
  }

  /** A statement that nobody waits for any more may still run: with `cancel: 'kill'` it is ended on the server as well. */
  #abandoned(statement: Statement, { signal, reqId }: CallOptions, error: unknown): void {
    if (this.#config.cancel !== 'kill' || (!signal?.aborted && !(error instanceof TimeoutError)) || this.#closing) return
    killQuery(this.#session, statement.text).catch((cause: unknown) => {
      this.#config.onNotice?.({
        kind: 'kill-failed',
        message: `request ${reqId} could not be ended on the server: ${(cause as Error).message}`,
        cause,
      })
    })
  }

  #forget(open: OpenResult, what: string): void {
    this.#open.delete(open)
    open.answer.free()
    open.done?.()
    this.#config.onNotice?.({
      kind: 'result-unread',
      message: `the result of request ${open.reqId} ${what} before it was read to its end; read it, or close() it`,
    })
  }

  /** What writes rows for all who borrow this connection's session. For pools. */
  get [INSERTER](): DeferredInserter {
    return this.#inserter
  }

  /** Runs a statement and calls `done` when its result is read to its end, freed or failed. For pools. */
  async [RUN_UNTIL]<Row>(
    operation: 'query' | 'execute',
    statement: Statement,
    options: QueryOptions,
    done: () => void,
  ): Promise<Result<Row>> {
    return await this.#run<Row>(operation, statement, options, done)
  }

  async #shut(): Promise<void> {
    if (this.#ownsInserter) this.#inserter.reset()
    for (const open of [...this.#open]) this.#forget(open, 'was dropped with its connection')
    await this.#session.close()
  }

  #callOptions(options: QueryOptions, statement?: Statement): CallOptions {
    refuseUnknown(options, CALL_OPTIONS)
    const timeoutMs = options.timeout === undefined ? this.#config.timeoutMs : milliseconds('timeout', options.timeout)
    return {
      reqId: requestIdOf(options.reqId) ?? BigInt(this.#session.nextRequestId()),
      ...(options.signal === undefined ? {} : { signal: abortSignal('signal', options.signal) }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(options.idempotent !== undefined && flag('idempotent', options.idempotent) ? { harmless: true } : {}),
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
  readonly done: (() => void) | undefined
}

/** Makes a statement of what `query` and `execute` take. Throws an InterfaceError or a DataError. */
export function prepareText(statement: string | SqlFragment, parameters?: Parameters | null): Statement {
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

function isBefore1970(value: unknown): value is Date | { readonly epochNanoseconds: bigint } {
  return value instanceof Date ? value.getTime() < 0 : isInstant(value) && value.epochNanoseconds < 0n
}

/** The answer of a statement that was bound: rows written, and nothing to read. */
function updateAnswer(affectedRows: number): Answer {
  return { isUpdate: true, affectedRows, fields: [], precision: 'ms', timing: 0, bytes: 0, next: async () => null, free() {} }
}

function policyOf(options: QueryOptions, policy: ValuePolicy): ValuePolicy {
  let own: Record<string, unknown> | undefined
  for (const [name, check] of Object.entries(VALUE_CHECKS)) {
    const value = options[name as keyof typeof VALUE_CHECKS]
    if (value !== undefined) own = { ...own, [name]: check(name, value) }
  }
  return own ? { ...policy, ...own } : policy
}
