import {
  type ColumnarRows,
  checkShape,
  columnsOfInput,
  type FieldPlan,
  groupByTable,
  type InsertField,
  planOf,
  ROWS_OF_MANY_TABLES,
  ROWS_PER_MESSAGE,
  type RowInput,
  type SourceColumn,
  sourceOf,
  wrongName,
} from './bound-rows.ts'
import { show } from './duration.ts'
import { DataError, InterfaceError } from './errors.ts'
import type { BindTable, BindValues, ValueError } from './wire/index.ts'

/** Rows to write, taken one message at a time. */
export interface RowSource {
  readonly rows: number
  /** Rows of a message, unless the caller says otherwise. */
  readonly perMessage: number
  /** `limit` rows at most from `first` on, by table: all arrays are good until the next call. */
  take(first: number, limit: number): { readonly rows: number; readonly tables: readonly BindTable[] }
  /** The caller's row of a value in what was taken last, and the table where rows are counted in each. */
  place(error: ValueError): { readonly row: number; readonly table?: string }
}

/** Values of fields that are the same for all rows, by name. */
export type Constants = Readonly<Record<string, unknown>>

/**
 * Rows as objects or arrays. Throws a DataError for a row of the wrong shape, naming it; then nothing was taken. `constants` are fields that no row has;
 * `time` is a column that no row may lack.
 */
export function sourceOfRows(
  fields: readonly InsertField[],
  rows: readonly RowInput[],
  { constants = {}, time }: { readonly constants?: Constants; readonly time?: string } = {},
): RowSource {
  const own = fields.filter(({ name }) => !Object.hasOwn(constants, name))
  checkRows(own, rows)
  const plan = planOf(fields)
  const order = new RowOrder(own)
  let scratch: unknown[][] = []
  let origin = 0
  return {
    rows: rows.length,
    perMessage: ROWS_PER_MESSAGE,
    take(first, limit) {
      const count = Math.min(limit, rows.length - first)
      // Filled at once, so that arrays hold anything from the start: one that learns it value by value is copied each time.
      if (count > (scratch[0]?.length ?? 0)) scratch = own.map(() => new Array<unknown>(count).fill(undefined))
      origin = first
      order.fill(rows, first, count, scratch)
      if (time !== undefined) checkTimes(time, scratch[own.findIndex(({ name }) => name === time)], first, count)
      let next = 0
      const columns = fields.map(({ name, precision }) =>
        sourceOf(Object.hasOwn(constants, name) ? { values: { length: 1, 0: constants[name] } } : scratch[next++]!, name, precision),
      )
      return { rows: count, tables: groupByTable(plan, columns, 0, count) }
    },
    place: ({ row }) => ({ row: origin + row }),
  }
}

/** Rows by column; no row may lack its `time`. Throws a DataError for columns that are unknown, missing or uneven. */
export function sourceOfColumns(fields: readonly InsertField[], input: ColumnarRows, time?: string): RowSource {
  const plan = planOf(fields)
  const { values, rows } = columnsOfInput(plan, input)
  if (time !== undefined) checkTimes(time, input.columns[time])
  return {
    rows,
    perMessage: ROWS_PER_MESSAGE,
    take(first, limit) {
      const count = Math.min(limit, rows - first)
      return { rows: count, tables: groupByTable(plan, values, first, count) }
    },
    place: ({ row }) => ({ row }),
  }
}

/** Rows by column, apart for each of many tables. Throws as `sourceOfColumns` does, and for a table that is not named. */
export function sourceOfTables(fields: readonly InsertField[], inputs: readonly ColumnarRows[]): RowSource {
  const plan = planOf(fields)
  if (plan.nameAt < 0) throw new InterfaceError('the statement writes into one table; a list of tables needs a ? for their name')
  return new TablesSource(plan, inputs)
}

/** The columns of one table, as the statement has them. */
interface NamedTable extends BindTable {
  readonly name: string
}

class TablesSource implements RowSource {
  readonly perMessage = ROWS_OF_MANY_TABLES
  readonly #tables: NamedTable[] = []
  /** The row that each table begins with, and the number of all. */
  readonly #starts = [0]
  /** The table where the next message begins. */
  #part = 0
  #taken: NamedTable[] = []

  constructor(plan: FieldPlan, inputs: readonly ColumnarRows[]) {
    for (let at = 0; at < inputs.length; at++) {
      const table = readTable(plan, inputs[at]!, at)
      this.#tables.push(table)
      this.#starts.push(this.#starts[at]! + table.rows)
    }
  }

  get rows(): number {
    return this.#starts.at(-1)!
  }

