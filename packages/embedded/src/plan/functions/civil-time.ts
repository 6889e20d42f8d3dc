import type { Precision } from 'taosts/wire'
import { TICKS_PER_SECOND } from './parse-time.ts'
import { utcOffset, type ZoneCache } from './zone.ts'

/** A time on the wall. */
export interface Civil {
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

export const NANOS_PER_TICK: Readonly<Record<Precision, number>> = { ms: 1_000_000, us: 1000, ns: 1 }

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
