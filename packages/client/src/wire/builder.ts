import { asBytes, toBool, toBytes, toDouble, toFloat, toInt64, toInteger, toJsonText, toText, toUnscaled, toWkb } from '../types/convert.ts'
import { splitDecimal128 } from '../types/decimal.ts'
import type { Precision } from '../types/precision.ts'
import { type TimestampInput, toTicks } from '../types/timestamp.ts'
import { TYPES, TypeCode, userLength } from '../types/types.ts'
import { fixedValues } from './block.ts'
import { ByteWriter, utf8 } from './bytes.ts'
import type { Block, Column, FixedColumn, FixedValues, VariableColumn } from './column.ts'
import { ValueError } from './value-error.ts'

/** A column's type as a block's directory states it: `bytes` is the schema size, 0 where there is no limit to check. */
export interface ColumnSpec {
  readonly type: TypeCode
  readonly bytes: number
  readonly precision?: number
  readonly scale?: number
}

/** A bitmap of `rows` rows without a NULL. */
export function noNulls(rows: number): Uint8Array {
  return new Uint8Array((rows + 7) >>> 3)
}

/** Marks the row as NULL. */
export function setNull(nulls: Uint8Array, row: number): void {
  nulls[row >> 3]! |= 0x80 >> (row & 7)
}

/** Typed arrays for `rows` values of a fixed type, all zero. */
export function emptyValues(type: TypeCode, rows: number): FixedValues {
  return fixedValues(type, new Uint8Array(rows * TYPES[type]!.width), 0, rows)
}

/** A fixed-width column of values already in the right typed array; without `nulls` it has none. */
export function fixedColumn(spec: ColumnSpec, values: FixedValues, rows: number, nulls: Uint8Array = noNulls(rows)): FixedColumn {
  return { layout: 'fixed', ...head(spec), nulls, values }
}

function head(spec: ColumnSpec): { type: TypeCode; bytes: number; precision: number; scale: number } {
  const width = TYPES[spec.type]!.layout === 'fixed' ? TYPES[spec.type]!.width : spec.bytes
  return { type: spec.type, bytes: width, precision: spec.precision ?? 0, scale: spec.scale ?? 0 }
}

/** Builds a variable-length column entry by entry. */
export class VariableBuilder {
  readonly #writer: ByteWriter
  readonly #spec: ColumnSpec
  readonly #prefix: number
  #offsets: Int32Array
  #rows = 0

  constructor(spec: ColumnSpec, rows = 64) {
    this.#spec = spec
    this.#prefix = TYPES[spec.type]!.width
    this.#offsets = new Int32Array(Math.max(1, rows))
    this.#writer = new ByteWriter(rows * 16)
  }

