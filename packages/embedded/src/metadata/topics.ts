import { TYPES } from 'taosts/wire'
import type { Database, Supertable, Table, Topic } from '../catalog/model.ts'
import { SqlError } from '../errors.ts'
import type { OutputColumn } from '../session/answer.ts'
import type { CreateTopic, Query, Select, Span, TableName } from '../sql/ast.ts'
import { lowerOutsideQuotes } from '../sql/text.ts'
import { columnsRead } from './columns-read.ts'
import type { MetadataCatalog } from './context.ts'
import { metadataError } from './metadata-error.ts'

/** What is wrong with a statement about topics, by TDengine's numbers and in its words. */
export const topicError = {
  exists: (near?: Span) => new SqlError(0x03e0, 'Topic already exists', near?.start),
  missing: (near?: Span) => new SqlError(0x03e1, 'Topic not exist', near?.start),
  noSubscription: (near?: Span) => new SqlError(0x03e8, 'Subcribe not exist', near?.start),
  subscribed: (near?: Span) => new SqlError(0x03eb, 'Topic subscribed cannot be dropped', near?.start),
  groupInUse: (near?: Span) => new SqlError(0x03eb, 'Consumer group being used by some consumers', near?.start),
  mustBeDropped: (near?: Span) => new SqlError(0x03ed, 'Topic must be dropped first', near?.start),
  fieldUsed: (near?: Span) => new SqlError(0x03c4, 'Field used by topic', near?.start),
  noLog: (near?: Span) => new SqlError(0x038c, 'WAL retention period is zero', near?.start),
  query: (near?: Span) => new SqlError(0x2639, 'Invalid topic query', near?.start),
  noStable: (near?: Span) => new SqlError(0x0362, 'STable not exist', near?.start),
  columnInWhere: (near?: Span) => new SqlError(0x2600, 'Columns are forbidden in where clause', near?.start),
} as const

/** What CREATE TOPIC needs to know. */
export interface TopicContext {
  readonly catalog: MetadataCatalog
  /** The session's current database. */
  readonly database: string | undefined
  /** The statement as written. */
  readonly sql: string
  /** Checks a query and gives its columns; throws as running it would. */
  columns(query: Query): readonly OutputColumn[]
}

/** A topic before the catalog has given it its id. */
export type TopicDefinition = Omit<Topic, 'id' | 'created'>

/** Checks CREATE TOPIC and says what to keep; undefined where the topic exists and the statement allows that. */
export function defineTopic(statement: CreateTopic, context: TopicContext): TopicDefinition | undefined {
  const { name, meta } = statement
  const part = definePart(statement, context)
  if (context.catalog.topics.has(name.text)) {
    if (statement.ifNotExists) return undefined
    throw topicError.exists(name)
  }
  if (Number(part.database.options.get('WAL_RETENTION_PERIOD') ?? 3600) === 0) throw topicError.noLog(statement)
  return { name: name.text, meta, sql: lowerOutsideQuotes(context.sql).trim(), ...part, database: part.database.name }
}

type TopicPart = Pick<TopicDefinition, 'source' | 'schema' | 'reads'> & { readonly database: Database }

function definePart({ source }: CreateTopic, context: TopicContext): TopicPart {
  switch (source.kind) {
    case 'database': {
      const database = context.catalog.databases.get(source.name.text)
      if (database === undefined) throw metadataError.noDatabase(source.name)
      return { database, source: { kind: 'database' }, schema: 'NULL', reads: null }
    }
    case 'stable': {
      const database = databaseOf(source.table, context)
      const stable = database.supertables.get(source.table.name.text)
      if (stable === undefined) throw topicError.noStable(source.table)
      const read = columnsRead(source.where)
      for (const column of read.columns) {
        if (stable.tags.some(({ name }) => name === column.name.text)) continue
        throw stable.columns.some(({ name }) => name === column.name.text)
          ? topicError.columnInWhere(column)
          : metadataError.noColumn(column.name.text, column)
      }
      const tags = stable.tags.filter(({ name }) => read.columns.some((column) => column.name.text === name)).map(({ id }) => id)
      const where = source.where === null ? {} : { where: context.sql.slice(source.where.start, source.where.end) }
      return {
        database,
        source: { kind: 'stable', table: stable.name, ...where },
        schema: schemaText(stable.columns),
        reads: { stable: stable.id, columns: [], tags },
      }
    }
    case 'query':
      return definePartOfQuery(source.query, context)
  }
}

