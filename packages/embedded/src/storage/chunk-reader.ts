import { type Column, type FixedValues, TypeCode } from 'taosts/wire'
import type { OutputColumn } from '../session/answer.ts'
import { type Chunk, duckdb, type Vector } from './duckdb.ts'
import { roomFor, StringReader } from './string-reader.ts'

/** Row r's bit of DuckDB (LSB first, 1 = valid) as TDengine's (MSB first, 1 = NULL), eight rows at a time. */
const NULLS_OF_VALIDITY: Uint8Array = Uint8Array.from({ length: 256 }, (_, validity) => {
  let nulls = 0
  for (let bit = 0; bit < 8; bit++) if (!(validity & (1 << bit))) nulls |= 0x80 >> bit
  return nulls
})

/** What the vector of a column holds, found once a result. */
export interface VectorType {
  /** DuckDB's type id (its `Type` enum). */
  readonly id: number
  readonly width: number
  readonly scale: number
}

const WIDTHS: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 2,
  8: 4,
  9: 8,
  10: 4,
  11: 8,
  12: 8,
  16: 16,
  17: 16,
  18: 16,
  32: 16,
  36: 4,
}
const DUCK = {
  BOOLEAN: 1,
  TINYINT: 2,
  SMALLINT: 3,
  INTEGER: 4,
  BIGINT: 5,
  UTINYINT: 6,
  USMALLINT: 7,
  UINTEGER: 8,
  UBIGINT: 9,
  FLOAT: 10,
  DOUBLE: 11,
  TIMESTAMP: 12,
  HUGEINT: 16,
  VARCHAR: 17,
  BLOB: 18,
  DECIMAL: 19,
  UHUGEINT: 32,
  SQLNULL: 36,
} as const

/** The vector types of a result's columns. Throws where a column's type is none that the engine uses. */
export function vectorTypes(result: duckdb.Result): VectorType[] {
  const types: VectorType[] = []
  for (let i = 0; i < duckdb.column_count(result); i++) {
    const logical = duckdb.column_logical_type(result, i)
    const id: number = duckdb.get_type_id(logical)
    if (id === DUCK.DECIMAL) {
      const internal: number = duckdb.decimal_internal_type(logical)
      types.push({ id, width: WIDTHS[internal]!, scale: duckdb.decimal_scale(logical) })
      continue
    }
    const width = WIDTHS[id]
    if (width === undefined) throw new Error(`column ${i} has DuckDB type ${id}, which has no TDengine form`)
    types.push({ id, width, scale: 0 })
  }
  return types
}

function valuesFor(code: number, rows: number): FixedValues {
  switch (code) {
    case TypeCode.BOOL:
    case TypeCode.NULL:
    case TypeCode.TINYINT:
      return new Int8Array(rows)
    case TypeCode.UTINYINT:
      return new Uint8Array(rows)
    case TypeCode.SMALLINT:
      return new Int16Array(rows)
    case TypeCode.USMALLINT:
      return new Uint16Array(rows)
    case TypeCode.INT:
      return new Int32Array(rows)
    case TypeCode.UINT:
      return new Uint32Array(rows)
    case TypeCode.UBIGINT:
      return new BigUint64Array(rows)
    case TypeCode.FLOAT:
      return new Float32Array(rows)
    case TypeCode.DOUBLE:
      return new Float64Array(rows)
    case TypeCode.DECIMAL:
      return new BigInt64Array(rows * 2)
    default:
      return new BigInt64Array(rows)
  }
}

/** The vector types whose bytes are already the TDengine type's. */
function sameLayout(code: number, type: VectorType): boolean {
  switch (code) {
    case TypeCode.BOOL:
    case TypeCode.TINYINT:
      return type.id === DUCK.BOOLEAN || type.id === DUCK.TINYINT
    case TypeCode.SMALLINT:
      return type.id === DUCK.SMALLINT
    case TypeCode.INT:
      return type.id === DUCK.INTEGER
    case TypeCode.BIGINT:
    case TypeCode.TIMESTAMP:
      return type.id === DUCK.BIGINT || type.id === DUCK.TIMESTAMP
    case TypeCode.UTINYINT:
      return type.id === DUCK.UTINYINT
    case TypeCode.USMALLINT:
      return type.id === DUCK.USMALLINT
    case TypeCode.UINT:
      return type.id === DUCK.UINTEGER
    case TypeCode.UBIGINT:
      return type.id === DUCK.UBIGINT
    case TypeCode.FLOAT:
      return type.id === DUCK.FLOAT
    case TypeCode.DOUBLE:
      return type.id === DUCK.DOUBLE
    case TypeCode.DECIMAL64:
      return type.id === DUCK.DECIMAL && type.width === 8
    case TypeCode.DECIMAL:
      return type.id === DUCK.DECIMAL && type.width === 16
    default:
      return false
  }
}

