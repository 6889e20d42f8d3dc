import { DataError, InterfaceError } from './errors.ts'
import type { BindTable, BindValues } from './wire/index.ts'

/** A column to write: any array or typed array, or one with NULL marks beside it (one byte a row, 1 for NULL). */
export type ColumnInput = ArrayLike<unknown> | { readonly values: ArrayLike<unknown>; readonly nulls?: Uint8Array }

/** Rows to write, column by column. `tags` go with `tbname`, one value each; a column may also hold table names and tags row by row. */
export interface ColumnarRows {
  readonly columns: Readonly<Record<string, ColumnInput>>
  /** The subtable, where the statement or the target leaves it open. */
  readonly tbname?: string
  /** Tags of the subtable, used when it has to be made. */
  readonly tags?: Readonly<Record<string, unknown>>
}

/** A row as an object by column name, or as an array in the statement's order. */
export type RowInput = Readonly<Record<string, unknown>> | readonly unknown[]

/** What each `?` of an insert is, in order. */
export interface InsertField {
  readonly name: string
  readonly bindType: 'column' | 'tag' | 'parameter' | 'tbname'
}

/** All rows as one array a field, and which rows belong to which table. */
export interface GroupedRows {
  readonly rows: number
  readonly tables: readonly BindTable[]
}

/** Rows of a bind message at most, and by default. */
export const ROWS_PER_MESSAGE = 16_384

/** A column with its NULL marks. Arrays have a method called values, so that looking for the key is not enough. */
function sourceOf(column: ColumnInput): { readonly values: ArrayLike<unknown>; readonly nulls?: Uint8Array } {
  if (!Array.isArray(column) && !ArrayBuffer.isView(column) && 'values' in column) return column
  return { values: column as ArrayLike<unknown> }
}

/** Takes rows apart into columns. Throws a DataError for a row of the wrong shape, naming it. */
export function columnsOfRows(fields: readonly InsertField[], rows: readonly RowInput[]): unknown[][] {
  const columns = fields.map(() => new Array<unknown>(rows.length))
  const names = fields.map(({ name }) => name)
  const known = new Set(names)
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r]!
    if (Array.isArray(row)) {
      if (row.length !== names.length)
        throw new DataError(`row ${r} has ${row.length} values, and there are ${names.length} to write: ${names.join(', ')}`, { row: r })
      for (let c = 0; c < names.length; c++) columns[c]![r] = row[c]
    } else if (typeof row === 'object' && row !== null) {
      const object = row as Readonly<Record<string, unknown>>
      for (let c = 0; c < names.length; c++) columns[c]![r] = object[names[c]!]
      for (const key in object)
        if (!known.has(key))
          throw new DataError(`row ${r} has the unknown column ${key}; there are ${names.join(', ')}`, { row: r, column: key })
    } else {
      throw new DataError(`row ${r} is ${row === null ? 'null' : `a ${typeof row}`}; a row is an object or an array`, { row: r })
    }
  }
  return columns
}

/** The arrays of columnar rows in the order of the fields. Throws a DataError for unknown, missing or uneven columns. */
export function columnsOfInput(fields: readonly InsertField[], input: ColumnarRows): { values: ColumnInput[]; rows: number } {
  const known = new Set(fields.map(({ name }) => name))
  for (const name of [...Object.keys(input.columns), ...Object.keys(input.tags ?? {})]) {
    if (!known.has(name)) throw new DataError(`there is no column ${name} to write; there are ${[...known].join(', ')}`)
  }
  let rows: number | undefined
  const values = fields.map(({ name, bindType }): ColumnInput => {
    const column = input.columns[name]
    if (column !== undefined) {
      const { length } = sourceOf(column).values
      // One name or tag is that of all rows.
      if (length === 1 && (bindType === 'tbname' || bindType === 'tag')) return column
      if (rows !== undefined && length !== rows) throw new DataError(`column ${name} has ${length} values, other columns have ${rows}`)
      rows = length
      return column
    }
    if (bindType === 'tbname' && input.tbname !== undefined) return { values: { length: 1, 0: input.tbname } }
    if (bindType === 'tag') return { values: { length: 1, 0: input.tags?.[name] ?? null } }
    throw new DataError(`column ${name} is missing; give it, with null for NULL`)
  })
  return { values, rows: rows ?? 0 }
}