  take(first: number, limit: number): { readonly rows: number; readonly tables: readonly BindTable[] } {
    while (this.#starts[this.#part + 1]! <= first) this.#part++
    const taken: NamedTable[] = []
    const names = new Set<string>()
    let rows = 0
    for (let at = this.#part; at < this.#tables.length && rows < limit; at++) {
      const table = this.#tables[at]!
      // A message has each table once; of a table that comes twice the later rows are to win.
      if (names.has(table.name)) break
      const start = first + rows - this.#starts[at]!
      const count = Math.min(limit - rows, table.rows - start, ROWS_PER_MESSAGE)
      if (count === 0) continue
      names.add(table.name)
      taken.push(count === table.rows ? table : partOf(table, start, count))
      rows += count
      if (start + count < table.rows) break
    }
    this.#taken = taken
    return { rows, tables: taken }
  }

  place({ row, table }: ValueError): { readonly row: number; readonly table?: string } {
    return table === undefined ? { row } : { row, table: this.#taken[table]!.name }
  }
}

function readTable(plan: FieldPlan, input: ColumnarRows, at: number): NamedTable {
  checkShape(input)
  const name = input.tbname!
  const wrong = wrongName(name)
  if (wrong !== undefined) throw new DataError(`table ${at} of the list: ${wrong}`, { column: 'tbname' })
  let taken: { readonly values: SourceColumn[]; readonly rows: number }
  try {
    taken = columnsOfInput(plan, input)
  } catch (error) {
    if (error instanceof DataError) throw new DataError(`table ${name}: ${error.reason}`, { cause: error, column: error.column })
    throw error
  }
  const tags: SourceColumn[] = []
  for (const field of plan.tagsAt) {
    const tag = taken.values[field]!
    if (tag.values.length !== 1)
      throw new DataError(`table ${name}: the tag ${plan.fields[field]!.name} has ${tag.values.length} values, not one`)
    tags.push(tag)
  }
  const columns: SourceColumn[] = []
  for (const field of plan.dataAt) columns.push(taken.values[field]!)
  return { name, tags, columns, rows: taken.rows }
}

/** Some rows of a table. */
function partOf({ name, tags, columns }: NamedTable, start: number, rows: number): NamedTable {
  const part: BindValues[] = []
  for (const { values, nulls } of columns) part.push({ values, nulls, index: undefined, start })
  return { name, tags: tags!, columns: part, rows }
}

/** Refuses rows that are no rows of these fields. */
function checkRows(fields: readonly InsertField[], rows: readonly RowInput[]): void {
  if (!Array.isArray(rows)) throw new InterfaceError('rows are a list of objects or arrays; give columns to executeColumns()')
  const names = fields.map(({ name }) => name)
  const known = new Set(names)
  // Most rows have the keys of the row before, in its order.
  let keys: string[] = []
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r]! as Readonly<Record<string, unknown>>
    if (typeof row !== 'object' || row === null) throw new DataError(`row ${r} is ${show(row)}; a row is an object or an array`, { row: r })
    if (Array.isArray(row)) {
      if (row.length !== names.length)
        throw new DataError(`row ${r} has ${row.length} values, and there are ${names.length} to write: ${names.join(', ')}`, { row: r })
      continue
    }
    if (hasKeys(row, keys)) continue
    keys = []
    for (const key in row) {
      if (!known.has(key))
        throw new DataError(`row ${r} has the unknown column ${key}; there are ${names.join(', ')}`, { row: r, column: key })
      keys.push(key)
    }
  }
}

/** Whether an object has these keys in this order, and perhaps fewer. */
export function hasKeys(row: Readonly<Record<string, unknown>>, keys: readonly string[]): boolean {
  let k = 0
  for (const key in row) if (key !== keys[k++]) return false
  return true
}

/** Puts the values of rows into arrays, one a field: keys that come in the order of the row before are not looked up. */
class RowOrder {
  readonly #names: readonly string[]
  #keys: string[] = []
  /** The field of each key. */
  #fields: number[] = []

  constructor(fields: readonly InsertField[]) {
    this.#names = fields.map(({ name }) => name)
  }

  fill(rows: readonly RowInput[], first: number, count: number, columns: readonly unknown[][]): void {
    let targets = this.#fields.map((field) => columns[field]!)
    let keys = this.#keys
    for (let i = 0; i < count; i++) {
      const row = rows[first + i]! as Readonly<Record<string, unknown>>
      if (Array.isArray(row)) {
        for (let c = 0; c < columns.length; c++) columns[c]![i] = row[c]
        continue
      }
      let k = 0
      for (const key in row) {
        if (key !== keys[k]) {
          k = -1
          break
        }
        targets[k]![i] = row[key]
        k++
      }
      if (k === columns.length) continue
      // Another order, or fewer keys: what is no key of the row's own may still be a property of its class.
      for (let c = 0; c < columns.length; c++) columns[c]![i] = row[this.#names[c]!]
      if (k === -1) {
        this.#learn(row)
        keys = this.#keys
        targets = this.#fields.map((field) => columns[field]!)
      }
    }
  }

  #learn(row: Readonly<Record<string, unknown>>): void {
    this.#keys = []
    for (const key in row) this.#keys.push(key)
    this.#fields = this.#keys.map((key) => this.#names.indexOf(key))
  }
}

/** Every row has a time; the server's refusal of one without would not say which. */
function checkTimes(time: string, values: unknown, first = 0, count?: number): void {
  if (!Array.isArray(values)) return
  for (let i = 0; i < (count ?? values.length); i++)
    if (values[i] === null || values[i] === undefined)
      throw new DataError(`column ${time}, row ${first + i}: a row needs its time`, { row: first + i, column: time })
}
