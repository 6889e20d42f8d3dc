import type { BoundColumn, BoundTable } from 'taosts/wire'
import type { Catalog } from '../catalog/catalog.ts'
import type { ColumnDef, Database, NormalTable, Subtable, Supertable } from '../catalog/model.ts'
import { SqlError } from '../errors.ts'
import { cellOf } from '../session/insert/cell.ts'
import type { ValueSource } from '../session/insert/value-source.ts'
import { refuseVirtual } from '../session/statement-context.ts'
import type { Name, TableName } from '../sql/ast.ts'
import { NAME_LIMIT } from '../sql/parser.ts'
import type { ColumnBuffer } from '../storage/row-buffer.ts'
import { type RowSet, TagSet, type Target } from '../storage/row-set.ts'
import { copyBound } from './bound-column.ts'
import type { InsertTemplate, Slot } from './insert-template.ts'
import type { SetPool } from './set-pool.ts'

/** What a prepared INSERT is resolved against. */
export interface InsertSurroundings {
  readonly catalog: Catalog
  readonly database: string | undefined
  readonly sets: SetPool
  /** Reads literals of the statement's text. */
  valueSource(sql: string): ValueSource
}

/** What a `?` stands for, in the order of the statement. */
export type BoundField =
  | { readonly bind: 'tbname' }
  | { readonly bind: 'tag' | 'column'; readonly column: ColumnDef; readonly database: Database }

/** Where a place of VALUES or TAGS goes. */
interface Place {
  readonly slot: Slot
  readonly column: ColumnDef
}

const noTable = () => new SqlError(0x2603, 'Table does not exist')
/** Other values than the statement has `?`. */
export const wrongCount = () => new SqlError(0x0236, 'bind number out of range or not match')
const syntax = () => new SqlError(0x0216, 'Syntax error in SQL')
const wrongTagCount = () => new SqlError(0x260d, 'Tags number not matched')

/** A prepared INSERT with its tables looked up; takes bound values and keeps them as rows until they are written. */
export class InsertBinding {
  readonly fields: readonly BoundField[]
  readonly #around: InsertSurroundings
  readonly #sql: string
  readonly #database: Database
  /** The table's columns, and its tags where subtables are made. */
  readonly #schema: Supertable | NormalTable
  readonly #using: Supertable | undefined
  #fixedName: string | undefined
  readonly #columns: readonly Place[]
  readonly #tags: readonly Place[]
  readonly #boundColumns: number
  readonly #boundTags: number
  readonly #set: RowSet
  #tagSet: TagSet | undefined
  /** Subtables that have to be made, by name. */
  readonly #made = new Map<string, Target>()

  /** `name` is the table that `?` stands for, where that is known already. Throws a SqlError when a table or column is missing. */
  constructor(template: InsertTemplate, around: InsertSurroundings, name?: string) {
    this.#around = around
    this.#sql = template.sql
    const { table, using } = template
    const given = table ?? (name === undefined ? undefined : splitName(name))
    this.#database = databaseOf(around, given?.database ?? using?.stable.database ?? null)
    this.#fixedName = table?.name.text ?? name
    const stable = using ? stableOf(around, using.stable) : undefined
    const target = stable ?? this.#lookUp(given?.name.text)
    this.#using = stable ?? (target.kind === 'supertable' ? target : undefined)
    this.#schema = target.kind === 'subtable' ? target.supertable : target
    const bySupertable = target.kind === 'supertable' && !stable
    if (bySupertable) this.#fixedName = undefined
    const slots = bySupertable ? this.#ofSupertable(template) : this.#ofTable(template)
    this.#columns = slots.columns
    this.#tags = slots.tags
    this.#boundColumns = boundCount(slots.columns)
    this.#boundTags = boundCount(slots.tags)
    this.fields = slots.fields
    if (!this.#columns.some(({ column }) => column === this.#schema.columns[0])) throw syntax()
    this.#set = this.#newSet()
  }

  /** Rows bound and not yet taken. */
  get rows(): number {
    return this.#set.rows
  }

  get isOfNormalTable(): boolean {
    return this.#schema.kind === 'normal'
  }

  /** Whether a table's name has to be bound with its values. */
  get namesTables(): boolean {
    return this.#fixedName === undefined
  }

  #lookUp(name: string | undefined): Subtable | NormalTable | Supertable {
    if (name === undefined) throw noTable()
    const table = this.#database.tables.get(name) ?? this.#database.supertables.get(name)
    if (!table) throw noTable()
    refuseVirtual(table)
    return table
  }

