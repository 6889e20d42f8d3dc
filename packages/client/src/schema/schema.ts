import { InterfaceError, ProgrammingError } from '../errors.ts'
import { quoteIdentifier, type SqlValue } from '../literal.ts'
import type { Precision } from '../types/precision.ts'
import type { ColumnInfo, DatabaseInfo, IndexInfo, SubtableInfo, TableInfo, TagValues, TopicInfo, ViewInfo } from './model.ts'

/** Runs a statement and gives its rows as objects. */
export type SchemaQuery = (statement: string, parameters?: readonly SqlValue[]) => Promise<Record<string, unknown>[]>

const SYSTEM_DATABASES: ReadonlySet<unknown> = /* @__PURE__ */ new Set(['information_schema', 'performance_schema', 'audit', 'log'])
/** Types whose size belongs to the type. */
const SIZED: ReadonlySet<string> = /* @__PURE__ */ new Set(['VARCHAR', 'NCHAR', 'VARBINARY', 'GEOMETRY', 'BINARY'])

/**
 * What a server holds: databases, tables, columns, tags and their values, views, topics, indexes. Names are as they are stored, so that capitals
 * count; without a database the current one is meant. Methods reject as `query` does, and with an InterfaceError when no database is chosen.
 */
export class Schema {
  readonly #query: SchemaQuery

  /** Use `connection.schema`. */
  constructor(query: SchemaQuery) {
    this.#query = query
  }

  /** The current database. Rejects when there is none. */
  async currentDatabase(): Promise<string> {
    const [row] = await this.#query('SELECT DATABASE() AS name')
    if (typeof row?.['name'] !== 'string' || row['name'] === '')
      throw new InterfaceError('no database is chosen: name it, or connect to one')
    return row['name']
  }

  /** The databases, without those of the server itself unless `system` asks for them. */
  async databases({ system = false }: { readonly system?: boolean } = {}): Promise<DatabaseInfo[]> {
    const rows = await this.#query('SELECT name, `precision`, `keep`, `vgroups`, `replica` FROM information_schema.ins_databases')
    return rows
      .filter(({ name }) => system || !SYSTEM_DATABASES.has(name))
      .map((row) => ({
        name: row['name'] as string,
        precision: (row['precision'] ?? 'ms') as Precision,
        keep: row['keep'] as string | null,
        vgroups: numberOf(row['vgroups']),
        replica: numberOf(row['replica']),
      }))
  }

  /** The supertables of a database. */
  async supertables(database?: string): Promise<TableInfo[]> {
    const rows = await this.#query(
      'SELECT stable_name AS name, create_time AS created, table_comment AS remark FROM information_schema.ins_stables WHERE db_name = ? ORDER BY stable_name',
      [await this.#database(database)],
    )
    return rows.map((row) => tableInfo(row, 'supertable'))
  }

  /** The normal tables of a database: those that are of no supertable. */
  async normalTables(database?: string): Promise<TableInfo[]> {
    const rows = await this.#query(
      "SELECT table_name AS name, create_time AS created, table_comment AS remark FROM information_schema.ins_tables WHERE db_name = ? AND type = 'NORMAL_TABLE' ORDER BY table_name",
      [await this.#database(database)],
    )
    return rows.map((row) => tableInfo(row, 'table'))
  }

  /** Supertables and normal tables: what queries name. Subtables are not among them; there may be millions. */
  async tables(database?: string): Promise<TableInfo[]> {
    const name = await this.#database(database)
    return [...(await this.supertables(name)), ...(await this.normalTables(name))]
  }

