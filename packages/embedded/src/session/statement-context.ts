import type { Catalog } from '../catalog/catalog.ts'
import type { Database, Table } from '../catalog/model.ts'
import type { Engine } from '../engine.ts'
import { SqlError } from '../errors.ts'
import { isSystemDatabase } from '../metadata/index.ts'
import type { TableName } from '../sql/ast.ts'
import { DdlWrong } from './ddl/ddl-error.ts'
import type { Session } from './session.ts'

/** One statement on its way. */
export interface StatementContext {
  readonly session: Session
  readonly engine: Engine
  readonly sql: string
  /** The statement's current database. */
  readonly database: string | undefined
  readonly signal: AbortSignal
}

/** The database that a table's name says or the current one. Throws 0x2616, 0x0388. */
export function databaseOf(catalog: Catalog, name: TableName, current: string | undefined): Database {
  const text = name.database?.text ?? current
  if (text === undefined) throw DdlWrong.noCurrentDatabase(name)
  const database = catalog.databases.get(text)
  if (!database) throw DdlWrong.noDatabase(name)
  return database
}

/** A table of any kind. Throws 0x2616, 0x0388, 0x2603. */
export function tableOf(catalog: Catalog, name: TableName, current: string | undefined): Table {
  const database = databaseOf(catalog, name, current)
  const table = database.tables.get(name.name.text) ?? database.supertables.get(name.name.text)
  if (!table) throw DdlWrong.noTable(name)
  return table
}

/** Refuses to write to a virtual table. */
export function refuseVirtual(table: Table, position?: number): void {
  if (table.kind === 'normal' && table.sources) throw new SqlError(0x0100, 'Virtual table can not be written', position)
}

/** Refuses to make tables in a system database. */
export function refuseSystem(name: TableName, current: string | undefined): void {
  const database = name.database?.text ?? current
  if (database !== undefined && isSystemDatabase(database)) {
    throw DdlWrong.operation(`Cannot create table of system database: \`${database}\`.\`${name.name.text}\``, name)
  }
}
