import type { Database, Table } from '../catalog/model.ts'
import type { TableName } from '../sql/ast.ts'
import type { MetadataContext } from './context.ts'
import { metadataError } from './metadata-error.ts'

/** The database that a statement names, or the session's current one. */
export function findDatabase(table: TableName, context: MetadataContext): Database {
  const name = table.database?.text ?? context.database
  if (name === undefined) throw metadataError.needsDatabase(table)
  const database = context.catalog.databases.get(name)
  if (database === undefined) throw metadataError.noDatabase(table)
  return database
}

/** The supertable, subtable or normal table that a statement names. */
export function findTable(table: TableName, context: MetadataContext): Table {
  const database = findDatabase(table, context)
  const found = database.tables.get(table.name.text) ?? database.supertables.get(table.name.text)
  if (found === undefined) throw metadataError.noTable(table.name)
  return found
}
