import type { Statement } from '../sql/ast.ts'
import { parse } from '../sql/statement.ts'
import { checkAccess } from './access.ts'
import type { EngineAnswer } from './answer.ts'
import { alterVariable, kill, view } from './control.ts'
import { alterTable } from './ddl/alter-table.ts'
import { createSubtables, createTable } from './ddl/create-table.ts'
import { alterDatabase, createDatabase, dropDatabase, maintainDatabase, useDatabase } from './ddl/databases.ts'
import { dropTable } from './ddl/drop-table.ts'
import { createIndex, dropIndex } from './ddl/indexes.ts'
import { createTopic, dropConsumerGroup, dropTopic } from './ddl/topics.ts'
import { alterUser, createUser, dropUser, grant } from './ddl/users.ts'
import { createVirtualTable, dropVirtualTable } from './ddl/virtual-tables.ts'
import { deleteRows } from './delete.ts'
import { DONE } from './done.ts'
import { explain } from './explain.ts'
import { insertSelect } from './insert/insert-select.ts'
import { insertValues } from './insert/run-insert.ts'
import { metadataStatement } from './metadata.ts'
import { notSupported } from './not-supported.ts'
import { runQuery } from './query.ts'
import type { StatementContext } from './statement-context.ts'

type Handlers = {
  readonly [K in Statement['kind']]?: (
    statement: Extract<Statement, { kind: K }>,
    context: StatementContext,
  ) => Promise<EngineAnswer> | EngineAnswer
}

/** Who runs each kind of statement. */
const HANDLERS: Handlers = {
  select: runQuery,
  union: runQuery,
  show: metadataStatement,
  'show-create': metadataStatement,
  describe: metadataStatement,
  'insert-values': (statement, context) => insertValues(statement.start, context),
  use: useDatabase,
  'create-database': createDatabase,
  'alter-database': alterDatabase,
  'drop-database': dropDatabase,
  'maintain-database': maintainDatabase,
  'create-table': createTable,
  'create-subtables': createSubtables,
  'drop-table': dropTable,
  'alter-table': alterTable,
  'create-vtable': createVirtualTable,
  'create-vsubtable': ({ start }) => {
    throw notSupported('CREATE VTABLE … USING', start)
  },
  'drop-vtable': dropVirtualTable,
  'create-index': createIndex,
  'drop-index': dropIndex,
  'create-topic': createTopic,
  'drop-topic': dropTopic,
  'drop-consumer-group': dropConsumerGroup,
  'create-user': createUser,
  'alter-user': alterUser,
  'drop-user': dropUser,
  grant,
  revoke: grant,
  'create-view': view,
  'drop-view': view,
  'insert-select': insertSelect,
  delete: deleteRows,
  explain,
  kill,
  'alter-variable': alterVariable,
  'reset-query-cache': () => DONE,
  unsupported: ({ feature, start }) => {
    throw notSupported(feature, start)
  },
}

/** Runs a statement. Throws SqlError. */
export async function runStatement(context: StatementContext): Promise<EngineAnswer> {
  const statement = parse(context.sql, { maxLength: context.engine.limits.statementLength })
  const handler = HANDLERS[statement.kind] as
    | ((statement: Statement, context: StatementContext) => Promise<EngineAnswer> | EngineAnswer)
    | undefined
  if (!handler) throw notSupported(statement.kind.replaceAll('-', ' ').toUpperCase(), statement.start)
  checkAccess(statement, context)
  return handler(statement, context)
}
