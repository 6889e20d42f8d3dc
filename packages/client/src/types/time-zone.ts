import { daysFromCivil } from './calendar.ts'

/** A time zone's offset from UTC at any instant. */
export interface TimeZone {
  readonly name: string
  /** Seconds east of UTC at the instant, given in seconds since 1970. */
  offsetAt(epochSeconds: number): number
}

/** Seconds; every transition since 1970 fell on a multiple of a quarter of an hour. */
const BUCKET = 900
const MAX_BUCKETS = 4096

/** UTC. */
export const UTC: TimeZone = { name: 'UTC', offsetAt: () => 0 }

/** The zone of an IANA name, of `UTC`, `Z`, or of an offset such as `+08:00`; throws a RangeError for anything else. */
export function timeZone(name: string): TimeZone {
  if (/^(utc|z|etc\/utc|gmt)$/i.test(name)) return UTC
  const fixed = parseOffset(name)
  if (fixed !== undefined) return { name, offsetAt: () => fixed }
  return intlZone(name)
}

/** Seconds of an offset `+08:00`, `-0330`, `+8`; undefined if the text is none. */
export function parseOffset(text: string): number | undefined {
  const match = /^([+-])(\d{1,2})(?::?(\d{2}))?(?::?(\d{2}))?$/.exec(text)
  if (!match) return undefined
  const [hours, minutes, seconds] = [Number(match[2]), Number(match[3] ?? 0), Number(match[4] ?? 0)]
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined
  return (match[1] === '-' ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds)
}

/** `+08:00` of an offset in seconds; `Z` for 0. */
export function formatOffset(seconds: number): string {
  if (seconds === 0) return 'Z'
  const minutes = Math.floor(Math.abs(seconds) / 60)
  return `${seconds < 0 ? '-' : '+'}${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

/** The instant (seconds since 1970) of a local time: the earlier one where clocks go back, moved on by the gap where they go forward. */
export function localToEpoch(zone: TimeZone, localSeconds: number): number {
  // Offsets before and after any transition that could matter lie within a day.
  const before = zone.offsetAt(localSeconds - 86_400)
  const after = zone.offsetAt(localSeconds + 86_400)
  if (before === after && zone.offsetAt(localSeconds - before) === before) return localSeconds - before
  const early = localSeconds - Math.max(before, after)
  for (const offset of before > after ? [before, after] : [after, before]) {
    if (zone.offsetAt(localSeconds - offset) === offset) return localSeconds - offset
  }
  return before < after ? localSeconds - before : early
}

function intlZone(name: string): TimeZone {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch (error) {
    throw new RangeError(`unknown time zone ${JSON.stringify(name)}`, { cause: error })
  }
  const known = new Map<number, number>()
  const compute = (epochSeconds: number): number => {
    const part: Record<string, number> = {}
    let bc = false
    for (const { type, value } of format.formatToParts(epochSeconds * 1000)) {
      if (type === 'era') bc = value.startsWith('B')
      else part[type] = Number(value)
    }
    const year = bc ? 1 - part['year']! : part['year']!
    const local = daysFromCivil(year, part['month']!, part['day']!) * 86_400 + part['hour']! * 3600 + part['minute']! * 60 + part['second']!
    return local - epochSeconds
  }
  return {
    name,
    offsetAt(epochSeconds) {
      const clamped = Math.max(-8.64e12, Math.min(8.64e12, Math.floor(epochSeconds)))
      if (clamped < 0) return compute(clamped)
      const bucket = Math.floor(clamped / BUCKET)
      let offset = known.get(bucket)
      if (offset === undefined) {
        offset = compute(bucket * BUCKET)
        if (known.size >= MAX_BUCKETS) known.clear()
        known.set(bucket, offset)
      }
      return offset
    },
  }
}
