/** A simple in-memory model of TDengine's rules for tables, rows and tags: what the engine is held against. */

export type Value = number | string | boolean | null
export type ColumnType = 'INT' | 'DOUBLE' | 'BOOL' | 'VARCHAR' | 'NCHAR'

export interface ModelColumn {
  readonly name: string
  readonly type: ColumnType
  /** Of VARCHAR (bytes) and NCHAR (characters), else 0. */
  length: number
}

/** A row's values by column; a column that is absent is NULL. */
export type ModelRow = Map<ModelColumn, Value>

export interface ModelTable {
  readonly name: string
  /** The supertable's tag values for a subtable, undefined for a normal table. */
  readonly tags: Map<ModelColumn, Value> | undefined
  /** Of a normal table; subtables have the supertable's. */
  columns: ModelColumn[]
  readonly rows: Map<bigint, ModelRow>
}

/** An error by TDengine's number. */
export class ModelError extends Error {
  readonly code: number
  constructor(code: number) {
    super(`0x${code.toString(16)}`)
    this.code = code
  }
}

export const CODE = {
  columnExists: 0x036b,
  tagExists: 0x0369,
  duplicatedColumn: 0x263c,
  noTable: 0x2603,
  noColumn: 0x2602,
  noTag: 0x260e,
  alterTable: 0x2649,
  tableExists: 0x0603,
  modifyLength: 0x264b,
  tooLong: 0x2653,
  columnsNumber: 0x263f,
} as const

export const STABLE = 'st'

/** One database with one supertable and any number of subtables and normal tables. */
export class Model {
  columns: ModelColumn[]
  tags: ModelColumn[]
  readonly tables = new Map<string, ModelTable>()

  constructor(columns: readonly ModelColumn[], tags: readonly ModelColumn[]) {
    this.columns = columns.map((column) => ({ ...column }))
    this.tags = tags.map((tag) => ({ ...tag }))
  }

  table(name: string): ModelTable {
    const table = this.tables.get(name)
    if (table === undefined) throw new ModelError(CODE.noTable)
    return table
  }

  columnsOf(table: ModelTable): readonly ModelColumn[] {
    return table.tags ? this.columns : table.columns
  }

