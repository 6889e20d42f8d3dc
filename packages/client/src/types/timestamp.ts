import { civilFromDays, daysFromCivil, daysInMonth } from './calendar.ts'
import { FRACTION_DIGITS, type Precision, TICKS_PER_MS } from './precision.ts'
import { formatOffset, localToEpoch, parseOffset, type TimeZone, timeZone, UTC } from './time-zone.ts'

/** What a Temporal.Instant must offer here; the class itself is young. */
export interface InstantLike {
  readonly epochNanoseconds: bigint
}

const MIN_TICKS = -(2n ** 63n)
const MAX_TICKS = 2n ** 63n - 1n
const DAY = 86_400

/** The Date of a timestamp in ticks; digits below the millisecond are cut towards the past. */
export function toDate(ticks: bigint | number, precision: Precision): Date {
  const value = BigInt(ticks)
  return new Date(Number(floorDivide(value, TICKS_PER_MS[precision])))
}

/** The ticks of a Date; throws a RangeError for an invalid Date. */
export function fromDate(date: Date, precision: Precision): bigint {
  const ms = date.getTime()
  if (Number.isNaN(ms)) throw new RangeError('an invalid Date is no timestamp')
  return checkTicks(BigInt(ms) * TICKS_PER_MS[precision])
}

/** The Temporal.Instant of a timestamp in ticks, exact; throws a TypeError where the runtime has no Temporal. */
export function toInstant(ticks: bigint | number, precision: Precision): InstantLike {
  const temporal = (globalThis as { Temporal?: { Instant: { fromEpochNanoseconds(ns: bigint): InstantLike } } }).Temporal
  if (!temporal) throw new TypeError("this runtime has no Temporal; use timestamp: 'bigint' or a polyfill on globalThis")
  return temporal.Instant.fromEpochNanoseconds(convertTicks(BigInt(ticks), precision, 'ns', 'refuse'))
}

/** Whether a value is a Temporal.Instant (or works like one). */
export function isInstant(value: unknown): value is InstantLike {
  return typeof value === 'object' && value !== null && typeof (value as InstantLike).epochNanoseconds === 'bigint'
}

/** What to do with digits that a precision cannot keep: throw a RangeError, or cut them towards the past as TDengine does. */
export type Loss = 'refuse' | 'cut'

/** Ticks of one precision in another; throws a RangeError outside 64 bits, and for digits that would be lost unless `loss` is `cut`. */
export function convertTicks(ticks: bigint, from: Precision, to: Precision, loss: Loss = 'cut'): bigint {
  const [a, b] = [TICKS_PER_MS[from], TICKS_PER_MS[to]]
  if (b >= a) return checkTicks(ticks * (b / a))
  const quotient = floorDivide(ticks, a / b)
  if (loss === 'refuse' && quotient * (a / b) !== ticks) throw new RangeError(`${ticks} ${from} is not a whole number of ${to}`)
  return quotient
}

/** RFC 3339 text with exactly 3, 6 or 9 digits after the second, in UTC (`Z`) or in a zone (`+08:00`). */
export function formatTimestamp(ticks: bigint | number, precision: Precision, zone: TimeZone | string = UTC): string {
  const value = BigInt(ticks)
  const perSecond = TICKS_PER_MS[precision] * 1000n
  const seconds = Number(floorDivide(value, perSecond))
  const fraction = String(value - BigInt(seconds) * perSecond).padStart(FRACTION_DIGITS[precision], '0')
  const offset = (typeof zone === 'string' ? timeZone(zone) : zone).offsetAt(seconds)
  const local = seconds + offset
  const days = Math.floor(local / DAY)
  const second = local - days * DAY
  const { year, month, day } = civilFromDays(days)
  const years = year < 0 ? `-${String(-year).padStart(4, '0')}` : String(year).padStart(4, '0')
  return `${years}-${two(month)}-${two(day)}T${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}.${fraction}${formatOffset(offset)}`
}

const TIMESTAMP =
  /^([+-]?\d{4,9})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,}))?)?)?\s*(z|[+-]\d{1,2}(?::?\d{2}){0,2})?$/i

/** What `parseTimestamp` takes besides the text. */
export interface ParseTimestampOptions {
  /** Where a time without an offset is: an IANA name, an offset or a zone; UTC if absent. */
  readonly timezone?: TimeZone | string
  readonly loss?: Loss
}

/** The ticks of an RFC 3339 or `YYYY-MM-DD hh:mm:ss.fff` text; throws a RangeError for what is no time, does not fit 64 bits, or loses digits. */
export function parseTimestamp(text: string, precision: Precision, options: ParseTimestampOptions = {}): bigint {
  const match = TIMESTAMP.exec(text.trim())
  const fail = (why: string): never => {
    throw new RangeError(`${JSON.stringify(text.slice(0, 64))} ${why}`)
  }
  if (!match) return fail('is not a timestamp such as 2024-01-31T12:00:00.123Z')
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month) || hour > 23 || minute > 59 || second > 59) {
    return fail('is not a time of the calendar')
  }
  const local = daysFromCivil(year, month, day) * DAY + hour * 3600 + minute * 60 + second
  const digits = FRACTION_DIGITS[precision]
  const fraction = match[7] ?? ''
  if ((options.loss ?? 'refuse') === 'refuse' && /[1-9]/.test(fraction.slice(digits)))
    return fail(`has more digits than ${precision} can keep`)
  const offsetText = match[8]
  let seconds: number
  if (offsetText) {
    const offset = /^z$/i.test(offsetText) ? 0 : parseOffset(offsetText)
    if (offset === undefined) return fail('has an offset that is none')
    seconds = local - offset
  } else {
    const zone = options.timezone ?? UTC
    seconds = localToEpoch(typeof zone === 'string' ? timeZone(zone) : zone, local)
  }
  const ticks = BigInt(seconds) * TICKS_PER_MS[precision] * 1000n + BigInt(fraction.slice(0, digits).padEnd(digits, '0'))
  if (ticks < MIN_TICKS || ticks > MAX_TICKS) return fail(`does not fit 64 bits of ${precision}`)
  return ticks
}

/** What users may give for a timestamp. */
export type TimestampInput = Date | bigint | number | string | InstantLike

/** The ticks of anything that stands for a time: a Date, ticks, text, or an Instant. Throws a RangeError or a TypeError. */
export function toTicks(value: TimestampInput, precision: Precision, options: ParseTimestampOptions = {}): bigint {
  if (typeof value === 'bigint') return checkTicks(value)
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not an exact count of ${precision}; use a bigint`)
    return BigInt(value)
  }
  if (value instanceof Date) return fromDate(value, precision)
  if (typeof value === 'string') {
    if (/^[+-]?\d+$/.test(value)) return checkTicks(BigInt(value))
    return parseTimestamp(value, precision, options)
  }
  if (isInstant(value)) return convertTicks(value.epochNanoseconds, 'ns', precision, options.loss ?? 'refuse')
  throw new TypeError(`${typeof value} is no timestamp`)
}

function checkTicks(ticks: bigint): bigint {
  if (ticks < MIN_TICKS || ticks > MAX_TICKS) throw new RangeError(`timestamp ${ticks} does not fit 64 bits`)
  return ticks
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}
