import type { Table, Vector } from 'apache-arrow'
import type { ColumnInput } from '../bound-rows.ts'
import type { Connection } from '../connection.ts'
import { DataError, InterfaceError } from '../errors.ts'
import type { InsertOptions } from '../insert.ts'
import { readShape, type ShapeColumn, splitName } from '../table-shape.ts'
import type { Precision } from '../types/precision.ts'
import { schemaBytes, typeOfName } from '../types/types.ts'
import { buildColumn, type ColumnSpec } from '../wire/builder.ts'
import { ValueError } from '../wire/value-error.ts'
import { type ArrowColumn, readArrowColumn } from './read-column.ts'

/** How an Arrow table is written. */
export interface InsertArrowOptions extends InsertOptions {
  /** Names of Arrow's columns that differ from the table's: `{ time: 'ts' }`. */
  readonly rename?: Readonly<Record<string, string>> | undefined
}

/**
 * Writes an Arrow table into a table, a subtable of `using`, or (with a column `tbname`, and tags as columns) the subtables of a supertable. Columns
 * of the same width travel as the typed arrays that they are; others are converted, and every value is checked before the first is sent.
 * Resolves to the rows written. Rejects with a DataError that names column and row.
 */
export async function insertArrow(connection: Connection, table: string, data: Table, options: InsertArrowOptions = {}): Promise<number> {
  const { rename = {}, ...insert } = options
  if (typeof (data as Partial<Table> | null)?.numRows !== 'number')
    throw new InterfaceError('insertArrow writes a Table of apache-arrow; tableFromIPC() makes one')
  const name = options.using ?? table
  const values = async (sql: string): Promise<unknown[][]> => await (await connection.query(sql)).values()
  const [shape, precision] = await Promise.all([readShape(name, values), precisionOf(connection, name)])
  const targets = new Map([...shape.columns, ...shape.tags].map((column) => [column.name, column]))
  const key = shape.columns[0]!.name
  const columns: Record<string, ColumnInput> = {}
  for (const [i, field] of data.schema.fields.entries()) {
    const name = rename[field.name] ?? field.name
    const vector = data.getChildAt(i) as Vector
    const target = targets.get(name)
    if (target === undefined && !(name === 'tbname' && shape.tags.length > 0))
      throw new DataError(`${shape.sql} has no column ${name}; it has ${[...targets.keys()].join(', ')}`, { column: name })
    const column = readArrowColumn(name, vector, target?.type, precision)
    columns[name] = target === undefined ? column.values : checked(column, target, precision, name === key)
  }
  return await connection.insert(table, { columns }, insert)
}

async function precisionOf(connection: Connection, table: string): Promise<Precision> {
  const parts = splitName(table)
  const database = parts.length === 2 ? parts[0]! : await connection.currentDatabase()
  const row = await (
    await connection.query<{ unit: Precision }>('SELECT `precision` AS unit FROM information_schema.ins_databases WHERE name = ?', [
      database ?? '',
    ])
  ).first()
  if (row === undefined) throw new DataError('choose a database: selectDb(), or write database.table')
  return row.unit
}

/** The column as `insert` takes it, every value seen to fit. */
function checked(column: ArrowColumn, target: ShapeColumn, precision: Precision, isKey: boolean): ColumnInput {
  const { name, values, nulls } = column
  if (isKey && nulls !== undefined) {
    const row = nulls.indexOf(1)
    if (row >= 0) throw new DataError(`column ${name}, row ${row}: the timestamp of a row cannot be NULL`, { row, column: name })
  }
  if (column.fits) return nulls === undefined ? values : { values, nulls }
  const named = typeOfName(target.type)
  if (named === undefined) throw new DataError(`column ${name} is of the type ${target.type}, which this version does not know`)
  const spec: ColumnSpec = {
    type: named.code,
    bytes: schemaBytes(named.code, target.length),
    precision: named.precision,
    scale: named.scale,
  }
  const masked = nulls === undefined ? values : Array.from({ length: values.length }, (_, row) => (nulls[row] === 0 ? values[row] : null))
  try {
    const built = buildColumn(spec, masked, precision)
    // What was converted to the type's own array need not be converted again.
    if (built.layout === 'fixed' && built.values.length === values.length && named.code !== 1 && named.code !== 21)
      return nulls === undefined ? built.values : { values: built.values, nulls }
    return nulls === undefined ? values : { values, nulls }
  } catch (error) {
    if (!(error instanceof ValueError)) throw error
    throw new DataError(`column ${name}, row ${error.row}: ${(error.cause as Error).message}`, {
      cause: error,
      row: error.row,
      column: name,
    })
  }
}