  subtables(): ModelTable[] {
    return [...this.tables.values()].filter(({ tags }) => tags).sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  createSubtable(name: string, values: readonly Value[], ifNotExists: boolean): void {
    for (const [i, tag] of this.tags.entries()) checkLength(tag, values[i] ?? null)
    if (this.tables.has(name)) {
      if (ifNotExists) return
      throw new ModelError(CODE.tableExists)
    }
    this.tables.set(name, { name, tags: new Map(this.tags.map((tag, i) => [tag, values[i] ?? null])), columns: [], rows: new Map() })
  }

  createNormal(name: string, columns: readonly ModelColumn[], ifNotExists: boolean): void {
    if (this.tables.has(name)) {
      if (ifNotExists) return
      throw new ModelError(CODE.tableExists)
    }
    this.tables.set(name, { name, tags: undefined, columns: columns.map((column) => ({ ...column })), rows: new Map() })
  }

  drop(name: string, ifExists: boolean): void {
    if (!ifExists) this.table(name)
    this.tables.delete(name)
  }

  /** Writes rows of the given columns, later ones over earlier ones; gives the number of different times. */
  insert(
    name: string,
    columns: readonly ModelColumn[],
    rows: readonly { readonly ts: bigint; readonly values: readonly Value[] }[],
  ): number {
    const table = this.table(name)
    for (const { values } of rows) for (const [i, column] of columns.entries()) checkLength(column, values[i]!)
    const times = new Set<bigint>()
    for (const { ts, values } of rows) {
      times.add(ts)
      const row: ModelRow = table.rows.get(ts) ?? new Map()
      table.rows.set(ts, row)
      for (const [i, column] of columns.entries()) row.set(column, values[i]!)
    }
    return times.size
  }

  /** Deletes the rows from `from` to `to`, both included, of a table or of all subtables; gives their number. */
  delete(name: string, from: bigint, to: bigint): number {
    const tables = name === STABLE ? this.subtables() : [this.table(name)]
    let count = 0
    for (const { rows } of tables) {
      for (const ts of [...rows.keys()]) {
        if (ts < from || ts > to) continue
        rows.delete(ts)
        count++
      }
    }
    return count
  }

  setTag(name: string, tagName: string, value: Value): void {
    const table = this.table(name)
    const tag = this.tags.find((candidate) => candidate.name === tagName)
    if (table.tags === undefined || tag === undefined) throw new ModelError(CODE.alterTable)
    checkLength(tag, value)
    table.tags.set(tag, value)
  }

  addColumn(name: string, column: ModelColumn): void {
    if (name === STABLE) {
      if (this.columns.some((other) => other.name === column.name)) throw new ModelError(CODE.columnExists)
      if (this.tags.some((other) => other.name === column.name)) throw new ModelError(CODE.tagExists)
      this.columns.push(column)
      return
    }
    const table = this.table(name)
    if (table.tags) throw new ModelError(CODE.alterTable)
    if (table.columns.some((other) => other.name === column.name)) throw new ModelError(CODE.duplicatedColumn)
    table.columns.push(column)
  }

  dropColumn(name: string, column: string): void {
    const owner = name === STABLE ? this : this.table(name)
    if (owner !== this && (owner as ModelTable).tags) throw new ModelError(CODE.alterTable)
    const found = owner.columns.find((other) => other.name === column)
    if (found === undefined) throw new ModelError(CODE.noColumn)
    owner.columns = owner.columns.filter((other) => other !== found)
  }

  /** Gives a normal table's column another name; its values stay. */
  renameColumn(name: string, column: string, to: string): void {
    const table = this.table(name)
    if (table.tags) throw new ModelError(CODE.alterTable)
    const found = table.columns.find((other) => other.name === column)
    if (found === undefined) throw new ModelError(CODE.noColumn)
    if (table.columns.some((other) => other.name === to)) throw new ModelError(CODE.duplicatedColumn)
    this.#replace(table, found, { ...found, name: to })
  }

  /** Makes a text column longer; anything else is refused. */
  widenColumn(name: string, column: string, length: number): void {
    const owner = name === STABLE ? this : this.table(name)
    const found = owner.columns.find((other) => other.name === column)
    if (found === undefined) throw new ModelError(CODE.noColumn)
    if (length <= found.length || found.length === 0) throw new ModelError(CODE.modifyLength)
    // The column keeps its identity: rows refer to it.
    found.length = length
  }

  addTag(tag: ModelColumn): void {
    if (this.columns.some((other) => other.name === tag.name)) throw new ModelError(CODE.columnExists)
    if (this.tags.some((other) => other.name === tag.name)) throw new ModelError(CODE.tagExists)
    this.tags.push(tag)
    for (const table of this.subtables()) table.tags!.set(tag, null)
  }

  dropTag(name: string): void {
    const tag = this.tags.find((other) => other.name === name)
    if (tag === undefined) throw new ModelError(CODE.noTag)
    if (this.tags.length === 1) throw new ModelError(CODE.alterTable)
    this.tags = this.tags.filter((other) => other !== tag)
    for (const table of this.subtables()) table.tags!.delete(tag)
  }

  renameTag(name: string, to: string): void {
    const tag = this.tags.find((other) => other.name === name)
    if (tag === undefined) throw new ModelError(CODE.noTag)
    const renamed = { ...tag, name: to }
    this.tags = this.tags.map((other) => (other === tag ? renamed : other))
    for (const table of this.subtables()) {
      table.tags!.set(renamed, table.tags!.get(tag) ?? null)
      table.tags!.delete(tag)
    }
  }

  #replace(table: ModelTable, column: ModelColumn, by: ModelColumn): void {
    table.columns = table.columns.map((other) => (other === column ? by : other))
    for (const row of table.rows.values()) {
      if (!row.has(column)) continue
      row.set(by, row.get(column)!)
      row.delete(column)
    }
  }
}

function checkLength({ type, length }: ModelColumn, value: Value): void {
  if (typeof value !== 'string') return
  const size = type === 'VARCHAR' ? Buffer.byteLength(value) : [...value].length
  if (size > length) throw new ModelError(CODE.tooLong)
}

/** The rows of a table in the order of their times. */
export function ordered(table: ModelTable): [bigint, ModelRow][] {
  return [...table.rows].sort(([a], [b]) => (a < b ? -1 : 1))
}
