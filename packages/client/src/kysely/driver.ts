import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely'
import type { Connection } from '../connection.ts'
import { NotSupportedError } from '../errors.ts'
import type { Parameters } from '../parameters.ts'
import { createPool, type Pool } from '../pool.ts'
import type { TaosDialectConfig } from './dialect.ts'

/** Rows of one piece when a query is streamed and no size is asked for. */
const CHUNK = 1000

const NO_TRANSACTIONS =
  'TDengine has no transactions: each INSERT is written as a whole. Write rows that belong together in one insert, and remove by deleteFrom'

/** What Kysely 0.29 hands on of `execute({ signal })`; 0.28 hands on nothing. */
interface Abortable {
  readonly signal?: AbortSignal | undefined
}

/** Runs Kysely's statements on a connection or a pool. */
export class TaosDriver implements Driver {
  readonly #config: TaosDialectConfig
  #own: Pool | undefined

  constructor(config: TaosDialectConfig) {
    this.#config = config
  }

  async init(): Promise<void> {
    if (!('pool' in this.#config) && !('connection' in this.#config)) this.#own = createPool(this.#config)
  }

  async acquireConnection(options: Abortable = {}): Promise<TaosKyselyConnection> {
    const config = this.#config
    if ('connection' in config) return new TaosKyselyConnection(config.connection, false)
    const pool = 'pool' in config ? config.pool : this.#own!
    return new TaosKyselyConnection(await pool.acquire(signalOf(options)), true)
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    await (connection as TaosKyselyConnection).release()
  }

  async beginTransaction(): Promise<void> {
    throw new NotSupportedError(NO_TRANSACTIONS)
  }

  async commitTransaction(): Promise<void> {
    throw new NotSupportedError(NO_TRANSACTIONS)
  }

  /** Kysely rolls back what it could not begin; the error of the beginning is the one to tell. */
  async rollbackTransaction(): Promise<void> {}

  async savepoint(): Promise<void> {
    throw new NotSupportedError(NO_TRANSACTIONS)
  }

  async destroy(): Promise<void> {
    await this.#own?.close()
  }
}

/** A connection for as long as Kysely holds it. */
class TaosKyselyConnection implements DatabaseConnection {
  readonly #connection: Connection
  readonly #leased: boolean

  constructor(connection: Connection, leased: boolean) {
    this.#connection = connection
    this.#leased = leased
  }

  async executeQuery<R>(query: CompiledQuery, options: Abortable = {}): Promise<QueryResult<R>> {
    try {
      const result = await this.#connection.query<R>(query.sql, parametersOf(query), signalOf(options))
      if (result.isUpdate) return { rows: [], numAffectedRows: BigInt(result.affectedRows) }
      return { rows: await result.rows() }
    } catch (error) {
      // Kysely has told its caller of the abort already, takes no result any more, and would print an error as one in the background.
      if (options.signal?.aborted) return { rows: [] }
      throw error
    }
  }

  async *streamQuery<R>(query: CompiledQuery, chunkSize: number = CHUNK, options: Abortable = {}): AsyncIterableIterator<QueryResult<R>> {
    const result = await this.#connection.query<R>(query.sql, parametersOf(query), signalOf(options))
    if (result.isUpdate) return
    let rows: R[] = []
    for await (const row of result) {
      rows.push(row)
      if (rows.length >= chunkSize) {
        yield { rows }
        rows = []
      }
    }
    if (rows.length > 0) yield { rows }
  }

  async release(): Promise<void> {
    if (this.#leased) await this.#connection.close()
  }
}

function signalOf({ signal }: Abortable): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}

function parametersOf({ parameters }: CompiledQuery): Parameters | null {
  return parameters.length === 0 ? null : (parameters as Parameters)
}