  #next(offset: number): void {
    if (this.#rows === this.#offsets.length) {
      const grown = new Int32Array(this.#rows * 2)
      grown.set(this.#offsets)
      this.#offsets = grown
    }
    this.#offsets[this.#rows++] = offset
  }

  null(): void {
    this.#next(-1)
  }

  /** Adds the entry of the row before once more. */
  repeat(): void {
    this.#next(this.#offsets[this.#rows - 1]!)
  }

  bytes(payload: Uint8Array): void {
    const at = this.#writer.reserve(this.#prefix)
    this.#writer.raw(payload)
    this.#end(at, payload.length)
  }

  /** Adds text: UTF-32LE for NCHAR, UTF-8 for the others. */
  text(text: string): void {
    const at = this.#writer.reserve(this.#prefix)
    this.#end(at, this.#spec.type === TypeCode.NCHAR ? this.#writer.utf32(text) : this.#writer.text(text))
  }

  #end(at: number, length: number): void {
    if (this.#prefix === 4) this.#writer.view.setUint32(at, length, true)
    else if (length > 0xffff) {
      this.#writer.at = at
      throw new RangeError(`${length} bytes do not fit a ${TYPES[this.#spec.type]!.name}`)
    } else this.#writer.view.setUint16(at, length, true)
    this.#next(at)
  }

  finish(): VariableColumn {
    const offsets = this.#offsets.subarray(0, this.#rows)
    return { layout: 'variable', ...head(this.#spec), offsets, data: this.#writer.done() }
  }
}

/** Turns JavaScript values (null and undefined are NULL) into a column; throws a ValueError that names the row whose value does not fit. */
export function buildColumn(spec: ColumnSpec, values: ArrayLike<unknown>, precision: Precision = 'ms'): Column {
  const rows = values.length
  let row = 0
  try {
    if (TYPES[spec.type]!.layout === 'variable') {
      const builder = new VariableBuilder(spec, rows)
      for (; row < rows; row++) {
        const value = values[row]
        if (value === null || value === undefined) builder.null()
        else {
          const payload = payloadOf(spec, value)
          if (typeof payload === 'string') builder.text(payload)
          else builder.bytes(payload)
        }
      }
      return builder.finish()
    }
    const nulls = noNulls(rows)
    const target = emptyValues(spec.type, rows)
    const set = fixedSetter(spec, target, precision)
    for (; row < rows; row++) {
      const value = values[row]
      if (value === null || value === undefined) setNull(nulls, row)
      else set(row, value)
    }
    return fixedColumn(spec, target, rows, nulls)
  } catch (error) {
    throw error instanceof ValueError ? error : new ValueError(row, error)
  }
}

/** What a value's entry holds: bytes, or text for the builder to encode. */
function payloadOf(spec: ColumnSpec, value: unknown): Uint8Array | string {
  const limit = spec.bytes > 0 ? userLength(spec.type, spec.bytes) : Number.POSITIVE_INFINITY
  switch (spec.type) {
    case TypeCode.VARCHAR: {
      const bytes = asBytes(value)
      if (bytes) return within(bytes, limit)
      const text = toText(value)
      // A character takes at most three bytes a code unit; only texts that might be too long are measured.
      return text.length * 3 > limit ? within(utf8(text), limit) : text
    }
    case TypeCode.NCHAR: {
      const text = toText(value)
      if (text.length > limit && [...text].length > limit) throw new RangeError(`${[...text].length} characters do not fit NCHAR(${limit})`)
      return text
    }
    case TypeCode.JSON:
      return toJsonText(value)
    case TypeCode.GEOMETRY:
      return within(toWkb(value), limit)
    default: {
      const bytes = toBytes(value)
      if (spec.type !== TypeCode.VARBINARY) return bytes
      return within(typeof bytes === 'string' ? utf8(bytes) : bytes, limit)
    }
  }
}

function within(bytes: Uint8Array, limit: number): Uint8Array {
  if (bytes.length > limit) throw new RangeError(`${bytes.length} bytes do not fit a column of ${limit}`)
  return bytes
}

type Setter = (row: number, value: unknown) => void

function fixedSetter(spec: ColumnSpec, target: FixedValues, precision: Precision): Setter {
  const numbers = target as Float64Array
  const wide = target as BigInt64Array
  const integer = (min: number, max: number): Setter => {
    return (row, value) => {
      numbers[row] = toInteger(value, min, max)
    }
  }
  switch (spec.type) {
    case TypeCode.NULL:
      return () => {
        throw new TypeError('a column of untyped NULLs holds no values')
      }
    case TypeCode.BOOL:
      return (row, value) => {
        numbers[row] = toBool(value)
      }
    case TypeCode.TINYINT:
      return integer(-128, 127)
    case TypeCode.SMALLINT:
      return integer(-32_768, 32_767)
    case TypeCode.INT:
      return integer(-2_147_483_648, 2_147_483_647)
    case TypeCode.UTINYINT:
      return integer(0, 255)
    case TypeCode.USMALLINT:
      return integer(0, 65_535)
    case TypeCode.UINT:
      return integer(0, 4_294_967_295)
    case TypeCode.FLOAT:
      return (row, value) => {
        numbers[row] = toFloat(value)
      }
    case TypeCode.DOUBLE:
      return (row, value) => {
        numbers[row] = toDouble(value)
      }
    case TypeCode.TIMESTAMP:
      return (row, value) => {
        wide[row] = toTicks(value as TimestampInput, precision)
      }
    case TypeCode.DECIMAL64:
      return (row, value) => {
        wide[row] = toUnscaled(value, spec.precision ?? 18, spec.scale ?? 0)
      }
    case TypeCode.DECIMAL:
      return (row, value) => {
        const [low, high] = splitDecimal128(toUnscaled(value, spec.precision ?? 38, spec.scale ?? 0))
        wide[2 * row] = low
        wide[2 * row + 1] = high
      }
    default: {
      const signed = spec.type !== TypeCode.UBIGINT
      return (row, value) => {
        wide[row] = toInt64(value, signed)
      }
    }
  }
}

/** Builds a block from JavaScript values, one array a column. Throws a ValueError (its `cause` says why) or a RangeError for columns of unequal length. */
export function buildBlock(specs: readonly ColumnSpec[], columns: readonly ArrayLike<unknown>[], precision: Precision = 'ms'): Block {
  const rows = columns[0]?.length ?? 0
  return {
    rows,
    columns: specs.map((spec, i) => {
      const values = columns[i]
      if (values?.length !== rows) throw new RangeError(`column ${i} has ${values?.length ?? 'no'} values, not ${rows}`)
      return buildColumn(spec, values, precision)
    }),
  }
}
