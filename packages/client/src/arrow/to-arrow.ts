import {
  Field as ArrowField,
  Binary,
  Bool,
  type Data,
  type DataType,
  Decimal,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  makeData,
  Null,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
} from 'apache-arrow'
import type { Field } from '../driver/driver.ts'
import type { Result } from '../result.ts'
import { type ResultBlock, typeCodeOf } from '../result-column.ts'
import type { Precision } from '../types/precision.ts'
import { TypeCode } from '../types/types.ts'
import type { FixedColumn, VariableColumn } from '../wire/column.ts'
import type { ArrowOptions } from './arrow-types.ts'
import { ValidityMaker } from './bitmap.ts'
import { GrowingDictionary, repeatsItself } from './dictionary.ts'
import { packed } from './text-bytes.ts'

/**
 * Reads a result to its end into an Arrow table, one record batch a block. Fixed-width columns keep the memory that they came in; NULLs, timestamps
 * with unit and zone, decimals of 128 bits and dictionaries are Arrow's own. Rejects as reading rows does.
 *
 * ```ts
 * const table = await toArrow(await connection.query('SELECT ts, current, location FROM power.meters'))
 * writeFileSync('meters.arrow', tableToIPC(table, 'file'))
 * ```
 */
export async function toArrow(result: Result<unknown>, options: ArrowOptions = {}): Promise<Table> {
  const converter = new Converter(result.fields, result.precision, options)
  const parts: Data<Struct>[] = []
  for await (const block of result.blocks()) parts.push(converter.data(block))
  const schema = converter.schema
  // Each batch knows the texts of its time; the last one knows them all.
  for (const part of parts) converter.complete(part)
  return new Table(
    schema,
    parts.map((part) => new RecordBatch(schema, part)),
  )
}

/** The result as record batches, as they arrive. Dictionaries grow from batch to batch, as Arrow's streams allow. Leaving the loop frees the result. */
export async function* recordBatches(result: Result<unknown>, options: ArrowOptions = {}): AsyncGenerator<RecordBatch, void, undefined> {
  const converter = new Converter(result.fields, result.precision, options)
  for await (const block of result.blocks()) {
    const data = converter.data(block)
    yield new RecordBatch(converter.schema, data)
  }
}

/** Turns the blocks of one result into batches of one schema. */
class Converter {
  readonly #fields: readonly Field[]
  readonly #precision: Precision
  readonly #timezone: string | null
  readonly #choice: 'auto' | readonly string[]
  readonly #validity = new ValidityMaker()
  #dictionaries: readonly (GrowingDictionary | undefined)[] | undefined
  #schema: Schema | undefined

  constructor(fields: readonly Field[], precision: Precision, { timezone = 'UTC', dictionary = 'auto' }: ArrowOptions) {
    this.#fields = fields
    this.#precision = precision
    this.#timezone = timezone
    this.#choice = dictionary
  }

