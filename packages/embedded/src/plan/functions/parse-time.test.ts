import { describe, expect, it } from 'vitest'
import { civil, dateOf, daysFromCivil, weekOf } from './civil-time.ts'
import { parseTime } from './parse-time.ts'
import { fixedOffset, fromWall, isZone, utcOffset, type ZoneCache } from './zone.ts'

const zones: ZoneCache = new Map()
const iso = (text: string, zone = 'UTC'): string | undefined => {
  const ticks = parseTime(text, 'ms', zone, zones)
  return ticks === undefined ? undefined : new Date(Number(ticks)).toISOString()
}

describe('times in text', () => {
  it.each([
    ['2024-01-01', '2024-01-01T00:00:00.000Z'],
    ['2024-1-2 3:4:5', '2024-01-02T03:04:05.000Z'],
    ['2024-01-01 00:00:00.1', '2024-01-01T00:00:00.100Z'],
    ['2024-01-01T00:00:00.123456789Z', '2024-01-01T00:00:00.123Z'],
    ['2024-01-01 08:00:00+08:00', '2024-01-01T00:00:00.000Z'],
    ['2024-01-01T08:00:00 +0800', '2024-01-01T00:00:00.000Z'],
    ['2024-01-01T08:00:00+08', '2024-01-01T00:00:00.000Z'],
    ['2024-02-29 23:59:59', '2024-02-29T23:59:59.000Z'],
    ['0001-01-01 00:00:00', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31 23:59:59.999', '9999-12-31T23:59:59.999Z'],
    ['1969-12-31 23:59:59.999', '1969-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, at) => {
    expect(iso(text)).toBe(at)
  })
  it.each([
    '',
    'now',
    '2024',
    '2024-01',
    '2024-02-30',
    '2023-02-29',
    '2024-13-01',
    '2024-01-01 00:05',
    '2024-01-01 24:00:00',
    '2024-01-01 00:60:00',
    '2024-01-01 00:00:60',
    '2024-01-01 00:00:00.',
    '2024-01-01 00:00:00x',
    '2024-01-01x',
    '01/02/2024 12:00',
    '2024-01-01 00:00:00+25:00',
    '2024-01-01 00:00:00+08:',
    '-2024-01-01',
  ])('%j is no time', (text) => {
    expect(iso(text)).toBeUndefined()
  })
  it('keeps the digits of the precision', () => {
    expect(parseTime('2024-01-01 00:00:00.123456789', 'ns', 'UTC', zones)).toBe(1704067200123456789n)
    expect(parseTime('2024-01-01 00:00:00.1234567', 'us', 'UTC', zones)).toBe(1704067200123456n)
    expect(parseTime('1969-12-31 23:59:59.999999999', 'ns', 'UTC', zones)).toBe(-1n)
  })
  it('reads the wall clock of the zone', () => {
    expect(iso('2024-01-01 08:00:00', 'Asia/Shanghai')).toBe('2024-01-01T00:00:00.000Z')
    expect(iso('2024-07-01', 'America/New_York')).toBe('2024-07-01T04:00:00.000Z')
    expect(iso('2024-01-01', 'America/New_York')).toBe('2024-01-01T05:00:00.000Z')
  })
})

describe('zones', () => {
  it('knows offsets as they are written, POSIX with its sign turned', () => {
    expect(['UTC', '+08:00', '-0530', '+8', 'UTC-8', 'UTC+8'].map(fixedOffset)).toEqual([0, 28800, -19800, 28800, 28800, -28800])
    expect([isZone('Europe/Berlin'), isZone('Mars/Olympus')]).toEqual([true, false])
  })
  it('follows summer time', () => {
    const at = (text: string) => utcOffset('Europe/Berlin', Date.parse(text), zones)
    expect([at('2024-03-31T00:59:59Z'), at('2024-03-31T01:00:00Z'), at('2024-10-27T00:59:59Z'), at('2024-10-27T01:00:00Z')]).toEqual([
      3600, 7200, 7200, 3600,
    ])
  })
  it('gives every instant back from its wall clock, except in the hour that is there twice', () => {
    for (let hour = 0; hour < 24 * 366; hour += 7) {
      const instant = Date.UTC(2024, 0, 1, hour)
      if (Math.abs(instant - Date.UTC(2024, 9, 27, 0)) < 3 * 3_600_000) continue
      expect(fromWall('Europe/Berlin', instant + utcOffset('Europe/Berlin', instant, zones) * 1000, zones)).toBe(instant)
    }
  })
})

describe('civil time', () => {
  it('counts days as the calendar does, beyond the years of Date', () => {
    for (const days of [-719528, -1, 0, 59, 11016, 19782, 2932896, 100_000_000, 19_723_000_000]) {
      const { year, month, day } = dateOf(days)
      expect(daysFromCivil(year, month, day)).toBe(days)
    }
    expect(dateOf(11016)).toEqual({ year: 2000, month: 2, day: 29 })
    expect(civil(-1n, 'ms', 'UTC', zones)).toMatchObject({
      year: 1969,
      month: 12,
      day: 31,
      hour: 23,
      second: 59,
      nanos: 999_000_000,
      weekday: 3,
      yearday: 365,
    })
  })
  it('numbers ISO weeks in mode 3', () => {
    for (let days = daysFromCivil(1995, 1, 1); days < daysFromCivil(2035, 1, 1); days++) {
      // The ISO week is that of its Thursday.
      const thursday = days - ((((days + 3) % 7) + 7) % 7) + 3
      const { year } = dateOf(thursday)
      expect(weekOf(days, 3)).toBe(Math.floor((thursday - daysFromCivil(year, 1, 1)) / 7) + 1)
    }
  })
})
