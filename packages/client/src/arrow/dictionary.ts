import { type Data, Dictionary, Int32, makeData, Utf8, Vector } from 'apache-arrow'
import type { VariableColumn } from '../wire/column.ts'
import type { ValidityMaker } from './bitmap.ts'
import { repeats, sameBytes, utf8At, viewOf } from './text-bytes.ts'

/** Rows that are looked at, to tell whether a column repeats itself. */
const SAMPLE = 1024
/** Different texts among them at most. */
const FEW = 64

/** Whether a column holds few texts many times, as tags and table names do. */
export function repeatsItself(column: VariableColumn, rows: number): boolean {
  const looked = Math.min(rows, SAMPLE)
  const seen = new Entries()
  for (let row = 0; row < looked; row++) {
    if (column.offsets[row] !== -1) seen.indexOf(viewOf(column.data), column.offsets[row]!)
    if (seen.count > FEW) return false
  }
  return looked >= 4 && seen.count * 4 <= looked
}

/** A column's texts, each once, growing with the blocks of a result. */
export class GrowingDictionary {
  readonly type: Dictionary<Utf8, Int32> = new Dictionary(new Utf8(), new Int32())
  readonly #known = new Entries()
  readonly #chunks: Data<Utf8>[] = []
  #vector: Vector<Utf8> | undefined

  /** All texts so far. */
  get values(): Vector<Utf8> {
    this.#vector ??= new Vector(this.#chunks.length > 0 ? this.#chunks : [utf8Data([])])
    return this.#vector
  }

  /** The rows as numbers of texts. */
  data(column: VariableColumn, rows: number, validity: ValidityMaker): Data<Dictionary<Utf8, Int32>> {
    const { offsets } = column
    const view = viewOf(column.data)
    const known = this.#known
    const indices = new Int32Array(rows)
    const fresh: Uint8Array[] = []
    let last = -1
    let index = 0
    // Rows before this one were looked at as a run, and are not all the same.
    let tried = 0
    for (let row = 0; row < rows; row++) {
      const at = offsets[row]!
      if (at === -1) continue
      if (at !== last) {
        if (last === -1 || !sameEntry(view, at, view, last)) {
          const before = known.count
          index = known.indexOf(view, at)
          if (known.count > before) fresh.push(utf8At(column, row))
        }
        last = at
      }
      indices[row] = index
      if (row < tried) continue
      // Rows of one subtable follow each other, and so do their texts in memory: one comparison tells whether all are this one.
      const size = 2 + view.getUint16(at, true)
      let end = row + 1
      while (end < rows && offsets[end] === offsets[end - 1]! + size) end++
      if (end - row > 2 && repeats(column.data, at, size, end - row)) {
        indices.fill(index, row, end)
        row = end - 1
      } else tried = end
    }
    if (fresh.length > 0) {
      this.#chunks.push(utf8Data(fresh))
      this.#vector = undefined
    }
    return makeData({ type: this.type, length: rows, ...validity.ofOffsets(offsets, rows), data: indices, dictionary: this.values })
  }
}

/** Texts as they travel (a u16 length and the bytes), each with a number: a hash table in flat memory, with nothing to collect. */
class Entries {
  count = 0
  /** The entries one after another, and where each starts. */
  #bytes = new Uint8Array(1024)
  #view = viewOf(this.#bytes)
  #end = 0
  #starts = new Int32Array(64)
  /** Numbers of entries plus one, by hash; a power of two, never more than half full. */
  #slots = new Int32Array(128)

  /** The number of the entry at `at`, which is a new one if it was not met before. */
  indexOf(view: DataView, at: number): number {
    const mask = this.#slots.length - 1
    let slot = hash(view, at) & mask
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const index = this.#slots[slot]! - 1
      if (sameEntry(view, at, this.#view, this.#starts[index]!)) return index
    }
    this.#slots[slot] = this.#add(view, at) + 1
    if (this.count * 2 > mask) this.#spread()
    return this.count - 1
  }

  #add(view: DataView, at: number): number {
    const size = 2 + view.getUint16(at, true)
    if (this.#end + size > this.#bytes.length) {
      const bytes = new Uint8Array(2 * (this.#end + size))
      bytes.set(this.#bytes)
      this.#bytes = bytes
      this.#view = viewOf(bytes)
    }
    if (this.count === this.#starts.length) {
      const starts = new Int32Array(2 * this.count)
      starts.set(this.#starts)
      this.#starts = starts
    }
    this.#bytes.set(new Uint8Array(view.buffer, view.byteOffset + at, size), this.#end)
    this.#starts[this.count] = this.#end
    this.#end += size
    return this.count++
  }

  #spread(): void {
    const slots = new Int32Array(2 * this.#slots.length)
    const mask = slots.length - 1
    for (let index = 0; index < this.count; index++) {
      let slot = hash(this.#view, this.#starts[index]!) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = index + 1
    }
    this.#slots = slots
  }
}

function sameEntry(a: DataView, at: number, b: DataView, other: number): boolean {
  const length = a.getUint16(at, true)
  return length === b.getUint16(other, true) && sameBytes(a, at + 2, b, other + 2, length)
}

/** A hash of 32 bits of an entry, four bytes at a time. */
function hash(view: DataView, at: number): number {
  const length = view.getUint16(at, true)
  const end = at + 2 + length
  let mixed = length
  let i = at + 2
  for (; i + 4 <= end; i += 4) mixed = stir(mixed, view.getInt32(i, true))
  for (; i < end; i++) mixed = stir(mixed, view.getUint8(i))
  return mixed ^ (mixed >>> 15)
}

function stir(mixed: number, word: number): number {
  const product = Math.imul(mixed ^ word, 0x9e3779b1)
  return product ^ (product >>> 13)
}

function utf8Data(texts: readonly Uint8Array[]): Data<Utf8> {
  const valueOffsets = new Int32Array(texts.length + 1)
  texts.forEach((text, i) => {
    valueOffsets[i + 1] = valueOffsets[i]! + text.length
  })
  const data = new Uint8Array(valueOffsets[texts.length]!)
  texts.forEach((text, i) => {
    data.set(text, valueOffsets[i])
  })
  return makeData({ type: new Utf8(), length: texts.length, nullCount: 0, valueOffsets, data })
}
