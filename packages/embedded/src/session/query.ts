import { readVirtualTables } from '../metadata/index.ts'
import { planQuery } from '../plan/select.ts'
import type { Query } from '../sql/ast.ts'
import type { EngineAnswer } from './answer.ts'
import { metadataContext } from './metadata.ts'
import type { StatementContext } from './statement-context.ts'

/** SELECT and UNION: planned into DuckDB SQL whose rows are streamed. */
export async function runQuery(query: Query, context: StatementContext): Promise<EngineAnswer> {
  const { engine, session, sql, database, signal } = context
  const virtual = await readVirtualTables(query, metadataContext(context))
  const relation = planQuery(query, {
    sql,
    database,
    timezone: session.timezone,
    user: session.user,
    now: BigInt(Date.now()) * 1_000_000n,
    zones: engine.zones,
    findDatabase: (name) => engine.catalog.databases.get(name),
    virtualTable: virtual,
  })
  return engine.storage.query(relation.sql, relation.columns, relation.precision, { signal, timeoutMs: engine.limits.queryTimeoutMs })
}
