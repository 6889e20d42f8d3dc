import type { Precision } from 'taosts/wire'
import { SqlError } from '../../errors.ts'
import { daysIn, TICKS_PER_SECOND, wallMs } from './parse-time.ts'
import { fromWall, utcOffset, type ZoneCache } from './zone.ts'

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** A time on the wall. */
interface Civil {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** Nanoseconds of the second. */
  readonly nanos: number
  readonly weekday: number
  readonly yearday: number
  /** Seconds east of UTC. */
  readonly offset: number
}

const NANOS_PER_TICK: Readonly<Record<Precision, number>> = { ms: 1_000_000, us: 1000, ns: 1 }

/** The wall-clock time of an instant in a zone. */
export function civil(ticks: bigint, precision: Precision, zone: string, zones: ZoneCache): Civil {
  const per = TICKS_PER_SECOND[precision]
  let seconds = ticks / per
  let rest = ticks % per
  if (rest < 0n) {
    rest += per
    seconds -= 1n
  }
  const offset = utcOffset(zone, Number(seconds) * 1000, zones)
  const local = Number(seconds) + offset
  const days = Math.floor(local / 86400)
  const time = local - days * 86400
  const { year, month, day } = dateOf(days)
  return {
    year,
    month,
    day,
    hour: Math.floor(time / 3600),
    minute: Math.floor(time / 60) % 60,
    second: time % 60,
    nanos: Number(rest) * NANOS_PER_TICK[precision],
    weekday: (((days + 4) % 7) + 7) % 7,
    yearday: days - daysFromCivil(year, 1, 1) + 1,
    offset,
  }
}

/** The date of a day counted from 1970-01-01, for any year (the JavaScript Date ends at 275760). */
export function dateOf(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719468
  const era = Math.floor(shifted / 146097)
  const doe = shifted - era * 146097
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36524) - Math.floor(doe / 146096)) / 365)
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100))
  const mp = Math.floor((5 * doy + 2) / 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  return { year: yoe + era * 400 + (month <= 2 ? 1 : 0), month, day: doy - Math.floor((153 * mp + 2) / 5) + 1 }
}

export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yoe = y - era * 400
  const doy = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146097 + yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy - 719468
}

/** The patterns of TO_CHAR and TO_TIMESTAMP; longer ones are tried first. */
const PATTERNS = [
  'A.M.',
  'AM',
  'P.M.',
  'PM',
  'a.m.',
  'am',
  'p.m.',
  'pm',
  'MONTH',
  'Month',
  'month',
  'MON',
  'Mon',
  'mon',
  'MM',
  'mm',
  'MI',
  'mi',
  'MS',
  'ms',
  'DAY',
  'Day',
  'day',
  'DDD',
  'ddd',
  'DD',
  'dd',
  'DY',
  'Dy',
  'dy',
  'D',
  'd',
  'HH24',
  'hh24',
  'HH12',
  'hh12',
  'HH',
  'hh',
  'SS',
  'ss',
  'US',
  'us',
  'NS',
  'ns',
  'TZH',
  'tzh',
  'YYYY',
  'yyyy',
  'YYY',
  'yyy',
  'YY',
  'yy',
  'Y',
  'y',
] as const

type Part = { readonly literal: string } | { readonly pattern: string }

/** A format cut into patterns and literal text (`"…"` protects text). */
export function formatParts(format: string): Part[] {
  const sorted = [...PATTERNS].sort((a, b) => b.length - a.length)
  const parts: Part[] = []
  let literal = ''
  const flush = (): void => {
    if (literal) parts.push({ literal })
    literal = ''
  }
  for (let i = 0; i < format.length; ) {
    if (format[i] === '"') {
      const end = format.indexOf('"', i + 1)
      literal += format.slice(i + 1, end < 0 ? undefined : end)
      i = end < 0 ? format.length : end + 1
      continue
    }
    if (format[i] === '\\' && i + 1 < format.length) {
      literal += format[i + 1]
      i += 2
      continue
    }
    const pattern = sorted.find((p) => format.startsWith(p, i))
    if (pattern) {
      flush()
      parts.push({ pattern })
      i += pattern.length
    } else literal += format[i++]
  }
  flush()
  return parts
}

const pad = (n: number, width: number): string => String(n).padStart(width, '0')

/** A name in the case of its pattern: `MONTH`, `Month` or `month`. */
function cased(name: string, pattern: string): string {
  if (pattern === pattern.toUpperCase()) return name.toUpperCase()
  return pattern === pattern.toLowerCase() ? name.toLowerCase() : name
}

/** TO_CHAR: the time as the format says. */
export function formatTime(at: Civil, parts: readonly Part[]): string {
  let text = ''
  for (const part of parts) text += 'literal' in part ? part.literal : patternText(at, part.pattern)
  return text
}