function definePartOfQuery(query: Query, context: TopicContext): TopicPart {
  const table = query.kind === 'select' && query.from?.kind === 'table' ? query.from.table : firstTable(query)
  const database = table && databaseOf(table, context)
  const columns = context.columns(query)
  if (!database || !isTopicQuery(query) || query.from.kind !== 'table') throw topicError.query(query)
  const found = database.tables.get(query.from.table.name.text) ?? database.supertables.get(query.from.table.name.text)
  if (found === undefined) throw metadataError.noTable(query.from)
  return {
    database,
    source: { kind: 'query', table: found.name, query: context.sql.slice(query.start, query.end) },
    schema: schemaText(columns),
    reads: readsOf(query, found),
  }
}

/** A topic's query filters and computes rows of one table; anything that joins, groups, orders or picks rows is refused. */
function isTopicQuery(query: Query): query is Select & { from: NonNullable<Select['from']> } {
  if (query.kind !== 'select' || query.from?.kind !== 'table') return false
  const { distinct, window, groupBy, partitionBy, orderBy, having, limit, slimit, range, every, fill } = query
  if (distinct || window || having || limit || slimit || range || every || fill) return false
  if (groupBy.length > 0 || partitionBy.length > 0 || orderBy.length > 0) return false
  return columnsRead(query.items).calls.every(({ name }) => !MANY_ROW_FUNCTIONS.has(name))
}

/** Functions whose value depends on more than one row. */
const MANY_ROW_FUNCTIONS: ReadonlySet<string> = new Set(
  (
    'count sum avg min max spread stddev stddev_pop std stddev_samp variance var_pop var_samp twa elapsed leastsquares hyperloglog histogram mode ' +
    'percentile apercentile first last last_row top bottom sample unique tail diff derivative irate csum mavg statecount stateduration interp ' +
    'group_concat cols forecast imputation'
  ).split(' '),
)

function firstTable(query: Query): TableName | undefined {
  let source = query.kind === 'union' ? undefined : (query.from ?? undefined)
  while (source?.kind === 'join') source = source.left
  if (query.kind === 'union') return firstTable(query.left)
  return source?.kind === 'derived' ? firstTable(source.query) : source?.table
}

function databaseOf(table: TableName, context: TopicContext): Database {
  const name = table.database?.text ?? context.database
  if (name === undefined) throw metadataError.needsDatabase(table)
  const database = context.catalog.databases.get(name)
  if (database === undefined) throw metadataError.noDatabase(table)
  return database
}

function readsOf(query: Select, table: Table): Topic['reads'] {
  if (table.kind === 'normal') return null
  const stable = table.kind === 'subtable' ? table.supertable : table
  const { columns, stars } = columnsRead({ items: query.items, where: query.where })
  const read = ({ name }: { readonly name: string }) => stars || columns.some((column) => column.name.text === name)
  return { stable: stable.id, columns: stable.columns.filter(read).map(({ id }) => id), tags: stable.tags.filter(read).map(({ id }) => id) }
}

/** The columns of a topic as JSON, as `ins_topics` shows them. */
function schemaText(columns: readonly OutputColumn[]): string {
  return JSON.stringify(columns.map(({ name, type }) => ({ name, type: TYPES[type.code]!.name, length: type.length })))
}

/** Refuses to drop a column or tag that a topic's query reads. */
export function checkFieldUnused(
  catalog: MetadataCatalog,
  stable: Supertable,
  field: { column: number } | { tag: number },
  near?: Span,
): void {
  for (const { reads } of catalog.topics.values()) {
    if (reads?.stable !== stable.id) continue
    if ('column' in field ? reads.columns.includes(field.column) : reads.tags.includes(field.tag)) throw topicError.fieldUsed(near)
  }
}

/** Refuses to drop a supertable that a topic reads. */
export function checkStableUnused(catalog: MetadataCatalog, stable: Supertable, near?: Span): void {
  for (const { reads } of catalog.topics.values()) if (reads?.stable === stable.id) throw topicError.mustBeDropped(near)
}

/** Refuses to drop a database that has topics. */
export function checkDatabaseUnused(catalog: MetadataCatalog, database: Database, near?: Span): void {
  for (const topic of catalog.topics.values()) if (topic.database === database.name) throw topicError.mustBeDropped(near)
}
