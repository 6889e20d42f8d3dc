import { type Chunk, duckdb, type Vector } from './duckdb.ts'
import type { ColumnBuffer } from './row-buffer.ts'

/** Rows of a DuckDB chunk. */
export const CHUNK_ROWS = 2048

/** Where a chunk's column comes from: a buffer, or NULL in every row. */
export type ChunkColumn = ColumnBuffer | null

/**
 * Fills DuckDB chunks from column buffers by raw copies.
 *
 * The copies are unsafe by nature: every length is checked here against the vector's 2048 rows before a byte moves.
 */
export class ChunkWriter {
  readonly #chunk: Chunk
  readonly #vectors: Vector[]
  #entries: ArrayBuffer | undefined

  constructor(types: readonly duckdb.LogicalType[]) {
    this.#chunk = duckdb.create_data_chunk(types)
    this.#vectors = types.map((_, i) => duckdb.data_chunk_get_vector(this.#chunk, i))
  }

  /** The chunk with rows `from` … `from + rows` of each column. Valid until the next call. */
  fill(columns: readonly ChunkColumn[], from: number, rows: number): Chunk {
    if (columns.length !== this.#vectors.length) throw new RangeError(`${columns.length} columns for ${this.#vectors.length} vectors`)
    if (rows <= 0 || rows > CHUNK_ROWS || (from & 7) !== 0) throw new RangeError(`rows ${from} + ${rows} do not make a chunk`)
    duckdb.data_chunk_reset(this.#chunk)
    columns.forEach((column, i) => {
      const vector = this.#vectors[i]!
      if (column) this.#copy(vector, column, from, rows)
      else invalidate(vector, rows)
    })
    duckdb.data_chunk_set_size(this.#chunk, rows)
    return this.#chunk
  }

  #copy(vector: Vector, column: ColumnBuffer, from: number, rows: number): void {
    const { width } = column.physical
    if ((from + rows) * width > column.bytes.length) throw new RangeError('a column is shorter than its rows')
    if (column.validity) {
      duckdb.vector_ensure_validity_writable(vector)
      duckdb.copy_data_to_vector_validity(
        vector,
        0,
        column.validity.buffer as ArrayBuffer,
        column.validity.byteOffset + (from >> 3),
        (rows + 7) >> 3,
      )
    }
    if (column.physical.kind === 'string' && column.heapLength > 0) this.#copyStrings(vector, column, from, rows)
    else duckdb.copy_data_to_vector(vector, 0, column.bytes.buffer as ArrayBuffer, column.bytes.byteOffset + from * width, rows * width)
  }

  /** Long strings: their payloads go into DuckDB's own heap as one value, and each row's pointer points into it. */
  #copyStrings(vector: Vector, column: ColumnBuffer, from: number, rows: number): void {
    const entries = (this.#entries ??= new ArrayBuffer(CHUNK_ROWS * 16))
    new Uint8Array(entries).set(column.bytes.subarray(from * 16, (from + rows) * 16))
    const words = new Uint32Array(entries)
    let low = column.heapLength
    let high = 0
    for (let row = 0; row < rows; row++) {
      const length = words[row * 4]!
      if (length <= 12 || column.isNull(from + row)) continue
      const start = words[row * 4 + 2]!
      if (start + length > column.heapLength) throw new RangeError('a string lies outside its heap')
      if (start < low) low = start
      if (start + length > high) high = start + length
    }
    if (high > low) {
      duckdb.vector_assign_string_element_len(vector, 0, column.heap.subarray(low, high))
      const first = duckdb.vector_get_data(vector, 16)
      const pointer = new DataView(first.buffer, first.byteOffset, 16)
      const base = pointer.getUint32(8, true) + pointer.getUint32(12, true) * 4294967296 - low
      for (let row = 0; row < rows; row++) {
        if (words[row * 4]! <= 12) continue
        if (column.isNull(from + row)) {
          words[row * 4] = 0
          continue
        }
        const address = base + words[row * 4 + 2]!
        words[row * 4 + 2] = address >>> 0
        words[row * 4 + 3] = Math.floor(address / 4294967296)
      }
    }
    duckdb.copy_data_to_vector(vector, 0, entries, 0, rows * 16)
  }
}

function invalidate(vector: Vector, rows: number): void {
  duckdb.vector_ensure_validity_writable(vector)
  duckdb.vector_get_validity(vector, (rows + 7) >> 3).fill(0)
}
