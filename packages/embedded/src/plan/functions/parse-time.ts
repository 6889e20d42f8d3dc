import type { Precision } from 'taosts/wire'
import { fromWall, type ZoneCache } from './zone.ts'

/** Ticks in a second, by precision. */
export const TICKS_PER_SECOND: Readonly<Record<Precision, bigint>> = { ms: 1000n, us: 1_000_000n, ns: 1_000_000_000n }

const DIGITS: Readonly<Record<Precision, number>> = { ms: 3, us: 6, ns: 9 }

const ZERO = 48
const BLANK = 32

/** Up to `most` digits from `at`: their number times 16, plus how many there are (0 for none). */
function digits(text: string, at: number, most: number): number {
  let value = 0
  let count = 0
  for (; count < most; count++) {
    const digit = text.charCodeAt(at + count) - ZERO
    if (!(digit >= 0 && digit <= 9)) break
    value = value * 10 + digit
  }
  return value * 16 + count
}

/**
 * Ticks of a time in text, as TDengine reads it: `2024-01-01`, `2024-01-01 00:00:00.123`, with `T` instead of the blank, `Z` or a UTC offset; without
 * one in `zone`. Digits beyond the precision are cut. Undefined when it is not a time.
 */
export function parseTime(text: string, precision: Precision, zone: string, cache: ZoneCache): bigint | undefined {
  let at = 0
  const blanks = (): void => {
    while (text.charCodeAt(at) === BLANK) at++
  }
  /** The number at hand, which must be there and end with the mark (0 for any end); -1 otherwise. */
  const number = (most: number, mark: number): number => {
    const found = digits(text, at, most)
    if (found % 16 === 0) return -1
    at += found % 16
    if (mark !== 0 && text.charCodeAt(at++) !== mark) return -1
    return (found - (found % 16)) / 16
  }
  blanks()
  const [year, month, day] = [number(4, 45), number(2, 45), number(2, 0)]
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if (at === text.length) return ticks(fromWall(zone, wallMs(year, month, day, 0, 0, 0), cache), 0n, precision)
  const between = text.charCodeAt(at)
  if (between !== BLANK && between !== 84) return undefined
  at++
  blanks()
  const [hour, minute, second] = [number(2, 58), number(2, 58), number(2, 0)]
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return undefined
  const wall = wallMs(year, month, day, hour, minute, second)
  let fraction = 0n
  if (text.charCodeAt(at) === 46) {
    at++
    const start = at
    while (digits(text, at, 1) % 16 === 1) at++
    if (at === start) return undefined
    const wanted = DIGITS[precision]
    fraction = BigInt(text.slice(start, Math.min(at, start + wanted)).padEnd(wanted, '0'))
  }
  blanks()
  if (at === text.length) return ticks(fromWall(zone, wall, cache), fraction, precision)
  const offset = offsetOf(text.slice(at))
  return offset === undefined ? undefined : ticks(wall - offset * 1000, fraction, precision)
}

/** Seconds east of UTC: `Z`, `+8`, `+08`, `+0800`, `+08:00`. */
function offsetOf(text: string): number | undefined {
  if (text === 'Z' || text === 'z') return 0
  const m = /^([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(text)
  if (!m || Number(m[2]) > 23 || Number(m[3] ?? 0) > 59) return undefined
  return (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 3600 + Number(m[3] ?? 0) * 60)
}

const ticks = (ms: number, fraction: bigint, precision: Precision): bigint =>
  BigInt(Math.round(ms / 1000)) * TICKS_PER_SECOND[precision] + fraction

/** Milliseconds of a civil time as if it were UTC, for any year from 0 on. */
export function wallMs(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  if (year >= 100) return Date.UTC(year, month - 1, day, hour, minute, second)
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.getTime() + (hour * 3600 + minute * 60 + second) * 1000
}

/** Days in a month of the Gregorian calendar. */
export function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}
