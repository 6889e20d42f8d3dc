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

/** Bytes that are copied before others get a turn: about a millisecond. */
const TURN = 1 << 21

/** Lets timers and input have a turn now and then. */
class Turns {
  #bytes = 0

  /** True when it is time to wait for `pause`. */
  due(bytes: number): boolean {
    this.#bytes += bytes
    if (this.#bytes < TURN) return false
    this.#bytes = 0
    return true
  }

  pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve))
  }
}

/** Puts the blocks of a result into one, in turns with other work; no block gives empty columns. Blocks have the same columns. */
export async function joinBlocks(blocks: readonly Block[], fields: readonly Field[]): Promise<Block> {
  if (blocks.length === 0) return { rows: 0, columns: fields.map(emptyColumn) }
  if (blocks.length === 1) return blocks[0]!
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0)
  const first = blocks[0]!
  const sizes = blocks.map((block) => block.rows)
  const turns = new Turns()
  const columns: Column[] = []
  for (const [i, head] of first.columns.entries()) {
    const parts = blocks.map((block) => block.columns[i]!)
    columns.push(
      head.layout === 'fixed'
        ? await joinFixed(head, parts as FixedColumn[], sizes, rows, turns)
        : await joinVariable(head, parts as VariableColumn[], rows, turns),
    )
  }
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

async function joinFixed(
  head: FixedColumn,
  parts: readonly FixedColumn[],
  sizes: readonly number[],
  rows: number,
  turns: Turns,
): Promise<FixedColumn> {
  const length = parts.reduce((sum, { values }) => sum + values.length, 0)
  const values = new (head.values.constructor as new (length: number) => FixedValues)(length)
  const nulls = new Uint8Array((rows + 7) >> 3)
  let at = 0
  let row = 0
  for (const [i, part] of parts.entries()) {
    ;(values as Uint8Array).set(part.values as Uint8Array, at)
    at += part.values.length
    copyBits(nulls, row, part.nulls, sizes[i]!)
    row += sizes[i]!
    if (turns.due(part.values.byteLength)) await turns.pause()
  }
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

async function joinVariable(head: VariableColumn, parts: readonly VariableColumn[], rows: number, turns: Turns): Promise<VariableColumn> {
  const data = new Uint8Array(parts.reduce((sum, part) => sum + part.data.length, 0))
  const offsets = new Int32Array(rows)
  let at = 0
  let row = 0
  for (const part of parts) {
    data.set(part.data, at)
    for (const offset of part.offsets) offsets[row++] = offset === -1 ? -1 : offset + at
    at += part.data.length
    if (turns.due(part.data.length + 4 * part.offsets.length)) await turns.pause()
  }
  return { ...head, data, offsets }
}
