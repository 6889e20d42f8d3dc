import type { Precision } from 'taosts/wire'
import { SqlError } from '../../errors.ts'
import { dateOf, daysFromCivil, NANOS_PER_TICK } from './civil-time.ts'
import { daysIn, TICKS_PER_SECOND, wallMs } from './parse-time.ts'
import { DAYS, MONTHS, type Part } from './time-pattern.ts'
import { fromWall, type ZoneCache } from './zone.ts'

const mismatch = (): SqlError => new SqlError(0x2806, 'Func to_timestamp failed for format mismatch')
const wrongTime = (): SqlError => new SqlError(0x2807, 'Func to_timestamp failed for wrong timestamp')

/** TO_TIMESTAMP: ticks of a text in a format. Throws SqlError where they do not match or make no time. */
export function parseFormatted(text: string, parts: readonly Part[], precision: Precision, zone: string, zones: ZoneCache): bigint {
  let i = 0
  const blanks = (): void => {
    while (/\s/.test(text[i] ?? '')) i++
  }
  const number = (width: number): number => {
    blanks()
    const digits = /^\d+/.exec(text.slice(i, i + width))?.[0]
    if (!digits) throw mismatch()
    i += digits.length
    return Number(digits)
  }
  const fraction = (width: number): number => {
    const digits = /^\d+/.exec(text.slice(i, i + width))?.[0]
    if (!digits) throw mismatch()
    i += digits.length
    return Number(digits.padEnd(width, '0'))
  }
  const word = (names: readonly string[], short: boolean): number => {
    blanks()
    const rest = text.slice(i).toLowerCase()
    const found = names.findIndex((name) => rest.startsWith((short ? name.slice(0, 3) : name).toLowerCase()))
    if (found < 0) throw mismatch()
    i += short ? 3 : (names[found]?.length ?? 0)
    return found
  }
  let [year, month, day, hour, minute, second, nanos, yearday] = [1970, 1, 1, 0, 0, 0, 0, 0]
  let hour12: number | undefined
  let afternoon: boolean | undefined
  let offset: number | undefined
  for (const part of parts) {
    if ('literal' in part) {
      // Blanks may be missing or many; a mark of the format passes over one of the text, a letter or digit that the text lacks is left out.
      for (const c of part.literal) {
        blanks()
        if (/\s/.test(c)) continue
        const word = /[\p{L}\p{N}]/u
        if (text[i] === c) i++
        else if (i < text.length && !word.test(c) && !word.test(text[i]!)) i++
        else if (!word.test(c)) throw mismatch()
      }
      continue
    }
    switch (part.pattern.toLowerCase()) {
      case 'a.m.':
      case 'p.m.':
      case 'am':
      case 'pm': {
        blanks()
        const m = /^([ap])\.?m\.?/i.exec(text.slice(i))
        if (!m) throw mismatch()
        afternoon = m[1]?.toLowerCase() === 'p'
        i += m[0].length
        break
      }
      case 'month':
        month = word(MONTHS, false) + 1
        break
      case 'mon':
        month = word(MONTHS, true) + 1
        break
      case 'mm':
        month = number(2)
        break
      case 'mi':
        minute = number(2)
        break
      case 'ms':
        nanos += fraction(3) * 1_000_000
        break
      case 'us':
        nanos += fraction(6) * 1000
        break
      case 'ns':
        nanos += fraction(9)
        break
      case 'day':
        word(DAYS, false)
        break
      case 'dy':
        word(DAYS, true)
        break
      case 'ddd':
        yearday = number(3)
        break
      case 'dd':
        day = number(2)
        break
      case 'd':
        number(1)
        break
      case 'hh24':
        hour = number(2)
        break
      case 'hh12':
      case 'hh':
        hour12 = number(2)
        break
      case 'ss':
        second = number(2)
        break
      case 'tzh': {
        blanks()
        const m = /^([+-])?(\d{1,2})/.exec(text.slice(i))
        if (!m) throw mismatch()
        offset = (m[1] === '-' ? -1 : 1) * Number(m[2]) * 3600
        i += m[0].length
        break
      }
      case 'yyyy':
        year = number(4)
        break
      case 'yyy':
        year = 2000 + number(3)
        break
      case 'yy': {
        const yy = number(2)
        year = yy < 70 ? 2000 + yy : 1900 + yy
        break
      }
      default:
        year = 2020 + number(1)
    }
  }
  if (hour12 !== undefined) {
    if (hour12 < 1 || hour12 > 12) throw wrongTime()
    hour = (hour12 % 12) + (afternoon ? 12 : 0)
  } else if (afternoon !== undefined && hour < 12 && afternoon) hour += 12
  if (yearday > 0) {
    if (yearday > 366) throw wrongTime()
    ;({ year, month, day } = dateOf(daysFromCivil(year, 1, 1) + yearday - 1))
  }
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59) throw wrongTime()
  const wall = wallMs(year, month, day, hour, minute, second)
  const seconds = offset === undefined ? fromWall(zone, wall, zones) / 1000 : wall / 1000 - offset
  return BigInt(Math.round(seconds)) * TICKS_PER_SECOND[precision] + BigInt(Math.trunc(nanos / NANOS_PER_TICK[precision]))
}
