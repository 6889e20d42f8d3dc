import type { Precision } from 'taosts/wire'
import { quote } from './functions/types.ts'
import { isZone } from './functions/zone.ts'

export interface Calendar {
  readonly precision: Precision
  /** IANA name or UTC offset. */
  readonly timezone: string
}

/** Seconds east of UTC of a zone that never changes, or undefined for the others. */
export function fixedOffset(name: string): number | undefined {
  if (/^(z|utc|gmt|etc\/utc)$/i.test(name) || !isZone(name)) return 0
  const found = /^([A-Za-z]{3,})?([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(name)
  if (!found) return undefined
  const seconds = Number(found[3]) * 3600 + Number(found[4] ?? 0) * 60
  // With letters in front it is POSIX's notation, in which west is positive.
  return (found[2] === '-') !== (found[1] !== undefined) ? -seconds : seconds
}

const MICROS: Readonly<Record<Precision, (ticks: string) => string>> = {
  ms: (ticks) => `(${ticks}) * 1000`,
  us: (ticks) => ticks,
  ns: (ticks) => floorDivide(ticks, 1000n),
}

/** `sql // by` rounded down, for negative values too. */
export function floorDivide(sql: string, by: bigint): string {
  return `((${sql}) - ((${sql}) % ${by} + ${by}) % ${by}) // ${by}`
}

/** Ticks as the wall clock's TIMESTAMP of DuckDB (to microseconds). */
export function wallClock(ticks: string, { precision, timezone }: Calendar): string {
  const micros = `make_timestamp(${MICROS[precision](ticks)})`
  const fixed = fixedOffset(timezone)
  if (fixed === 0) return micros
  if (fixed !== undefined) return `(${micros} + to_seconds(${fixed}))`
  return `(${micros} AT TIME ZONE 'UTC' AT TIME ZONE ${quote(timezone)})`
}

/** The ticks of a wall clock's TIMESTAMP. */
export function wallTicks(timestamp: string, { precision, timezone }: Calendar): string {
  const fixed = fixedOffset(timezone)
  const utc =
    fixed === 0
      ? timestamp
      : fixed !== undefined
        ? `(${timestamp} - to_seconds(${fixed}))`
        : `(${timestamp} AT TIME ZONE ${quote(timezone)})`
  const micros = `epoch_us(${utc})`
  return precision === 'us' ? micros : precision === 'ns' ? `(${micros} * 1000)` : floorDivide(micros, 1000n)
}

/** More months than DuckDB's calendar has; an INTERVAL counts them in 32 bits. */
const MOST_MONTHS = 2_000_000_000n

/** Ticks moved by calendar months; what is finer than the calendar's microseconds stays. */
export function addMonths(ticks: string, months: bigint, calendar: Calendar): string {
  const some = months > MOST_MONTHS ? MOST_MONTHS : months < -MOST_MONTHS ? -MOST_MONTHS : months
  const wall = `(${wallClock(ticks, calendar)} + INTERVAL (${some}) MONTH)`
  if (calendar.precision !== 'ns') return wallTicks(wall, calendar)
  return `td_h2i64(${wallTicks(wall, { ...calendar, precision: 'us' })}::HUGEINT * 1000 + ((${ticks}) % 1000 + 1000) % 1000)`
}
