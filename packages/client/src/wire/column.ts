import type { TypeCode } from '../types/types.ts'

/** The typed array that holds a fixed-width column: one element a row, but two (low u64, high i64) for 128-bit DECIMAL, none for NULL. */
export type FixedValues =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array

/** What both layouts share. `bytes` is the schema size on the wire: VARCHAR n+2, NCHAR 4n+2, fixed types their width. */
interface ColumnHead {
  readonly type: TypeCode
  readonly bytes: number
  /** Total digits of a DECIMAL, 0 for other types. */
  readonly precision: number
  /** Digits after the point of a DECIMAL, 0 for other types. */
  readonly scale: number
}

/**
 * A column of a fixed-width type. What stands under a NULL in `values` is undefined.
 * Elements: BOOL u8; TIMESTAMP, BIGINT, DECIMAL64 BigInt64Array; BIGINT UNSIGNED and 128-bit DECIMAL BigUint64Array (the latter low word first, in
 * two's complement); others the typed array of their own width.
 */
export interface FixedColumn extends ColumnHead {
  readonly layout: 'fixed'
  /** `ceil(rows / 8)` bytes, row r at byte `r >> 3`, mask `0x80 >> (r & 7)`; a set bit is NULL. */
  readonly nulls: Uint8Array
  readonly values: FixedValues
  /** Of a FLOAT that came as text: the decimals as they were written, one a row. */
  readonly decimals?: Float64Array
}

/** A column of a variable-length type, kept as it travels: strings are decoded when asked for, in bulk. */
export interface VariableColumn extends ColumnHead {
  readonly layout: 'variable'
  /** One element a row: where the row's entry starts in `data`, or −1 for NULL. Rows may share an entry. */
  readonly offsets: Int32Array
  /** Entries: a u16 length (u32 for BLOB and MEDIUMBLOB), then the payload (NCHAR: UTF-32LE). */
  readonly data: Uint8Array
}

export type Column = FixedColumn | VariableColumn

/** The currency of taosts: some rows of a result, column by column. */
export interface Block {
  readonly rows: number
  readonly columns: readonly Column[]
}

/** Whether the row's value is NULL. */
export function isNull(column: Column, row: number): boolean {
  return column.layout === 'fixed' ? (column.nulls[row >> 3]! & (0x80 >> (row & 7))) !== 0 : column.offsets[row]! < 0
}

/** The payload of a variable column's row (a view), or null for NULL. */
export function payloadAt(column: VariableColumn, row: number): Uint8Array | null {
  const at = column.offsets[row]!
  if (at < 0) return null
  const data = column.data
  const wide = column.type === 18 || column.type === 19
  const length = wide
    ? (data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16)) + data[at + 3]! * 0x1000000
    : data[at]! | (data[at + 1]! << 8)
  const start = at + (wide ? 4 : 2)
  return data.subarray(start, start + length)
}

/** Whether any bit of the first `rows` rows is set. */
export function hasNulls(nulls: Uint8Array, rows: number): boolean {
  const whole = rows >> 3
  for (let i = 0; i < whole; i++) if (nulls[i] !== 0) return true
  const rest = rows & 7
  return rest !== 0 && (nulls[whole]! & (0xff00 >> rest)) !== 0
}
