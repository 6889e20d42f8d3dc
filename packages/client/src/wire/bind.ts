import { TYPES } from '../types/types.ts'
import { type BindField, type BindValues, writeBindBlock } from './bind-block.ts'
import { ByteWriter, utf8 } from './bytes.ts'
import { ValueError } from './value-error.ts'

/** What is bound for one table; a query's parameters are the columns of a table without a name, one row. */
export interface BindTable {
  /** For a statement with a `?` for the table's name. */
  readonly name?: string
  /** One value a tag, each of one row. */
  readonly tags?: readonly BindValues[]
  readonly columns: readonly BindValues[]
  readonly rows: number
}

/** The fields of a statement's `?`, as `stmt2_prepare` gives them, without the table name's. */
export interface BindShape {
  readonly tags: readonly BindField[]
  readonly columns: readonly BindField[]
  /** Whether a `?` stands for the table's name. */
  readonly names: boolean
}

/** Bytes of the payload's header: u32 length, tables, tags, columns, and the offsets of names, tags and columns (0 = absent). */
const HEADER = 28

/** Writes the stmt2 bind payload (binary action 9 from its offset 30). Throws a ValueError for a value that does not fit, a RangeError for a wrong count. */
export function encodeBind(shape: BindShape, tables: readonly BindTable[], out: ByteWriter = new ByteWriter(0)): Uint8Array {
  out.room(estimate(shape, tables))
  const begin = out.reserve(HEADER)
  const header = [0, tables.length, shape.tags.length, shape.columns.length, 0, 0, 0]
  if (shape.names) {
    header[4] = out.at - begin
    writeNames(out, tables)
  }
  if (shape.tags.length > 0) {
    header[5] = out.at - begin
    writeAreas(out, tables, (table) => {
      if (table.tags?.length !== shape.tags.length)
        throw new RangeError(`${table.tags?.length ?? 0} tags are given for ${shape.tags.length}`)
      for (let i = 0; i < shape.tags.length; i++) writeBindBlock(out, shape.tags[i]!, table.tags[i]!, 1)
    })
  }
  if (shape.columns.length > 0) {
    header[6] = out.at - begin
    writeAreas(out, tables, (table) => {
      if (table.columns.length !== shape.columns.length)
        throw new RangeError(`${table.columns.length} columns are given for ${shape.columns.length}`)
      for (let i = 0; i < shape.columns.length; i++) writeBindBlock(out, shape.columns[i]!, table.columns[i]!, table.rows)
    })
  }
  header[0] = out.at - begin
  header.forEach((value, i) => {
    out.view.setUint32(begin + 4 * i, value, true)
  })
  return out.bytes.subarray(begin, out.at)
}

/** About what the payload takes: exact for fixed types, a guess for the others. */
function estimate({ tags, columns }: BindShape, tables: readonly BindTable[]): number {
  const perRow = columns.reduce((sum, { type }) => sum + (TYPES[type]!.layout === 'fixed' ? 1 + TYPES[type]!.width : 5 + 24), 0)
  const perTable = 32 + tags.length * 48 + columns.length * 17
  return tables.reduce((sum, { rows }) => sum + perTable + rows * perRow, HEADER)
}

/** u16 length with the NUL of each name, then the names with their NULs. */
function writeNames(out: ByteWriter, tables: readonly BindTable[]): void {
  const lengths = out.reserve(2 * tables.length)
  tables.forEach((table, i) => {
    const name = utf8(table.name ?? '')
    if (name.length === 0 || name.length > 0xfffe || name.includes(0)) throw new RangeError(`table ${i} needs a name without NUL bytes`)
    out.raw(name)
    out.u8(0)
    out.view.setUint16(lengths + 2 * i, name.length + 1, true)
  })
}

/** u32 length of each table's area, then the areas. */
function writeAreas(out: ByteWriter, tables: readonly BindTable[], write: (table: BindTable) => void): void {
  const lengths = out.reserve(4 * tables.length)
  tables.forEach((table, i) => {
    const begin = out.at
    try {
      write(table)
    } catch (error) {
      if (error instanceof ValueError) error.table = i
      throw error
    }
    out.view.setUint32(lengths + 4 * i, out.at - begin, true)
  })
}

/**
 * Writes the column layout (binary action 11 from its offset 26, servers from 3.4.1.13): every field of the statement, the table name and tags included,
 * `rows` values each. `tables` counts the runs of equal names.
 */
export function encodeBindColumns(fields: readonly BindField[], values: readonly BindValues[], rows: number, tables: number): Uint8Array {
  const out = new ByteWriter(4096)
  out.reserve(20)
  fields.forEach((field, i) => {
    writeBindBlock(out, field, values[i]!, rows)
  })
  ;[out.at, rows, tables, fields.length, 20].forEach((value, i) => {
    out.view.setUint32(4 * i, value, true)
  })
  return out.done()
}
