import type { ColumnDef, NormalTable, Subtable, Table, TableOptions } from '../catalog/model.ts'
import type { OutputColumn, Rows } from '../session/answer.ts'
import type { ShowCreate } from '../sql/ast.ts'
import type { MetadataContext } from './context.ts'
import { databaseOptionsText } from './database-options.ts'
import { findTable } from './find-table.ts'
import { metadataError } from './metadata-error.ts'
import { text } from './output-columns.ts'
import { rowsAnswer } from './rows-answer.ts'
import { tagLiteral } from './tag-text.ts'
import { declaredTypeText } from './type-text.ts'

const DATABASE: readonly OutputColumn[] = [text('Database', 63), text('Create Database', 65517)]
const TABLE: readonly OutputColumn[] = [text('Table', 193), text('Create Table', 3145726)]
const VIRTUAL_TABLE: readonly OutputColumn[] = [text('Virtual Table', 193), text('Create Virtual Table', 3145726)]

/** SHOW CREATE DATABASE | TABLE | STABLE: the statement that makes the object again. */
export async function showCreate({ object, name }: ShowCreate, context: MetadataContext): Promise<Rows> {
  switch (object) {
    case 'database': {
      const database = context.catalog.databases.get(name.name.text)
      if (database === undefined) throw metadataError.noDatabase(name)
      return rowsAnswer(DATABASE, [[database.name, `CREATE DATABASE ${quoted(database.name)} ${databaseOptionsText(database)}`]])
    }
    case 'view':
      throw metadataError.unavailable(name)
    case 'vtable': {
      const table = findTable(name, context)
      if (table.kind !== 'normal' || !table.sources) throw metadataError.noTable(name)
      return rowsAnswer(VIRTUAL_TABLE, [[table.name, await createTableText(table, context)]])
    }
    case 'table':
    case 'stable': {
      const table = findTable(name, context)
      if (object === 'stable' && table.kind !== 'supertable') throw metadataError.notSupertable(name)
      return rowsAnswer(TABLE, [[table.name, await createTableText(table, context)]])
    }
  }
}

/** A name in backquotes. */
function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

/** The CREATE statement of a table, as SHOW CREATE TABLE words it. */
export async function createTableText(table: Table, context: MetadataContext): Promise<string> {
  switch (table.kind) {
    case 'supertable':
      return `CREATE STABLE ${quoted(table.name)} (${columnsText(table.columns)}) TAGS (${columnsText(table.tags)})${optionsText(table.options, table.columns)}`
    case 'normal':
      if (table.sources) return `CREATE VTABLE ${quoted(table.name)} (${virtualColumnsText(table)})`
      return `CREATE TABLE ${quoted(table.name)} (${columnsText(table.columns)})${optionsText(table.options, table.columns)}`
    case 'subtable':
      return `CREATE TABLE ${quoted(table.name)} USING ${quoted(table.supertable.name)} ${await tagsText(table, context)}${optionsText(table.options, [])}`
  }
}

async function tagsText(table: Subtable, context: MetadataContext): Promise<string> {
  const { supertable, uid } = table
  const values = (await context.readTags(supertable, table)).get(uid)
  const literals = supertable.tags.map((tag, i) => tagLiteral(tag.type, values?.[i] ?? null))
  return `(${supertable.tags.map((tag) => quoted(tag.name)).join(', ')}) TAGS (${literals.join(', ')})`
}

function virtualColumnsText({ columns, sources }: NormalTable): string {
  return columns
    .map(({ id, name, type }) => {
      const source = sources!.get(id)
      const from = source ? ` FROM ${[source.database, source.table, source.column].map(quoted).join('.')}` : ''
      return `${quoted(name)} ${declaredTypeText(type)}${from}`
    })
    .join(', ')
}

function columnsText(columns: readonly ColumnDef[]): string {
  return columns
    .map(({ name, type, primaryKey }) => `${quoted(name)} ${declaredTypeText(type)}${primaryKey ? ' COMPOSITE KEY' : ''}`)
    .join(', ')
}

function optionsText({ comment, ttl, sma }: TableOptions, columns: readonly ColumnDef[]): string {
  let options = ''
  if (comment !== null) options += ` COMMENT '${comment.replaceAll("'", "\\'")}'`
  if (ttl > 0) options += ` TTL ${ttl}`
  // SMA is on for every column unless it was restricted, and only a restriction is shown.
  if (sma.length > 0 && columns.some(({ name }) => !sma.includes(name))) options += ` SMA(${sma.map(quoted).join(',')})`
  return options
}
