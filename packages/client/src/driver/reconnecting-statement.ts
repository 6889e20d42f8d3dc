import { InterfaceError, StatementError } from '../errors.ts'
import type { Answer, CallOptions, DriverStatement, Session, StatementField } from './driver.ts'

/** Runs a call on the session that there is, and again on the one that replaces it as far as that does no harm. */
export type RunOnSession = <T>(options: CallOptions, call: (session: Session, options: CallOptions) => Promise<T>) => Promise<T>

/**
 * A prepared statement that outlives its connection: servers forget statements with the connection, so it is prepared again on the next one, and
 * what was bound is bound again.
 */
export class ReconnectingStatement implements DriverStatement {
  readonly isInsert: boolean
  readonly fields: readonly StatementField[]
  readonly count: number
  readonly #sql: string
  /** It writes, and may do so twice without harm. */
  readonly #repeatable: boolean
  readonly #run: RunOnSession
  #session: Session
  #statement: DriverStatement
  /** What was bound and is not executed yet; of a query, what its execution had. */
  #payload: Uint8Array | undefined
  #closed = false

  constructor(sql: string, session: Session, statement: DriverStatement, repeatable: boolean, run: RunOnSession) {
    this.#sql = sql
    this.#repeatable = repeatable
    this.#session = session
    this.#statement = statement
    this.#run = run
    this.isInsert = statement.isInsert
    this.fields = statement.fields
    this.count = statement.count
  }

  async bind(payload: Uint8Array, options: CallOptions = {}): Promise<void> {
    this.#payload = undefined
    await this.#run({ ...options, harmless: true }, async (session, call) => (await this.#on(session, call)).bind(payload, call))
    this.#payload = payload
  }

  async execute(options: CallOptions = {}): Promise<number> {
    const harmless = options.harmless === true || !this.isInsert || this.#repeatable
    const affected = await this.#run({ ...options, harmless }, async (session, call) => (await this.#on(session, call)).execute(call))
    if (this.isInsert) this.#payload = undefined
    return affected
  }

  async result(options: CallOptions = {}): Promise<Answer> {
    return await this.#run({ ...options, harmless: true }, async (session, call) => {
      const moved = session !== this.#session
      const statement = await this.#on(session, call)
      if (moved) await statement.execute(call)
      return await statement.result(call)
    })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (this.#session.failure === undefined) await this.#statement.close()
  }

  /** The statement on the session, prepared and bound there when it was on another. */
  async #on(session: Session, { signal, timeoutMs }: CallOptions): Promise<DriverStatement> {
    if (this.#closed) throw new InterfaceError('the statement is closed')
    if (session === this.#session) return this.#statement
    const options = { ...(signal === undefined ? {} : { signal }), ...(timeoutMs === undefined ? {} : { timeoutMs }) }
    const statement = await session.prepare(this.#sql, options)
    // What is bound was encoded for the fields as they were.
    if (JSON.stringify(statement.fields) !== JSON.stringify(this.fields) || statement.count !== this.count) {
      await statement.close()
      throw new StatementError('the columns of the statement have changed while the connection was lost; prepare it again', {
        sql: this.#sql,
      })
    }
    if (this.#payload !== undefined) await statement.bind(this.#payload, options)
    this.#session = session
    this.#statement = statement
    return statement
  }
}
