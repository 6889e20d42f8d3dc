import type { TypeCode } from '../types/types.ts'

/** The typed array that holds a fixed-width column: one element a row, but two (low u64, high i64) for 128-bit DECIMAL. */
export type FixedValues =
  | Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array
  | BigInt64Array | BigUint64Array | Float32Array | Float64Array

/** What both layouts share. `bytes` is the schema size on the wire: VARCHAR n+2, NCHAR 4n+2, fixed types their width. */
interface ColumnHead {
  readonly type: TypeCode
  readonly bytes: number
  /** Total digits of a DECIMAL, 0 for other types. */
  readonly precision: number
  /** Digits after the point of a DECIMAL, 0 for other types. */
  readonly scale: number
}

/** A column of a fixed-width type. What stands under a NULL in `values` is undefined. */
export interface FixedColumn extends ColumnHead {
  readonly layout: 'fixed'
  /** `ceil(rows / 8)` bytes, row r at byte `r >> 3`, mask `0x80 >> (r & 7)`; a set bit is NULL. */
  readonly nulls: Uint8Array
  readonly values: FixedValues
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
