import { type BoundColumn, type Column, columnReader, isDecimal, TYPES, TypeCode } from 'taosts/wire'

/** A column of a raw block as bound values: NULLs a byte each, strings back to back, NCHAR as UTF-8. */
export function boundOfColumn(column: Column, rows: number): BoundColumn {
  if (isDecimal(column.type)) return decimalsOf(column, rows)
  const nulls = new Uint8Array(rows)
  if (column.layout === 'fixed') {
    for (let row = 0; row < rows; row++) if (column.nulls[row >> 3]! & (0x80 >> (row & 7))) nulls[row] = 1
    const { buffer, byteOffset, byteLength } = column.values
    return { type: column.type, rows, nulls, lengths: null, data: new Uint8Array(buffer, byteOffset, byteLength) }
  }
  const lengths = new Int32Array(rows)
  const pieces: Uint8Array[] = []
  for (let row = 0; row < rows; row++) {
    const payload = payloadAt(column.data, column.offsets[row]!, TYPES[column.type]!.width)
    if (!payload) {
      nulls[row] = 1
      continue
    }
    const piece = column.type === TypeCode.NCHAR ? utf8OfUtf32(payload) : payload
    lengths[row] = piece.length
    pieces.push(piece)
  }
  return { type: column.type, rows, nulls, lengths, data: Buffer.concat(pieces) }
}

/** Decimals are bound as text. */
function decimalsOf(column: Column, rows: number): BoundColumn {
  const texts = columnReader(column.type, 'ms')(column, rows) as ArrayLike<string | null>
  const pieces = Array.from(texts, (text) => Buffer.from(text ?? ''))
  return {
    type: column.type,
    rows,
    nulls: Uint8Array.from(texts, (text) => (text === null ? 1 : 0)),
    lengths: Int32Array.from(pieces, ({ length }) => length),
    data: Buffer.concat(pieces),
  }
}

/** The payload of an entry behind its length of `prefix` bytes, or undefined for NULL. */
function payloadAt(data: Uint8Array, at: number, prefix: number): Uint8Array | undefined {
  if (at < 0) return undefined
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const length = prefix === 2 ? view.getUint16(at, true) : view.getUint32(at, true)
  return data.subarray(at + prefix, at + prefix + length)
}

function utf8OfUtf32(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let text = ''
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const code = view.getUint32(at, true)
    text += code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code)
  }
  return Buffer.from(text)
}
