import { TypeCode } from 'taosts/wire'
import { duckdb } from './duckdb.ts'

/** DuckDB's `string_t` is 16 bytes: u32 length, then up to 12 bytes inline, or 4 bytes of prefix and a 64-bit pointer at 8. */
const INLINE = 12

/** Rows to make room for when `rows` come after `at`: a block of few rows is likely all that a result has. */
export function roomFor(at: number, rows: number, capacity: number): number {
  return at === 0 && rows <= capacity >> 2 ? rows : capacity
}

/**
 * Collects strings of a column as TDengine entries: a length prefix (u16, BLOB u32) and the payload (NCHAR as UTF-32LE).
 * Long strings of a chunk lie next to each other in DuckDB's memory, so they are fetched in few calls a chunk.
 */
export class StringReader {
  readonly #wide: boolean
  readonly #json: boolean
  readonly #prefix: number
  readonly #capacity: number
  #offsets: Int32Array
  #data: Uint8Array
  #length = 0
  /** Bytes of the block before. */
  #guess = 0

  constructor(code: number, capacity: number) {
    this.#wide = code === TypeCode.NCHAR
    this.#json = code === TypeCode.JSON
    this.#prefix = code === TypeCode.BLOB || code === TypeCode.MEDIUMBLOB ? 4 : 2
    this.#capacity = capacity
    this.#offsets = new Int32Array(0)
    this.#data = new Uint8Array(0)
  }

