/** For each byte of TDengine's bitmap (most significant bit first, 1 = NULL) that of Arrow's (least significant first, 1 = valid). */
function flips(): Uint8Array {
  const table = new Uint8Array(256)
  for (let byte = 0; byte < 256; byte++) {
    let flipped = 0
    for (let bit = 0; bit < 8; bit++) if ((byte & (0x80 >> bit)) === 0) flipped |= 1 << bit
    table[byte] = flipped
  }
  return table
}

/** Makes Arrow's validity of TDengine's NULL bits; one instance serves a whole result. */
export class ValidityMaker {
  readonly #flips = flips()

  /** The bitmap and how many rows are NULL; no bitmap where none is. */
  make(nulls: Uint8Array, rows: number): { readonly nullBitmap?: Uint8Array; readonly nullCount: number } {
    const bytes = (rows + 7) >> 3
    const tail = rows & 7
    let nullCount = 0
    for (let i = 0; i < bytes; i++) {
      let byte = nulls[i]!
      if (byte === 0) continue
      if (tail !== 0 && i === bytes - 1) byte &= 0xff00 >> tail
      for (; byte !== 0; byte &= byte - 1) nullCount++
    }
    if (nullCount === 0) return { nullCount }
    const nullBitmap = new Uint8Array(bytes)
    for (let i = 0; i < bytes; i++) nullBitmap[i] = this.#flips[nulls[i]!]!
    return { nullBitmap, nullCount }
  }

  /** The same for a column whose NULLs are offsets of −1. */
  ofOffsets(offsets: Int32Array, rows: number): { readonly nullBitmap?: Uint8Array; readonly nullCount: number } {
    let nullCount = 0
    for (let row = 0; row < rows; row++) if (offsets[row] === -1) nullCount++
    if (nullCount === 0) return { nullCount }
    const nullBitmap = new Uint8Array((rows + 7) >> 3)
    for (let row = 0; row < rows; row++) if (offsets[row] !== -1) nullBitmap[row >> 3]! |= 1 << (row & 7)
    return { nullBitmap, nullCount }
  }
}
