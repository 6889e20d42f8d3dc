import { DataError, InterfaceError } from './errors.ts'
import { type ArrowVector, isArrowVector, readVector } from './vector-column.ts'
import { type BindTable, type BindValues, utf8, ValueError } from './wire/index.ts'

/** A column to write: any array, typed array or Arrow vector, or an array with NULL marks beside it (one byte a row, 1 for NULL). */
export type ColumnInput = ArrayLike<unknown> | ArrowVector | { readonly values: ArrayLike<unknown>; readonly nulls?: Uint8Array }

/** Rows to write, column by column. `tags` go with `tbname`, one value each; a column may also hold table names and tags row by row. */
export interface ColumnarRows {
  readonly columns: Readonly<Record<string, ColumnInput>>
  /** The subtable, where the statement or the target leaves it open. */
  readonly tbname?: string | undefined
  /** Tags of the subtable, used when it has to be made. */
  readonly tags?: Readonly<Record<string, unknown>> | undefined
}

/** A row as an object by column name, or as an array in the statement's order. */
export type RowInput = Readonly<Record<string, unknown>> | readonly unknown[]

/** What each `?` of an insert is, in order. */
export interface InsertField {
  readonly name: string
  readonly bindType: 'column' | 'tag' | 'parameter' | 'tbname'
  /** Of a TIMESTAMP: 0 ms, 1 µs, 2 ns; where it is known. */
  readonly precision?: number
}

/** Rows of one table in a bind message, unless the caller says otherwise: TDengine's C library takes 32767, and fewer make the cost of a request felt. */
export const ROWS_PER_MESSAGE = 32_000

/** Rows of many tables in a bind message whose columns are ready. */
export const ROWS_OF_MANY_TABLES = 128_000

/** A column with its NULL marks. Throws an InterfaceError for what is no column. Arrays have a method called values, so that looking for the key is not enough. */
export function sourceOf(
  column: ColumnInput,
  name: string,
  precision?: number,
): { readonly values: ArrayLike<unknown>; readonly nulls?: Uint8Array } {
  if (Array.isArray(column) || (ArrayBuffer.isView(column) && !(column instanceof DataView)))
    return { values: column as ArrayLike<unknown> }
  if (typeof column !== 'object' || column === null || ArrayBuffer.isView(column)) throw noColumn(name)
  if (isArrowVector(column)) return readVector(name, column, precision)
  if (!('values' in column) || typeof column.values === 'function') {
    if (!isArrayLike(column)) throw noColumn(name)
    return { values: column as ArrayLike<unknown> }
  }
  const { nulls } = column
  const { values, nulls: own } = sourceOf(column.values, name, precision)
  if (nulls === undefined) return own === undefined ? { values } : { values, nulls: own }
  if (!(nulls instanceof Uint8Array))
    throw new InterfaceError(`nulls of the column ${name} have to be a Uint8Array, one byte a row, 1 for NULL`)
  if (nulls.length !== values.length)
    throw new DataError(`column ${name} has ${values.length} values and NULL marks for ${nulls.length}`, { column: name })
  return { values, nulls }
}

/** Lists that are no arrays need elements that can be looked up by their number. */
function isArrayLike(column: object): boolean {
  const { length } = column as { readonly length?: unknown }
  return typeof length === 'number' && Number.isInteger(length) && (length === 0 || (length > 0 && 0 in column))
}

function noColumn(name: string): InterfaceError {
  return new InterfaceError(`the column ${name} has to be an array, a typed array, or { values, nulls }`)
}

/** The fields of an insert by what they are: where each kind stands among them. */
export interface FieldPlan {
  readonly fields: readonly InsertField[]
  readonly known: ReadonlySet<string>
  /** -1 where the statement names its table. */
  readonly nameAt: number
  readonly tagsAt: readonly number[]
  readonly dataAt: readonly number[]
}

export function planOf(fields: readonly InsertField[]): FieldPlan {
  const of = (...types: InsertField['bindType'][]) => fields.flatMap(({ bindType }, at) => (types.includes(bindType) ? [at] : []))
  return {
    fields,
    known: new Set(fields.map(({ name }) => name)),
    nameAt: fields.findIndex(({ bindType }) => bindType === 'tbname'),
    tagsAt: of('tag'),
    dataAt: of('column', 'parameter'),
  }
}

/** The values of a field, with their NULL marks. */
export type SourceColumn = ReturnType<typeof sourceOf>

// What follows runs once for each of many tables, so it has loops and functions of the module instead of closures: a closure's compiled code is
// lost with it, and compiling it again costs more than a table does.

