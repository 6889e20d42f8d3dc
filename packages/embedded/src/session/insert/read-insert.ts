import type { Catalog } from '../../catalog/catalog.ts'
import type { ColumnDef, Database, NormalTable, Supertable } from '../../catalog/model.ts'
import type { ZoneCache } from '../../plan/functions/zone.ts'
import type { Name, TableName } from '../../sql/ast.ts'
import { type InsertClause, InsertReader } from '../../sql/insert.ts'
import { type NewSubtable, type RowSet, TagSet, type Target } from '../../storage/row-set.ts'
import { refuseVirtual } from '../statement-context.ts'
import { cellOf } from './cell.ts'
import { InsertWrong, nearRest, nearText } from './insert-error.ts'
import type { ReaderPool } from './reader-pool.ts'
import type { RowReader } from './row-reader.ts'
import { SupertableReader } from './supertable-reader.ts'
import { ValueSource } from './value-source.ts'

/** What an INSERT is read against. */
export interface InsertContext {
  readonly catalog: Catalog
  readonly readers: ReaderPool
  readonly database: string | undefined
  readonly zone: string
  readonly zones: ZoneCache
  /** Seconds east of UTC of a zone that never changes, else undefined. */
  readonly fixedOffset: number | undefined
}

/** The typed rows of an INSERT. */
export interface ReadRows {
  readonly sets: readonly RowSet[]
  /** Says that the sets are no longer used. */
  release(): void
}

/** Reads an INSERT with VALUES into sets of typed rows; nothing is written yet. Throws SqlError. */
export function readInsert(sql: string, start: number, context: InsertContext): ReadRows {
  const statement = new Statement(sql, context)
  const clauses = new InsertReader(sql, start)
  for (let clause = clauses.next(); clause; clause = clauses.next()) clauses.resume(statement.clause(clause))
  return statement
}

class Statement implements ReadRows {
  readonly sets: RowSet[] = []
  readonly #sql: string
  readonly #context: InsertContext
  readonly #readers = new Map<Supertable | NormalTable, RowReader[]>()
  readonly #tagSets = new Map<Supertable, TagSet>()
  readonly #created = new Map<string, NewSubtable>()

  constructor(sql: string, context: InsertContext) {
    this.#sql = sql
    this.#context = context
  }

  /** Reads the rows of one table's clause; where they end. */
  clause(clause: InsertClause): number {
    const { table, using, columns, rows } = clause
    const database = this.#database(table)
    const name = table.name.text
    const target = using ? this.#using(database, name, using) : this.#existing(database, name, table)
    if (rows.kind === 'file') throw InsertWrong.operation('proxy mode does not support csv loading', table.start)
    const source = this.#source(rows.at)
    if (target.kind === 'supertable') {
      if (!columns) throw nearRest(this.#sql, clause.nameEnd, '(...tbname, ts...) bounded cols is expected for supertable insertion')
      checkDuplicates(columns)
      this.sets.push(new SupertableReader(target, columns).read(source))
    } else this.#reader(target.kind === 'normal' ? target : target.supertable, columns).read(source, target)
    return source.pos
  }

  #source(at: number): ValueSource {
    const { zone, zones, fixedOffset } = this.#context
    return new ValueSource(this.#sql, at, zone, zones, fixedOffset)
  }

  #database(table: TableName): Database {
    const name = table.database?.text ?? this.#context.database
    if (name === undefined) throw InsertWrong.operation('db is not specified', table.start)
    const database = this.#context.catalog.databases.get(name)
    if (!database) throw InsertWrong.noDatabase(table.start)
    return database
  }

