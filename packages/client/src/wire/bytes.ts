import { WireError } from './wire-error.ts'

const encoder = /* @__PURE__ */ new TextEncoder()
const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { ignoreBOM: true })

/** UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** The text of UTF-8 bytes; what is not UTF-8 becomes U+FFFD. */
export function utf8Text(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

/** Reads little-endian values one after another; every read past the end is a WireError with its offset. */
export class ByteReader {
  readonly bytes: Uint8Array
  readonly view: DataView
  /** Where the next read starts. */
  at: number
  /** Where reading must stop. */
  readonly end: number

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.at = at
    this.end = end
  }

  get left(): number {
    return this.end - this.at
  }

  /** Moves on by `size` bytes and returns where they start. */
  skip(size: number): number {
    const at = this.at
    if (size < 0 || size > this.end - at) throw new WireError(`${size} bytes are needed, ${this.end - at} are left`, at)
    this.at = at + size
    return at
  }

  u8(): number {
    return this.bytes[this.skip(1)]!
  }

  i8(): number {
    return this.view.getInt8(this.skip(1))
  }

  u16(): number {
    return this.view.getUint16(this.skip(2), true)
  }

  u32(): number {
    return this.view.getUint32(this.skip(4), true)
  }

  i32(): number {
    return this.view.getInt32(this.skip(4), true)
  }

  u64(): bigint {
    return this.view.getBigUint64(this.skip(8), true)
  }

  i64(): bigint {
    return this.view.getBigInt64(this.skip(8), true)
  }

  /** A view of the next `size` bytes. */
  take(size: number): Uint8Array {
    const at = this.skip(size)
    return this.bytes.subarray(at, at + size)
  }

  text(size: number): string {
    return utf8Text(this.take(size))
  }
}

/** Texts up to this length are encoded here. */
const SHORT = 64

/** Writes little-endian values into one buffer that grows by doubling. */
export class ByteWriter {
  bytes: Uint8Array
  view: DataView
  /** How much is written. */
  at = 0
  /** How much of the memory was used before the last `reset`: what lies behind is zero. */
  #used = 0

  constructor(capacity = 1024) {
    this.bytes = new Uint8Array(Math.max(16, capacity))
    this.view = new DataView(this.bytes.buffer)
  }

  /** Makes room for `size` more bytes and returns where they go, without moving on. */
  room(size: number): number {
    const needed = this.at + size
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2))
      grown.set(this.bytes.subarray(0, this.at))
      this.#used = 0
      this.bytes = grown
      this.view = new DataView(grown.buffer)
    }
    return this.at
  }

  /** Leaves `size` bytes to be filled in later, zero unless the memory was used before; returns where they are. */
  reserve(size: number): number {
    const at = this.room(size)
    this.at = at + size
    return at
  }

  // Room is made before the buffer is looked at: growing replaces it.
  u8(value: number): void {
    const at = this.reserve(1)
    this.bytes[at] = value
  }

  u16(value: number): void {
    const at = this.reserve(2)
    this.view.setUint16(at, value, true)
  }

  u32(value: number): void {
    const at = this.reserve(4)
    this.view.setUint32(at, value, true)
  }

  i32(value: number): void {
    const at = this.reserve(4)
    this.view.setInt32(at, value, true)
  }

  u64(value: bigint): void {
    const at = this.reserve(8)
    this.view.setBigUint64(at, value, true)
  }

  i64(value: bigint): void {
    const at = this.reserve(8)
    this.view.setBigInt64(at, value, true)
  }

  raw(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length)
    this.bytes.set(bytes, at)
  }

  /** Writes the text as UTF-8 in one pass and returns how many bytes it took. */
  text(text: string): number {
    const { length } = text
    const at = this.room(length * 3)
    const { bytes } = this
    let i = 0
    // A call of the platform's encoder costs more than a short text; a text that is not ASCII goes to it after all.
    if (length <= SHORT) {
      for (; i < length; i++) {
        const code = text.charCodeAt(i)
        if (code > 127) break
        bytes[at + i] = code
      }
    }
    const written = i === length ? length : encoder.encodeInto(text, bytes.subarray(at)).written
    this.at = at + written
    return written
  }

  /** Writes the text as UTF-32LE and returns how many bytes it took; a lone surrogate becomes U+FFFD. */
  utf32(text: string): number {
    const start = this.room(text.length * 4)
    const { view } = this
    let at = start
    for (let i = 0; i < text.length; i++) {
      let point = text.charCodeAt(i)
      if (point >= 0xd800 && point < 0xe000) {
        const low = text.charCodeAt(i + 1)
        if (point < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
          point = (point - 0xd800) * 0x400 + (low - 0xdc00) + 0x10000
          i++
        } else point = 0xfffd
      }
      view.setUint32(at, point, true)
      at += 4
    }
    this.at = at
    return at - start
  }

  /** Makes reserved bytes zero, where they are not. */
  clear(start: number, end: number): void {
    if (start < this.#used) this.bytes.fill(0, start, end)
  }

  /** Forgets what was written, to write something else into the same memory. */
  reset(): void {
    this.#used = Math.max(this.#used, this.at)
    this.at = 0
  }

  /** What was written: a view, valid until more is written. */
  done(): Uint8Array {
    return this.bytes.subarray(0, this.at)
  }
}
