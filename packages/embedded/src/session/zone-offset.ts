import { utcOffset, type ZoneCache } from '../plan/functions/zone.ts'

/** Seconds east of UTC of a zone that never changes (UTC, `+08:00`, an unknown name), undefined for others. */
export function fixedZone(name: string, zones: ZoneCache): number | undefined {
  const offset = utcOffset(name, 0, zones)
  return zones.get(name)?.format === undefined ? offset : undefined
}
