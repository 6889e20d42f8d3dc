import { parseDecimal, splitDecimal128 } from '../types/decimal.ts'
import { isDecimal, TYPES, TypeCode } from '../types/types.ts'
import { fixedValues } from './block.ts'
import { type ColumnSpec, emptyValues, fixedColumn, noNulls, setNull, VariableBuilder } from './builder.ts'
import { ByteReader, utf8Text } from './bytes.ts'
import type { Column } from './column.ts'
import { ValueError } from './value-error.ts'
import { WireError } from './wire-error.ts'

/** One bind block as it travels; views of the message. */
export interface BoundColumn {
  readonly type: TypeCode
  readonly rows: number
  /** One byte a row; not 0 is NULL. */
  readonly nulls: Uint8Array
  /** Of variable types (and decimals, which travel as text): the length of each row's value. */
  readonly lengths: Int32Array | null
  /** Fixed types: the values (nothing when all are NULL). Variable types: payloads back to back; NCHAR in UTF-8. */
  readonly data: Uint8Array
}

/** What was bound for one table. */
export interface BoundTable {
  readonly name: string | undefined
  readonly tags: readonly BoundColumn[]
  readonly columns: readonly BoundColumn[]
}

/** Reads a stmt2 bind payload with every check of the adapter, in its words. Throws a WireError whose `reason` is the text to answer with. */
export function decodeBind(payload: Uint8Array): BoundTable[] {
  const total = payload.length
  if (total < 28) throw new WireError('data length is less than 28', 0)
  const view = new DataView(payload.buffer, payload.byteOffset, total)
  const [length, count, tagCount, columnCount, namesAt, tagsAt, columnsAt] = Array.from({ length: 7 }, (_, i) =>
    view.getUint32(4 * i, true),
  ) as [number, number, number, number, number, number, number]
  if (length !== total) throw new WireError(`total length not match, expect ${total}, but get ${length}`, 0)
  if (tagsAt > 0 && tagCount === 0) throw new WireError('tag count is 0, but tags offset is not 0', 8)
  if (columnsAt > 0 && columnCount === 0) throw new WireError('col count is 0, but cols offset is not 0', 12)
  // Each table takes at least two bytes of whichever section there is.
  if (count > total / 2 || tagCount > total || columnCount > total) throw new WireError(`${count} tables do not fit ${total} bytes`, 4)
  const names = namesAt > 0 ? readNames(payload, view, namesAt, count) : []
  const tags = tagsAt > 0 ? readAreas(payload, view, tagsAt, count, tagCount, 'tags') : []
  const columns = columnsAt > 0 ? readAreas(payload, view, columnsAt, count, columnCount, 'cols') : []
  return Array.from({ length: count }, (_, i) => ({ name: names[i], tags: tags[i] ?? [], columns: columns[i] ?? [] }))
}

function readNames(payload: Uint8Array, view: DataView, offset: number, count: number): string[] {
  const total = payload.length
  let at = offset + 2 * count
  if (at > total) throw new WireError(`table name lengths out of range, total length: ${total}, tableNamesLengthEnd: ${at}`, 16)
  const names: string[] = []
  for (let i = 0; i < count; i++) {
    const length = view.getUint16(offset + 2 * i, true)
    if (length === 0) throw new WireError(`table name length is 0, tableIndex: ${i}`, offset + 2 * i)
    if (at + length > total)
      throw new WireError(`table names out of range, total length: ${total}, tableNameTotalLength: ${at + length}`, offset)
    if (payload[at + length - 1] !== 0) throw new WireError(`table name does not end with a NUL, tableIndex: ${i}`, at)
    names.push(utf8Text(payload.subarray(at, at + length - 1)))
    at += length
  }
  return names
}

function readAreas(
  payload: Uint8Array,
  view: DataView,
  offset: number,
  count: number,
  fields: number,
  what: 'tags' | 'cols',
): BoundColumn[][] {
  const total = payload.length
  const one = what.slice(0, -1)
  let end = offset + 4 * count
  if (end > total) throw new WireError(`${what} out of range, total length: ${total}, ${one}End: ${end}`, what === 'tags' ? 20 : 24)
  const lengths: number[] = []
  for (let i = 0; i < count; i++) {
    const length = view.getUint32(offset + 4 * i, true)
    if (length === 0) throw new WireError(`${one} length is 0, tableIndex: ${i}`, offset + 4 * i)
    lengths.push(length)
    end += length
  }
  if (end > total) throw new WireError(`${what} out of range, total length: ${total}, ${what}TotalLength: ${end}`, offset)
  let at = offset + 4 * count
  return lengths.map((length, table) => {
    const stop = at + length
    const bound: BoundColumn[] = []
    for (let field = 0; field < fields; field++) {
      const place = `tableIndex: ${table}, fieldIndex: ${field}`
      if (stop - at < 17) throw new WireError(`bind data length error, ${place}`, at)
      const size = view.getUint32(at, true)
      if (size > stop - at) throw new WireError(`bind data length error, ${place}`, at)
      bound.push(readBlock(payload, at, at + size, place))
      at += size
    }
    if (at !== stop) throw new WireError(`${what} length does not match its fields, tableIndex: ${table}`, at)
    return bound
  })
}