/** The arrays of columnar rows in the order of the fields. Throws a DataError for unknown, missing or uneven columns. */
export function columnsOfInput({ fields, known, nameAt }: FieldPlan, input: ColumnarRows): { values: SourceColumn[]; rows: number } {
  checkShape(input)
  const { columns, tags, tbname } = input
  for (const name of Object.keys(columns)) if (!known.has(name)) throw unknownColumn(name, known)
  if (tags !== undefined) for (const name of Object.keys(tags)) if (!known.has(name)) throw unknownColumn(name, known)
  if (tbname !== undefined && nameAt < 0)
    throw new DataError('there is no ? for tbname: the statement names its table', { column: 'tbname' })
  let rows = -1
  const values: SourceColumn[] = []
  for (let at = 0; at < fields.length; at++) {
    const { name, bindType, precision } = fields[at]!
    const column = columns[name]
    if (column !== undefined) {
      const source = sourceOf(column, name, precision)
      const { length } = source.values
      values.push(source)
      // One name or tag is that of all rows.
      if (length === 1 && (bindType === 'tbname' || bindType === 'tag')) continue
      if (rows >= 0 && length !== rows)
        throw new DataError(`column ${name} has ${length} values, other columns have ${rows}`, { column: name })
      rows = length
    } else if (bindType === 'tbname' && tbname !== undefined) values.push({ values: { length: 1, 0: tbname } })
    else if (bindType === 'tag') values.push({ values: { length: 1, 0: tags?.[name] ?? null } })
    else throw new DataError(`column ${name} is missing; give it, with null for NULL`, { column: name })
  }
  return { values, rows: Math.max(0, rows) }
}

function unknownColumn(name: string, known: ReadonlySet<string>): DataError {
  return new DataError(`there is no column ${name} to write; there are ${[...known].join(', ')}`, { column: name })
}

/** Refuses what is no `{ columns, tbname, tags }`. */
export function checkShape(input: ColumnarRows): void {
  if (
    typeof input !== 'object' ||
    input === null ||
    typeof input.columns !== 'object' ||
    input.columns === null ||
    Array.isArray(input.columns)
  )
    throw new InterfaceError('rows by column are { columns: { name: array }, tbname, tags }')
  if (input.tags !== undefined && (typeof input.tags !== 'object' || input.tags === null || Array.isArray(input.tags)))
    throw new InterfaceError('tags have to be an object of values by name')
}

/**
 * Puts rows from `first` on, `count` of them, in the form of a bind message: by table where the rows name theirs. Rows of one table may lie
 * anywhere; the tags of a table are those of its first row.
 */
export function groupByTable(plan: FieldPlan, columns: readonly SourceColumn[], first: number, count: number): BindTable[] {
  if (plan.nameAt < 0) return [tableOf(plan, columns, undefined, { start: first, count })]
  const names = columns[plan.nameAt]!.values
  if (names.length === 1 && count !== 1) return [tableOf(plan, columns, tableName(names[0], first), { start: first, count })]
  const groups = new Map<string, RowSet>()
  let last: RowSet | undefined
  let lastName: unknown
  for (let row = first; row < first + count; row++) {
    const name = names.length === 1 ? names[0] : names[row]
    if (last === undefined || name !== lastName) {
      const key = tableName(name, row)
      last = groups.get(key)
      if (last === undefined) groups.set(key, (last = { start: row, count: 0, index: undefined }))
      lastName = name
    }
    addRow(last, row)
  }
  const tables: BindTable[] = []
  for (const [name, rows] of groups) tables.push(tableOf(plan, columns, name, rows))
  return tables
}

function tableOf({ tagsAt, dataAt }: FieldPlan, columns: readonly SourceColumn[], name: string | undefined, rows: RowSet): BindTable {
  const tags: BindValues[] = []
  for (const at of tagsAt) {
    const { values, nulls } = columns[at]!
    tags.push({ values, nulls, index: undefined, start: values.length === 1 ? 0 : rows.start })
  }
  const data: BindValues[] = []
  for (const at of dataAt) {
    const { values, nulls } = columns[at]!
    data.push({ values, nulls, index: rows.index, start: rows.index === undefined ? rows.start : 0 })
  }
  return { name, tags, columns: data, rows: rows.count }
}

/** Rows of one table: `count` from `start` on, or those that `index` lists. */
interface RowSet {
  readonly start: number
  count: number
  index?: number[] | undefined
}

/** Rows that follow each other are not listed: their typed arrays are copied in one piece. */
function addRow(set: RowSet, row: number): void {
  if (set.index === undefined && row !== set.start + set.count) {
    set.index = Array.from({ length: set.count }, (_, i) => set.start + i)
  }
  set.index?.push(row)
  set.count++
}

/** A table's name. Throws a ValueError with the row for what cannot be one. */
function tableName(value: unknown, row: number): string {
  const wrong = wrongName(value)
  if (wrong !== undefined) throw new ValueError(row, new RangeError(wrong), 'tbname')
  return value as string
}

/** What is wrong with the name of a table. */
export function wrongName(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return 'the name of a table has to be a text that is not empty'
  // A character takes at most three bytes a code unit.
  if (value.length > 64 && utf8(value).length > 192) return 'the name of a table has at most 192 bytes'
  return value.includes('\0') ? 'the name of a table cannot contain NUL' : undefined
}

/** Refuses an odd size for messages. */
export function rowsPerMessage(value: number | undefined, otherwise: number): number {
  if (value === undefined) return otherwise
  if (!Number.isInteger(value) || value < 1 || value > 1_000_000)
    throw new InterfaceError('batchSize has to be a whole number of rows, 1 to 1000000')
  return value
}