  /** The subtables of a database, or of one supertable. */
  async subtables({ supertable, database }: { readonly supertable?: string; readonly database?: string } = {}): Promise<SubtableInfo[]> {
    const name = await this.#database(database)
    const rows = await this.#query(
      `SELECT table_name, stable_name, vgroup_id, \`ttl\`, table_comment FROM information_schema.ins_tables WHERE db_name = ? AND type = 'CHILD_TABLE'${
        supertable === undefined ? '' : ' AND stable_name = ?'
      } ORDER BY table_name`,
      supertable === undefined ? [name] : [name, supertable],
    )
    return rows.map((row) => ({
      name: row['table_name'] as string,
      supertable: row['stable_name'] as string,
      vgroupId: Number(row['vgroup_id']),
      ttl: Number(row['ttl']),
      ...commentOf(row['table_comment']),
    }))
  }

  /** Whether there is such a table: a supertable, a normal table or a subtable. */
  async hasTable(table: string, database?: string): Promise<boolean> {
    try {
      return (await this.columns(table, database)).length > 0
    } catch (error) {
      if (error instanceof ProgrammingError) return false
      throw error
    }
  }

  /** Columns and then tags of a table. */
  async columns(table: string, database?: string): Promise<ColumnInfo[]> {
    const rows = await this.#query(`DESCRIBE ${quoteIdentifier(await this.#database(database), table)}`)
    return rows.map((row, at) => columnInfo(row, at))
  }

  /** The tags of a supertable, or of a subtable's. */
  async tags(table: string, database?: string): Promise<ColumnInfo[]> {
    return (await this.columns(table, database)).filter(({ isTag }) => isTag)
  }

  /** The values of the tags of each subtable of a supertable, or of one subtable; typed as rows are. */
  async tagValues(table: string, database?: string): Promise<TagValues[]> {
    const name = await this.#database(database)
    const tags = await this.tags(table, name)
    if (tags.length === 0) return []
    const list = tags.map((tag, i) => `${quoteIdentifier(tag.name)} AS t${i}`).join(', ')
    const rows = await this.#query(`SELECT TAGS tbname AS n, ${list} FROM ${quoteIdentifier(name, table)}`)
    return rows.map((row) => ({ table: row['n'] as string, tags: Object.fromEntries(tags.map((tag, i) => [tag.name, row[`t${i}`]])) }))
  }

  /** The views of a database. */
  async views(database?: string): Promise<ViewInfo[]> {
    const rows = await this.#query('SELECT view_name, query_sql FROM information_schema.ins_views WHERE db_name = ? ORDER BY view_name', [
      await this.#database(database),
    ])
    return rows.map((row) => ({ name: row['view_name'] as string, sql: row['query_sql'] as string }))
  }

  /** The topics of all databases, or of one. */
  async topics(database?: string): Promise<TopicInfo[]> {
    const rows = await this.#query('SELECT topic_name, db_name, `sql`, type FROM information_schema.ins_topics ORDER BY topic_name')
    return rows
      .filter((row) => database === undefined || row['db_name'] === database)
      .map((row) => ({
        name: row['topic_name'] as string,
        database: row['db_name'] as string,
        kind: row['type'] as string,
        sql: row['sql'] as string,
      }))
  }

  /** The indexes on tags: of a database, or of one supertable. */
  async indexes(table?: string, database?: string): Promise<IndexInfo[]> {
    const rows = await this.#query(
      'SELECT index_name, table_name, column_name, index_type FROM information_schema.ins_indexes WHERE db_name = ? ORDER BY index_name',
      [await this.#database(database)],
    )
    return rows
      .filter((row) => table === undefined || row['table_name'] === table)
      .map((row) => ({
        name: row['index_name'] as string,
        table: row['table_name'] as string,
        column: row['column_name'] as string,
        kind: row['index_type'] as string,
      }))
  }

  async #database(name: string | undefined): Promise<string> {
    return name ?? (await this.currentDatabase())
  }
}

function tableInfo(row: Record<string, unknown>, kind: TableInfo['kind']): TableInfo {
  return { name: row['name'] as string, kind, created: row['created'], ...commentOf(row['remark']) }
}

function commentOf(comment: unknown): { readonly comment?: string } {
  return typeof comment === 'string' && comment !== '' ? { comment } : {}
}

function numberOf(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value)
}

function columnInfo(row: Record<string, unknown>, at: number): ColumnInfo {
  const whole = row['type'] as string
  const decimal = /^DECIMAL\((\d+), ?(\d+)\)$/.exec(whole)
  const length = Number(row['length'])
  const type = decimal ? 'DECIMAL' : whole
  const how = (key: string) => (typeof row[key] === 'string' && row[key] !== '' ? { [key]: row[key] } : {})
  return {
    name: row['field'] as string,
    type,
    sqlType: SIZED.has(type) ? `${type}(${length})` : whole,
    length,
    ...(decimal ? { precision: Number(decimal[1]), scale: Number(decimal[2]) } : {}),
    isKey: (at === 0 && row['note'] !== 'TAG') || row['note'] === 'COMPOSITE KEY' || row['note'] === 'PRIMARY KEY',
    isTag: row['note'] === 'TAG',
    ...how('encode'),
    ...how('compress'),
    ...how('level'),
  }
}
