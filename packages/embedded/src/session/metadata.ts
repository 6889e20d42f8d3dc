import { describe, type MetadataContext, show, showCreate } from '../metadata/index.ts'
import type { Describe, Show, ShowCreate } from '../sql/ast.ts'
import type { EngineAnswer } from './answer.ts'
import type { StatementContext } from './statement-context.ts'

/** SHOW, DESCRIBE and SHOW CREATE. */
export async function metadataStatement(statement: Show | ShowCreate | Describe, context: StatementContext): Promise<EngineAnswer> {
  const metadata = metadataContext(context)
  switch (statement.kind) {
    case 'show':
      return show(statement, metadata)
    case 'show-create':
      return showCreate(statement, metadata)
    case 'describe':
      return describe(statement, metadata)
  }
}

/** What metadata sees of the engine in a statement. */
export function metadataContext({ engine, session, database }: StatementContext): MetadataContext {
  return {
    catalog: engine.catalog,
    server: engine.live,
    user: session.user,
    biMode: session.biMode,
    database,
    readTags: (stable, only) => engine.readTags(stable, only),
  }
}
