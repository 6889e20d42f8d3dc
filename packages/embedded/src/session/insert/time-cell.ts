import type { Precision } from 'taosts/wire'
import { daysIn, parseTime, TICKS_PER_SECOND } from '../../plan/functions/parse-time.ts'
import { fromWall, utcOffset } from '../../plan/functions/zone.ts'
import { Lexer, T } from '../../sql/lexer.ts'
import type { ColumnBuffer } from '../../storage/row-buffer.ts'
import type { Cell } from './cell.ts'
import { InsertWrong } from './insert-error.ts'
import { setInt64 } from './integer-cell.ts'
import type { ValueSource } from './value-source.ts'
import { readValue, type ValueToken, wrongValue } from './value-token.ts'

/** Ticks of a unit of a duration, in nanoseconds; calendar units are not allowed in an INSERT. */
const UNIT_NANOS: Readonly<Record<string, bigint>> = {
  b: 1n,
  u: 1000n,
  a: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
}

const INT64_MAX = 2n ** 63n - 1n
const INT64_MIN = -(2n ** 63n)

/** The instant that a value of a TIMESTAMP column says in ticks, null for NULL; `source.pos` moves behind it. */
export function readTime(source: ValueSource, precision: Precision): bigint | null {
  const { sql } = source
  const token = readValue(sql, source.pos)
  source.pos = token.end
  let ticks: bigint
  switch (token.kind) {
    case 'null':
      return null
    case 'now':
      ticks = source.now(precision)
      break
    case 'today':
      ticks = today(source, precision)
      break
    case 'integer':
    case 'hex':
    case 'binary':
      ticks = integerTicks(token)
      break
    case 'string':
      ticks = textTicks(source, token, precision)
      break
    case 'other':
    case 'end':
      throw wrongValue(sql, token, 'invalid data or symbol')
    default:
      throw wrongValue(sql, token, 'invalid timestamp')
  }
  ticks += shift(source, token, precision)
  if (ticks > INT64_MAX || ticks < INT64_MIN) throw InsertWrong.range(token.start)
  return ticks
}

function integerTicks(token: ValueToken): bigint {
  const negative = token.text.startsWith('-')
  const value = BigInt(negative ? token.text.slice(1) : token.text)
  return negative ? -value : value
}

function textTicks(source: ValueSource, token: ValueToken, precision: Precision): bigint {
  const { text } = token
  if (/^-?\d+$/.test(text) && text.length > 4) return BigInt(text)
  const ticks = parseTime(text, precision, source.zone, source.zones)
  // With a zone TDengine takes the second before the epoch for a failure of its C library.
  if (ticks === undefined || /^1969-12-31[T ]23:59:59(\.\d+)?\s*([zZ]|[+-]\d)/.test(text))
    throw wrongValue(source.sql, token, 'invalid timestamp')
  return ticks
}

function today(source: ValueSource, precision: Precision): bigint {
  const now = Date.now()
  const wall = now + utcOffset(source.zone, now, source.zones) * 1000
  const midnight = fromWall(source.zone, Math.floor(wall / 86_400_000) * 86_400_000, source.zones)
  return (BigInt(midnight) * TICKS_PER_SECOND[precision]) / 1000n
}

/** `+ 1s` or `- 10m` after a time. */
function shift(source: ValueSource, token: ValueToken, precision: Precision): bigint {
  const lexer = new Lexer(source.sql, source.pos)
  lexer.next()
  const sign: string = lexer.word
  if (sign !== '+' && sign !== '-') return 0n
  const negative = sign === '-'
  lexer.next()
  const text = source.sql.slice(lexer.start, lexer.end).toLowerCase()
  const unit = UNIT_NANOS[text.slice(-1)]
  if ((lexer.type as number) !== T.duration || unit === undefined) throw wrongValue(source.sql, token, 'invalid timestamp')
  source.pos = lexer.end
  lexer.next()
  const more: string = lexer.word
  if (more === '+' || more === '-') throw wrongValue(source.sql, token, 'invalid timestamp')
  const nanos = BigInt(text.slice(0, -1)) * unit
  const ticks = (nanos * TICKS_PER_SECOND[precision]) / 1_000_000_000n
  return negative ? -ticks : ticks
}

/** Values of a TIMESTAMP column that may be NULL. */
export function timeCell(buffer: ColumnBuffer, precision: Precision): Cell {
  const read = timeReader(buffer, precision)
  return (source, row) => {
    if (!read(source, row)) buffer.setNull(row)
  }
}

