import { InterfaceError } from '../errors.ts'
import type { Precision } from '../types/precision.ts'
import { drizzleSource } from './generate-drizzle.ts'
import type { ColumnInfo, TableInfo } from './model.ts'
import type { Schema } from './schema.ts'

/** What the types are for: rows of `query<Row>()`, Kysely's tables, or Drizzle's definitions. */
export type TypesFor = 'queries' | 'kysely' | 'drizzle'

/** What to write. */
export interface GenerateTypesOptions {
  /** The current one by default. */
  readonly database?: string | undefined
  /** Default `queries`. */
  readonly for?: TypesFor | undefined
  /** Supertables and tables by name; all by default. */
  readonly tables?: readonly string[] | undefined
}

/** A table with all that its type needs. */
export interface DescribedTable extends TableInfo {
  readonly columns: readonly ColumnInfo[]
  /** Its name as TypeScript's types are written. */
  readonly typeName: string
}

/**
 * TypeScript for the supertables and normal tables of a database. Rejects with an InterfaceError when a table asked for is not there.
 * The text depends on the schema alone, so that it can be kept in a repository.
 */
export async function generateTypes(schema: Schema, options: GenerateTypesOptions = {}): Promise<string> {
  const database = options.database ?? (await schema.currentDatabase())
  const info = (await schema.databases({ system: true })).find(({ name }) => name === database)
  if (info === undefined) throw new InterfaceError(`there is no database ${database}`)
  const all = await schema.tables(database)
  const missing = options.tables?.find((name) => !all.some((table) => table.name === name))
  if (missing !== undefined)
    throw new InterfaceError(
      `${database} has no supertable or normal table ${missing}; it has ${all.map(({ name }) => name).join(', ') || 'none'}`,
    )
  const wanted = options.tables === undefined ? all : all.filter(({ name }) => options.tables!.includes(name))
  const taken = new Set(['Database'])
  const tables: DescribedTable[] = []
  for (const table of wanted)
    tables.push({ ...table, columns: await schema.columns(table.name, database), typeName: typeNameOf(table.name, taken) })
  const head = `// Written by \`taosts generate-types\` from the database ${database}; run it again when the schema changes.\n`
  if (options.for === 'drizzle') return head + drizzleSource(tables, info.precision)
  return head + (options.for === 'kysely' ? kyselySource(tables, info.precision) : querySource(tables, info.precision))
}

function querySource(tables: readonly DescribedTable[], precision: Precision): string {
  return tables
    .map((table) => {
      const rows = table.columns.map(
        (column) => `  ${propertyOf(column.name)}: ${typeScriptType(column, precision)}${column.isKey ? '' : ' | null'}\n`,
      )
      if (table.kind === 'supertable')
        rows.push('  /** The subtable that the row is of; only where the query selects it. */\n  tbname?: string\n')
      return `\n${commentOf(table)}export interface ${table.typeName} {\n${rows.join('')}}\n`
    })
    .join('')
}

function kyselySource(tables: readonly DescribedTable[], precision: Precision): string {
  const supertables = tables.some(({ kind }) => kind === 'supertable')
  const bodies = tables.map((table) => {
    const rows = table.columns.map((column) => {
      const type = typeScriptType(column, precision)
      return `  ${propertyOf(column.name)}: ${column.isTag ? `Tag<${type}>` : `${type}${column.isKey ? '' : ' | null'}`}\n`
    })
    if (table.kind === 'supertable') rows.push('  tbname: TableName\n')
    return `\n${commentOf(table)}export interface ${table.typeName} {\n${rows.join('')}}\n`
  })
  const entries = tables.map((table) => `  ${propertyOf(table.name)}: ${table.typeName}\n`)
  return `${supertables ? "\nimport type { TableName, Tag } from 'taosts/kysely'\n" : ''}${bodies.join('')}\n/** What \`new Kysely<Database>\` takes. */\nexport interface Database {\n${entries.join('')}}\n`
}

function commentOf(table: DescribedTable): string {
  const remark = table.comment === undefined ? '' : `: ${table.comment.replaceAll('*/', '* /').replace(/\s+/g, ' ')}`
  return `/** ${table.kind === 'supertable' ? 'Supertable' : 'Table'} ${table.name.replaceAll('*/', '* /')}${remark}. */\n`
}

/** What a value of the column is with the connection's default options. */
export function typeScriptType({ type }: ColumnInfo, precision: Precision): string {
  switch (type) {
    case 'TIMESTAMP':
      return precision === 'ms' ? 'Date' : 'bigint'
    case 'BOOL':
      return 'boolean'
    case 'BIGINT':
    case 'BIGINT UNSIGNED':
      return 'bigint'
    case 'VARCHAR':
    case 'NCHAR':
    case 'BINARY':
    case 'DECIMAL':
      return 'string'
    case 'VARBINARY':
    case 'GEOMETRY':
    case 'BLOB':
    case 'MEDIUMBLOB':
      return 'Uint8Array'
    case 'JSON':
      return 'unknown'
    default:
      return 'number'
  }
}

/** A key of an object as TypeScript writes it. */
export function propertyOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
}

/** `smart_meters` as `SmartMeters`, with a number where that is taken. */
function typeNameOf(name: string, taken: Set<string>): string {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? ['table']
  const joined = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
  const base = /^\p{L}/u.test(joined) ? joined : `Table${joined}`
  let made = base
  for (let i = 2; taken.has(made); i++) made = `${base}${i}`
  taken.add(made)
  return made
}