/** Reads element i of a vector of numbers as an integer (scaled, for DECIMAL) or a float. */
function numberReader(type: VectorType, view: DataView): (i: number) => bigint | number {
  switch (type.id === DUCK.DECIMAL ? -type.width : type.id) {
    case DUCK.BOOLEAN:
    case DUCK.UTINYINT:
      return (i) => view.getUint8(i)
    case DUCK.TINYINT:
      return (i) => view.getInt8(i)
    case DUCK.SMALLINT:
    case -2:
      return (i) => view.getInt16(i * 2, true)
    case DUCK.USMALLINT:
      return (i) => view.getUint16(i * 2, true)
    case DUCK.INTEGER:
    case DUCK.SQLNULL:
    case -4:
      return (i) => view.getInt32(i * 4, true)
    case DUCK.UINTEGER:
      return (i) => view.getUint32(i * 4, true)
    case DUCK.UBIGINT:
      return (i) => view.getBigUint64(i * 8, true)
    case DUCK.FLOAT:
      return (i) => view.getFloat32(i * 4, true)
    case DUCK.DOUBLE:
      return (i) => view.getFloat64(i * 8, true)
    case DUCK.HUGEINT:
    case -16:
      return (i) => (view.getBigInt64(i * 16 + 8, true) << 64n) | view.getBigUint64(i * 16, true)
    case DUCK.UHUGEINT:
      return (i) => (view.getBigUint64(i * 16 + 8, true) << 64n) | view.getBigUint64(i * 16, true)
    default:
      return (i) => view.getBigInt64(i * 8, true)
  }
}

function convertNumbers(code: number, values: FixedValues, at: number, type: VectorType, data: Uint8Array, rows: number): void {
  const read = numberReader(type, new DataView(data.buffer, data.byteOffset, data.byteLength))
  const integer = (value: bigint | number): bigint =>
    typeof value === 'bigint' ? value : BigInt(Number.isFinite(value) ? Math.trunc(value) : 0)
  if (values instanceof BigInt64Array && code === TypeCode.DECIMAL) {
    for (let i = 0; i < rows; i++) {
      const value = integer(read(i))
      values[(at + i) * 2] = value
      values[(at + i) * 2 + 1] = value >> 64n
    }
  } else if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    for (let i = 0; i < rows; i++) values[at + i] = integer(read(i))
  } else if (type.id === DUCK.DECIMAL) {
    const divisor = 10 ** type.scale
    for (let i = 0; i < rows; i++) values[at + i] = Number(read(i)) / divisor
  } else if (code === TypeCode.BOOL) {
    for (let i = 0; i < rows; i++) values[at + i] = Number(read(i)) === 0 ? 0 : 1
  } else {
    for (let i = 0; i < rows; i++) values[at + i] = Number(read(i))
  }
}

/** Collects the rows of one column of a block from DuckDB vectors. */
export class ColumnReader {
  readonly #output: OutputColumn
  readonly #type: VectorType
  readonly #same: boolean
  readonly #capacity: number
  readonly #strings: StringReader | undefined
  #values: FixedValues | undefined
  #nulls = new Uint8Array(0)
  /** Rows that there is room for. */
  #room = 0

  constructor(output: OutputColumn, type: VectorType, capacity: number) {
    this.#output = output
    this.#type = type
    this.#capacity = capacity
    const isString = type.id === DUCK.VARCHAR || type.id === DUCK.BLOB
    const wantsString = isVariable(output.type.code)
    if (isString !== wantsString && type.id !== DUCK.SQLNULL) {
      throw new Error(`column ${output.name} of type code ${output.type.code} comes from DuckDB type ${type.id}`)
    }
    this.#same = sameLayout(output.type.code, type)
    if (wantsString) this.#strings = new StringReader(output.type.code, capacity)
  }

