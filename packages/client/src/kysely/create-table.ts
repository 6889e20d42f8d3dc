import { type CompiledQuery, type Kysely, type RawBuilder, sql } from 'kysely'
import { InterfaceError } from '../errors.ts'

/** A column's type as TDengine writes it, such as `VARCHAR(64)`, or the type with what follows it. */
export type TaosColumn =
  | string
  | { readonly type: string; readonly primaryKey?: boolean; readonly encode?: string; readonly compress?: string; readonly level?: string }

/** What a supertable has. */
export interface SupertableDefinition {
  readonly columns: Readonly<Record<string, TaosColumn>>
  readonly tags: Readonly<Record<string, TaosColumn>>
  readonly ifNotExists?: boolean | undefined
  readonly comment?: string | undefined
  /** How long rows are kept, such as `'90d'`. */
  readonly keep?: string | undefined
}

/** Which supertable a subtable is of, and its tags. */
export interface SubtableDefinition {
  readonly using: string
  readonly tags: Readonly<Record<string, unknown>>
  readonly ifNotExists?: boolean | undefined
}

/** A statement that is ready to run. */
export interface Definition {
  compile(): CompiledQuery
  execute(): Promise<void>
}

/** `CREATE STABLE`: `await createSupertable(db, 'meters', { columns: { ts: 'TIMESTAMP', current: 'FLOAT' }, tags: { groupid: 'INT' } }).execute()`. */
// biome-ignore lint/suspicious/noExplicitAny: Kysely is invariant in its tables, and any of them will do
export function createSupertable(db: Kysely<any>, name: string, definition: SupertableDefinition): Definition {
  const { ifNotExists, comment, keep } = definition
  if (Object.keys(definition.tags).length === 0)
    throw new InterfaceError(`a supertable has tags: give ${name} one, or make a normal table by db.schema.createTable`)
  const statement = sql`create stable ${sql.raw(ifNotExists ? 'if not exists ' : '')}${sql.table(name)} (${list(definition.columns)}) tags (${list(definition.tags)})`
  const options = [
    ...(comment === undefined ? [] : [sql` comment ${sql.lit(comment)}`]),
    ...(keep === undefined ? [] : [sql` keep ${sql.raw(word('keep', keep))}`]),
  ]
  return ready(db, sql`${statement}${sql.join(options, sql.raw(''))}`, options.length === 0 ? statement : undefined)
}

/** `CREATE TABLE … USING … TAGS`. */
// biome-ignore lint/suspicious/noExplicitAny: Kysely is invariant in its tables, and any of them will do
export function createSubtable(db: Kysely<any>, name: string, { using, tags, ifNotExists }: SubtableDefinition): Definition {
  const names = Object.keys(tags)
  if (names.length === 0) throw new InterfaceError(`give ${name} its tags, null for NULL`)
  const columns = sql.join(names.map((tag) => sql.ref(tag)))
  const values = sql.join(names.map((tag) => sql.val(tags[tag])))
  return ready(
    db,
    sql`create table ${sql.raw(ifNotExists ? 'if not exists ' : '')}${sql.table(name)} using ${sql.table(using)} (${columns}) tags (${values})`,
  )
}

// biome-ignore lint/suspicious/noExplicitAny: as above
function ready(db: Kysely<any>, full: RawBuilder<unknown>, short?: RawBuilder<unknown>): Definition {
  const statement = short ?? full
  return {
    compile: () => statement.compile(db),
    execute: async () => {
      await statement.execute(db)
    },
  }
}

function list(columns: Readonly<Record<string, TaosColumn>>): RawBuilder<unknown> {
  return sql.join(Object.entries(columns).map(([name, column]) => sql`${sql.ref(name)} ${sql.raw(columnText(name, column))}`))
}

function columnText(name: string, column: TaosColumn): string {
  const { type, primaryKey, encode, compress, level } =
    typeof column === 'string' ? ({ type: column } as Exclude<TaosColumn, string>) : column
  if (!/^[A-Za-z]+( [A-Za-z]+)?(\(\d+(, ?\d+)?\))?( [A-Za-z]+)?$/.test(type))
    throw new InterfaceError(`column ${name}: ${type} is no type of TDengine`)
  const options: [string, string | undefined][] = [
    ['encode', encode],
    ['compress', compress],
    ['level', level],
  ]
  return [
    type,
    ...(primaryKey ? ['primary key'] : []),
    ...options.flatMap(([key, value]) => (value === undefined ? [] : [`${key} '${word(key, value)}'`])),
  ].join(' ')
}

function word(what: string, value: string): string {
  if (!/^[\w-]+$/.test(value)) throw new InterfaceError(`${what} has to be a word`)
  return value
}
