import { type Data, Dictionary, Int32, makeData, Utf8, Vector } from 'apache-arrow'
import { payloadAt, type VariableColumn } from '../wire/column.ts'
import type { ValidityMaker } from './bitmap.ts'
import { utf8At } from './text-bytes.ts'

/** Rows that are looked at, to tell whether a column repeats itself. */
const SAMPLE = 1024
/** Different texts among them at most. */
const FEW = 64

/** Whether a column holds few texts many times, as tags and table names do. */
export function repeatsItself(column: VariableColumn, rows: number): boolean {
  const seen = new Set<string>()
  const looked = Math.min(rows, SAMPLE)
  for (let row = 0; row < looked; row++) {
    const bytes = payloadAt(column, row)
    if (bytes === null) continue
    seen.add(keyOf(bytes))
    if (seen.size > FEW) return false
  }
  return looked >= 4 && seen.size * 4 <= looked
}

/** A column's texts, each once, growing with the blocks of a result. */
export class GrowingDictionary {
  readonly type: Dictionary<Utf8, Int32> = new Dictionary(new Utf8(), new Int32())
  readonly #known = new Map<string, number>()
  readonly #chunks: Data<Utf8>[] = []
  #vector: Vector<Utf8> | undefined

  /** All texts so far. */
  get values(): Vector<Utf8> {
    this.#vector ??= new Vector(this.#chunks.length > 0 ? this.#chunks : [utf8Data([])])
    return this.#vector
  }

  /** The rows as numbers of texts. */
  data(column: VariableColumn, rows: number, validity: ValidityMaker): Data<Dictionary<Utf8, Int32>> {
    const indices = new Int32Array(rows)
    const fresh: Uint8Array[] = []
    let last: Uint8Array | undefined
    let lastAt = -1
    let index = 0
    for (let row = 0; row < rows; row++) {
      const from = column.offsets[row]!
      if (from === -1) continue
      if (from !== lastAt) {
        const bytes = payloadAt(column, row)!
        if (last === undefined || !same(bytes, last)) index = this.#index(keyOf(bytes), column, row, fresh)
        last = bytes
        lastAt = from
      }
      indices[row] = index
    }
    if (fresh.length > 0) {
      this.#chunks.push(utf8Data(fresh))
      this.#vector = undefined
    }
    return makeData({ type: this.type, length: rows, ...validity.ofOffsets(column.offsets, rows), data: indices, dictionary: this.values })
  }

  #index(key: string, column: VariableColumn, row: number, fresh: Uint8Array[]): number {
    let index = this.#known.get(key)
    if (index === undefined) {
      index = this.#known.size
      this.#known.set(key, index)
      fresh.push(utf8At(column, row))
    }
    return index
  }
}

function keyOf(bytes: Uint8Array): string {
  let key = ''
  for (const byte of bytes) key += String.fromCharCode(byte)
  return key
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
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
