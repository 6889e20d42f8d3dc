import { ConnectionError, InterfaceError, isTaosError, NotSupportedError } from '../errors.ts'
import type { Config, Notice } from '../options.ts'
import type { Answer, CallOptions, DriverStatement, Feature, SchemalessCounts, SchemalessRequest, Session } from './driver.ts'
import { databaseOfUse, readsOnly, repeatableInsert, storedName } from './identifier.ts'
import { ReconnectingStatement } from './reconnecting-statement.ts'
import type { TmqSession, TmqTransport } from './tmq.ts'
import { waitFor } from './wait-for.ts'

/** A session that tells when its connection is lost, and where it goes. */
export interface LosableSession extends Session {
  readonly where: string
  set onloss(callback: ((reason: Error) => void) | undefined)
}

/** Opens a session in a database; `avoid` is an address that has just failed and comes last. */
export type Reopen = (database: string | undefined, avoid: string | undefined, signal: AbortSignal) => Promise<LosableSession>

/** Codes by which a server says that it cannot reach the database now and has not run the statement. */
const UNREACHABLE: readonly number[] = [0x000b, 0x0020]

/**
 * A session that outlives its connection: the next call opens another one, at another address if need be, in the same database and with the same
 * options. What was under way is sent again only when it does no harm to run it twice.
 */
export class ReconnectingSession implements Session {
  readonly #config: Config
  readonly #reopen: Reopen
  readonly #options = new Map<number, string | null>()
  #session: LosableSession
  #database: string | undefined
  #reconnecting: Promise<LosableSession> | undefined
  readonly #closing = new AbortController()

  constructor(session: LosableSession, config: Config, reopen: Reopen) {
    this.#config = config
    this.#reopen = reopen
    this.#database = config.database
    this.#session = session
    this.#watch(session)
  }

  get features(): ReadonlySet<Feature> {
    return this.#session.features
  }

  get serverVersion(): string {
    return this.#session.serverVersion
  }

  get load(): number {
    return this.#session.load
  }

  /** Lost connections are replaced: only closing makes the session unusable. */
  get failure(): Error | undefined {
    return this.#closing.signal.aborted ? (this.#closing.signal.reason as Error) : undefined
  }

  nextRequestId(): number | bigint {
    return this.#session.nextRequestId()
  }

  async query(sql: string, options: CallOptions = {}): Promise<Answer> {
    const repeatable = options.harmless === true || readsOnly(sql) || (this.#config.retryInserts && repeatableInsert(sql))
    const answer = await this.#run({ ...options, harmless: repeatable }, (session, call) => session.query(sql, call))
    const database = databaseOfUse(sql)
    if (database !== undefined) this.#database = database
    return answer
  }

  async openTmq(Tmq: typeof TmqSession, signal?: AbortSignal): Promise<TmqTransport> {
    const session = await this.#run({ harmless: true, ...(signal ? { signal } : {}) }, async (each) => each)
    if (!session.openTmq) throw new NotSupportedError('this connection has no subscription')
    return await session.openTmq(Tmq, signal)
  }

  /** The statement is prepared again when the connection is replaced. */
  async prepare(sql: string, options: CallOptions = {}): Promise<DriverStatement> {
    const prepare = async (session: Session, call: CallOptions) => ({ session, statement: await session.prepare(sql, call) })
    const { session, statement } = await this.#run({ ...options, harmless: true }, prepare)
    // What is bound has its own timestamps.
    const repeatable = this.#config.retryInserts && repeatableInsert(sql)
    return new ReconnectingStatement(sql, session, statement, repeatable, (each, call) => this.#run(each, call))
  }

  /** Lines carry their own timestamps or get new ones: only the caller knows whether they may be written twice. */
  schemaless(request: SchemalessRequest, options: CallOptions = {}): Promise<SchemalessCounts> {
    return this.#run(options, (session, call) => session.schemaless(request, call))
  }

  async writeRaw(metaType: number, data: Uint8Array, options: CallOptions = {}): Promise<void> {
    await this.#run(options, async (session, call) => {
      if (!session.writeRaw) throw new NotSupportedError('this connection cannot write messages of subscriptions')
      await session.writeRaw(metaType, data, call)
    })
  }

  async selectDatabase(name: string, options: CallOptions = {}): Promise<void> {
    await this.#run({ ...options, harmless: true }, (session, call) => session.selectDatabase(name, call))
    this.#database = storedName(name)
  }