/** Reads times into a column; false for NULL, which it leaves to the caller. */
export function timeReader(buffer: ColumnBuffer, precision: Precision): (source: ValueSource, row: number) => boolean {
  const perSecond = Number(TICKS_PER_SECOND[precision])
  const fractionDigits = precision === 'ms' ? 3 : precision === 'us' ? 6 : 9
  let lastDate = 0
  let lastDays = 0
  let lastMinute = Number.NaN
  let lastUtc = 0
  const slow = (source: ValueSource, row: number): boolean => {
    const ticks = readTime(source, precision)
    if (ticks === null) return false
    buffer.view.setBigInt64(row * 8, ticks, true)
    return true
  }
  return (source, row) => {
    const { sql } = source
    let i = source.pos
    let c = sql.charCodeAt(i)
    while (c === 32) c = sql.charCodeAt(++i)
    if (c >= 48 && c <= 57) {
      let value = 0
      const start = i
      do {
        value = value * 10 + (c - 48)
        c = sql.charCodeAt(++i)
      } while (c >= 48 && c <= 57)
      if (i - start > 15 || (c !== 44 && c !== 41)) return slow(source, row)
      setInt64(buffer.view, row, value)
      source.pos = i
      return true
    }
    if (c !== 39 && c !== 34) return slow(source, row)
    // 'YYYY-MM-DD HH:MM:SS' and an optional fraction; anything else is read the long way.
    const quote = c
    const at = i + 1
    if (
      sql.charCodeAt(at + 4) !== 45 ||
      sql.charCodeAt(at + 7) !== 45 ||
      sql.charCodeAt(at + 10) !== 32 ||
      sql.charCodeAt(at + 13) !== 58 ||
      sql.charCodeAt(at + 16) !== 58
    )
      return slow(source, row)
    const hour = two(sql, at + 11)
    const minute = two(sql, at + 14)
    const second = two(sql, at + 17)
    const century = two(sql, at)
    const year = two(sql, at + 2)
    const month = two(sql, at + 5)
    const day = two(sql, at + 8)
    if (hour > 23 || minute > 59 || second > 59 || century > 99 || year > 99 || month > 12 || day > 31) return slow(source, row)
    const date = century * 1_000_000 + year * 10_000 + month * 100 + day
    if (date !== lastDate) {
      const days = dayNumber(date)
      if (days === undefined) return slow(source, row)
      lastDate = date
      lastDays = days
    }
    i = at + 19
    c = sql.charCodeAt(i)
    let fraction = 0
    if (c === 46) {
      let digits = 0
      c = sql.charCodeAt(++i)
      while (c >= 48 && c <= 57) {
        if (digits < fractionDigits) {
          fraction = fraction * 10 + (c - 48)
          digits++
        }
        c = sql.charCodeAt(++i)
      }
      if (digits === 0) return slow(source, row)
      while (digits++ < fractionDigits) fraction *= 10
    }
    if (c !== quote) return slow(source, row)
    c = sql.charCodeAt(++i)
    if (c !== 44 && c !== 41) return slow(source, row)
    const wallMinute = lastDays * 1440 + hour * 60 + minute
    let utc: number
    if (source.fixedOffset !== undefined) utc = wallMinute * 60 - source.fixedOffset
    else {
      if (wallMinute !== lastMinute) {
        lastMinute = wallMinute
        lastUtc = fromWall(source.zone, wallMinute * 60_000, source.zones) / 1000
      }
      utc = lastUtc
    }
    utc += second
    // Before the epoch, and where microseconds are no longer exact in a double (from 2255 on), the long way is the exact one.
    if (utc < 0 || utc > 9_007_199_253) return slow(source, row)
    if (precision === 'ns') setNanos(buffer.view, row, utc, fraction)
    else setInt64(buffer.view, row, utc * perSecond + fraction)
    source.pos = i
    return true
  }
}

/** Two digits as a number, 100 where there are none. */
function two(sql: string, at: number): number {
  const a = sql.charCodeAt(at) - 48
  const b = sql.charCodeAt(at + 1) - 48
  return a >= 0 && a <= 9 && b >= 0 && b <= 9 ? a * 10 + b : 100
}

/** Days since 1970-01-01 of a date written YYYYMMDD; undefined for none and for dates before 1970. */
function dayNumber(date: number): number | undefined {
  const year = Math.floor(date / 10_000)
  const month = Math.floor(date / 100) % 100
  const day = date % 100
  if (!(year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return undefined
  return daysOf(year, month, day)
}

/** Days of a civil date since 1970-01-01, for years from 1970 on. */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468
}

/** seconds × 10^9 + nanos as a 64-bit integer without a bigint: the seconds (below 2^34) are multiplied in two halves. */
function setNanos(view: DataView, row: number, seconds: number, nanos: number): void {
  const upper = Math.floor(seconds / 65536) * 1e9
  const lower = (seconds % 65536) * 1e9 + nanos + (upper % 65536) * 65536
  view.setUint32(row * 8, lower % 4294967296, true)
  view.setUint32(row * 8 + 4, Math.floor(upper / 65536) + Math.floor(lower / 4294967296), true)
}
