import type { Engine } from '../engine.ts'
import type { EngineAnswer } from '../session/answer.ts'
import type { Session } from '../session/session.ts'
import { AdapterCode, adapterError } from './failure.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'
import { Metrics } from './metrics.ts'

/** What a server is told at its start. */
export interface ServerOptions {
  readonly limits?: Partial<Limits>
  /** Behave as TDengine Cloud's gateway: this token in the URL, and nothing else, lets in. */
  readonly cloudToken?: string
}

/** What all connections of a server share: the engine, limits, counters. */
export class ServerContext {
  readonly engine: Engine
  readonly limits: Limits
  readonly metrics = new Metrics()
  readonly cloudToken: string | undefined
  /** The user that the Cloud token stands for. */
  readonly cloudUser = 'root'
  /** The port that the server listens on, or 0. */
  port = 0
  #sequence = 0

  constructor(engine: Engine, options: ServerOptions = {}) {
    this.engine = engine
    this.limits = { ...DEFAULT_LIMITS, ...options.limits }
    this.cloudToken = options.cloudToken
  }

  /** The session time zone where a client names none. */
  get timezone(): string {
    return this.engine.timezone
  }

  /** Counts schemaless writes, for the messages that mention their number. */
  nextSequence(): number {
    return ++this.#sequence
  }

  /** The user that a name and password stand for; throws the engine's refusal. */
  async logIn(user: string, password: string): Promise<string> {
    try {
      await this.engine.authenticate(user, password)
      return user
    } catch (error) {
      this.metrics.loginsRefused.add(1)
      throw error
    }
  }

  /** Runs a statement within the limit of statements in flight; throws 0xFFFE at the limit. */
  async execute(session: Session, sql: string): Promise<EngineAnswer> {
    return this.counted(() => session.execute(sql))
  }

  /** Counts what `run` does as one statement. */
  async counted<T>(run: () => Promise<T>): Promise<T> {
    const { metrics, limits } = this
    if (metrics.statementsInFlight.value >= limits.statements) {
      metrics.statementsRefused.add(1)
      throw adapterError(`too many statements in flight: the limit is ${limits.statements}`, AdapterCode.LIMIT)
    }
    metrics.statementsInFlight.add(1)
    metrics.statementsTotal.add(1)
    try {
      return await run()
    } catch (error) {
      metrics.statementErrors.add(1)
      throw error
    } finally {
      metrics.statementsInFlight.add(-1)
    }
  }
}
