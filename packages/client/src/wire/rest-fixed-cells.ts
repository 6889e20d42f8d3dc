import { daysFromCivil } from '../types/calendar.ts'
import { parseDecimal, splitDecimal128 } from '../types/decimal.ts'
import { POW10 } from '../types/float.ts'
import { parseTimestamp } from '../types/timestamp.ts'
import { TYPES, TypeCode } from '../types/types.ts'
import { type ColumnSpec, emptyValues, fixedColumn, noNulls, setNull } from './builder.ts'
import type { Column } from './column.ts'
import { ascii, bad, type CellParser, INCOMPLETE, type RestClock, skipNull } from './rest-cell.ts'

/** The end of a number's characters. */
function numberEnd(bytes: Uint8Array, at: number): number {
  let end = at
  for (;;) {
    const byte = bytes[end]!
    // Digits, sign, point and exponent.
    if ((byte < 48 || byte > 57) && byte !== 45 && byte !== 46 && byte !== 43 && byte !== 101 && byte !== 69) break
    end++
  }
  return end
}

abstract class FixedCells implements CellParser {
  readonly spec: ColumnSpec
  nulls: Uint8Array = noNulls(0)
  values: Float64Array = new Float64Array(0)

  constructor(spec: ColumnSpec) {
    this.spec = spec
  }

  begin(rows: number): void {
    this.nulls = noNulls(rows)
    this.values = emptyValues(this.spec.type, rows) as Float64Array
  }

  parse(bytes: Uint8Array, at: number, row: number): number {
    if (bytes[at] === 0x6e) {
      const end = skipNull(bytes, at)
      if (end > 0) setNull(this.nulls, row)
      return end
    }
    return bytes[at] === 0 ? INCOMPLETE : this.value(bytes, at, row)
  }

  abstract value(bytes: Uint8Array, at: number, row: number): number

  finish(rows: number): Column {
    const per = this.spec.type === TypeCode.DECIMAL ? 2 : 1
    const used = TYPES[this.spec.type]!.width === 0 ? 0 : rows * per
    return fixedColumn(this.spec, this.values.subarray(0, used), rows, this.nulls.subarray(0, (rows + 7) >>> 3))
  }
}

/** Numbers up to 32 bits, and doubles. */
export class NumberCells extends FixedCells {
  value(bytes: Uint8Array, start: number, row: number): number {
    let at = start
    const negative = bytes[at] === 45
    if (negative) at++
    let mantissa = 0
    let digits = 0
    let point = -1
    for (;;) {
      const byte = bytes[at]!
      if (byte >= 48 && byte <= 57) {
        mantissa = mantissa * 10 + (byte - 48)
        digits++
      } else if (byte === 46 && point < 0) point = at
      else break
      at++
    }
    const fraction = point < 0 ? 0 : at - point - 1
    // A mantissa of 15 digits and a power of ten up to 22 are exact, and so is the one rounding of their quotient.
    if (digits > 15 || fraction > 22 || bytes[at] === 101 || bytes[at] === 69) {
      at = numberEnd(bytes, start)
      if (bytes[at] === 0) return INCOMPLETE
      const value = Number(ascii(bytes, start, at))
      if (Number.isNaN(value)) throw bad(start)
      this.values[row] = value
      return at
    }
    if (bytes[at] === 0) return INCOMPLETE
    if (digits === 0) throw bad(start)
    const size = fraction === 0 ? mantissa : mantissa / POW10[fraction]!
    this.values[row] = negative ? -size : size
    return at
  }
}

export class BoolCells extends FixedCells {
  value(bytes: Uint8Array, at: number, row: number): number {
    const word = bytes[at] === 0x74 ? 'true' : 'false'
    for (let i = 0; i < word.length; i++) {
      if (bytes[at + i] === 0) return INCOMPLETE
      if (bytes[at + i] !== word.charCodeAt(i)) throw bad(at)
    }
    this.values[row] = word === 'true' ? 1 : 0
    return at + word.length
  }
}

/** Columns of 64 bits, written as two words of 32 so that no bigint is made for a value that a double holds. */
abstract class WordCells extends FixedCells {
  words: Int32Array = new Int32Array(0)

  override begin(rows: number): void {
    super.begin(rows)
    this.words = new Int32Array(this.values.buffer)
  }

  /** A whole number below 2^53 in size. */
  store(row: number, value: number): void {
    const high = Math.floor(value / 0x100000000)
    this.words[2 * row] = value - high * 0x100000000
    this.words[2 * row + 1] = high
  }

  storeBig(row: number, value: bigint): void {
    ;(this.values as unknown as BigInt64Array)[row] = value
  }
}

