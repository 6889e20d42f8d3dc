import type { ByteReader } from './bytes.ts'
import { WireError } from './wire-error.ts'

/** Unsigned LEB128 of at most 32 bits. Throws a WireError. */
export function readVarint(reader: ByteReader): number {
  const start = reader.at
  let value = 0
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = reader.u8()
    value += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) return value
  }
  throw new WireError('a varint of more than five bytes', start)
}

/** A zig-zag integer inside a varint. */
export function readZigzag(reader: ByteReader): number {
  const value = readVarint(reader)
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}
