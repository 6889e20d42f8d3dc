import { type ColumnType, type InsertQueryBuilder, type InsertResult, sql } from 'kysely'
import { InterfaceError } from '../errors.ts'

/** A tag in a table's interface: read in queries, given by `subtable()` or in a row with `tbname` when rows are written. */
export type Tag<T> = ColumnType<T | null, T | null | undefined, never>
/** The pseudo column `tbname` in a supertable's interface. */
export type TableName = ColumnType<string, string | undefined, never>
/** Tables by name, as Kysely wants them. */
export type TaosDatabase = Record<string, Record<string, unknown>>

/**
 * Writes the rows into one subtable of the supertable, making it when it is missing:
 * `db.insertInto('meters').$call(subtable('d1001', { groupid: 2, location: 'Paris' })).values({ ts, current })`.
 */
export function subtable<DB, TB extends keyof DB>(
  name: string,
  tags: Readonly<Record<string, unknown>>,
): (query: InsertQueryBuilder<DB, TB, InsertResult>) => InsertQueryBuilder<DB, TB, InsertResult> {
  const names = Object.keys(tags)
  if (names.length === 0) throw new InterfaceError('subtable() needs tags: one at least, null for NULL')
  const columns = sql.join(names.map((tag) => sql.ref(tag)))
  const values = sql.join(names.map((tag) => sql.val(tags[tag])))
  // The compiler finds the clause by its first words, and writes it in front of the columns.
  return (query) => query.modifyEnd(sql`taosts subtable ${sql.table(name)}${columns}${values}`)
}
