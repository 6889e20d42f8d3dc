import type { Rows } from '../session/answer.ts'
import type { Session } from '../session/session.ts'
import type { Id } from './action.ts'
import { adapterError } from './failure.ts'
import { OpenResult } from './open-result.ts'
import type { ServerContext } from './server-context.ts'
import { Turns } from './turns.ts'

/** What a connection's transport knows of its client. */
export interface ClientInfo {
  /** `address:port`, or `in-process`. */
  readonly address: string
  /** The URL carries a `token`: bearer tokens in `conn` are then ignored, as a gateway has checked the token. */
  readonly tokenInUrl: boolean
  /** Resolves when there is room for more to send; absent where there always is. */
  readonly room?: () => Promise<void>
  /** Asks the client for a sign of life so often from now on, and tells of each; absent where the client is in this process. */
  readonly expectSigns?: (everyMs: number, heard: () => void) => void
}

/** Blocks that are made for one connection at a time: what a client asks for beyond them waits until it has read. */
const BLOCKS_AT_A_TIME = 4

/** The state of one WebSocket connection after its handshake: login, open results, statements. Everything dies with `close`. */
export class Connection {
  readonly server: ServerContext
  readonly client: ClientInfo
  #session: Session | undefined
  #login: Promise<unknown> = Promise.resolve()
  #results = new Map<Id, OpenResult>()
  #statements = new Map<Id, OpenStatement>()
  readonly #blocks = new Turns(BLOCKS_AT_A_TIME)
  #lastResult = 0
  #lastStatement = 0
  #closed = false

  constructor(server: ServerContext, client: ClientInfo) {
    this.server = server
    this.client = client
  }

  get connected(): boolean {
    return this.#session !== undefined
  }

  /** The session that `conn` opened; throws `server not connected` before. */
  get session(): Session {
    if (!this.#session) throw adapterError('server not connected')
    return this.#session
  }

  /** Logs in with what `open` gives; a second login is refused, one after a failed login is not. */
  async connect(open: () => Promise<Session>): Promise<void> {
    const turn = this.#login.then(async () => {
      if (this.#session) throw adapterError('duplicate connections')
      const session = await open()
      if (this.#closed) {
        await session.close()
        throw adapterError('connection closed')
      }
      this.#session = session
    })
    this.#login = turn.catch(() => undefined)
    await turn
  }

  /** Keeps a result under the next id. */
  keepResult(rows: Rows): number {
    const id = ++this.#lastResult
    const result = new OpenResult(rows)
    if (this.#closed) {
      void result.close()
      return id
    }
    this.#results.set(id, result)
    this.server.metrics.openResults.add(1)
    return id
  }

  /** The open result of an id; throws `result is nil`. */
  result(id: Id): OpenResult {
    const result = this.#results.get(id)
    if (!result) throw adapterError('result is nil')
    return result
  }

  /** Makes a block when there is room to send it. */
  makeBlock<T>(work: () => Promise<T>): Promise<T> {
    return this.#blocks.run(async () => {
      await this.client.room?.()
      return work()
    })
  }

  /** Frees a result; an unknown id is none of anybody's business. */
  async freeResult(id: Id): Promise<void> {
    const result = this.#results.get(id)
    if (!result) return
    this.#results.delete(id)
    this.server.metrics.openResults.add(-1)
    await result.close()
  }

  /** Keeps a statement under the next id; both versions of statements share the counter. */
  keepStatement(statement: OpenStatement): number {
    const id = ++this.#lastStatement
    if (this.#closed) {
      void statement.close()
      return id
    }
    this.#statements.set(id, statement)
    this.server.metrics.openStatements.add(1)
    return id
  }

  statement(id: Id): OpenStatement | undefined {
    return this.#statements.get(id)
  }

  async freeStatement(id: Id): Promise<void> {
    const statement = this.#statements.get(id)
    if (!statement) return
    this.#statements.delete(id)
    this.server.metrics.openStatements.add(-1)
    await statement.close()
  }

  /** Frees everything that the client left open. Never throws. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const ends = [...this.#results.keys()].map((id) => this.freeResult(id))
    ends.push(...[...this.#statements.keys()].map((id) => this.freeStatement(id)))
    const session = this.#session
    this.#session = undefined
    await Promise.allSettled([this.#login, session?.close(), ...ends])
  }
}

/** A statement of either version, kept under its id. */
export interface OpenStatement {
  readonly version: 1 | 2
  close(): Promise<void> | void
}
