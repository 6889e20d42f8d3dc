import type { ColumnarRows, RowInput } from './bound-rows.ts'
import { configure } from './configure.ts'
import { Connection, INSERTER, prepareText, RUN_UNTIL } from './connection.ts'
import type { DeferredInserter } from './deferred-inserter.ts'
import type { Session } from './driver/driver.ts'
import { type Duration, milliseconds, show } from './duration.ts'
import { InterfaceError, OperationalError, relocate, TimeoutError } from './errors.ts'
import type { InsertOptions } from './insert.ts'
import { environment, openSession, withDeadline } from './open-session.ts'
import { abortSignal, refuseUnknown } from './option-checks.ts'
import type { Config, ConnectOptions, QueryOptions } from './options.ts'
import type { Parameters } from './parameters.ts'
import { LeasedSession } from './pool-lease.ts'
import type { DefaultRow, Result } from './result.ts'
import { type RunningSqlTag, runningTag, type SqlFragment } from './sql.ts'
import type { Statement } from './statement.ts'
import { placeOf, sharedTracer } from './tracing.ts'
import { Writer, type WriterOptions } from './writer.ts'

/** Options of a pool, beside those of its connections. */
export interface PoolOptions extends ConnectOptions {
  /** Connections kept open even when idle; opened when first needed. Default 0. */
  readonly min?: number | undefined
  /** Most connections at a time. Default 10. */
  readonly max?: number | undefined
  /** Callers that may wait for a connection; more are refused. Default 1000. */
  readonly maxWaiting?: number | undefined
  /** How long a caller waits for a connection. Default 30 s. */
  readonly acquireTimeout?: Duration | undefined
  /** An idle connection beyond `min` is closed after this. Default 60 s. */
  readonly idleTimeout?: Duration | undefined
  /** A connection is not lent any more after this, counted from its opening. Default 1 h. */
  readonly maxLifetime?: Duration | undefined
  /** One that was idle longer than this is checked before it is lent. Default 10 s. */
  readonly checkAfter?: Duration | undefined
}

/** What a pool is doing, and has done. */
export interface PoolMetrics {
  /** Connections that are open, lent or idle. */
  readonly size: number
  readonly idle: number
  readonly lent: number
  /** Connections being opened. */
  readonly opening: number
  /** Callers that wait for one. */
  readonly waiting: number
  /** Since the pool was made: connections opened, closed, found broken; loans; callers that waited in vain. */
  readonly opened: number
  readonly closed: number
  readonly broken: number
  readonly loans: number
  readonly timeouts: number
}

interface Limits {
  readonly min: number
  readonly max: number
  readonly maxWaiting: number
  readonly acquireTimeoutMs: number
  readonly idleTimeoutMs: number
  readonly maxLifetimeMs: number
  readonly checkAfterMs: number
}

interface Member {
  readonly session: Session
  /** The statements prepared on the session, whoever borrows it. */
  readonly inserter: DeferredInserter
  readonly openedAt: number
  idleSince: number
}

interface Waiter {
  resolve(member: Member): void
  reject(error: unknown): void
}

/** What may be asked of one call for a connection. */
export interface AcquireOptions {
  readonly signal?: AbortSignal | undefined
  /** Overrides the pool's `acquireTimeout`. */
  readonly timeout?: Duration | undefined
}

/** How long a check of an idle connection may take. */
const CHECK_MS = 5000
/** How long a pool that closes waits in silence. */
const SILENT_MS = 5000

/**
 * Makes a pool; it connects when it is first used. Many statements already share one WebSocket, so a pool is for what they cannot share: a current
 * database or time zone of one's own, several servers at a time, or more work than one socket carries.
 * Throws an InterfaceError for a wrong option.
 *
 * ```ts
 * await using pool = createPool({ url: 'ws://one:6041,two:6041', max: 8 })
 * const rows = await pool.sql`SELECT * FROM power.meters LIMIT 10`.rows()
 * await pool.use(async (connection) => {
 *   await connection.selectDb('power')
 *   await connection.execute('INSERT INTO d1001 VALUES (NOW, 10.2, 219, 0.32)')
 * })
 * ```
 */
export function createPool(options: PoolOptions = {}): Pool {
  return new Pool(options)
}

