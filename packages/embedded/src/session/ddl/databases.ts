import type { Catalog } from '../../catalog/catalog.ts'
import type { Database, Privilege, User } from '../../catalog/model.ts'
import { checkDatabaseUnused, isSystemDatabase } from '../../metadata/index.ts'
import type { AlterDatabase, CreateDatabase, DropDatabase, MaintainDatabase, UseDatabase } from '../../sql/ast.ts'
import { duckTables } from '../../storage/layout.ts'
import type { Transaction } from '../../storage/transaction.ts'
import { forgetChanges } from '../../topic/changes.ts'
import type { EngineAnswer } from '../answer.ts'
import { DONE } from '../done.ts'
import type { StatementContext } from '../statement-context.ts'
import { checkOptions, databaseOptions } from './database-options.ts'
import { DdlWrong } from './ddl-error.ts'

const DEFAULT_VGROUPS = 2

export function createDatabase(statement: CreateDatabase, { engine, session }: StatementContext): Promise<EngineAnswer> {
  const options = databaseOptions(statement.options)
  checkOptions(options, statement)
  const { catalog } = engine
  return engine.writer.alone(async (transaction) => {
    const name = statement.name.text
    if (catalog.databases.has(name) || isSystemDatabase(name)) {
      if (statement.ifNotExists) return DONE
      throw DdlWrong.databaseExists(statement.name)
    }
    const vgroups = Number(options.get('VGROUPS') ?? DEFAULT_VGROUPS)
    const precision = (options.get('PRECISION') ?? 'ms') as Database['precision']
    options.delete('VGROUPS')
    options.delete('PRECISION')
    const database: Database = {
      id: catalog.takeId(),
      name,
      precision,
      created: Date.now(),
      options,
      dropped: false,
      vgroups: catalog.takeVgroups(vgroups),
      supertables: new Map(),
      tables: new Map(),
    }
    await catalog.saveDatabase(transaction, database)
    await grantToCreator(transaction, catalog, session.user, name)
    transaction.onCommit(() => catalog.databases.set(name, database))
    return DONE
  })
}

/** Who makes a database may do everything with it. */
async function grantToCreator(transaction: Transaction, catalog: Catalog, name: string, database: string): Promise<void> {
  const user = catalog.users.get(name)
  if (!user || user.super) return
  await setPrivileges(transaction, catalog, user, [...ofOthers(user, database), { kind: 'all', database }])
}

/** What was granted on a database goes with it: another of that name may be somebody else's. */
async function revokeAll(transaction: Transaction, catalog: Catalog, database: string): Promise<void> {
  for (const user of catalog.users.values()) {
    const left = ofOthers(user, database)
    if (left.length < user.privileges.length) await setPrivileges(transaction, catalog, user, left)
  }
}

function ofOthers({ privileges }: User, database: string): Privilege[] {
  return privileges.filter((privilege) => privilege.database !== database)
}

async function setPrivileges(transaction: Transaction, catalog: Catalog, user: User, privileges: Privilege[]): Promise<void> {
  const changed: User = { ...user, privileges }
  await catalog.save(transaction, 'user', changed)
  transaction.onCommit(() => {
    user.privileges = privileges
  })
}

export function alterDatabase(statement: AlterDatabase, { engine }: StatementContext): Promise<EngineAnswer> {
  const changes = databaseOptions(statement.options)
  const { catalog } = engine
  return engine.writer.alone(async (transaction) => {
    const database = catalog.databases.get(statement.name.text)
    if (!database) throw DdlWrong.noDatabase(statement.name)
    const options = new Map([...database.options, ...changes])
    checkOptions(options, statement)
    await catalog.saveDatabase(transaction, { ...database, options })
    transaction.onCommit(() => {
      database.options = options
    })
    return DONE
  })
}

export function dropDatabase(statement: DropDatabase, { engine }: StatementContext): Promise<EngineAnswer> {
  const { catalog } = engine
  return engine.writer.alone(async (transaction) => {
    const name = statement.name.text
    if (isSystemDatabase(name)) throw DdlWrong.operation(`Cannot drop system database: \`${name}\``, statement.name)
    const database = catalog.databases.get(name)
    if (!database) {
      if (statement.ifExists) return DONE
      throw DdlWrong.noDatabase(statement.name)
    }
    checkDatabaseUnused(catalog, database, statement.name)
    const tables = [...database.supertables.values(), ...[...database.tables.values()].filter((table) => table.kind === 'normal')]
    await transaction.dropping(tables.flatMap(duckTables))
    for (const table of tables) await catalog.destroy(transaction, table)
    await catalog.remove(transaction, 'database', database.id)
    await revokeAll(transaction, catalog, name)
    await forgetChanges(transaction, database)
    transaction.onCommit(() => {
      database.dropped = true
      for (const table of database.supertables.values()) table.dropped = true
      for (const table of database.tables.values()) table.dropped = true
      catalog.databases.delete(name)
    })
    return DONE
  })
}

export function useDatabase({ name }: UseDatabase, { session }: StatementContext): EngineAnswer {
  session.use(name.text)
  return DONE
}

/** FLUSH, TRIM and the like: DuckDB keeps its files by itself. */
export function maintainDatabase({ name }: MaintainDatabase, { engine }: StatementContext): EngineAnswer {
  if (!engine.hasDatabase(name.text)) throw DdlWrong.noDatabase(name)
  return DONE
}
