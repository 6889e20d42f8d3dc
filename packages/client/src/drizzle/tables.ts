import { type BuildColumns, sql } from 'drizzle-orm'
import {
  getTableConfig,
  type MySqlColumnBuilderBase,
  type MySqlTable,
  type MySqlTableWithColumns,
  mysqlTable,
} from 'drizzle-orm/mysql-core'
import { NotSupportedError } from '../errors.ts'
import { quoteIdentifier } from '../literal.ts'
import { varchar } from './columns.ts'

type Columns = Record<string, MySqlColumnBuilderBase>

/** What marks a supertable's tags. */
const TAGS: unique symbol = Symbol.for('taosts.drizzle.tags')

const tbname = () => varchar('tbname', { length: 192 }).notNull().default(sql`tbname`)

/** A supertable's definition. */
export type Supertable<Name extends string, Data extends Columns, Tags extends Columns> = MySqlTableWithColumns<{
  name: Name
  schema: undefined
  columns: BuildColumns<Name, Data & Tags & { tbname: ReturnType<typeof tbname> }, 'mysql'>
  dialect: 'mysql'
}>

/**
 * A supertable: its columns, then its tags, and `tbname`. Rows that are inserted name their subtable by `tbname`, and give its tags.
 *
 * ```ts
 * const meters = supertable('meters', { ts: timestamp().notNull(), current: float() }, { groupid: int(), location: varchar({ length: 64 }) })
 * ```
 */
export function supertable<Name extends string, Data extends Columns, Tags extends Columns>(
  name: Name,
  columns: Data,
  tags: Tags,
): Supertable<Name, Data, Tags> {
  const made = mysqlTable(name, { ...columns, ...tags, tbname: tbname() } as Data & Tags & { tbname: ReturnType<typeof tbname> })
  Object.defineProperty(made, TAGS, {
    value: new Set(Object.keys(tags).map((key) => (made as unknown as Record<string, { name: string }>)[key]!.name)),
  })
  return made
}

/** A normal table, or a subtable read by its own name. */
export const table: typeof mysqlTable = mysqlTable

/**
 * Makes the supertable or table of a definition. Throws a NotSupportedError for keys, checks and indexes that TDengine has not.
 * `db` is what `drizzle()` gave.
 */
export async function createTable(
  db: { execute(query: ReturnType<typeof sql.raw>): Promise<unknown> },
  definition: MySqlTable,
  { ifNotExists = false }: { readonly ifNotExists?: boolean } = {},
): Promise<void> {
  await db.execute(sql.raw(createStatement(definition, ifNotExists)))
}

/** The statement that makes a table. */
function createStatement(definition: MySqlTable, ifNotExists: boolean): string {
  const config = getTableConfig(definition)
  const refuse = (what: string, instead: string): never => {
    throw new NotSupportedError(`TDengine has no ${what} (table ${config.name}): ${instead}`)
  }
  if (config.foreignKeys.length > 0) refuse('foreign keys', 'leave them out; rows meet by their timestamps, or by tags')
  if (config.checks.length > 0) refuse('CHECK', 'check values before they are written')
  if (config.primaryKeys.length > 0) refuse('PRIMARY KEY over columns', 'the first column is the key, and one more may be .primaryKey()')
  if (config.uniqueConstraints.length > 0 || config.columns.some((column) => column.isUnique))
    refuse('UNIQUE', 'leave it out: rows of a table are unique by their timestamp')
  if (config.indexes.length > 0) refuse('indexes on columns', 'index tags of a supertable by CREATE INDEX')
  const tags = (definition as { [TAGS]?: ReadonlySet<string> })[TAGS]
  const list = (own: boolean) =>
    config.columns
      .filter((column) => (tags?.has(column.name) ?? false) === own && !(tags && column.name === 'tbname'))
      .map((column, i) => `${quoteIdentifier(column.name)} ${column.getSQLType()}${!own && i > 0 && column.primary ? ' PRIMARY KEY' : ''}`)
      .join(', ')
  const name = quoteIdentifier(...(config.schema === undefined ? [] : [config.schema]), config.name)
  return `CREATE ${tags ? 'STABLE' : 'TABLE'} ${ifNotExists ? 'IF NOT EXISTS ' : ''}${name} (${list(false)})${tags ? ` TAGS (${list(true)})` : ''}`
}