/** A pool of connections. Made by `createPool`. */
export class Pool implements AsyncDisposable {
  /** The template tag that runs on any of the connections. */
  readonly sql: RunningSqlTag
  readonly #config: Config
  readonly #limits: Limits
  readonly #tracer = sharedTracer()
  /** Lent last, lent first: the others may fall idle. */
  readonly #idle: Member[] = []
  readonly #waiters = new Set<Waiter>()
  readonly #closing = new AbortController()
  readonly #counts = { opened: 0, closed: 0, broken: 0, loans: 0, timeouts: 0 }
  /** Held, so that a result which is collected unread can still give its connection back. */
  readonly #loans = new Set<Connection>()
  #lent = 0
  #opening = 0
  #sweeper: ReturnType<typeof setTimeout> | undefined
  #drained: (() => void) | undefined
  #closed: Promise<void> | undefined

  /** Use `createPool`. */
  constructor(options: PoolOptions) {
    if (typeof options !== 'object' || options === null) throw new InterfaceError('createPool takes an object of options')
    const { min, max, maxWaiting, acquireTimeout, idleTimeout, maxLifetime, checkAfter, ...connect } = options
    const config = configure(connect, environment())
    // Plain `embedded:` is a fresh engine for each connection; those of a pool share one.
    this.#config =
      config.scheme === 'embedded' && config.directory === undefined && config.name === undefined
        ? { ...config, name: `pool ${crypto.randomUUID()}` }
        : config
    const least = count('min', min ?? 0, 0)
    const most = count('max', max ?? 10, 1)
    if (least > most) throw new InterfaceError(`min (${least}) is more than max (${most})`)
    this.#limits = {
      min: least,
      max: most,
      maxWaiting: count('maxWaiting', maxWaiting ?? 1000, 0),
      acquireTimeoutMs: milliseconds('acquireTimeout', acquireTimeout ?? 30),
      idleTimeoutMs: milliseconds('idleTimeout', idleTimeout ?? 60),
      maxLifetimeMs: milliseconds('maxLifetime', maxLifetime ?? '1h'),
      checkAfterMs: milliseconds('checkAfter', checkAfter ?? 10),
    }
    this.sql = runningTag({ run: (statement, call) => this.#run('query', statement, call) })
  }

  get metrics(): PoolMetrics {
    const size = this.#idle.length + this.#lent
    return { size, idle: this.#idle.length, lent: this.#lent, opening: this.#opening, waiting: this.#waiters.size, ...this.#counts }
  }

  /** Runs a statement on any connection, which is free again when the result is read to its end or closed. Rejects as `Connection.query` and `acquire` do. */
  async query<Row = DefaultRow>(
    statement: string | SqlFragment,
    parameters?: Parameters | null,
    options: QueryOptions = {},
  ): Promise<Result<Row>> {
    return await this.#run<Row>('query', prepareText(statement, parameters), options)
  }

  /** Runs a statement on any connection and resolves to the number of rows written. */
  async execute(statement: string | SqlFragment, parameters?: Parameters | null, options: QueryOptions = {}): Promise<number> {
    const result = await this.#run('execute', prepareText(statement, parameters), options)
    result.close()
    return result.affectedRows
  }

  /** Writes rows over any connection, as `Connection.insert` does. */
  async insert(table: string, rows: readonly RowInput[] | ColumnarRows, options: InsertOptions = {}): Promise<number> {
    return await this.use((connection) => connection.insert(table, rows, options), options.signal ? { signal: options.signal } : {})
  }

  /** A writer that collects rows and writes them in batches over several connections at a time; it never loses one. Close it before the pool. */
  writer(options: WriterOptions): Writer {
    this.#assertOpen()
    return new Writer((table, rows) => this.insert(table, rows, { batchSize: Math.max(1, rows.length), idempotent: true }), options)
  }

  /**
   * Lends a connection; closing it gives it back, with its database and options as they were. Callers are served in their order.
   * Rejects with an InterfaceError when the pool is closed, an OperationalError when too many wait already, a TimeoutError when none becomes free in
   * time, the signal's reason, or what opening a connection gave.
   */
  async acquire(options: AcquireOptions = {}): Promise<Connection> {
    refuseUnknown(options, { signal: true, timeout: true })
    if (options.signal !== undefined) abortSignal('signal', options.signal)
    if (!this.#tracer.on('pool')) return this.#lend(await this.#take(options))
    return await this.#tracer.trace(
      'pool',
      () => placeOf(this.#config),
      async () => this.#lend(await this.#take(options)),
    )
  }

  /** Lends a connection to `work` and takes it back when that is done. */
  async use<T>(work: (connection: Connection) => T | Promise<T>, options: AcquireOptions = {}): Promise<T> {
    const connection = await this.acquire(options)
    try {
      return await work(connection)
    } finally {
      await connection.close()
    }
  }

  /**
   * Refuses new callers, waits for the connections that are lent (also to results that are neither read to their end nor closed), and closes all.
   * `onNotice` is told when that takes more than five seconds.
   */
  close(): Promise<void> {
    this.#closed ??= this.#shut()
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** What a pool shows: its metrics, never its secrets. */
  [Symbol.for('nodejs.util.inspect.custom')](): object {
    return this.metrics
  }

  async #run<Row>(operation: 'query' | 'execute', statement: Statement, options: QueryOptions): Promise<Result<Row>> {
    const connection = await this.acquire(options.signal ? { signal: options.signal } : {})
    let over = false
    const done = (): void => {
      if (over) return
      over = true
      void connection.close()
    }
    try {
      return await connection[RUN_UNTIL]<Row>(operation, statement, options, done)
    } catch (error) {
      done()
      throw relocate(error)
    }
  }

  #lend(member: Member): Connection {
    this.#counts.loans++
    const lease = new LeasedSession(member.session, (changed) => {
      this.#loans.delete(connection)
      void this.#takeBack(member, changed)
    })
    const connection = new Connection(lease, this.#config, this.#tracer, member.inserter)
    this.#loans.add(connection)
    return connection
  }

  /** A connection that works: idle, new, or the next that comes back. It counts as lent. */
  async #take(options: AcquireOptions): Promise<Member> {
    const timeoutMs = options.timeout === undefined ? this.#limits.acquireTimeoutMs : milliseconds('timeout', options.timeout)
    this.#assertOpen()
    options.signal?.throwIfAborted()
    const until = Date.now() + timeoutMs
    for (;;) {
      const member = this.#idle.pop()
      if (!member) return await this.#wait(options.signal, until, timeoutMs)
      this.#lent++
      if (await this.#works(member)) {
        if (!this.#closing.signal.aborted) return member
        await this.#drop(member)
        this.#assertOpen()
      } else {
        this.#counts.broken++
        await this.#drop(member)
        this.#assertOpen()
      }
    }
  }

  async #works(member: Member): Promise<boolean> {
    const now = Date.now()
    if (member.session.failure !== undefined || now - member.openedAt > this.#limits.maxLifetimeMs) return false
    if (now - member.idleSince < this.#limits.checkAfterMs) return true
    try {
      await member.session.currentDatabase({ timeoutMs: CHECK_MS })
      return true
    } catch {
      return false
    }
  }

  /** Closes a connection that counts as lent, and is not going to be. */
  async #drop(member: Member): Promise<void> {
    this.#lent--
    await this.#discard(member)
    if (this.#lent === 0) this.#drained?.()
  }

  #wait(signal: AbortSignal | undefined, until: number, timeoutMs: number): Promise<Member> {
    if (this.#waiters.size >= this.#limits.maxWaiting && this.#lent + this.#opening >= this.#limits.max) {
      throw new OperationalError(
        `all ${this.#limits.max} connections of the pool are lent, and ${this.#waiters.size} callers wait already (maxWaiting)`,
        { retryable: true },
      )
    }
    return new Promise((resolve, reject) => {
      const settle = (end: () => void): void => {
        this.#waiters.delete(waiter)
        clearTimeout(timer)
        signal?.removeEventListener('abort', abort)
        end()
      }
      const waiter: Waiter = { resolve: (member) => settle(() => resolve(member)), reject: (error) => settle(() => reject(error)) }
      const abort = (): void => waiter.reject(signal!.reason)
      const timer = setTimeout(
        () => {
          this.#counts.timeouts++
          waiter.reject(
            new TimeoutError(
              `no connection of the pool became free within ${timeoutMs / 1000} s (acquireTimeout); ${this.#lent} are lent`,
              { retryable: true },
            ),
          )
        },
        Math.max(0, until - Date.now()),
      )
      signal?.addEventListener('abort', abort, { once: true })
      this.#waiters.add(waiter)
      this.#grow()
    })
  }

  /** Opens connections for those who wait, as many as the limit allows. */
  #grow(): void {
    while (this.#opening < this.#waiters.size && this.#idle.length + this.#lent + this.#opening < this.#limits.max) {
      this.#opening++
      void this.#open()
    }
  }

  async #open(): Promise<void> {
    try {
      const session = await this.#tracer.trace(
        'connect',
        () => placeOf(this.#config),
        () => withDeadline(this.#config, this.#closing.signal, (signal) => openSession(this.#config, signal)),
      )
      this.#opening--
      this.#counts.opened++
      const now = Date.now()
      const inserter = new Connection(session, this.#config, this.#tracer)[INSERTER]
      this.#offer({ session, inserter, openedAt: now, idleSince: now })
    } catch (error) {
      this.#opening--
      // Who waits longest learns of it; the others have their own attempts.
      const [first] = this.#waiters
      first?.reject(error)
      this.#grow()
    }
  }

  /** Gives a connection to who waits longest, or puts it aside. */
  #offer(member: Member): void {
    const [first] = this.#waiters
    if (this.#closing.signal.aborted) void this.#discard(member)
    else if (first) {
      this.#lent++
      first.resolve(member)
    } else {
      member.idleSince = Date.now()
      this.#idle.push(member)
      this.#sweepLater()
    }
  }

  async #takeBack(member: Member, changed: ReadonlySet<'database' | number>): Promise<void> {
    if (!(await this.#reset(member, changed))) {
      await this.#drop(member)
      this.#grow()
      return
    }
    this.#lent--
    this.#offer(member)
    if (this.#lent === 0) this.#drained?.()
  }

  /** Undoes what a borrower changed; false when that is not possible, or the connection is of no use any more. */
  async #reset({ session, inserter, openedAt }: Member, changed: ReadonlySet<'database' | number>): Promise<boolean> {
    if (session.failure !== undefined || this.#closing.signal.aborted || Date.now() - openedAt > this.#limits.maxLifetimeMs) return false
    if (changed.has('database')) inserter.reset()
    const { database, timezone, userIp, userApp } = this.#config
    const initial: Readonly<Record<number, string | undefined>> = { 1: timezone, 2: userIp, 3: userApp }
    try {
      for (const each of changed) {
        if (each !== 'database') await session.setOption(each, initial[each] ?? null, { timeoutMs: CHECK_MS })
        // A server cannot be told to forget the current database.
        else if (database === undefined) return false
        else await session.selectDatabase(`\`${database}\``, { timeoutMs: CHECK_MS })
      }
      return true
    } catch {
      return false
    }
  }

  async #discard({ session }: Member): Promise<void> {
    this.#counts.closed++
    await session.close().catch(() => {})
  }

  /** Closes what has been idle too long; one timer for all. */
  #sweepLater(): void {
    if (this.#sweeper !== undefined || this.#idle.length <= this.#limits.min) return
    this.#sweeper = setTimeout(
      () => {
        this.#sweeper = undefined
        const limit = Date.now() - this.#limits.idleTimeoutMs
        // The oldest stand first.
        while (this.#idle.length > this.#limits.min && this.#idle[0]!.idleSince <= limit) void this.#discard(this.#idle.shift()!)
        this.#sweepLater()
      },
      Math.max(50, this.#limits.idleTimeoutMs / 2),
    )
    ;(this.#sweeper as { unref?: () => void }).unref?.()
  }

  async #shut(): Promise<void> {
    this.#closing.abort(new InterfaceError('the pool is closed'))
    clearTimeout(this.#sweeper)
    for (const waiter of [...this.#waiters]) waiter.reject(this.#closing.signal.reason)
    await Promise.all(this.#idle.splice(0).map((member) => this.#discard(member)))
    if (this.#lent === 0) return
    const notice = setTimeout(() => {
      this.#config.onNotice?.({
        kind: 'pool-waits',
        message: `the pool is closed once what is lent comes back (connections: ${this.#lent}): close() them, and read or close() every result`,
      })
    }, SILENT_MS)
    ;(notice as { unref?: () => void }).unref?.()
    await new Promise<void>((resolve) => (this.#drained = resolve))
    clearTimeout(notice)
  }

  #assertOpen(): void {
    if (this.#closing.signal.aborted) throw new InterfaceError('the pool is closed')
  }
}

function count(option: string, value: unknown, least: number): number {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > 100_000) {
    throw new InterfaceError(`${option} has to be a whole number from ${least} to 100000, not ${show(value)}`)
  }
  return value as number
}
