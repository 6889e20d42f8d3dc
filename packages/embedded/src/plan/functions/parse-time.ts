import type { Precision } from 'taosts/wire'
import { fromWall, type ZoneCache } from './zone.ts'

/** Ticks in a second, by precision. */
export const TICKS_PER_SECOND: Readonly<Record<Precision, bigint>> = { ms: 1000n, us: 1_000_000n, ns: 1_000_000_000n }

const DIGITS: Readonly<Record<Precision, number>> = { ms: 3, us: 6, ns: 9 }

const TIME = /^\s*(\d{1,4})-(\d{1,2})-(\d{1,2})(?:([T\s])\s*(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d+))?\s*(z|Z|[+-]\d{1,2}(?::?\d{2})?)?)?$/

/**
 * Ticks of a time in text, as TDengine reads it: `2024-01-01`, `2024-01-01 00:00:00.123`, with `T` instead of the blank, `Z` or a UTC offset; without
 * one in `zone`. Digits beyond the precision are cut. Undefined when it is not a time.
 */
export function parseTime(text: string, precision: Precision, zone: string, cache: ZoneCache): bigint | undefined {
  const m = TIME.exec(text)
  if (!m) return undefined
  const [year, month, day] = [Number(m[1]), Number(m[2]), Number(m[3])]
  const [hour, minute, second] = [Number(m[5] ?? 0), Number(m[6] ?? 0), Number(m[7] ?? 0)]
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59) return undefined
  const wall = wallMs(year, month, day, hour, minute, second)
  let seconds: number
  const offset = m[9]
  if (offset === undefined) seconds = fromWall(zone, wall, cache) / 1000
  else if (offset === 'Z' || offset === 'z') seconds = wall / 1000
  else {
    const parts = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(offset)
    if (!parts || Number(parts[2]) > 23 || Number(parts[3] ?? 0) > 59) return undefined
    seconds = wall / 1000 - (parts[1] === '-' ? -1 : 1) * (Number(parts[2]) * 3600 + Number(parts[3] ?? 0) * 60)
  }
  const fraction = m[8] === undefined ? 0n : BigInt(m[8].slice(0, DIGITS[precision]).padEnd(DIGITS[precision], '0'))
  return BigInt(Math.round(seconds)) * TICKS_PER_SECOND[precision] + fraction
}

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
