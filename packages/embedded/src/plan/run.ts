import type { Block } from 'taosts/wire'
import { SqlError } from '../errors.ts'
import type { Rows } from '../session/answer.ts'
import type { QueryOptions, Storage } from '../storage/index.ts'
import { raised } from './functions/raise.ts'
import type { Relation } from './relation.ts'

/** Starts a planned query. Its blocks come as they are asked for; errors that its functions raise are TDengine's. Throws SqlError. */
export async function openRelation(relation: Relation, storage: Storage, options?: QueryOptions): Promise<Rows> {
  const { sure, still, single } = relation
  const rows = await translated(() =>
    storage.query(relation.sql, relation.columns, relation.precision, { ...options, materialize: sure !== undefined || single === true }),
  )
  if (still && !still.holds()) {
    await rows.close()
    return openRelation(still.otherwise, storage, options)
  }
  const { columns, precision } = rows
  if (!sure) return { kind: 'rows', columns, precision, next: () => translated(() => rows.next()), close: () => rows.close() }
  const blocks: Block[] = []
  let found = 0
  for (let block = await rows.next(); block; block = await rows.next()) {
    blocks.push(block)
    found += block.rows
  }
  if (found !== sure.rows) return openRelation(sure.otherwise, storage, options)
  return { kind: 'rows', columns, precision, next: async () => blocks.shift() ?? null, close: async () => undefined }
}

/** What our own functions raised inside DuckDB comes back in its message. */
async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw (error instanceof SqlError && raised(error.message)) || error
  }
}
