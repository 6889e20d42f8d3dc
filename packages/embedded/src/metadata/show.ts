import type { Precision } from 'taosts/wire'
import type { Supertable, Table } from '../catalog/model.ts'
import type { OutputColumn, Rows } from '../session/answer.ts'
import type { Show, ShowTarget, TableName } from '../sql/ast.ts'
import type { Cell, MetadataContext, Row } from './context.ts'
import { findTable } from './find-table.ts'
import { matchesLike } from './like-pattern.ts'
import { metadataError } from './metadata-error.ts'
import { int, text } from './output-columns.ts'
import { rowsAnswer } from './rows-answer.ts'
import { isSystemDatabase, systemTable } from './system-databases.ts'
import { DISTRIBUTION, distribution } from './table-distribution.ts'
import { tagRows, tags as tagsTable } from './tables/schema.ts'
import { LOCAL_VARIABLES, localVariableRows } from './tables/variables.ts'

/** How a SHOW is answered: most are some columns and rows of a system table. */
interface TableShow {
  readonly database: 'information_schema' | 'performance_schema'
  readonly table: string
  /** The columns shown, all where not said. */
  readonly columns?: readonly string[]
  /** The column that LIKE matches, the first where not said. */
  readonly like?: string
  /** The column that must hold the database of `SHOW db.X`, or the current one. */
  readonly inDatabase?: string
  /** The column that must hold the number of `SHOW X n`. */
  readonly number?: string
  /** A column and the beginning of its values, for what is only some of the table's rows. */
  readonly only?: readonly [column: string, beginning: string]
  /** Column and its value for the words USER, SYSTEM, NORMAL, CHILD, VIRTUAL. */
  readonly filter?: (word: NonNullable<Show['filter']>, cell: (column: string) => Cell) => boolean
}

type Shown = { readonly columns: readonly OutputColumn[]; readonly rows: readonly Row[]; readonly precision?: Precision }
type OtherShow = (show: Show, context: MetadataContext) => Shown | Promise<Shown>

const ins = (table: string, rest: Partial<TableShow> = {}): TableShow => ({
  database: 'information_schema',
  table: `ins_${table}`,
  ...rest,
})
const perf = (table: string): TableShow => ({ database: 'performance_schema', table: `perf_${table}` })

const TABLE_WORDS: Readonly<Record<string, string>> = { normal: 'NORMAL_TABLE', child: 'CHILD_TABLE', virtual: 'VIRTUAL_' }

/** Every SHOW by its target. A new one is one more entry here. */
const SHOWS: Readonly<Record<ShowTarget, TableShow | OtherShow>> = {
  databases: ins('databases', {
    columns: ['name'],
    filter: (word, cell) => (word === 'system') === isSystemDatabase(String(cell('name'))),
  }),
  stables: ins('stables', { columns: ['stable_name'], inDatabase: 'db_name' }),
  tables: ins('tables', {
    columns: ['table_name'],
    inDatabase: 'db_name',
    filter: (word, cell) => String(cell('type')).startsWith(TABLE_WORDS[word] ?? ''),
  }),
  vtables: ins('tables', {
    columns: ['table_name'],
    inDatabase: 'db_name',
    only: ['type', 'VIRTUAL_'],
    filter: (word, cell) => String(cell('type')).startsWith(`VIRTUAL_${TABLE_WORDS[word] ?? ''}`),
  }),
  views: ins('views', { columns: ['view_name'], inDatabase: 'db_name' }),
  vgroups: ins('vgroups', { inDatabase: 'db_name' }),
  functions: ins('functions', { columns: ['name'] }),
  topics: ins('topics', { columns: ['topic_name'] }),
  streams: ins('streams', { columns: ['stream_name'], inDatabase: 'db_name' }),
  subscriptions: ins('subscriptions'),
  users: ins('users'),
  'users-full': ins('users'),
  'user-privileges': ins('user_privileges'),
  grants: ins('grants'),
  licences: ins('grants'),
  'grants-full': ins('grants_full'),
  'grants-logs': ins('grants_logs'),
  'cluster-machines': ins('machines'),
  dnodes: ins('dnodes'),
  mnodes: ins('mnodes'),
  qnodes: ins('qnodes'),
  snodes: ins('snodes'),
  bnodes: ins('bnodes'),
  anodes: ins('anodes'),
  'anodes-full': ins('anodes_full'),
  arbgroups: ins('arbgroups'),
  cluster: ins('cluster'),
  vnodes: ins('vnodes', { number: 'dnode_id' }),
  variables: ins('configs'),
  'dnode-variables': ins('dnode_variables', { number: 'dnode_id', like: 'name' }),
  compacts: ins('compacts'),
  compact: ins('compact_details', { number: 'compact_id' }),
  encryptions: ins('encryptions'),
  tsmas: ins('tsmas', { inDatabase: 'db_name' }),
  'disk-info': ins('disk_usage', { inDatabase: 'db_name' }),
  consumers: perf('consumers'),
  connections: perf('connections'),
  queries: perf('queries'),
  apps: perf('apps'),
  transactions: perf('trans'),
  ssmigrates: () => ({ columns: [int('ssmigrate_id'), text('db_name', 64)], rows: [] }),
  scores: ins('grants'),
  accounts: (show) => {
    throw metadataError.abandoned(show)
  },
  alive: alive,
  'cluster-alive': () => ALIVE,
  'local-variables': ({ like }, context) => ({
    columns: LOCAL_VARIABLES,
    rows: localVariableRows(context).filter(([name]) => like === null || matchesLike(String(name), like)),
  }),
  tags: subtableTags,
  'table-tags': tableTags,
  'table-distributed': async (show, context) => ({
    columns: DISTRIBUTION,
    rows: await distribution(namedTable(show, context), context),
  }),
  indexes: tableIndexes,
}

