import type { DrizzleConfig } from 'drizzle-orm'
import type { MySqlTable } from 'drizzle-orm/mysql-core'
import { type MySqlRemoteDatabase, drizzle as proxy } from 'drizzle-orm/mysql-proxy'
import type { Connection } from '../connection.ts'
import { NotSupportedError } from '../errors.ts'
import type { Parameters } from '../parameters.ts'
import type { Pool } from '../pool.ts'
import { rewrite } from './rewrite.ts'

/** Drizzle's own settings: `logger`, `casing`, `schema`. */
export type TaosDrizzleConfig<TSchema extends Record<string, unknown>> = DrizzleConfig<TSchema>

/** Drizzle's database on a connection or a pool. `update`, `transaction` and `$returningId` throw a NotSupportedError. */
export type TaosDrizzle<TSchema extends Record<string, unknown> = Record<string, never>> = Omit<
  MySqlRemoteDatabase<TSchema>,
  'update' | 'transaction' | 'with' | '$with'
> & { readonly $client: Connection | Pool }

const REFUSED = {
  update: 'TDengine has no UPDATE: insert a row with the same timestamp: the columns that it gives are replaced, the others stay',
  transaction: 'TDengine has no transactions: each INSERT is written as a whole. Write rows that belong together in one insert',
  with: 'TDengine has no WITH: use a subquery in from()',
  $with: 'TDengine has no WITH: use a subquery in from()',
} as const

/**
 * Drizzle on a connection or a pool of yours, which you close. Errors of queries are Drizzle's, with the error of this library as their `cause`.
 *
 * ```ts
 * const db = drizzle(await connect({ url: 'ws://localhost:6041', database: 'power' }))
 * await db.select({ start: windowStart(), current: sql<number>`avg(${meters.current})` }).from(meters).groupBy(partitionBy(meters.location), interval('1m'))
 * ```
 */
export function drizzle<TSchema extends Record<string, unknown> = Record<string, never>>(
  client: Connection | Pool,
  config: TaosDrizzleConfig<TSchema> = {},
): TaosDrizzle<TSchema> {
  const db = proxy<TSchema>(async (text, parameters, method) => {
    const result = await client.query(rewrite(text), parameters.length === 0 ? null : (parameters as Parameters))
    if (method === 'all') return { rows: await result.values() }
    if (result.isUpdate) return { rows: [{ affectedRows: result.affectedRows, insertId: 0 }, []] }
    return { rows: [await result.rows(), result.fields] as unknown[] }
  }, config)
  for (const [name, reason] of Object.entries(REFUSED)) {
    Object.defineProperty(db, name, {
      value: () => {
        throw new NotSupportedError(reason)
      },
    })
  }
  const insert = db.insert.bind(db)
  Object.defineProperty(db, 'insert', { value: (table: MySqlTable) => withoutIds(insert(table)) })
  return Object.defineProperty(db, '$client', { value: client }) as unknown as TaosDrizzle<TSchema>
}

/** An insert whose `$returningId()` throws: Drizzle would give no ids, and say nothing. */
function withoutIds<Builder extends object>(builder: Builder): Builder {
  const methods = builder as Record<'values' | 'select', (...input: unknown[]) => object>
  for (const name of ['values', 'select'] as const) {
    const method = methods[name].bind(builder)
    methods[name] = (...input) =>
      Object.defineProperty(method(...input), '$returningId', {
        value: () => {
          throw new NotSupportedError('TDengine has no RETURNING and makes no ids: a row is known by its table and its timestamp')
        },
      })
  }
  return builder
}
