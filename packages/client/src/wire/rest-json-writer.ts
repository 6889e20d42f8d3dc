import { POW10 } from '../types/float.ts'
import { ByteWriter } from './bytes.ts'

const HEX = /* @__PURE__ */ Uint8Array.from('0123456789abcdef', (char) => char.charCodeAt(0))
/** The two digits of each number below 100, as they stand in memory. */
const PAIRS = /* @__PURE__ */ Uint16Array.from({ length: 100 }, (_, i) => 48 + Math.floor(i / 10) + ((48 + (i % 10)) << 8))
/** What follows the backslash for `"`, `\`, and the control characters that have a letter. */
const ESCAPES: Readonly<Record<number, number>> = { 34: 34, 92: 92, 10: 110, 13: 114, 9: 116 }

/** Writes JSON as taosAdapter does: bytes of text as they are, with as few escapes as JSON allows. */
export class JsonWriter extends ByteWriter {
  /** Writes a byte for which there is room. */
  put(byte: number): void {
    this.bytes[this.at++] = byte
  }

  byte(byte: number): void {
    const at = this.reserve(1)
    this.bytes[at] = byte
  }

  /** Writes ASCII text as it is. */
  ascii(text: string): void {
    const at = this.room(text.length)
    for (let i = 0; i < text.length; i++) this.bytes[at + i] = text.charCodeAt(i)
    this.at = at + text.length
  }

  /** Writes a JSON string, escaping what must be. */
  override text(text: string): number {
    const from = this.at
    this.quoted(new TextEncoder().encode(text), 0)
    return this.at - from
  }

  /** Writes bytes `start` … as a JSON string: UTF-8 or whatever else they are. */
  quoted(source: Uint8Array, start: number, end = source.length): void {
    this.room((end - start) * 6 + 2)
    const { bytes } = this
    let at = this.at
    bytes[at++] = 34
    for (let i = start; i < end; i++) {
      const byte = source[i]!
      if (byte >= 32 && byte !== 34 && byte !== 92) bytes[at++] = byte
      else at = this.escape(byte, at)
    }
    bytes[at++] = 34
    this.at = at
  }

  /** Writes UTF-32LE bytes as a JSON string in UTF-8; code points that there are none become U+FFFD. */
  quotedUtf32(source: Uint8Array, start: number, end: number): void {
    this.room(((end - start) >> 2) * 6 + 2)
    const { bytes } = this
    let at = this.at
    bytes[at++] = 34
    for (let i = start; i < end; i += 4) {
      let point = source[i]! | (source[i + 1]! << 8) | (source[i + 2]! << 16) | (source[i + 3]! << 24)
      if (point < 0 || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) point = 0xfffd
      if (point < 0x80) {
        if (point >= 32 && point !== 34 && point !== 92) bytes[at++] = point
        else at = this.escape(point, at)
        continue
      }
      if (point < 0x800) bytes[at++] = 0xc0 | (point >> 6)
      else {
        if (point < 0x10000) bytes[at++] = 0xe0 | (point >> 12)
        else {
          bytes[at++] = 0xf0 | (point >> 18)
          bytes[at++] = 0x80 | ((point >> 12) & 0x3f)
        }
        bytes[at++] = 0x80 | ((point >> 6) & 0x3f)
      }
      bytes[at++] = 0x80 | (point & 0x3f)
    }
    bytes[at++] = 34
    this.at = at
  }

  escape(byte: number, start: number): number {
    const { bytes } = this
    let at = start
    bytes[at++] = 92
    const letter = ESCAPES[byte]
    if (letter !== undefined) {
      bytes[at++] = letter
      return at
    }
    bytes[at++] = 117
    bytes[at++] = 48
    bytes[at++] = 48
    bytes[at++] = HEX[byte >> 4]!
    bytes[at++] = HEX[byte & 15]!
    return at
  }

  /** Writes bytes as a JSON string of lower-case hex. */
  hex(source: Uint8Array, start: number, end: number): void {
    this.room((end - start) * 2 + 2)
    const { bytes } = this
    let at = this.at
    bytes[at++] = 34
    for (let i = start; i < end; i++) {
      bytes[at++] = HEX[source[i]! >> 4]!
      bytes[at++] = HEX[source[i]! & 15]!
    }
    bytes[at++] = 34
    this.at = at
  }

  /** Writes a whole number from 0 to 2^53 with at least `least` digits. There must be room. */
  digits(value: number, least = 1): void {
    if (value > 0x7fffffff) {
      this.longDigits(value, least)
      return
    }
    const { bytes, view } = this
    let rest = value | 0
    let count =
      rest < 10 ? 1 : rest < 100 ? 2 : rest < 1000 ? 3 : rest < 10_000 ? 4 : rest < 100_000 ? 5 : rest < 1_000_000 ? 6 : countDigits(rest)
    if (count < least) count = least
    const start = this.at
    let at = start + count
    this.at = at
    // Whole-number division is quicker on 32 bits, and two digits at a time take half of it.
    for (; at - start >= 2; at -= 2) {
      const next = (rest / 100) | 0
      view.setUint16(at - 2, PAIRS[rest - next * 100]!, true)
      rest = next
    }
    if (at > start) bytes[start] = 48 + rest
  }

  longDigits(value: number, least: number): void {
    const high = Math.floor(value / 1e9)
    this.digits(high, Math.max(1, least - 9))
    this.digits(value - high * 1e9, 9)
  }

  /** Writes high × 2^32 + low, which may take all 64 bits. There must be room. */
  digits64(high: number, low: number): void {
    if (high < 0x200000) {
      this.digits(high * 0x100000000 + low)
      return
    }
    // Divided by 10^9 in steps of 16 bits, so that every number on the way is exact.
    const top = Math.floor(high / 1e9)
    const upper = (high - top * 1e9) * 0x10000 + (low >>> 16)
    const middle = Math.floor(upper / 1e9)
    const lower = (upper - middle * 1e9) * 0x10000 + (low & 0xffff)
    const bottom = Math.floor(lower / 1e9)
    this.digits(top * 0x100000000 + middle * 0x10000 + bottom)
    this.digits(lower - bottom * 1e9, 9)
  }

  /** Writes r / 10^k (r ≥ 0 and whole, k ≤ 9) without trailing zeros. There must be room. */
  fraction(r: number, k: number): void {
    let value = r
    let places = k
    if (value <= 0x7fffffff) {
      let small = value | 0
      while (places > 0) {
        const next = (small / 10) | 0
        if (next * 10 !== small) break
        small = next
        places--
      }
      value = small
    } else {
      while (places > 0 && value % 10 === 0) {
        value /= 10
        places--
      }
    }
    const power = POW10[places]!
    const whole = Math.floor(value / power)
    this.digits(whole)
    if (places === 0) return
    this.bytes[this.at++] = 46
    this.digits(value - whole * power, places)
  }

  /** Writes a number as Go does: like JavaScript, but with at least two digits in an exponent. There must be room. */
  number(value: number): void {
    const text = Number.isFinite(value) ? (Object.is(value, -0) ? '-0' : String(value)) : 'null'
    const e = text.indexOf('e')
    this.ascii(e >= 0 && text.length - e === 3 ? `${text.slice(0, e + 2)}0${text.slice(e + 2)}` : text)
  }
}

function countDigits(value: number): number {
  return value < 10_000_000 ? 7 : value < 100_000_000 ? 8 : value < 1_000_000_000 ? 9 : 10
}