  /** Makes room for `rows` rows after `at`. */
  #reserve(at: number, rows: number): FixedValues {
    const { code } = this.#output.type
    const before = this.#values
    if (before && at + rows <= this.#room) return before
    const room = roomFor(at, rows, this.#capacity)
    const values = valuesFor(code, room)
    const nulls = new Uint8Array((room + 7) >> 3)
    if (before && at > 0) {
      ;(values as Uint8Array).set(before as Uint8Array)
      nulls.set(this.#nulls)
    }
    this.#room = room
    this.#nulls = nulls
    this.#values = values
    return values
  }

  /** Adds the `rows` rows of `vector` after `at` rows that are here. The vector's memory is not used afterwards. */
  add(vector: Vector, at: number, rows: number): void {
    const validity = duckdb.vector_get_validity(vector, (rows + 7) >> 3) as Uint8Array | null
    if (this.#strings) {
      const entries = this.#type.id === DUCK.SQLNULL ? undefined : duckdb.vector_get_data(vector, rows * 16)
      this.#strings.add(entries, validity, at, rows)
      return
    }
    const values = this.#reserve(at, rows)
    if (validity) this.#addNulls(validity, at, rows)
    const data = duckdb.vector_get_data(vector, rows * this.#type.width)
    if (this.#same) new Uint8Array(values.buffer, at * this.#type.width, data.length).set(data)
    else convertNumbers(this.#output.type.code, values, at, this.#type, data, rows)
  }

  #addNulls(validity: Uint8Array, at: number, rows: number): void {
    const nulls = this.#nulls
    const bytes = (rows + 7) >> 3
    if ((at & 7) === 0) {
      const start = at >> 3
      for (let i = 0; i < bytes; i++) nulls[start + i] = NULLS_OF_VALIDITY[validity[i]!]!
      if (rows & 7) nulls[start + bytes - 1]! &= 0xff00 >> (rows & 7)
      return
    }
    for (let i = 0; i < bytes; i++) {
      const byte = validity[i]!
      if (byte === 0xff) continue
      const last = Math.min(8, rows - i * 8)
      for (let bit = 0; bit < last; bit++) {
        if (byte & (1 << bit)) continue
        const row = at + i * 8 + bit
        nulls[row >> 3]! |= 0x80 >> (row & 7)
      }
    }
  }

  /** The column of the first `rows` rows; the reader is empty again. */
  take(rows: number): Column {
    const { code, length, precision, scale } = this.#output.type
    if (this.#strings)
      return { type: code, bytes: schemaBytes(code, length), precision, scale, layout: 'variable', ...this.#strings.take(rows) }
    const values = this.#values ?? valuesFor(code, rows)
    const nulls = this.#nulls
    this.#values = undefined
    this.#room = 0
    const elements = code === TypeCode.DECIMAL ? rows * 2 : rows
    return {
      type: code,
      bytes: schemaBytes(code, length),
      precision,
      scale,
      layout: 'fixed',
      nulls: nulls.subarray(0, (rows + 7) >> 3),
      values: values.subarray(0, elements) as FixedValues,
    }
  }
}

/** Types that travel with a length prefix. */
export function isVariable(code: number): boolean {
  return (
    code === TypeCode.VARCHAR ||
    code === TypeCode.NCHAR ||
    code === TypeCode.JSON ||
    code === TypeCode.VARBINARY ||
    code === TypeCode.GEOMETRY ||
    code === TypeCode.BLOB ||
    code === TypeCode.MEDIUMBLOB
  )
}

/** The schema size on the wire of a type with the user's length. */
export function schemaBytes(code: number, length: number): number {
  if (code === TypeCode.NCHAR) return length * 4 + 2
  if (code === TypeCode.JSON) return length * 4 + 4
  // Of a BLOB TDengine's blocks say no more than its length prefix and one.
  if (code === TypeCode.BLOB || code === TypeCode.MEDIUMBLOB) return 5
  if (isVariable(code)) return length + 2
  return length
}

/** Adds a chunk's rows to the readers of its columns. */
export function addChunk(readers: readonly ColumnReader[], chunk: Chunk, at: number, rows: number): void {
  for (let i = 0; i < readers.length; i++) readers[i]!.add(duckdb.data_chunk_get_vector(chunk, i), at, rows)
}