  /** `INSERT INTO table [USING …] [(columns)] VALUES`. */
  #ofTable({ table, using, columns, values }: InsertTemplate): { columns: Place[]; tags: Place[]; fields: BoundField[] } {
    const tagDefs = this.#using ? namedColumns(this.#using.tags, using?.tagNames ?? null) : []
    const tags = using ? places(using.tags, tagDefs, wrongTagCount) : []
    const places_ = places(values, namedColumns(this.#schema.columns, columns), syntax)
    const fields: BoundField[] = table === null ? [{ bind: 'tbname' }] : []
    for (const place of tags) if (place.slot.kind === 'parameter') fields.push(this.#field('tag', place))
    for (const place of places_) if (place.slot.kind === 'parameter') fields.push(this.#field('column', place))
    return { columns: places_, tags, fields }
  }

  /** `INSERT INTO supertable (tbname, columns, tags) VALUES`: every name may stand anywhere. */
  #ofSupertable({ columns: names, values }: InsertTemplate): { columns: Place[]; tags: Place[]; fields: BoundField[] } {
    const supertable = this.#using!
    if (!names || names.length !== values.length || !names.some(({ text }) => text === 'tbname')) throw syntax()
    const columns: Place[] = []
    const tags: Place[] = []
    const fields: BoundField[] = []
    names.forEach(({ text }, i) => {
      const slot = values[i]!
      if (text === 'tbname') {
        if (slot.kind === 'literal') throw syntax()
        fields.push({ bind: 'tbname' })
        return
      }
      const column = supertable.columns.find(({ name }) => name === text)
      const tag = supertable.tags.find(({ name }) => name === text)
      const place = { slot, column: column ?? tag ?? missingColumn(text) }
      ;(column ? columns : tags).push(place)
      if (slot.kind === 'parameter') fields.push(this.#field(column ? 'column' : 'tag', place))
    })
    return { columns, tags, fields }
  }

  #field(bind: 'tag' | 'column', { column }: Place): BoundField {
    return { bind, column, database: this.#database }
  }

  #newSet(): RowSet {
    const time = this.#schema.columns[0]
    return this.#around.sets.take(
      this.#schema,
      this.#columns.map(({ column }) => column).filter((column) => column !== time),
    )
  }

  /** Takes values for another table of the same supertable from here on; false when this is none. */
  goOnWith(name: string): boolean {
    const { database, name: bare } = splitName(name)
    const table = (database ? this.#around.catalog.databases.get(database.text) : this.#database)?.tables.get(bare.text)
    if (table?.database !== this.#database || table.kind !== 'subtable' || table.supertable !== this.#schema) return false
    this.#fixedName = name
    return true
  }

  /** Makes room for rows that are about to be bound. */
  reserve(rows: number): void {
    this.#set.reserve(this.#set.rows + rows)
  }

  /** Adds a table's values to the rows. Throws a SqlError in TDengine's words; nothing of the table is then kept. */
  bind({ name, tags, columns }: BoundTable): void {
    const rows = columns[0]?.rows ?? 0
    if (columns.length !== this.#boundColumns || columns.some((column) => column.rows !== rows)) throw wrongCount()
    const set = this.#set
    const from = set.rows
    const heaps = set.values.map(({ heapLength }) => heapLength)
    const target = this.#target(this.#fixedName ?? name, tags)
    if (rows === 0) return
    set.reserve(from + rows)
    try {
      let next = 0
      let value = 0
      for (const { slot, column } of this.#columns) {
        const time = column === this.#schema.columns[0]
        const buffer = time ? set.ts : set.values[value++]!
        if (slot.kind === 'parameter') {
          const source = columns[next++]!
          if ((time || column.primaryKey) && source.nulls.includes(1)) throw nullKey(time)
          copyBound(buffer, from, column, source)
        } else this.#fill(buffer, column, slot.at, from, rows)
      }
    } catch (error) {
      set.values.forEach((buffer, i) => {
        buffer.heapLength = heaps[i]!
      })
      throw error
    }
    set.rows = from + rows
    const last = set.segments[set.segments.length - 1]
    if (last?.target === target && last.to === from) set.segments[set.segments.length - 1] = { target, from: last.from, to: from + rows }
    else set.segments.push({ target, from, to: from + rows })
  }

  /** Writes a literal of the statement into rows. */
  #fill(buffer: ColumnBuffer, column: ColumnDef, at: number, from: number, rows: number): void {
    const source = this.#around.valueSource(this.#sql)
    const cell = cellOf(column, buffer, this.#database.precision)
    for (let row = from; row < from + rows; row++) {
      source.pos = at
      cell(source, row)
    }
  }

  /** The table of a name, to be made with the bound tags when it does not exist. */
  #target(name: string | undefined, tags: readonly BoundColumn[]): Target {
    if (!name) throw new SqlError(0x022b, 'Stmt table name not set correctly')
    const text = splitName(name).name.text
    const existing = this.#database.tables.get(text)
    if (existing) {
      if (existing === this.#schema || (existing.kind === 'subtable' && existing.supertable === this.#schema)) return existing
      throw noTable()
    }
    const pending = this.#made.get(text)
    if (pending) return pending
    if (!this.#using || this.#database.supertables.has(text)) throw noTable()
    if (Buffer.byteLength(text) > NAME_LIMIT.table) throw new SqlError(0x2617, `Invalid identifier name: ${text}`)
    const set = this.#tagSet ?? new TagSet(this.#using)
    this.#tagSet = set
    const row = set.addRow()
    this.#setTags(set, row, tags)
    const made: Target = { kind: 'new', name: text, supertable: this.#using, tags: set, row }
    this.#made.set(text, made)
    return made
  }

  #setTags(set: TagSet, row: number, tags: readonly BoundColumn[]): void {
    if (tags.length !== this.#boundTags || tags.some(({ rows }) => rows < 1)) throw wrongCount()
    let next = 0
    for (const { slot, column } of this.#tags) {
      const buffer = set.columns[this.#using!.tags.indexOf(column)]!
      // A new row of tags is NULL throughout.
      if (buffer.validity) buffer.validity[row >> 3]! |= 1 << (row & 7)
      if (slot.kind === 'parameter') copyBound(buffer, row, column, firstRow(tags[next++]!))
      else this.#fill(buffer, column, slot.at, row, 1)
    }
  }

  /** The rows bound, for whoever goes on without this binding. */
  take(): RowSet[] {
    return this.#set.rows === 0 ? [] : [this.#set]
  }
}

function boundCount(places: readonly Place[]): number {
  return places.filter(({ slot }) => slot.kind === 'parameter').length
}

/** Some clients repeat a tag's value for every row. */
function firstRow(column: BoundColumn): BoundColumn {
  if (column.rows === 1) return column
  const { type, nulls, lengths, data } = column
  const isNull = nulls[0] !== 0
  const size = isNull ? 0 : lengths ? lengths[0]! : data.length / column.rows
  return { type, rows: 1, nulls: nulls.subarray(0, 1), lengths: lengths?.subarray(0, 1) ?? null, data: data.subarray(0, size) }
}

function nullKey(time: boolean): SqlError {
  return time
    ? new SqlError(0x0200, 'Primary timestamp column should not be null')
    : new SqlError(0x267b, 'Primary key column should not be null')
}

function missingColumn(name: string): never {
  throw new SqlError(0x2602, `Invalid column name: ${name}`)
}

/** The columns that a list names, or all. */
function namedColumns(columns: readonly ColumnDef[], names: readonly Name[] | null): readonly ColumnDef[] {
  if (!names) return columns
  return names.map(({ text }) => columns.find(({ name }) => name === text) ?? missingColumn(text))
}

function places(slots: readonly Slot[], columns: readonly ColumnDef[], wrongLength: () => SqlError): Place[] {
  if (slots.length !== columns.length) throw wrongLength()
  return slots.map((slot, i) => ({ slot, column: columns[i]! }))
}

function databaseOf({ catalog, database }: InsertSurroundings, named: Name | string | null): Database {
  const name = typeof named === 'string' ? named : (named?.text ?? database)
  if (name === undefined) throw new SqlError(0x2616, 'Database not specified')
  const found = catalog.databases.get(name)
  if (!found) throw new SqlError(0x0388, 'Database not exist')
  return found
}

function stableOf(around: InsertSurroundings, { database, name }: TableName): Supertable {
  const stable = databaseOf(around, database).supertables.get(name.text)
  if (!stable) throw noTable()
  return stable
}

/** A bound name: `table` or `database.table`, with or without backquotes. */
function splitName(name: string): { readonly database: Name | null; readonly name: Name } {
  const [, database, table] = /^(?:(`[^`]*`|[^.`]*)\.)?(.*)$/s.exec(name)!
  const bare = (text: string): Name => ({ text: text.replace(/^`(.*)`$/s, '$1'), quoted: text.startsWith('`'), start: 0, end: 0 })
  return { database: database ? bare(database) : null, name: bare(table ?? name) }
}
