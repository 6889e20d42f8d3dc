import { daysFromCivil } from '../types/calendar.ts'
import { parseDecimal, splitDecimal128 } from '../types/decimal.ts'
import { POW10 } from '../types/float.ts'
import { parseTimestamp } from '../types/timestamp.ts'
import { TYPES, TypeCode } from '../types/types.ts'
import { type ColumnSpec, emptyValues, fixedColumn, noNulls, setNull } from './builder.ts'
import type { Column, FixedColumn } from './column.ts'
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

/** Doubles, and what the numbers of other types begin with. */
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
      this.store(row, value, start)
      return at
    }
    if (bytes[at] === 0) return INCOMPLETE
    if (digits === 0) throw bad(start)
    const size = fraction === 0 ? mantissa : mantissa / POW10[fraction]!
    this.store(row, negative ? -size : size, start)
    return at
  }

  store(row: number, value: number, _at: number): void {
    this.values[row] = value
  }
}

/** Whole numbers up to 32 bits. */
export class WholeCells extends NumberCells {
  override store(row: number, value: number, at: number): void {
    this.values[row] = value
    if (this.values[row] !== value) throw bad(at)
  }
}

/** Floats, which come as the shortest decimals that tell them: those need not be found again. */
export class FloatCells extends NumberCells {
  decimals: Float64Array = new Float64Array(0)

  override begin(rows: number): void {
    super.begin(rows)
    this.decimals = new Float64Array(rows)
  }

  override store(row: number, value: number, at: number): void {
    this.values[row] = value
    this.decimals[row] = value
    if (!Number.isFinite(this.values[row])) throw bad(at)
  }

  override finish(rows: number): Column {
    return { ...(super.finish(rows) as FixedColumn), decimals: this.decimals }
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

  /** high × unit + low, or its negative: whole, and more than a double can hold. Throws where 64 bits do not hold it either. */
  storeProduct(row: number, at: number, high: number, low: number, unit: number, negative = false): void {
    const top = Math.floor(high / 65_536)
    const a = top * unit
    const aHigh = Math.floor(a / 65_536)
    const rest = (a - aHigh * 65_536) * 65_536 + (high - top * 65_536) * unit + low
    const carry = Math.floor(rest / 0x100000000)
    const highWord = aHigh + carry
    const lowWord = rest - carry * 0x100000000
    const limit = this.spec.type === TypeCode.UBIGINT ? 0x100000000 : 0x80000000
    if ((highWord >= limit || highWord < -limit) && !(negative && highWord === limit && lowWord === 0)) throw bad(at)
    this.words[2 * row] = negative ? -lowWord : lowWord
    this.words[2 * row + 1] = negative ? -highWord - (lowWord === 0 ? 0 : 1) : highWord
  }

  storeBig(row: number, value: bigint): void {
    ;(this.values as unknown as BigInt64Array)[row] = value
  }
}

export class WideCells extends WordCells {
  value(bytes: Uint8Array, start: number, row: number): number {
    const negative = bytes[start] === 45
    const first = negative ? start + 1 : start
    let at = first
    let size = 0
    for (; bytes[at]! >= 48 && bytes[at]! <= 57; at++) size = size * 10 + (bytes[at]! - 48)
    if (bytes[at] === 0) return INCOMPLETE
    const digits = at - first
    if (digits === 0 || digits > 20 || (negative && this.spec.type === TypeCode.UBIGINT)) throw bad(start)
    if (digits <= 15) this.store(row, negative ? -size : size)
    else this.storeProduct(row, start, whole(bytes, first, at - 9), whole(bytes, at - 9, at), 1e9, negative)
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
    this.storeProduct(row, start, seconds, fraction, POW10[digits]!)
    return end + 1
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

/** The number that these digits are, at most 15. */
function whole(bytes: Uint8Array, start: number, end: number): number {
  let size = 0
  for (let at = start; at < end; at++) size = size * 10 + (bytes[at]! - 48)
  return size
}

function two(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 10 + bytes[at + 1]! - 528
}
