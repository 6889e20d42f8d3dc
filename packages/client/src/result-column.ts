import type { Field } from './driver/driver.ts'
import { DataError } from './errors.ts'
import {
  type Block,
  blockToArrays,
  type Column,
  type ColumnReader,
  columnReader,
  type FixedColumn,
  type FixedValues,
  fixedValues,
  type Precision,
  schemaBytes,
  TYPES,
  TypeCode,
  typeOfName,
  type ValuePolicy,
  type VariableColumn,
} from './wire/index.ts'

/** The reader of a column. What cannot be told as the options wish, it refuses by a DataError with the column's name. */
export function fieldReader(name: string, type: TypeCode, precision: Precision, policy: ValuePolicy): ColumnReader {
  const read = columnReader(type, precision, policy)
  // The others refuse nothing, and what a user's `decimal` throws is the user's.
  if (type !== TypeCode.BIGINT && type !== TypeCode.UBIGINT && type !== TypeCode.TIMESTAMP) return read
  return (column, rows) => {
    try {
      return read(column, rows)
    } catch (error) {
      throw new DataError(`column ${name}: ${(error as Error).message}`, { cause: error, column: name })
    }
  }
}

/**
 * One column of some rows: its values as a typed array where its type has one, and as JavaScript values. A column of several blocks is put together
 * when it is first asked for as a whole, and costs nothing before; `chunks` never puts it together.
 */
export class ResultColumn {
  readonly field: Field
  /** How many rows. */
  readonly length: number
  /** The blocks that the column goes through, one at least, and its place in each. */
  #blocks: readonly Block[]
  #index: number
  readonly #read: ColumnReader
  #values: readonly unknown[] | undefined
  #chunks: readonly ResultColumn[] | undefined

  constructor(field: Field, blocks: readonly Block[], index: number, length: number, read: ColumnReader) {
    this.field = field
    this.length = length
    this.#blocks = blocks
    this.#index = index
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
    const { raw } = this
    return raw.layout === 'fixed' ? raw.values : undefined
  }

  /** The values as rows show them, NULL as null; made once, when first asked for. */
  get values(): readonly unknown[] {
    if (this.#values) return this.#values
    const values: unknown[] = []
    for (const { columns, rows } of this.#blocks) for (const value of this.#read(columns[this.#index]!, rows)) values.push(value)
    this.#values = values
    return values
  }

  /** The column in the pieces in which it came, in order: for work that needs no array in one piece. A column put together is one piece. */
  get chunks(): readonly ResultColumn[] {
    if (!this.#chunks) {
      const { field } = this
      const [index, read] = [this.#index, this.#read]
      this.#chunks =
        this.#blocks.length === 1 ? [this] : this.#blocks.map((block) => new ResultColumn(field, [block], index, block.rows, read))
    }
    return this.#chunks
  }

  /** Whether the row's value is NULL. Rows count from 0. */
  isNull(row: number): boolean {
    const column = this.raw
    return column.layout === 'fixed' ? (column.nulls[row >> 3]! & (0x80 >> (row & 7))) !== 0 : column.offsets[row] === -1
  }

  /** How many values are NULL. */
  get nullCount(): number {
    let count = 0
    for (const { columns, rows } of this.#blocks) {
      const column = columns[this.#index]!
      count += column.layout === 'fixed' ? countBits(column.nulls, rows) : countNone(column.offsets)
    }
    return count
  }

  /** The column as it travels: bitmap or offsets, and bytes. */
  get raw(): Column {
    if (this.#blocks.length > 1) {
      const column = join(this.#blocks, this.#index, this.length)
      // The blocks are not needed any more.
      this.#blocks = [{ rows: this.length, columns: [column] }]
      this.#index = 0
      this.#chunks = undefined
    }
    return this.#blocks[0]!.columns[this.#index]!
  }
}

/** Some rows of a result, column by column. */
export class ResultBlock {
  /** How many rows. */
  readonly rows: number
  readonly columns: readonly ResultColumn[]
  readonly #readers: readonly ColumnReader[]

  /** Of any number of blocks with the columns that the fields describe. */
  constructor(fields: readonly Field[], blocks: readonly Block[], readers: readonly ColumnReader[]) {
    this.#readers = readers
    const rows = blocks.reduce((sum, block) => sum + block.rows, 0)
    this.rows = rows
    const all = blocks.length > 0 ? blocks : [{ rows: 0, columns: fields.map(emptyColumn) }]
    this.columns = fields.map((field, i) => new ResultColumn(field, all, i, rows, readers[i]!))
  }

  /** The block's rows as arrays. */
  values(): unknown[][] {
    return blockToArrays({ rows: this.rows, columns: this.columns.map(({ raw }) => raw) }, this.#readers)
  }

  /** The column of that name; undefined if there is none, the first if there are several. */
  column(name: string): ResultColumn | undefined {
    return this.columns.find((column) => column.name === name)
  }
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

/** Puts a column's parts in some blocks into one. */
function join(blocks: readonly Block[], index: number, rows: number): Column {
  const parts = blocks.map(({ columns }) => columns[index]!)
  if (parts[0]!.layout === 'variable') return joinVariable(parts as VariableColumn[], rows)
  return joinFixed(
    parts as FixedColumn[],
    blocks.map((block) => block.rows),
    rows,
  )
}

function joinFixed(parts: readonly FixedColumn[], sizes: readonly number[], rows: number): FixedColumn {
  const head = parts[0]!
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

function joinVariable(parts: readonly VariableColumn[], rows: number): VariableColumn {
  const bytes = parts.reduce((sum, part) => sum + part.data.length, 0)
  // Offsets count 31 bits.
  if (bytes > 0x7fffffff) throw new DataError(`a column of ${bytes} bytes does not fit one piece; read its chunks`)
  const data = new Uint8Array(bytes)
  const offsets = new Int32Array(rows)
  let at = 0
  let row = 0
  for (const part of parts) {
    data.set(part.data, at)
    for (const offset of part.offsets) offsets[row++] = offset === -1 ? -1 : offset + at
    at += part.data.length
  }
  return { ...parts[0]!, data, offsets }
}

/** How many of the first `count` bits are set. */
function countBits(bits: Uint8Array, count: number): number {
  let set = 0
  for (let i = 0; i < (count + 7) >> 3; i++) {
    let byte = bits[i]!
    if (count - 8 * i < 8) byte &= 0xff << (8 - (count & 7))
    for (; byte !== 0; byte &= byte - 1) set++
  }
  return set
}

function countNone(offsets: Int32Array): number {
  let count = 0
  for (const offset of offsets) if (offset === -1) count++
  return count
}
