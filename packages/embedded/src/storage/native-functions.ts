import { duckdb, type Vector } from './duckdb.ts'
import { LongStrings } from './string-reader.ts'

/** DuckDB types that native functions take and give, and what their values are in JavaScript. */
export type NativeType = 'BIGINT' | 'UBIGINT' | 'INTEGER' | 'UINTEGER' | 'DOUBLE' | 'BOOLEAN' | 'VARCHAR' | 'BLOB'
export type NativeValue = bigint | number | boolean | string | Uint8Array | null

/** A function of ours inside DuckDB, called for each row. An exception fails the statement with its message. */
export interface NativeFunction {
  readonly name: string
  readonly parameters: readonly NativeType[]
  readonly returns: NativeType
  /** Leading parameters that vary by row; the rest are constants of the statement and are read once a chunk. All vary when absent. */
  readonly varying?: number
  /** Called with NULL arguments too; otherwise a NULL in a varying parameter gives NULL. */
  readonly nulls?: boolean
  /** Each call may give another value for the same arguments. */
  readonly volatile?: boolean
  value(args: readonly NativeValue[]): NativeValue
}

/** What a database gets once, before its first query: macros as statements, and native functions. */
export interface DatabaseFunctions {
  readonly statements: readonly string[]
  readonly natives: readonly NativeFunction[]
}

/** DuckDB's type ids, and the bytes of one value in a vector. */
const TYPES: Readonly<Record<NativeType, { readonly id: number; readonly width: number }>> = {
  BOOLEAN: { id: 1, width: 1 },
  INTEGER: { id: 4, width: 4 },
  BIGINT: { id: 5, width: 8 },
  UINTEGER: { id: 8, width: 4 },
  UBIGINT: { id: 9, width: 8 },
  DOUBLE: { id: 11, width: 8 },
  VARCHAR: { id: 17, width: 16 },
  BLOB: { id: 18, width: 16 },
}

const INLINE = 12

/** Makes the functions known to the whole database that `connection` belongs to. */
export async function installFunctions(connection: duckdb.Connection, functions: DatabaseFunctions): Promise<void> {
  for (const native of functions.natives) register(connection, native)
  for (const statement of functions.statements) await duckdb.query(connection, statement)
}

function register(connection: duckdb.Connection, f: NativeFunction): void {
  const created = duckdb.create_scalar_function()
  duckdb.scalar_function_set_name(created, f.name)
  for (const type of f.parameters) duckdb.scalar_function_add_parameter(created, duckdb.create_logical_type(TYPES[type].id))
  duckdb.scalar_function_set_return_type(created, duckdb.create_logical_type(TYPES[f.returns].id))
  if (f.nulls) duckdb.scalar_function_set_special_handling(created)
  if (f.volatile) duckdb.scalar_function_set_volatile(created)
  const varying = f.varying ?? f.parameters.length
  duckdb.scalar_function_set_function(created, (_info, input, output) => {
    const rows = duckdb.data_chunk_get_size(input)
    const result = writer(f.returns, output, rows)
    const read = f.parameters.map((type, i) => reader(type, duckdb.data_chunk_get_vector(input, i), rows))
    const args: NativeValue[] = read.map((r, i) => (i >= varying && rows > 0 ? r(0) : null))
    for (let row = 0; row < rows; row++) {
      let missing = false
      for (let i = 0; i < varying; i++) {
        const value = read[i]!(row)
        if (value === null) missing = true
        args[i] = value
      }
      result.put(row, missing && !f.nulls ? null : f.value(args))
    }
    result.flush()
  })
  duckdb.register_scalar_function(connection, created)
  duckdb.destroy_scalar_function_sync(created)
}

