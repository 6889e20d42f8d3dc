import type { DatabaseIntrospector, Dialect, DialectAdapter, Driver, Kysely, QueryCompiler } from 'kysely'
import type { Connection } from '../connection.ts'
import type { Pool, PoolOptions } from '../pool.ts'
import { TaosAdapter } from './adapter.ts'
import { TaosDriver } from './driver.ts'
import { TaosIntrospector } from './introspector.ts'
import { TaosQueryCompiler } from './query-compiler.ts'

/**
 * Where statements go: a pool or a connection of yours (not closed by Kysely), or what a pool of Kysely's own is made of. A bare string is a URL.
 */
export type TaosDialectConfig = { readonly pool: Pool } | { readonly connection: Connection } | PoolOptions

/**
 * TDengine for Kysely.
 *
 * ```ts
 * const db = new Kysely<Database>({ dialect: new TaosDialect({ url: 'ws://localhost:6041', database: 'power' }) })
 * await db.selectFrom('meters').select((eb) => [windowStart().as('start'), eb.fn.avg('current').as('current')]).$call(interval('1m')).execute()
 * ```
 */
export class TaosDialect implements Dialect {
  readonly #config: TaosDialectConfig

  constructor(config: TaosDialectConfig | string = {}) {
    this.#config = typeof config === 'string' ? { url: config } : config
  }

  createDriver(): Driver {
    return new TaosDriver(this.#config)
  }

  createQueryCompiler(): QueryCompiler {
    return new TaosQueryCompiler()
  }

  createAdapter(): DialectAdapter {
    return new TaosAdapter()
  }

  // biome-ignore lint/suspicious/noExplicitAny: the signature is Kysely's
  createIntrospector(db: Kysely<any>): DatabaseIntrospector {
    return new TaosIntrospector(db)
  }
}
