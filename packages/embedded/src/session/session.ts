import type { Engine } from '../engine.ts'
import { SqlError } from '../errors.ts'
import type { Presence, Visitor } from '../metadata/index.ts'
import { checkUse } from './access.ts'
import type { EngineAnswer, Rows } from './answer.ts'
import { runStatement } from './dispatch.ts'
import type { StatementContext } from './statement-context.ts'
import { fixedZone } from './zone-offset.ts'

/** How a session is opened. */
export interface SessionOptions extends Omit<Visitor, 'user'> {
  readonly user?: string
  /** Current database; 0x0388 `Database not exist` when there is none of that name, 0x0303 when the user may not use it. */
  readonly database?: string
  /** IANA name or UTC offset; the engine's when absent, UTC when unknown. */
  readonly timezone?: string
  /** `SELECT *` also gives the `tbname` of supertables. */
  readonly biMode?: boolean
}

export interface ExecuteOptions {
  readonly signal?: AbortSignal
  readonly reqId?: bigint
  /** The database of this statement alone, instead of the session's. */
  readonly database?: string
}

/** One connection's state. Statements of a session may overlap; those that write are ordered by the writer. */
export class Session {
  readonly engine: Engine
  readonly user: string
  readonly biMode: boolean
  /** Name of the current database. */
  database: string | undefined
  readonly #presence: Presence
  readonly #running = new Set<RunningStatement>()
  #timezone = 'UTC'
  #fixedOffset: number | undefined = 0

  constructor(engine: Engine, options: SessionOptions = {}) {
    this.engine = engine
    this.user = options.user ?? 'root'
    this.biMode = options.biMode === true
    if (options.database) {
      this.use(options.database)
      checkUse(engine, this.user, options.database)
    }
    const zone = options.timezone || engine.timezone
    if (zone !== this.#timezone) this.timezone = zone
    this.#presence = engine.live.enter({ ...options, user: this.user }, () => this.#endAll())
  }

  get timezone(): string {
    return this.#timezone
  }

  set timezone(name: string) {
    this.#timezone = name
    this.#fixedOffset = fixedZone(name, this.engine.zones)
  }

  /** Seconds east of UTC when the time zone never changes, else undefined. */
  get fixedOffset(): number | undefined {
    return this.#fixedOffset
  }

  /** Changes what SHOW CONNECTIONS says of the client. */
  introduce(as: { readonly userApp?: string; readonly userIp?: string }): void {
    this.#presence.introduce(as)
  }

  /** Makes a database current. Throws 0x0388. */
  use(name: string): void {
    if (!this.engine.hasDatabase(name)) throw new SqlError(0x0388, 'Database not exist')
    this.database = name
  }

  /** Runs one statement: its rows, or the number of rows it wrote. Throws SqlError. */
  async execute(sql: string, options: ExecuteOptions = {}): Promise<EngineAnswer> {
    const running = new RunningStatement(options.signal)
    const leave = this.#presence.statement(sql, () => running.end())
    this.#running.add(running)
    const done = (): void => {
      leave()
      running.forget()
      this.#running.delete(running)
    }
    try {
      const answer = await runStatement(new Statement(this, sql, options.database ?? this.database, running))
      if (answer.kind === 'rows') return untilRead(answer, done)
      done()
      return answer
    } catch (error) {
      done()
      throw error
    }
  }

  #endAll(): void {
    for (const running of this.#running) running.end()
  }

  /** Ends what still runs. */
  async close(): Promise<void> {
    this.#endAll()
    this.#presence.leave()
  }
}

/** A statement that can be ended from outside. Its signal is made only when somebody asks for it: most statements write a few rows and are gone. */
class RunningStatement {
  readonly #outer: AbortSignal | undefined
  readonly #abort = (): void => this.end()
  #controller: AbortController | undefined
  #ended = false

  constructor(outer: AbortSignal | undefined) {
    this.#outer = outer
    if (outer?.aborted) this.#ended = true
    else outer?.addEventListener('abort', this.#abort, { once: true })
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#ended) this.#controller.abort()
    return this.#controller.signal
  }

  end(): void {
    this.#ended = true
    this.#controller?.abort()
  }

  forget(): void {
    this.#outer?.removeEventListener('abort', this.#abort)
  }
}

/** A statement with its surroundings. */
class Statement implements StatementContext {
  readonly session: Session
  readonly engine: Engine
  readonly sql: string
  readonly database: string | undefined
  readonly #running: RunningStatement

  constructor(session: Session, sql: string, database: string | undefined, running: RunningStatement) {
    this.session = session
    this.engine = session.engine
    this.sql = sql
    this.database = database
    this.#running = running
  }

  get signal(): AbortSignal {
    return this.#running.signal
  }
}

/** An open result counts as running until its last block or its end. */
function untilRead(rows: Rows, done: () => void): Rows {
  return {
    ...rows,
    async next() {
      const block = await rows.next()
      if (block === null) done()
      return block
    },
    async close() {
      done()
      await rows.close()
    },
  }
}