function patternText(at: Civil, pattern: string): string {
  switch (pattern.toLowerCase()) {
    case 'a.m.':
    case 'p.m.': {
      const text = at.hour < 12 ? 'a.m.' : 'p.m.'
      return pattern === pattern.toUpperCase() ? text.toUpperCase() : text
    }
    case 'am':
    case 'pm': {
      const text = at.hour < 12 ? 'am' : 'pm'
      return pattern === pattern.toUpperCase() ? text.toUpperCase() : text
    }
    case 'month':
      return cased(MONTHS[at.month - 1] ?? '', pattern).padEnd(9)
    case 'mon':
      return cased((MONTHS[at.month - 1] ?? '').slice(0, 3), pattern)
    case 'mm':
      return pad(at.month, 2)
    case 'mi':
      return pad(at.minute, 2)
    case 'ms':
      return pad(Math.floor(at.nanos / 1_000_000), 3)
    case 'us':
      return pad(Math.floor(at.nanos / 1000), 6)
    case 'ns':
      return pad(at.nanos, 9)
    case 'day':
      return cased(DAYS[at.weekday] ?? '', pattern).padEnd(9)
    case 'dy':
      return cased((DAYS[at.weekday] ?? '').slice(0, 3), pattern)
    case 'ddd':
      return pad(at.yearday, 3)
    case 'dd':
      return pad(at.day, 2)
    case 'd':
      return String(at.weekday + 1)
    case 'hh24':
      return pad(at.hour, 2)
    case 'hh12':
    case 'hh':
      return pad(at.hour % 12 === 0 ? 12 : at.hour % 12, 2)
    case 'ss':
      return pad(at.second, 2)
    case 'tzh':
      return `${at.offset < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(at.offset) / 3600), 2)}`
    case 'yyyy':
      return pad(at.year, 4)
    case 'yyy':
      return pad(at.year % 1000, 3)
    case 'yy':
      return pad(at.year % 100, 2)
    default:
      return String(at.year % 10)
  }
}

const mismatch = (): SqlError => new SqlError(0x2806, 'Func to_timestamp failed for format mismatch')
const wrongTime = (): SqlError => new SqlError(0x2807, 'Func to_timestamp failed for wrong timestamp')

/** TO_TIMESTAMP: ticks of a text in a format. Throws SqlError where they do not match or make no time. */
export function parseFormatted(text: string, parts: readonly Part[], precision: Precision, zone: string, zones: ZoneCache): bigint {
  let i = 0
  const blanks = (): void => {
    while (text[i] === ' ') i++
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
      // A blank or mark of the format passes over one of the text; blanks may be missing or many.
      for (const c of part.literal) {
        if (c === ' ') blanks()
        else if (text[i] === c) i++
        else if (i < text.length && !/[\p{L}\p{N}]/u.test(c) && !/[\p{L}\p{N}]/u.test(text[i] ?? '')) i++
        else throw mismatch()
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

/**
 * TO_ISO8601: `2024-01-01T00:00:00.123` and the zone as written. Before 1970 the fraction keeps C's sign (`00.-16`), as TDengine prints it.
 * `suffix` is the second argument, or absent for the offset of the session's zone.
 */
export function iso8601(ticks: bigint, precision: Precision, zone: string, suffix: string | undefined, zones: ZoneCache): string {
  const per = TICKS_PER_SECOND[precision]
  const seconds = ticks / per
  const fraction = ticks % per
  const at = civil(seconds * 1000n, 'ms', suffix === undefined ? zone : suffix, zones)
  const digits = { ms: 3, us: 6, ns: 9 }[precision]
  const text = fraction < 0n ? `-${String(-fraction).padStart(digits - 1, '0')}` : String(fraction).padStart(digits, '0')
  const tail =
    suffix ??
    `${at.offset < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(at.offset) / 3600), 2)}${pad(Math.floor(Math.abs(at.offset) / 60) % 60, 2)}`
  return `${pad(at.year, 4)}-${pad(at.month, 2)}-${pad(at.day, 2)}T${pad(at.hour, 2)}:${pad(at.minute, 2)}:${pad(at.second, 2)}.${text}${tail}`
}

/** The week of a date by one of the eight modes that TDengine takes from MySQL. */
export function weekOf(days: number, mode: number): number {
  const mondayFirst = (mode & 1) !== 0
  let inYear = (mode & 2) !== 0
  // In modes 1, 3, 4 and 6 the first week is the one with four days or more in the year; in the others the one that begins in it.
  const firstWeekday = mondayFirst ? (mode & 4) !== 0 : (mode & 4) === 0
  let { year } = dateOf(days)
  const { month, day } = dateOf(days)
  let first = daysFromCivil(year, 1, 1)
  const weekdayOf = (n: number): number => (((n + (mondayFirst ? 3 : 4)) % 7) + 7) % 7
  let weekday = weekdayOf(first)
  const begins = (w: number): boolean => (firstWeekday && w !== 0) || (!firstWeekday && w >= 4)
  if (month === 1 && day <= 7 - weekday) {
    if (!inYear && begins(weekday)) return 0
    inYear = true
    year--
    const length = daysFromCivil(year + 1, 1, 1) - daysFromCivil(year, 1, 1)
    first -= length
    weekday = (weekday + 53 * 7 - length) % 7
  }
  const passed = begins(weekday) ? days - (first + (7 - weekday)) : days - (first - weekday)
  if (inYear && passed >= 52 * 7) {
    weekday = (weekday + (daysFromCivil(year + 1, 1, 1) - daysFromCivil(year, 1, 1))) % 7
    if ((!firstWeekday && weekday < 4) || (firstWeekday && weekday === 0)) return 1
  }
  return Math.floor(passed / 7) + 1
}