  /** Room for `bytes` more than the chunks before have; keeps the first `kept` bytes. */
  #reserve(bytes: number, kept: number): void {
    const needed = this.#length + bytes
    if (needed <= this.#data.length) return
    const grown = new Uint8Array(Math.max(needed, this.#data.length * 2, this.#guess))
    grown.set(this.#data.subarray(0, kept))
    this.#data = grown
  }

  add(entries: Uint8Array | undefined, validity: Uint8Array | null, at: number, rows: number): void {
    const offsets = this.#offsetsFor(at, rows)
    if (!entries) {
      offsets.fill(-1, at, at + rows)
      return
    }
    const lengths = new Uint32Array(entries.buffer, entries.byteOffset, rows * 4)
    const valid = (row: number): boolean => !validity || (validity[row >> 3]! & (1 << (row & 7))) !== 0
    const long = new LongStrings(entries, lengths, valid, rows)
    let total = 0
    for (let row = 0; row < rows; row++) if (valid(row)) total += lengths[row * 4]! * (this.#wide ? 4 : 1) + this.#prefix
    this.#reserve(total, this.#length)
    let data = this.#data
    let end = this.#length
    for (let row = 0; row < rows; row++) {
      if (!valid(row)) {
        offsets[at + row] = -1
        continue
      }
      offsets[at + row] = end
      let length = lengths[row * 4]!
      let source = entries
      let start = row * 16 + 4
      if (length > INLINE) {
        source = long.bytes(row)
        start = long.offset(row)
      }
      if (this.#json && isNumber(source[start]!)) {
        source = jsonNumber(source.subarray(start, start + length))
        total += source.length - length
        length = source.length
        start = 0
        this.#reserve(total, end)
        data = this.#data
      }
      const body = end + this.#prefix
      let written = length
      if (this.#wide) written = widen(source, start, length, data, body)
      else if (length <= 24) for (let i = 0; i < length; i++) data[body + i] = source[start + i]!
      else data.set(source.subarray(start, start + length), body)
      data[end] = written
      data[end + 1] = written >>> 8
      if (this.#prefix === 4) {
        data[end + 2] = written >>> 16
        data[end + 3] = written >>> 24
      }
      end = body + written
    }
    this.#length = end
  }

  #offsetsFor(at: number, rows: number): Int32Array {
    if (at + rows > this.#offsets.length) {
      const grown = new Int32Array(roomFor(at, rows, this.#capacity))
      grown.set(this.#offsets.subarray(0, at))
      this.#offsets = grown
    }
    return this.#offsets
  }

  take(rows: number): { offsets: Int32Array; data: Uint8Array } {
    const taken = { offsets: this.#offsets.subarray(0, rows), data: this.#data.subarray(0, this.#length) }
    // What comes next is likely as long as this was; it is taken when it comes.
    this.#offsets = new Int32Array(0)
    this.#data = new Uint8Array(0)
    this.#guess = this.#length
    this.#length = 0
    return taken
  }
}

/** Whether a JSON text that starts with this byte is a number. */
function isNumber(byte: number): boolean {
  return byte === 0x2d || (byte >= 0x30 && byte <= 0x39)
}

/** A number that is a member of a JSON tag, as TDengine writes it: a double with nine decimals. A whole tag keeps its numbers as they are. */
function jsonNumber(text: Uint8Array): Uint8Array {
  const value = Number(Buffer.from(text).toString('latin1'))
  // From 10^21 on, toFixed gives an exponent; such doubles are integers.
  return Buffer.from(Math.abs(value) < 1e21 ? value.toFixed(9) : `${BigInt(value)}.000000000`, 'latin1')
}

/** UTF-8 (valid, as DuckDB guarantees) to UTF-32LE; the bytes written. */
function widen(source: Uint8Array, start: number, length: number, target: Uint8Array, at: number): number {
  const end = start + length
  let out = at
  for (let i = start; i < end; ) {
    let code = source[i++]!
    if (code >= 0xf0) code = ((code & 7) << 18) | ((source[i++]! & 63) << 12) | ((source[i++]! & 63) << 6) | (source[i++]! & 63)
    else if (code >= 0xe0) code = ((code & 15) << 12) | ((source[i++]! & 63) << 6) | (source[i++]! & 63)
    else if (code >= 0xc0) code = ((code & 31) << 6) | (source[i++]! & 63)
    target[out] = code
    target[out + 1] = code >>> 8
    target[out + 2] = code >>> 16
    target[out + 3] = 0
    out += 4
  }
  return out - at
}

/** The payloads behind the pointers of one chunk, fetched by runs of adjacent addresses. */
export class LongStrings {
  readonly #runs: { readonly bytes: Uint8Array; readonly address: number }[] = []
  readonly #runOf: Int32Array
  readonly #pointers: Float64Array

  constructor(entries: Uint8Array, words: Uint32Array, valid: (row: number) => boolean, rows: number) {
    this.#runOf = new Int32Array(0)
    this.#pointers = new Float64Array(0)
    let first = 0
    while (first < rows && (words[first * 4]! <= INLINE || !valid(first))) first++
    if (first === rows) return
    this.#runOf = new Int32Array(rows)
    this.#pointers = new Float64Array(rows)
    const fetch = (row: number, address: number, end: number): void => {
      const bytes = duckdb.get_data_from_pointer(entries.buffer as ArrayBuffer, entries.byteOffset + row * 16 + 8, end - address)
      this.#runs.push({ bytes, address })
    }
    let runRow = -1
    let address = 0
    let end = 0
    for (let row = first; row < rows; row++) {
      const length = words[row * 4]!
      if (length <= INLINE || !valid(row)) continue
      // A user-space address has at most 57 bits in theory and 48 in practice: exact in a double below 2^53.
      const pointer = words[row * 4 + 2]! + words[row * 4 + 3]! * 4294967296
      this.#pointers[row] = pointer
      if (runRow >= 0 && pointer >= address && pointer <= end) {
        if (pointer + length > end) end = pointer + length
      } else {
        if (runRow >= 0) fetch(runRow, address, end)
        runRow = row
        address = pointer
        end = pointer + length
      }
      this.#runOf[row] = this.#runs.length
    }
    fetch(runRow, address, end)
  }

  bytes(row: number): Uint8Array {
    return this.#runs[this.#runOf[row]!]!.bytes
  }

  offset(row: number): number {
    return this.#pointers[row]! - this.#runs[this.#runOf[row]!]!.address
  }
}