/** The system table that a SHOW statement shows, where it shows one. */
export function shownTable({ target }: Show): { readonly database: string; readonly table: string } | undefined {
  const entry = SHOWS[target]
  return typeof entry === 'function' ? undefined : entry
}

/** Answers a SHOW statement. */
export async function show(statement: Show, context: MetadataContext): Promise<Rows> {
  const entry = SHOWS[statement.target]
  const { columns, rows, precision } = await (typeof entry === 'function'
    ? entry(statement, context)
    : fromTable(entry, statement, context))
  return rowsAnswer(columns, rows, precision)
}

async function fromTable(entry: TableShow, statement: Show, context: MetadataContext): Promise<Shown> {
  const database = entry.inDatabase === undefined ? undefined : shownDatabase(statement, context)
  const { columns, rows } = systemTable(entry.database, entry.table)!
  const position = (name: string) => columns.findIndex((column) => column.name === name)
  const like = entry.like === undefined ? (entry.columns ? position(entry.columns[0]!) : 0) : position(entry.like)
  const kept: Row[] = []
  for (const row of await rows(context)) {
    if (database !== undefined && row[position(entry.inDatabase!)] !== database) continue
    if (entry.only && !String(row[position(entry.only[0])]).startsWith(entry.only[1])) continue
    if (statement.filter !== null && entry.filter && !entry.filter(statement.filter, (name) => row[position(name)] ?? null)) continue
    if (statement.like !== null && !matchesLike(String(row[like]), statement.like)) continue
    if (statement.number !== null && entry.number && String(row[position(entry.number)]) !== statement.number) continue
    kept.push(row)
  }
  if (entry.columns === undefined) return { columns, rows: kept }
  const shown = entry.columns.map(position)
  return { columns: shown.map((i) => columns[i]!), rows: kept.map((row) => shown.map((i) => row[i]!)) }
}

/** The name of the database that `SHOW db.X` names, or of the current one; both must exist. */
function shownDatabase(statement: Show, context: MetadataContext): string {
  const name = statement.database?.text ?? context.database
  if (name === undefined) throw metadataError.showNeedsDatabase(statement)
  if (!context.catalog.databases.has(name) && !isSystemDatabase(name)) throw metadataError.noDatabase(statement.database ?? statement)
  return name
}

const ALIVE: Shown = { columns: [int('status')], rows: [[1]] }

function alive(statement: Show, context: MetadataContext): Shown {
  shownDatabase(statement, context)
  return ALIVE
}

/** The table of `SHOW … FROM [db.]t [FROM db]`. */
function namedTable(statement: Show, context: MetadataContext): Table {
  const name: TableName = statement.table!
  return findTable(statement.database && name.database === null ? { ...name, database: statement.database } : name, context)
}

async function subtableTags(statement: Show, context: MetadataContext): Promise<Shown> {
  const table = namedTable(statement, context)
  if (table.kind === 'normal') throw metadataError.noTags(statement.table!)
  return { columns: tagsTable.columns, rows: table.kind === 'subtable' ? await tagRows(context, table.supertable, table) : [] }
}

const TBNAME = text('tbname', 270)

async function tableTags(statement: Show, context: MetadataContext): Promise<Shown> {
  const table = namedTable(statement, context)
  if (table.kind === 'normal') throw metadataError.noTags(statement.table!)
  const stable: Supertable = table.kind === 'subtable' ? table.supertable : table
  const picks = statement.tags === null ? [-1, ...stable.tags.keys()] : statement.tags.map((item) => pickTag(item, stable))
  const columns = picks.map((pick, i) => {
    const column = pick < 0 ? TBNAME : { name: stable.tags[pick]!.name, type: stable.tags[pick]!.type }
    return { ...column, name: statement.tags?.[i]?.alias?.text ?? column.name }
  })
  const values = await context.readTags(stable, table.kind === 'subtable' ? table : undefined)
  const subtables = table.kind === 'subtable' ? [table] : stable.subtables.values()
  const rows = Array.from(subtables, ({ name, uid }) => picks.map((pick) => (pick < 0 ? name : (values.get(uid)?.[pick] ?? null))))
  return { columns, rows, precision: table.database.precision }
}

/** The position of a tag that SHOW TABLE TAGS lists, −1 for TBNAME. */
function pickTag({ expr }: NonNullable<Show['tags']>[number], stable: Supertable): number {
  if (expr.kind === 'pseudo' && expr.name === 'tbname') return -1
  if (expr.kind !== 'column') throw metadataError.noColumn('', expr)
  const found = stable.tags.findIndex(({ name }) => name === expr.name.text)
  if (found < 0) throw metadataError.noColumn(expr.name.text, expr)
  return found
}

async function tableIndexes(statement: Show, context: MetadataContext): Promise<Shown> {
  const table = namedTable(statement, context)
  const { columns, rows } = systemTable('information_schema', 'ins_indexes')!
  const all = Array.from(await rows(context))
  return { columns, rows: all.filter((row) => row[1] === table.database.name && row[2] === table.name) }
}
