import { readVirtualTables } from '../metadata/index.ts'
import { planQuery } from '../plan/index.ts'
import type { Explain } from '../sql/ast.ts'
import type { EngineAnswer } from './answer.ts'
import { metadataContext } from './metadata.ts'
import { notSupported } from './not-supported.ts'
import { queryContext } from './query.ts'
import { type StatementContext, tableOf } from './statement-context.ts'

/** EXPLAIN: a wrong statement is answered as running it would be; of a right one there is no plan to show. */
export async function explain({ statement, start }: Explain, context: StatementContext): Promise<EngineAnswer> {
  if (statement.kind !== 'select' && statement.kind !== 'union') tableOf(context.engine.catalog, statement.table, context.database)
  const query = statement.kind === 'insert-select' ? statement.query : statement.kind === 'delete' ? undefined : statement
  if (query) planQuery(query, queryContext(context, await readVirtualTables(query, metadataContext(context))))
  throw notSupported('EXPLAIN', start)
}