  #existing(database: Database, name: string, { start }: TableName): Target | Supertable {
    const table = database.tables.get(name) ?? this.#created.get(`${database.id}.${name}`) ?? database.supertables.get(name)
    if (!table) throw InsertWrong.noTable(start)
    if (table.kind === 'normal') refuseVirtual(table, start)
    return table
  }

  /** `USING stable [(tags)] TAGS (values)`: the tags of a table that exists already are not looked at. */
  #using(database: Database, name: string, using: NonNullable<InsertClause['using']>): Target {
    const existing = database.tables.get(name) ?? this.#created.get(`${database.id}.${name}`)
    if (existing) {
      if (existing.kind === 'normal') refuseVirtual(existing, using.stable.start)
      return existing
    }
    const owner = this.#database(using.stable)
    const supertable = owner.supertables.get(using.stable.name.text)
    if (!supertable) {
      if (!owner.tables.has(using.stable.name.text)) throw InsertWrong.noTable(using.stable.start)
      // A table without tags: its list should have ended at once.
      throw nearRest(this.#sql, using.tagValues[0]?.start ?? using.tagsEnd, ') is expected')
    }
    if (owner !== database) throw InsertWrong.operation('db is not same', using.stable.start)
    if (database.supertables.has(name)) throw InsertWrong.noTable(using.stable.start)
    const created: NewSubtable = {
      kind: 'new',
      name,
      supertable,
      ...this.#tags(supertable, using),
      ...(using.options ? { options: using.options } : {}),
    }
    this.#created.set(`${database.id}.${name}`, created)
    return created
  }

  #tags(supertable: Supertable, { tagNames, tagValues, tagsEnd }: NonNullable<InsertClause['using']>): { tags: TagSet; row: number } {
    let tags = this.#tagSets.get(supertable)
    if (!tags) {
      tags = new TagSet(supertable)
      this.#tagSets.set(supertable, tags)
    }
    const order = tagNames ? tagsNamed(supertable, tagNames) : supertable.tags
    const row = tags.addRow()
    order.forEach((tag, i) => {
      const value = tagValues[i]
      if (!value) throw nearRest(this.#sql, tagsEnd, 'invalid data or symbol')
      const source = this.#source(value.start)
      tags.set(supertable.tags.indexOf(tag), row, (buffer) => cellOf(tag, buffer, supertable.database.precision)(source, row))
      if (source.pos < value.end) throw nearRest(this.#sql, source.pos, ') is expected')
    })
    const extra = tagValues[order.length]
    if (extra) throw nearRest(this.#sql, extra.start, ') is expected')
    return { tags, row }
  }

  #reader(table: Supertable | NormalTable, names: readonly Name[] | null): RowReader {
    const key = names ? names.map(({ text }) => text).join('\0') : ''
    const ofTable = this.#readers.get(table) ?? []
    const known = ofTable.find((reader) => reader.key === key)
    if (known) return known
    const reader = this.#context.readers.take(table, key, () => (names ? columnsNamed(table, names) : table.columns))
    ofTable.push(reader)
    this.#readers.set(table, ofTable)
    this.sets.push(reader.set)
    return reader
  }

  release(): void {
    for (const readers of this.#readers.values()) for (const reader of readers) this.#context.readers.give(reader)
  }
}

function tagsNamed(supertable: Supertable, names: readonly Name[]): ColumnDef[] {
  checkDuplicates(names)
  return names.map(({ text, start }) => {
    const tag = supertable.tags.find(({ name }) => name === text)
    if (!tag) throw InsertWrong.tag(text, start)
    return tag
  })
}

function columnsNamed(table: Supertable | NormalTable, names: readonly Name[]): ColumnDef[] {
  const order = names.map(({ text, start }, i) => {
    const column = table.columns.find(({ name }) => name === text)
    if (!column) throw InsertWrong.column(text, start)
    checkDuplicate(names, i)
    return column
  })
  checkGiven(table, order, names[0]!.start)
  return order
}

function checkDuplicates(names: readonly Name[]): void {
  for (let i = 1; i < names.length; i++) checkDuplicate(names, i)
}

function checkDuplicate(names: readonly Name[], index: number): void {
  const { text, start } = names[index]!
  for (let k = 0; k < index; k++) if (names[k]!.text === text) throw nearText(text, start, 'duplicated column name')
}

/** A column list must have the timestamp and the composite key. */
export function checkGiven(table: Supertable | NormalTable, order: readonly ColumnDef[], position: number): void {
  if (!order.includes(table.columns[0]!)) throw InsertWrong.operation('Primary timestamp column should not be null', position)
  if (table.columns[1]?.primaryKey && !order.includes(table.columns[1]))
    throw InsertWrong.operation('Primary key column should not be none', position)
}
