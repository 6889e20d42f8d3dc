import { formatDecimal } from '../values/decimal-text.ts'
import { type VectorType, vectorTypes } from './chunk-reader.ts'
import { type DuckConnection, duckdb, type Parameter } from './duckdb.ts'
import { storageError } from './storage-error.ts'

export type Cell = null | boolean | number | bigint | string | Uint8Array

const UTF8 = new TextDecoder()

/** Reads a small result of our own as JS rows: integers of 64 bits and more as bigint, other numbers as number, DECIMAL as text, BLOB as bytes. */
export async function readAll(connection: DuckConnection, sql: string, parameters: readonly Parameter[] = []): Promise<Cell[][]> {
  const result = await connection.open(sql, parameters, false)
  const types = vectorTypes(result)
  const rows: Cell[][] = []
  for (;;) {
    const chunk = await duckdb.fetch_chunk(result).catch((error: unknown) => {
      throw storageError(error, sql)
    })
    const size = chunk ? duckdb.data_chunk_get_size(chunk) : 0
    if (!chunk || size === 0) return rows
    const start = rows.length
    for (let row = 0; row < size; row++) rows.push([])
    types.forEach((type, column) => {
      const vector = duckdb.data_chunk_get_vector(chunk, column)
      const validity = duckdb.vector_get_validity(vector, (size + 7) >> 3) as Uint8Array | null
      const read = cellReader(type, vector, size)
      for (let row = 0; row < size; row++) {
        const valid = !validity || (validity[row >> 3]! & (1 << (row & 7))) !== 0
        rows[start + row]!.push(valid ? read(row) : null)
      }
    })
  }
}

function cellReader({ id, width, scale }: VectorType, vector: duckdb.Vector, size: number): (row: number) => Cell {
  const bytes = duckdb.vector_get_data(vector, size * width)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (id) {
    case 1:
      return (row) => view.getUint8(row) !== 0
    case 2:
      return (row) => view.getInt8(row)
    case 3:
      return (row) => view.getInt16(row * 2, true)
    case 4:
      return (row) => view.getInt32(row * 4, true)
    case 5:
    case 12:
      return (row) => view.getBigInt64(row * 8, true)
    case 6:
      return (row) => view.getUint8(row)
    case 7:
      return (row) => view.getUint16(row * 2, true)
    case 8:
      return (row) => view.getUint32(row * 4, true)
    case 9:
      return (row) => view.getBigUint64(row * 8, true)
    case 10:
      return (row) => view.getFloat32(row * 4, true)
    case 11:
      return (row) => view.getFloat64(row * 8, true)
    case 19: {
      const digits = (row: number): bigint =>
        width === 2
          ? BigInt(view.getInt16(row * 2, true))
          : width === 4
            ? BigInt(view.getInt32(row * 4, true))
            : view.getBigInt64(row * 8, true)
      const wide = (row: number): bigint => (view.getBigInt64(row * 16 + 8, true) << 64n) | view.getBigUint64(row * 16, true)
      return (row) => formatDecimal(width === 16 ? wide(row) : digits(row), scale)
    }
    case 16:
      return (row) => (view.getBigInt64(row * 16 + 8, true) << 64n) | view.getBigUint64(row * 16, true)
    default: {
      const slice = (row: number): Uint8Array => {
        const length = view.getUint32(row * 16, true)
        if (length <= 12) return bytes.slice(row * 16 + 4, row * 16 + 4 + length)
        return duckdb.get_data_from_pointer(bytes.buffer as ArrayBuffer, bytes.byteOffset + row * 16 + 8, length).slice()
      }
      return id === 17 ? (row) => UTF8.decode(slice(row)) : slice
    }
  }
}
