import { readVirtualTables } from '../metadata/index.ts'
import { planQuery } from '../plan/index.ts'
import { parse } from '../sql/statement.ts'
import { readInsert } from './insert/read-insert.ts'
import { metadataContext } from './metadata.ts'
import { queryContext } from './query.ts'
import type { Session } from './session.ts'

/** Throws what running the statement would, as far as that shows without running it: syntax, and the tables and columns of queries and INSERTs. */
export async function validateStatement(session: Session, sql: string): Promise<void> {
  const { engine, database } = session
  const statement = parse(sql, { maxLength: engine.limits.statementLength })
  const context = { session, engine, sql, database, signal: new AbortController().signal }
  if (statement.kind === 'select' || statement.kind === 'union') {
    planQuery(statement, queryContext(context, await readVirtualTables(statement, metadataContext(context))))
  } else if (statement.kind === 'insert-values') {
    const { timezone: zone, fixedOffset } = session
    readInsert(sql, statement.start, {
      catalog: engine.catalog,
      readers: engine.rowReaders,
      database,
      zone,
      zones: engine.zones,
      fixedOffset,
    })
  }
}
