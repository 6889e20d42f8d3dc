import type { Physical } from './physical.ts'

const UTF8 = new TextEncoder()
const NOTHING = new Uint8Array(0)

/** Values of one column in DuckDB's vector layout, growing; validity is kept only once there is a NULL. */
export class ColumnBuffer {
  readonly physical: Physical
  /** `physical.width` bytes a row; strings: `string_t` with long payloads in `heap` and their offset where the pointer goes. */
  bytes: Uint8Array
  view: DataView
  /** LSB first, 1 = valid; undefined while nothing is NULL. */
  validity: Uint8Array | undefined
  /** Payloads of strings longer than 12 bytes. */
  heap: Uint8Array = NOTHING
  heapLength = 0
  capacity: number

  constructor(physical: Physical, capacity = 8) {
    this.physical = physical
    this.capacity = capacity
    this.bytes = new Uint8Array(capacity * physical.width)
    this.view = new DataView(this.bytes.buffer)
  }

  reserve(rows: number): void {
    if (rows <= this.capacity) return
    this.capacity = Math.max(rows, this.capacity * 2)
    const grown = new Uint8Array(this.capacity * this.physical.width)
    grown.set(this.bytes)
    this.bytes = grown
    this.view = new DataView(grown.buffer)
    if (this.validity) {
      const validity = new Uint8Array((this.capacity + 7) >> 3).fill(0xff)
      validity.set(this.validity)
      this.validity = validity
    }
  }

  setNull(row: number): void {
    this.validity ??= new Uint8Array((this.capacity + 7) >> 3).fill(0xff)
    this.validity[row >> 3]! &= ~(1 << (row & 7))
  }

  isNull(row: number): boolean {
    return this.validity !== undefined && (this.validity[row >> 3]! & (1 << (row & 7))) === 0
  }

  #reserveHeap(bytes: number): void {
    if (this.heapLength + bytes <= this.heap.length) return
    const grown = new Uint8Array(Math.max(this.heapLength + bytes, this.heap.length * 2, 1024))
    grown.set(this.heap.subarray(0, this.heapLength))
    this.heap = grown
  }

  /** Sets a string from JS text; the UTF-8 bytes it took. */
  setText(row: number, text: string): number {
    const at = row * 16
    const { bytes } = this
    if (text.length <= 12) {
      let i = 0
      for (; i < text.length; i++) {
        const code = text.charCodeAt(i)
        if (code > 127) break
        bytes[at + 4 + i] = code
      }
      if (i === text.length) {
        this.view.setUint32(at, i, true)
        bytes.fill(0, at + 4 + i, at + 16)
        return i
      }
    }
    this.#reserveHeap(text.length * 3)
    const { written } = UTF8.encodeInto(text, this.heap.subarray(this.heapLength))
    this.#place(row, written)
    return written
  }

  /** Sets a string or BLOB from bytes. */
  setBytes(row: number, value: Uint8Array): void {
    this.#reserveHeap(value.length)
    this.heap.set(value, this.heapLength)
    this.#place(row, value.length)
  }

  /** Takes the `length` bytes at the end of the heap as row's value. */
  #place(row: number, length: number): void {
    const at = row * 16
    const start = this.heapLength
    this.view.setUint32(at, length, true)
    if (length <= 12) {
      this.bytes.fill(0, at + 4, at + 16)
      this.bytes.set(this.heap.subarray(start, start + length), at + 4)
      return
    }
    this.bytes.set(this.heap.subarray(start, start + 4), at + 4)
    this.view.setUint32(at + 8, start, true)
    this.view.setUint32(at + 12, 0, true)
    this.heapLength += length
  }

  /** The bytes of a string. */
  getBytes(row: number): Uint8Array {
    const at = row * 16
    const length = this.view.getUint32(at, true)
    if (length <= 12) return this.bytes.subarray(at + 4, at + 4 + length)
    const start = this.view.getUint32(at + 8, true)
    return this.heap.subarray(start, start + length)
  }

  /** Adds row `from` of `source` (of the same physical type) as row `row`. */
  copyRow(row: number, source: ColumnBuffer, from: number): void {
    if (source.isNull(from)) {
      this.setNull(row)
      if (this.physical.kind === 'string') this.bytes.fill(0, row * 16, row * 16 + 16)
      return
    }
    if (this.validity) this.validity[row >> 3]! |= 1 << (row & 7)
    if (this.physical.kind === 'string' && source.view.getUint32(from * 16, true) > 12) {
      this.setBytes(row, source.getBytes(from))
      return
    }
    const { width } = this.physical
    const { bytes } = this
    const start = from * width
    for (let i = 0, at = row * width; i < width; i++) bytes[at + i] = source.bytes[start + i]!
  }

  /** Adds rows `from` … `to` of `source` at `row` and after. */
  copyRows(row: number, source: ColumnBuffer, from: number, to: number): void {
    if (from === to) return
    const { width } = this.physical
    const count = to - from
    this.bytes.set(source.bytes.subarray(from * width, to * width), row * width)
    if (this.physical.kind === 'string' && source.heapLength > 0) {
      const base = this.heapLength
      this.#reserveHeap(source.heapLength)
      this.heap.set(source.heap.subarray(0, source.heapLength), base)
      this.heapLength += source.heapLength
      for (let i = 0; i < count; i++) {
        const at = (row + i) * 16
        if (this.view.getUint32(at, true) > 12) this.view.setUint32(at + 8, this.view.getUint32(at + 8, true) + base, true)
      }
    }
    if (source.validity) {
      for (let i = 0; i < count; i++) {
        if (source.isNull(from + i)) this.setNull(row + i)
        else if (this.validity) this.validity[(row + i) >> 3]! |= 1 << ((row + i) & 7)
      }
    } else if (this.validity) for (let i = row; i < row + count; i++) this.validity[i >> 3]! |= 1 << (i & 7)
  }

  clear(): void {
    this.validity = undefined
    this.heapLength = 0
  }
}