export class WideCells extends WordCells {
  value(bytes: Uint8Array, start: number, row: number): number {
    let at = bytes[start] === 45 ? start + 1 : start
    const first = at
    let size = 0
    for (; bytes[at]! >= 48 && bytes[at]! <= 57; at++) size = size * 10 + (bytes[at]! - 48)
    if (bytes[at] === 0) return INCOMPLETE
    if (at === first) throw bad(start)
    if (at - first <= 15) this.store(row, first === start ? size : -size)
    else this.storeBig(row, BigInt(ascii(bytes, start, at)))
    return at
  }
}

export class DecimalCells extends WordCells {
  value(bytes: Uint8Array, start: number, row: number): number {
    if (bytes[start] !== 34) throw bad(start)
    let at = start + 1
    while (bytes[at] !== 34) {
      if (bytes[at] === 0) return INCOMPLETE
      at++
    }
    const { type, precision = 0, scale = 0 } = this.spec
    const text = ascii(bytes, start + 1, at)
    let unscaled: bigint
    try {
      unscaled = parseDecimal(text, precision || 38, scale)
    } catch {
      throw bad(start)
    }
    if (type === TypeCode.DECIMAL64) this.storeBig(row, unscaled)
    else {
      const [low, high] = splitDecimal128(unscaled)
      this.storeBig(2 * row, low)
      this.storeBig(2 * row + 1, high)
    }
    return at + 1
  }
}

export class TimeCells extends WordCells {
  readonly clock: RestClock
  /** The date read last, as a number made of its digits, and its day. */
  date = -1
  day = 0
  /** From one quote to the other, in the text read last. */
  length = 1

  constructor(spec: ColumnSpec, clock: RestClock) {
    super(spec)
    this.clock = clock
  }

  value(bytes: Uint8Array, start: number, row: number): number {
    if (bytes[start] !== 34) throw bad(start)
    // Mostly the text is as long as the one before it.
    let end = start + this.length
    if (bytes[end] !== 34 || bytes[end - 1] !== 90) {
      end = start + 1
      while (bytes[end] !== 34) {
        if (bytes[end] === 0) return INCOMPLETE
        end++
      }
      this.length = end - start
    }
    // "2022-08-09T22:33:44.123Z": fixed places up to the second. Anything else takes the slow way.
    const at = start + 1
    const zone = bytes[end - 1] === 90 ? end - 1 : end - 6
    const digits = zone - at - 20
    if (bytes[at + 4] !== 45 || bytes[at + 10] !== 84 || bytes[at + 19] !== 46 || (digits !== 3 && digits !== 6 && digits !== 9)) {
      return this.slow(bytes, start, end, row)
    }
    const date = two(bytes, at) * 1_000_000 + two(bytes, at + 2) * 10_000 + two(bytes, at + 5) * 100 + two(bytes, at + 8)
    if (date !== this.date) {
      const month = Math.floor(date / 100) % 100
      if (month < 1 || month > 12 || date % 100 < 1 || date % 100 > 31) return this.slow(bytes, start, end, row)
      this.date = date
      this.day = daysFromCivil(Math.floor(date / 10_000), month, date % 100)
    }
    const hour = two(bytes, at + 11)
    const minute = two(bytes, at + 14)
    const second = two(bytes, at + 17)
    if (hour > 23 || minute > 59 || second > 59) return this.slow(bytes, start, end, row)
    let seconds = this.day * 86_400 + hour * 3600 + minute * 60 + second
    if (zone === end - 6) {
      const offset = two(bytes, zone + 1) * 3600 + two(bytes, zone + 4) * 60
      seconds += bytes[zone] === 45 ? offset : -offset
    }
    let fraction = 0
    for (let i = at + 20; i < zone; i++) {
      const digit = bytes[i]! - 48
      if (digit < 0 || digit > 9) return this.slow(bytes, start, end, row)
      fraction = fraction * 10 + digit
    }
    this.clock.precision ??= digits === 3 ? 'ms' : digits === 6 ? 'us' : 'ns'
    this.ticks(row, seconds, fraction, POW10[digits]!)
    return end + 1
  }

  /** seconds × unit + fraction, in words: in nanoseconds it is more than a double can hold. */
  ticks(row: number, seconds: number, fraction: number, unit: number): void {
    const top = Math.floor(seconds / 65_536)
    const a = top * unit
    const aHigh = Math.floor(a / 65_536)
    const low = (a - aHigh * 65_536) * 65_536 + (seconds - top * 65_536) * unit + fraction
    const carry = Math.floor(low / 0x100000000)
    this.words[2 * row] = low - carry * 0x100000000
    this.words[2 * row + 1] = aHigh + carry
  }

  slow(bytes: Uint8Array, start: number, end: number, row: number): number {
    const text = ascii(bytes, start + 1, end)
    const digits = /\.(\d+)/.exec(text)?.[1]?.length ?? 0
    this.clock.precision ??= digits > 6 ? 'ns' : digits > 3 ? 'us' : 'ms'
    try {
      this.storeBig(row, parseTimestamp(text, this.clock.precision))
    } catch {
      throw bad(start)
    }
    return end + 1
  }
}

function two(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 10 + bytes[at + 1]! - 528
}