/**
 * Puts rows from `first` on, `count` of them, in the form of a bind message: by table where the rows name theirs. Rows of one table may lie
 * anywhere; the tags of a table are those of its first row.
 */
export function groupByTable(fields: readonly InsertField[], columns: readonly ColumnInput[], first: number, count: number): BindTable[] {
  const source = (at: number) => sourceOf(columns[at]!)
  const of = (bindType: InsertField['bindType']) => fields.flatMap((field, at) => (field.bindType === bindType ? [at] : []))
  const [nameAt] = of('tbname')
  const tagsAt = of('tag')
  const dataAt = fields.flatMap((field, at) => (field.bindType === 'column' || field.bindType === 'parameter' ? [at] : []))
  const bind = (at: number, { start, index }: RowSet): BindValues => {
    const { values, nulls } = source(at)
    return { values, ...(nulls === undefined ? {} : { nulls }), ...(index === undefined ? { start } : { index }) }
  }
  const tag = (at: number, row: number): BindValues => {
    const { values, nulls } = source(at)
    return { values, ...(nulls === undefined ? {} : { nulls }), index: [values.length === 1 ? 0 : row] }
  }
  const table = (name: string | undefined, rows: RowSet): BindTable => ({
    ...(name === undefined ? {} : { name }),
    tags: tagsAt.map((at) => tag(at, rows.start)),
    columns: dataAt.map((at) => bind(at, rows)),
    rows: rows.count,
  })
  if (nameAt === undefined) return [table(undefined, { start: first, count })]
  const names = source(nameAt).values
  if (names.length === 1 && count !== 1) return [table(tableName(names[0], first), { start: first, count })]
  const groups = new Map<string, RowSet>()
  let last: RowSet | undefined
  let lastName: unknown
  for (let row = first; row < first + count; row++) {
    const name = names.length === 1 ? names[0] : names[row]
    if (last === undefined || name !== lastName) {
      const key = tableName(name, row)
      last = groups.get(key)
      if (last === undefined) groups.set(key, (last = { start: row, count: 0 }))
      lastName = name
    }
    addRow(last, row)
  }
  return [...groups].map(([name, rows]) => table(name, rows))
}

/** Rows of one table: `count` from `start` on, or those that `index` lists. */
interface RowSet {
  readonly start: number
  count: number
  index?: number[]
}

/** Rows that follow each other are not listed: their typed arrays are copied in one piece. */
function addRow(set: RowSet, row: number): void {
  if (set.index === undefined && row !== set.start + set.count) {
    set.index = Array.from({ length: set.count }, (_, i) => set.start + i)
  }
  set.index?.push(row)
  set.count++
}

function tableName(value: unknown, row: number): string {
  if (typeof value !== 'string' || value === '')
    throw new DataError(`row ${row} names no table: tbname has to be a text that is not empty`, { row, column: 'tbname' })
  if (new TextEncoder().encode(value).length > 192)
    throw new DataError(`row ${row}: a table name has at most 192 bytes`, { row, column: 'tbname' })
  if (value.includes('\0')) throw new DataError(`row ${row}: a table name cannot contain NUL`, { row, column: 'tbname' })
  return value
}

/** Refuses an odd size for messages. */
export function rowsPerMessage(value: number | undefined): number {
  if (value === undefined) return ROWS_PER_MESSAGE
  if (!Number.isInteger(value) || value < 1 || value > 1_000_000)
    throw new InterfaceError('batchSize has to be a whole number of rows, 1 to 1000000')
  return value
}