  /** The schema: settled by the first block. */
  get schema(): Schema {
    this.#schema ??= new Schema(
      this.#fields.map(
        (field, i) => new ArrowField(field.name, this.#dictionaries?.[i]?.type ?? arrowType(field, this.#precision, this.#timezone), true),
      ),
    )
    return this.#schema
  }

  data(block: ResultBlock): Data<Struct> {
    this.#dictionaries ??= block.columns.map((column) => this.#dictionary(column.field, column.raw, block.rows))
    const children = block.columns.map(({ raw }, i): Data => {
      const dictionary = this.#dictionaries![i]
      const type = this.schema.fields[i]!.type as DataType
      if (raw.layout === 'fixed') return this.#fixed(raw, type, block.rows)
      if (dictionary) return dictionary.data(raw, block.rows, this.#validity)
      return makeData({
        type: type as Utf8,
        length: block.rows,
        ...this.#validity.ofOffsets(raw.offsets, block.rows),
        ...packed(raw, block.rows),
      })
    })
    return makeData({ type: new Struct(this.schema.fields), length: block.rows, nullCount: 0, children })
  }

  complete(part: Data<Struct>): void {
    this.#dictionaries?.forEach((dictionary, i) => {
      if (dictionary) (part.children[i] as { dictionary: unknown }).dictionary = dictionary.values
    })
  }

  #dictionary(field: Field, column: FixedColumn | VariableColumn, rows: number): GrowingDictionary | undefined {
    if (column.layout === 'fixed' || (column.type !== TypeCode.VARCHAR && column.type !== TypeCode.NCHAR)) return undefined
    const wanted = this.#choice === 'auto' ? field.name === 'tbname' || repeatsItself(column, rows) : this.#choice.includes(field.name)
    return wanted ? new GrowingDictionary() : undefined
  }

  #fixed(column: FixedColumn, type: DataType, rows: number): Data {
    const { values } = column
    const head = { length: rows, ...this.#validity.make(column.nulls, rows) }
    switch (column.type) {
      case TypeCode.NULL:
        return makeData({ type: type as Null, length: rows })
      case TypeCode.BOOL:
        return makeData({ type: type as Bool, ...head, data: bits(values as Uint8Array, rows) })
      case TypeCode.DECIMAL64:
        return makeData({ type: type as Decimal, ...head, data: widened(values as BigInt64Array, rows) })
      case TypeCode.DECIMAL:
        return makeData({
          type: type as Decimal,
          ...head,
          data: new Uint32Array(values.buffer as ArrayBuffer, values.byteOffset, rows * 4),
        })
      default:
        return makeData({ type: type as Int32, ...head, data: (values.length === rows ? values : values.subarray(0, rows)) as Int32Array })
    }
  }
}

/** Booleans a bit each, least significant first. */
function bits(values: Uint8Array, rows: number): Uint8Array {
  const data = new Uint8Array((rows + 7) >> 3)
  for (let row = 0; row < rows; row++) if (values[row] !== 0) data[row >> 3]! |= 1 << (row & 7)
  return data
}

/** 64-bit unscaled values as 128-bit ones. */
function widened(values: BigInt64Array, rows: number): Uint32Array {
  const source = new Int32Array(values.buffer as ArrayBuffer, values.byteOffset, rows * 2)
  const data = new Uint32Array(rows * 4)
  for (let row = 0; row < rows; row++) {
    const high = source[row * 2 + 1]!
    data[row * 4] = source[row * 2]!
    data[row * 4 + 1] = high
    data[row * 4 + 2] = data[row * 4 + 3] = high >> 31
  }
  return data
}

function arrowType(field: Field, precision: Precision, timezone: string | null): DataType {
  switch (typeCodeOf(field)) {
    case TypeCode.NULL:
      return new Null()
    case TypeCode.BOOL:
      return new Bool()
    case TypeCode.TINYINT:
      return new Int8()
    case TypeCode.SMALLINT:
      return new Int16()
    case TypeCode.INT:
      return new Int32()
    case TypeCode.BIGINT:
      return new Int64()
    case TypeCode.UTINYINT:
      return new Uint8()
    case TypeCode.USMALLINT:
      return new Uint16()
    case TypeCode.UINT:
      return new Uint32()
    case TypeCode.UBIGINT:
      return new Uint64()
    case TypeCode.FLOAT:
      return new Float32()
    case TypeCode.DOUBLE:
      return new Float64()
    case TypeCode.TIMESTAMP:
      return precision === 'ms'
        ? new TimestampMillisecond(timezone)
        : precision === 'us'
          ? new TimestampMicrosecond(timezone)
          : new TimestampNanosecond(timezone)
    case TypeCode.DECIMAL:
    case TypeCode.DECIMAL64:
      return new Decimal(field.scale ?? 0, field.precision ?? 38)
    case TypeCode.VARCHAR:
    case TypeCode.NCHAR:
    case TypeCode.JSON:
      return new Utf8()
    default:
      return new Binary()
  }
}
