import type { Precision } from 'taosts/wire'
import { type Civil, civil } from './civil-time.ts'
import { TICKS_PER_SECOND } from './parse-time.ts'
import type { ZoneCache } from './zone.ts'

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
export const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

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

export type Part = { readonly literal: string } | { readonly pattern: string }

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
