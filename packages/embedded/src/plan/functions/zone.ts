/** Time zones: UTC offsets of IANA names (through Intl) and of fixed offsets (`+08:00`, `-0530`, `+8`, `UTC-8` in POSIX's sense, where west is positive). */

interface Zone {
  /** Seconds east of UTC when the offset never changes. */
  readonly fixed: number | undefined
  readonly format: Intl.DateTimeFormat | undefined
  /** Offsets already asked for, by quarter of an hour. */
  readonly known: Map<number, number>
}

/** Zones by name, so that a column of a million times builds one formatter. The cache holds nothing but what the names mean. */
export type ZoneCache = Map<string, Zone>

const QUARTER = 900_000

/** Seconds east of UTC of a zone whose offset never changes, or undefined. */
export function fixedOffset(name: string): number | undefined {
  if (/^(z|utc|gmt|etc\/utc)$/i.test(name)) return 0
  const plain = /^([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(name)
  if (plain) return (plain[1] === '-' ? -1 : 1) * (Number(plain[2]) * 3600 + Number(plain[3] ?? 0) * 60)
  // POSIX: "UTC-8" lies east of Greenwich.
  const posix = /^[A-Za-z]{3,}([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(name)
  if (posix) return (posix[1] === '-' ? 1 : -1) * (Number(posix[2]) * 3600 + Number(posix[3] ?? 0) * 60)
  return undefined
}

function zoneOf(name: string, cache: ZoneCache): Zone {
  const known = cache.get(name)
  if (known) return known
  const fixed = fixedOffset(name)
  let format: Intl.DateTimeFormat | undefined
  if (fixed === undefined) {
    try {
      format = new Intl.DateTimeFormat('en-US', {
        timeZone: name,
        hourCycle: 'h23',
        era: 'short',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      })
    } catch {
      format = undefined
    }
  }
  const zone: Zone = { fixed: fixed ?? (format ? undefined : 0), format, known: new Map() }
  cache.set(name, zone)
  return zone
}

/** Whether a name means a time zone. */
export function isZone(name: string): boolean {
  const zone = zoneOf(name, new Map())
  return zone.format !== undefined || fixedOffset(name) !== undefined
}

/** Seconds east of UTC at an instant (milliseconds since the epoch). */
export function utcOffset(name: string, epochMs: number, cache: ZoneCache): number {
  const zone = zoneOf(name, cache)
  if (zone.fixed !== undefined || zone.format === undefined) return zone.fixed ?? 0
  const slot = Math.floor(epochMs / QUARTER)
  const known = zone.known.get(slot)
  if (known !== undefined) return known
  const at = slot * QUARTER
  if (Math.abs(at) > 8.64e15) return 0
  let [year, month, day, hour, minute, second, before] = [0, 1, 1, 0, 0, 0, false]
  for (const part of zone.format.formatToParts(at)) {
    if (part.type === 'year') year = Number(part.value)
    else if (part.type === 'month') month = Number(part.value)
    else if (part.type === 'day') day = Number(part.value)
    else if (part.type === 'hour') hour = Number(part.value)
    else if (part.type === 'minute') minute = Number(part.value)
    else if (part.type === 'second') second = Number(part.value)
    else if (part.type === 'era') before = part.value.startsWith('B')
  }
  const local = new Date(0)
  local.setUTCFullYear(before ? 1 - year : year, month - 1, day)
  local.setUTCHours(hour, minute, second)
  const offset = Math.round((local.getTime() - at) / 1000)
  if (zone.known.size > 100_000) zone.known.clear()
  zone.known.set(slot, offset)
  return offset
}

/** The instant (milliseconds) of a wall-clock time given as if it were UTC; in a gap or overlap the offset before the change holds. */
export function fromWall(name: string, wallMs: number, cache: ZoneCache): number {
  const zone = zoneOf(name, cache)
  if (zone.fixed !== undefined) return wallMs - zone.fixed * 1000
  const first = wallMs - utcOffset(name, wallMs, cache) * 1000
  const second = wallMs - utcOffset(name, first, cache) * 1000
  return first === second ? first : wallMs - Math.min(utcOffset(name, first, cache), utcOffset(name, second, cache)) * 1000
}
