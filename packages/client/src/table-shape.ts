import { DataError, InterfaceError } from './errors.ts'
import { quoteIdentifier } from './literal.ts'

/** A column or tag of a table, as DESCRIBE shows it. */
export interface ShapeColumn {
  readonly name: string
  readonly type: string
  readonly length: number
  readonly isTag: boolean
}

/** What a table looks like. */
export interface TableShape {
  /** The name as SQL takes it, quoted. */
  readonly sql: string
  readonly columns: readonly ShapeColumn[]
  /** A supertable's tags: it takes rows for many subtables. Empty for any other table, a subtable too. */
  readonly tags: readonly ShapeColumn[]
}

/** A name as SQL reads it: `db.table` in parts, lower-cased unless in back quotes. */
export function splitName(name: string): string[] {
  if (typeof name !== 'string' || name === '') throw new InterfaceError('the name of a table has to be a text that is not empty')
  const parts = name.match(/`[^`]+`|[^.`]+/g) ?? []
  if (parts.length === 0 || parts.length > 2 || parts.join('.') !== name)
    throw new DataError(`${name} is not the name of a table: write table or database.table`)
  const odd = parts.find((part) => !/^(?:`[^`]+`|[A-Za-z_]\w*)$/.test(part))
  if (odd !== undefined) throw new DataError(`${odd} is not the name of a table as SQL reads it; put it in back quotes`)
  return parts.map((part) => (part.startsWith('`') ? part.slice(1, -1) : part.toLowerCase()))
}

/** Reads a table's columns from the server. */
export async function readShape(name: string, values: (sql: string) => Promise<unknown[][]>): Promise<TableShape> {
  const sql = quoteIdentifier(...splitName(name))
  const all = (await values(`DESCRIBE ${sql}`)).map(
    ([column, type, length, note]): ShapeColumn => ({
      name: String(column),
      type: String(type),
      length: Number(length),
      isTag: note === 'TAG',
    }),
  )
  const tags = all.filter(({ isTag }) => isTag)
  return { sql, columns: all.filter(({ isTag }) => !isTag), tags: tags.length > 0 && (await isSubtable(sql, values)) ? [] : tags }
}

/** DESCRIBE shows the tags of a subtable as it does its supertable's: only the statement that makes the table tells them apart. */
async function isSubtable(sql: string, values: (sql: string) => Promise<unknown[][]>): Promise<boolean> {
  // Who may write but not read is refused; rows for subtables are then written through the supertable, as ever.
  const [row] = await values(`SHOW CREATE TABLE ${sql}`).catch(() => [])
  return /^CREATE V?TABLE `[^`]*` USING /.test(String(row?.[1]))
}