function reader(type: NativeType, vector: Vector, rows: number): (row: number) => NativeValue {
  const data = duckdb.vector_get_data(vector, rows * TYPES[type].width)
  const validity = duckdb.vector_get_validity(vector, (rows + 7) >> 3) as Uint8Array | null
  const valid = (row: number): boolean => !validity || (validity[row >> 3]! & (1 << (row & 7))) !== 0
  const value = valueReader(type, data, valid, rows)
  return validity ? (row) => (valid(row) ? value(row) : null) : value
}

function valueReader(type: NativeType, data: Uint8Array, valid: (row: number) => boolean, rows: number): (row: number) => NativeValue {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  switch (type) {
    case 'BOOLEAN':
      return (row) => data[row] !== 0
    case 'INTEGER':
      return (row) => view.getInt32(row * 4, true)
    case 'UINTEGER':
      return (row) => view.getUint32(row * 4, true)
    case 'BIGINT':
      return (row) => view.getBigInt64(row * 8, true)
    case 'UBIGINT':
      return (row) => view.getBigUint64(row * 8, true)
    case 'DOUBLE':
      return (row) => view.getFloat64(row * 8, true)
    default: {
      const words = new Uint32Array(data.buffer, data.byteOffset, rows * 4)
      const long = new LongStrings(data, words, valid, rows)
      const inline = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
      if (type === 'BLOB') {
        return (row) => {
          const length = words[row * 4]!
          if (length <= INLINE) return data.slice(row * 16 + 4, row * 16 + 4 + length)
          return long.bytes(row).slice(long.offset(row), long.offset(row) + length)
        }
      }
      let run: Uint8Array | undefined
      let outside = inline
      return (row) => {
        const length = words[row * 4]!
        if (length <= INLINE) return inline.toString('utf8', row * 16 + 4, row * 16 + 4 + length)
        const bytes = long.bytes(row)
        if (bytes !== run) {
          run = bytes
          outside = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        }
        const start = long.offset(row)
        return outside.toString('utf8', start, start + length)
      }
    }
  }
}

/** Collects the values of a result vector; `flush` gives them to DuckDB in one copy. */
function writer(type: NativeType, vector: Vector, rows: number): { put(row: number, value: NativeValue): void; flush(): void } {
  const { width } = TYPES[type]
  const isString = type === 'VARCHAR' || type === 'BLOB'
  const data = new ArrayBuffer(isString ? 0 : rows * width)
  const view = new DataView(data)
  let validity: Uint8Array | undefined
  const missing = (row: number): void => {
    validity ??= new Uint8Array(Math.ceil(rows / 64) * 8).fill(255)
    validity[row >> 3]! &= ~(1 << (row & 7))
  }
  const put = ((): ((row: number, value: Exclude<NativeValue, null>) => void) => {
    switch (type) {
      case 'BOOLEAN':
        return (row, value) => view.setUint8(row, value ? 1 : 0)
      case 'INTEGER':
        return (row, value) => view.setInt32(row * 4, Number(value), true)
      case 'UINTEGER':
        return (row, value) => view.setUint32(row * 4, Number(value), true)
      case 'BIGINT':
        return (row, value) => view.setBigInt64(row * 8, BigInt(value as bigint), true)
      case 'UBIGINT':
        return (row, value) => view.setBigUint64(row * 8, BigInt(value as bigint), true)
      case 'DOUBLE':
        return (row, value) => view.setFloat64(row * 8, Number(value), true)
      case 'VARCHAR':
        return (row, value) => duckdb.vector_assign_string_element(vector, row, String(value))
      case 'BLOB':
        return (row, value) => duckdb.vector_assign_string_element_len(vector, row, value as Uint8Array)
    }
  })()
  return {
    put: (row, value) => (value === null ? missing(row) : put(row, value)),
    flush() {
      if (!isString && rows > 0) duckdb.copy_data_to_vector(vector, 0, data, 0, rows * width)
      if (!validity) return
      duckdb.vector_ensure_validity_writable(vector)
      duckdb.copy_data_to_vector_validity(vector, 0, validity.buffer as ArrayBuffer, 0, (rows + 7) >> 3)
    },
  }
}
