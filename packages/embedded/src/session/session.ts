import type { Engine } from '../engine.ts'
import { SqlError } from '../errors.ts'
import type { Presence, Visitor } from '../metadata/index.ts'
import type { EngineAnswer, Rows } from './answer.ts'
import { runStatement } from './dispatch.ts'
import { fixedZone } from './zone-offset.ts'

/** How a session is opened. */
export interface SessionOptions extends Omit<Visitor, 'user'> {
  readonly user?: string
  /** Current database; 0x0388 `Database not exist` when there is none of that name. */
  readonly database?: string
  /** IANA name or UTC offset; UTC when absent or unknown. */
  readonly timezone?: string
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
  /** Name of the current database. */
  database: string | undefined
  readonly #presence: Presence
  readonly #abort = new AbortController()
  #timezone = 'UTC'
  #fixedOffset: number | undefined = 0

  constructor(engine: Engine, options: SessionOptions = {}) {
    this.engine = engine
    this.user = options.user ?? 'root'
    if (options.database) this.use(options.database)
    if (options.timezone) this.timezone = options.timezone
    this.#presence = engine.live.enter({ ...options, user: this.user }, () => this.#abort.abort())
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

  /** Makes a database current. Throws 0x0388. */
  use(name: string): void {
    if (!this.engine.hasDatabase(name)) throw new SqlError(0x0388, 'Database not exist')
    this.database = name
  }

  /** Runs one statement: its rows, or the number of rows it wrote. Throws SqlError. */
  async execute(sql: string, options: ExecuteOptions = {}): Promise<EngineAnswer> {
    const killed = new AbortController()
    const done = this.#presence.statement(sql, () => killed.abort())
    const signal = AbortSignal.any([killed.signal, this.#abort.signal, ...(options.signal ? [options.signal] : [])])
    try {
      const answer = await runStatement({ session: this, engine: this.engine, sql, database: options.database ?? this.database, signal })
      if (answer.kind === 'rows') return running(answer, done)
      done()
      return answer
    } catch (error) {
      done()
      throw error
    }
  }

  /** Ends what still runs. */
  async close(): Promise<void> {
    this.#abort.abort()
    this.#presence.leave()
  }
}

/** An open result counts as running until its last block or its end. */
function running(rows: Rows, done: () => void): Rows {
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
