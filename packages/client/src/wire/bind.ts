import { TYPES } from '../types/types.ts'
import { type BindField, type BindValues, writeBindBlock } from './bind-block.ts'
import { ByteWriter } from './bytes.ts'
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
  // Loops and functions of the module instead of closures: compiled code of a closure is lost with it, and made anew by the next message.
  out.room(estimate(shape, tables))
  const begin = out.reserve(HEADER)
  const header = [0, tables.length, shape.tags.length, shape.columns.length, 0, 0, 0]
  if (shape.names) {
    header[4] = out.at - begin
    writeNames(out, tables)
  }
  if (shape.tags.length > 0) {
    header[5] = out.at - begin
    writeAreas(out, shape.tags, tables, true)
  }
  if (shape.columns.length > 0) {
    header[6] = out.at - begin
    writeAreas(out, shape.columns, tables, false)
  }
  header[0] = out.at - begin
  for (let i = 0; i < header.length; i++) out.view.setUint32(begin + 4 * i, header[i]!, true)
  return out.bytes.subarray(begin, out.at)
}

/** About what the payload takes: exact for fixed types, a guess for the others. */
function estimate({ tags, columns }: BindShape, tables: readonly BindTable[]): number {
  let perRow = 0
  for (const { type } of columns) perRow += TYPES[type]!.layout === 'fixed' ? 1 + TYPES[type]!.width : 5 + 24
  let rows = 0
  for (let i = 0; i < tables.length; i++) rows += tables[i]!.rows
  return HEADER + tables.length * (32 + tags.length * 48 + columns.length * 17) + rows * perRow
}

/** u16 length with the NUL of each name, then the names with their NULs. */
function writeNames(out: ByteWriter, tables: readonly BindTable[]): void {
  const lengths = out.reserve(2 * tables.length)
  for (let i = 0; i < tables.length; i++) {
    const name = tables[i]!.name ?? ''
    const length = out.text(name)
    if (length === 0 || length > 0xfffe || name.includes('\0')) throw new RangeError(`table ${i} needs a name without NUL bytes`)
    out.u8(0)
    out.view.setUint16(lengths + 2 * i, length + 1, true)
  }
}

/** u32 length of each table's area, then the areas: its tags, or its columns. */
function writeAreas(out: ByteWriter, fields: readonly BindField[], tables: readonly BindTable[], tags: boolean): void {
  const lengths = out.reserve(4 * tables.length)
  let at = 0
  try {
    for (; at < tables.length; at++) {
      const begin = out.at
      const table = tables[at]!
      const values = tags ? table.tags : table.columns
      if (values?.length !== fields.length)
        throw new RangeError(`${values?.length ?? 0} ${tags ? 'tags' : 'columns'} are given for ${fields.length}`)
      for (let i = 0; i < fields.length; i++) writeBindBlock(out, fields[i]!, values[i]!, tags ? 1 : table.rows)
      out.view.setUint32(lengths + 4 * at, out.at - begin, true)
    }
  } catch (error) {
    if (error instanceof ValueError) error.table = at
    throw error
  }
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
