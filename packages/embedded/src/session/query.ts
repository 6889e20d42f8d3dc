import { readVirtualTables } from '../metadata/index.ts'
import type { PlanContext } from '../plan/context.ts'
import { openRelation, planQuery } from '../plan/index.ts'
import type { Relation } from '../plan/relation.ts'
import type { Query } from '../sql/ast.ts'
import type { Rows } from './answer.ts'
import { metadataContext } from './metadata.ts'
import type { StatementContext } from './statement-context.ts'

/** SELECT and UNION: planned into DuckDB SQL whose rows are streamed. */
export async function runQuery(query: Query, context: StatementContext): Promise<Rows> {
  return runRelation(await plan(query, context), context)
}

/** Plans a query against the catalog as it is now. */
export async function plan(query: Query, context: StatementContext): Promise<Relation> {
  return planQuery(query, queryContext(context, await readVirtualTables(query, metadataContext(context))))
}

/** Opens the rows of a planned query. */
export function runRelation(relation: Relation, { engine, signal }: StatementContext): Promise<Rows> {
  return openRelation(relation, engine.storage, { signal, timeoutMs: engine.limits.queryTimeoutMs })
}

/** What the planner sees of the engine in a statement. */
export function queryContext({ engine, session, sql, database }: StatementContext, virtualTable: PlanContext['virtualTable']): PlanContext {
  return {
    sql,
    database,
    timezone: session.timezone,
    user: session.user,
    biMode: session.biMode,
    now: BigInt(Date.now()) * 1_000_000n,
    zones: engine.zones,
    findDatabase: (name) => engine.catalog.databases.get(name),
    virtualTable,
  }
}