function readBlock(payload: Uint8Array, begin: number, end: number, place: string): BoundColumn {
  const fail = (): WireError => new WireError(`bind data length error, ${place}`, begin)
  try {
    const reader = new ByteReader(payload, begin + 4, end)
    const type = reader.i32()
    const info = TYPES[type]
    if (!info) throw new WireError(`unknown type ${type}, ${place}`, begin + 4)
    const rows = reader.i32()
    if (rows < 0) throw fail()
    const nulls = reader.take(rows)
    const haveLength = reader.u8()
    const variable = info.layout === 'variable' || isDecimal(type)
    if ((haveLength !== 0) !== variable) throw fail()
    const lengths = variable ? readLengths(payload, reader.skip(4 * rows), rows) : null
    const data = reader.take(reader.i32())
    if (reader.left !== 0) throw fail()
    if (lengths) checkLengths(lengths, nulls, data.length, fail)
    else if (data.length !== rows * info.width && (data.length !== 0 || nulls.includes(0))) throw fail()
    return { type: info.code, rows, nulls, lengths, data }
  } catch (error) {
    // Whatever runs past the block is one fault to the adapter.
    throw error instanceof WireError && error.reason.includes('needed') ? fail() : error
  }
}

function readLengths(payload: Uint8Array, at: number, rows: number): Int32Array {
  const start = payload.byteOffset + at
  return new Int32Array(payload.buffer.slice(start, start + 4 * rows) as ArrayBuffer)
}

function checkLengths(lengths: Int32Array, nulls: Uint8Array, size: number, fail: () => WireError): void {
  let sum = 0
  for (let row = 0; row < lengths.length; row++) {
    const length = lengths[row]!
    if (length < 0) throw fail()
    if (nulls[row] === 0) sum += length
  }
  if (sum !== size) throw fail()
}

/**
 * A bound column as a column of a block: NCHAR from UTF-8, decimals from text with the digits of `spec` (more are rounded). `spec.type` must be the
 * bound type's (either decimal width for decimals). Throws a ValueError for decimal text that is none or does not fit.
 */
export function boundToColumn(bound: BoundColumn, spec: ColumnSpec): Column {
  const { rows, nulls, lengths, data } = bound
  if (lengths === null) {
    const bitmap = noNulls(rows)
    for (let row = 0; row < rows; row++) if (nulls[row] !== 0) setNull(bitmap, row)
    const values = data.length === 0 ? emptyValues(bound.type, rows) : fixedValues(bound.type, data, 0, rows)
    return fixedColumn(spec, values, rows, bitmap)
  }
  if (isDecimal(spec.type)) return decimals(bound, lengths, spec)
  const builder = new VariableBuilder(spec, rows)
  let at = 0
  for (let row = 0; row < rows; row++) {
    if (nulls[row] !== 0) {
      builder.null()
      continue
    }
    const payload = data.subarray(at, at + lengths[row]!)
    at += payload.length
    if (spec.type === TypeCode.NCHAR) builder.text(utf8Text(payload))
    else builder.bytes(payload)
  }
  return builder.finish()
}

function decimals(bound: BoundColumn, lengths: Int32Array, spec: ColumnSpec): Column {
  const { rows, nulls, data } = bound
  const bitmap = noNulls(rows)
  const values = emptyValues(spec.type, rows) as BigInt64Array
  let at = 0
  for (let row = 0; row < rows; row++) {
    if (nulls[row] !== 0) {
      setNull(bitmap, row)
      continue
    }
    const text = utf8Text(data.subarray(at, at + lengths[row]!))
    at += lengths[row]!
    let unscaled: bigint
    try {
      unscaled = parseDecimal(text, spec.precision || 38, spec.scale ?? 0, true)
    } catch (error) {
      throw new ValueError(row, error)
    }
    if (spec.type === TypeCode.DECIMAL64) values[row] = unscaled
    else {
      const [low, high] = splitDecimal128(unscaled)
      values[2 * row] = low
      values[2 * row + 1] = high
    }
  }
  return fixedColumn(spec, values, rows, bitmap)
}

/** What the column layout (binary action 11) binds: every field of the statement, `rows` values each. */
export function decodeBindColumns(payload: Uint8Array): { rows: number; tables: number; columns: BoundColumn[] } {
  const reader = new ByteReader(payload)
  if (payload.length < 20) throw new WireError('message length is too short', 0)
  const length = reader.u32()
  if (length !== payload.length) throw new WireError(`total length not match, expect ${payload.length}, but get ${length}`, 0)
  const rows = reader.u32()
  const tables = reader.u32()
  const fields = reader.u32()
  const offset = reader.u32()
  if (rows === 0) throw new WireError('row count is 0', 4)
  if (fields === 0) throw new WireError('field count is 0', 12)
  if (fields > 4096 || offset < 20 || offset > payload.length) throw new WireError('field offset out of range', 16)
  let at = offset
  const columns: BoundColumn[] = []
  for (let i = 0; i < fields; i++) {
    const size = payload.length - at < 17 ? 0 : new ByteReader(payload, at).u32()
    if (size < 17 || size > payload.length - at) throw new WireError(`column ${i} data length error`, at)
    const column = readBlock(payload, at, at + size, `fieldIndex: ${i}`)
    if (column.rows !== rows) throw new WireError(`column ${i} row count not match, got: ${column.rows}, expect: ${rows}`, at)
    columns.push(column)
    at += size
  }
  if (at !== payload.length) throw new WireError('payload has trailing bytes', at)
  return { rows, tables, columns }
}