  currentDatabase(options: CallOptions = {}): Promise<string> {
    return this.#run({ ...options, harmless: true }, (session, call) => session.currentDatabase(call))
  }

  validate(sql: string, options: CallOptions = {}): Promise<void> {
    return this.#run({ ...options, harmless: true }, (session, call) => session.validate(sql, call))
  }

  async setOption(option: number, value: string | null, options: CallOptions = {}): Promise<void> {
    await this.#run({ ...options, harmless: true }, (session, call) => session.setOption(option, value, call))
    this.#options.set(option, value)
  }

  async close(): Promise<void> {
    if (!this.#closing.signal.aborted) this.#closing.abort(new InterfaceError('the connection is closed'))
    const reconnecting = this.#reconnecting
    await this.#session.close()
    // One that is just being opened is closed as soon as it is there.
    if (reconnecting)
      await reconnecting.then(
        (session) => session.close(),
        () => {},
      )
  }

  /** Runs a call, again after a loss as long as that does no harm and addresses are left to try. */
  async #run<T>(options: CallOptions, call: (session: Session, options: CallOptions) => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      const session = this.#ready() ?? (await this.#usable(options))
      try {
        return await call(session, options)
      } catch (error) {
        if (attempt >= this.#config.retries || !this.#mayRepeat(error, session, options)) throw error
      }
    }
  }

  #mayRepeat(error: unknown, session: LosableSession, options: CallOptions): boolean {
    if (!isTaosError(error) || this.#closing.signal.aborted || options.signal?.aborted) return false
    if (error instanceof ConnectionError && error.code === 0) return session.failure !== undefined && error.maybeExecuted !== true
    if (!UNREACHABLE.includes(error.code) || this.#config.endpoints.length < 2 || options.harmless !== true) return false
    // Another address may reach what this one cannot; whoever comes next reconnects.
    void session.close()
    return true
  }

  /** The session where it can be used at once. */
  #ready(): LosableSession | undefined {
    return this.#session.failure === undefined && !this.#closing.signal.aborted ? this.#session : undefined
  }

  /** The session, or the one that replaces it; waits no longer than the call may take. */
  #usable(options: CallOptions): Promise<LosableSession> {
    if (this.#closing.signal.aborted) return Promise.reject(this.#closing.signal.reason)
    if (this.#session.failure === undefined) return Promise.resolve(this.#session)
    if (!this.#reconnecting) {
      this.#reconnecting = this.#reconnect(this.#session.failure)
      const done = (): void => {
        this.#reconnecting = undefined
      }
      this.#reconnecting.then(done, done)
    }
    return waitFor(this.#reconnecting, options, 'not connected again')
  }

  async #reconnect(reason: Error): Promise<LosableSession> {
    const { retries, retryBackoffMs, retryBackoffMaxMs, connectTimeoutMs } = this.#config
    const from = this.#session.where
    let failure: unknown = reason
    for (let round = 0; round <= retries; round++) {
      if (round > 0) await this.#pause(Math.min(retryBackoffMs * 2 ** (round - 1), retryBackoffMaxMs) * (0.8 + 0.4 * Math.random()))
      const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(connectTimeoutMs)])
      try {
        const session = await this.#reopen(this.#database, round === 0 ? from : undefined, signal)
        for (const [option, value] of this.#options) await session.setOption(option, value, { signal })
        this.#closing.signal.throwIfAborted()
        this.#session = session
        this.#watch(session)
        this.#notice({ kind: 'reconnect', message: `connected again: ${session.where}` })
        if (session.where !== from) this.#notice({ kind: 'failover', message: `moved from ${from} to ${session.where}` })
        return session
      } catch (error) {
        this.#closing.signal.throwIfAborted()
        failure = error
        // A login that is refused will be refused again.
        if (isTaosError(error) && error.code !== 0 && !error.retryable) break
      }
    }
    throw new ConnectionError(`cannot connect again: ${(failure as Error).message}`, { cause: failure, retryable: true })
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#closing
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        clearTimeout(timer)
        reject(signal.reason)
      }
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', abort)
        resolve()
      }, ms)
      signal.addEventListener('abort', abort, { once: true })
    })
  }

  #watch(session: LosableSession): void {
    session.onloss = (reason) =>
      this.#notice({ kind: 'disconnect', message: `lost the connection to ${session.where}: ${reason.message}`, cause: reason })
  }

  #notice(notice: Notice): void {
    this.#config.onNotice?.(notice)
  }
}
