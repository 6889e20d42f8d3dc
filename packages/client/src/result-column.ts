import type { Field } from './driver/driver.ts'
import {
  type Block,
  blockToArrays,
  type Column,
  type ColumnReader,
  type FixedColumn,
  type FixedValues,
  fixedValues,
  schemaBytes,
  TYPES,
  type TypeCode,
  typeOfName,
  type VariableColumn,
} from './wire/index.ts'

/** One column of some rows: its values as a typed array where its type has one, and as JavaScript values. */
export class ResultColumn {
  readonly field: Field
  /** How many rows. */
  readonly length: number
  readonly #column: Column
  readonly #read: ColumnReader
  #values: readonly unknown[] | undefined

  constructor(field: Field, column: Column, length: number, read: ColumnReader) {
    this.field = field
    this.length = length
    this.#column = column
    this.#read = read
  }

  get name(): string {
    return this.field.name
  }

  /**
   * The typed array of a fixed-width column: Int8Array … BigInt64Array, Float32Array, Float64Array; BOOL as Uint8Array, TIMESTAMP as
   * BigInt64Array of ticks, DECIMAL unscaled (the 128-bit one as pairs, low word first). Undefined for variable-length types. What stands under
   * a NULL means nothing.
   */
  get typed(): FixedValues | undefined {
    return this.#column.layout === 'fixed' ? this.#column.values : undefined
  }

  /** The values as rows show them, NULL as null; made once, when first asked for. */
  get values(): readonly unknown[] {
    this.#values ??= this.#read(this.#column, this.length)
    return this.#values
  }

  /** Whether the row's value is NULL. Rows count from 0. */
  isNull(row: number): boolean {
    const column = this.#column
    return column.layout === 'fixed' ? (column.nulls[row >> 3]! & (0x80 >> (row & 7))) !== 0 : column.offsets[row] === -1
  }

  /** How many values are NULL. */
  get nullCount(): number {
    let count = 0
    for (let row = 0; row < this.length; row++) if (this.isNull(row)) count++
    return count
  }

  /** The column as it travels: bitmap or offsets, and bytes. */
  get raw(): Column {
    return this.#column
  }
}

/** Some rows of a result, column by column. */
export class ResultBlock {
  /** How many rows. */
  readonly rows: number
  readonly columns: readonly ResultColumn[]
  readonly #block: Block
  readonly #readers: readonly ColumnReader[]

  constructor(fields: readonly Field[], block: Block, readers: readonly ColumnReader[]) {
    this.#block = block
    this.#readers = readers
    this.rows = block.rows
    this.columns = block.columns.map((column, i) => new ResultColumn(fields[i]!, column, block.rows, readers[i]!))
  }

  /** The block's rows as arrays. */
  values(): unknown[][] {
    return blockToArrays(this.#block, this.#readers)
  }

  /** The column of that name; undefined if there is none, the first if there are several. */
  column(name: string): ResultColumn | undefined {
    return this.columns.find((column) => column.name === name)
  }
}

/** Puts the blocks of a result into one; no block gives empty columns. Blocks have the same columns. */
export function joinBlocks(blocks: readonly Block[], fields: readonly Field[]): Block {
  if (blocks.length === 0) return { rows: 0, columns: fields.map(emptyColumn) }
  if (blocks.length === 1) return blocks[0]!
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0)
  const first = blocks[0]!
  const columns = first.columns.map((head, i): Column => {
    const parts = blocks.map((block) => block.columns[i]!)
    const sizes = blocks.map((block) => block.rows)
    return head.layout === 'fixed'
      ? joinFixed(head, parts as FixedColumn[], sizes, rows)
      : joinVariable(head, parts as VariableColumn[], rows)
  })
  return { rows, columns }
}

function emptyColumn(field: Field): Column {
  const type = typeCodeOf(field)
  const head = { type, bytes: schemaBytes(type, field.bytes), precision: field.precision ?? 0, scale: field.scale ?? 0 }
  const none = new Uint8Array(0)
  return TYPES[type]!.layout === 'fixed'
    ? { ...head, layout: 'fixed', nulls: none, values: fixedValues(type, none, 0, 0) }
    : { ...head, layout: 'variable', offsets: new Int32Array(0), data: none }
}

/** The wire's code of a field's type; a DECIMAL's follows from its digits. */
export function typeCodeOf({ type, precision }: Field): TypeCode {
  return typeOfName(type === 'DECIMAL' ? `DECIMAL(${precision ?? 38},0)` : type)!.code
}

function joinFixed(head: FixedColumn, parts: readonly FixedColumn[], sizes: readonly number[], rows: number): FixedColumn {
  const length = parts.reduce((sum, { values }) => sum + values.length, 0)
  const values = new (head.values.constructor as new (length: number) => FixedValues)(length)
  const nulls = new Uint8Array((rows + 7) >> 3)
  let at = 0
  let row = 0
  parts.forEach((part, i) => {
    ;(values as Uint8Array).set(part.values as Uint8Array, at)
    at += part.values.length
    copyBits(nulls, row, part.nulls, sizes[i]!)
    row += sizes[i]!
  })
  return { ...head, values, nulls }
}

/** Copies `count` bits, most significant first, to bit `at`. */
function copyBits(target: Uint8Array, at: number, source: Uint8Array, count: number): void {
  const bytes = (count + 7) >> 3
  const shift = at & 7
  for (let i = 0; i < bytes; i++) {
    let byte = source[i]!
    // Bits past the last row are nobody's.
    if (i === bytes - 1 && (count & 7) !== 0) byte &= 0xff << (8 - (count & 7))
    if (byte === 0) continue
    const to = (at >> 3) + i
    target[to]! |= byte >> shift
    if (shift !== 0 && to + 1 < target.length) target[to + 1]! |= byte << (8 - shift)
  }
}

function joinVariable(head: VariableColumn, parts: readonly VariableColumn[], rows: number): VariableColumn {
  const data = new Uint8Array(parts.reduce((sum, part) => sum + part.data.length, 0))
  const offsets = new Int32Array(rows)
  let at = 0
  let row = 0
  for (const part of parts) {
    data.set(part.data, at)
    for (const offset of part.offsets) offsets[row++] = offset === -1 ? -1 : offset + at
    at += part.data.length
  }
  return { ...head, data, offsets }
}
