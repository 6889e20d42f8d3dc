import type { DatabaseIntrospector, DatabaseMetadata, Kysely, SchemaMetadata, TableMetadata } from 'kysely'
import { CompiledQuery } from 'kysely'
import { Schema } from '../schema/schema.ts'

/** What a database holds, in Kysely's form: supertables and normal tables with their columns, and views. Tags are columns that say so. */
export class TaosIntrospector implements DatabaseIntrospector {
  readonly #schema: Schema

  // biome-ignore lint/suspicious/noExplicitAny: Kysely is invariant in its tables, and any of them will do
  constructor(db: Kysely<any>) {
    this.#schema = new Schema(async (statement, parameters = []) => {
      const { rows } = await db.executeQuery(CompiledQuery.raw(statement, [...parameters]))
      return rows as Record<string, unknown>[]
    })
  }

  async getSchemas(): Promise<SchemaMetadata[]> {
    return (await this.#schema.databases()).map(({ name }) => ({ name }))
  }

  async getTables(): Promise<TableMetadata[]> {
    const database = await this.#schema.currentDatabase()
    const tables = await this.#schema.tables(database)
    const views = await this.#schema.views(database)
    const read = async (name: string, isView: boolean, comment: string | undefined): Promise<TableMetadata> => ({
      name,
      isView,
      schema: database,
      columns: (await this.#schema.columns(name, database)).map(({ name: column, sqlType, isKey, isTag }) => ({
        name: column,
        dataType: sqlType,
        isNullable: !isKey,
        isAutoIncrementing: false,
        hasDefaultValue: false,
        ...(isTag ? { comment: 'TAG' } : {}),
      })),
      ...(comment === undefined ? {} : { comment }),
    })
    return [
      ...(await Promise.all(tables.map(({ name, comment }) => read(name, false, comment)))),
      ...(await Promise.all(views.map(({ name }) => read(name, true, undefined)))),
    ]
  }

  async getMetadata(): Promise<DatabaseMetadata> {
    return { tables: await this.getTables() }
  }
}
