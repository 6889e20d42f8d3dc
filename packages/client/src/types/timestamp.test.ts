import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PRECISIONS } from './precision.ts'
import { timeZone } from './time-zone.ts'
import { convertTicks, formatTimestamp, fromDate, parseTimestamp, toDate, toInstant, toTicks } from './timestamp.ts'

describe('formatTimestamp and parseTimestamp', () => {
  it('write exactly the digits of the precision', () => {
    expect(formatTimestamp(0n, 'ms')).toBe('1970-01-01T00:00:00.000Z')
    expect(formatTimestamp(1700000000000456n, 'us')).toBe('2023-11-14T22:13:20.000456Z')
    expect(formatTimestamp(1700000000000456789n, 'ns')).toBe('2023-11-14T22:13:20.000456789Z')
    expect(formatTimestamp(-1n, 'ns')).toBe('1969-12-31T23:59:59.999999999Z')
    expect(formatTimestamp(-62135596800000n, 'ms')).toBe('0001-01-01T00:00:00.000Z')
  })

  it('agree with Date over all it can say, and with themselves beyond', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
        expect(formatTimestamp(BigInt(date.getTime()), 'ms')).toBe(date.toISOString())
        expect(parseTimestamp(date.toISOString(), 'us')).toBe(BigInt(date.getTime()) * 1000n)
      }),
    )
    fc.assert(
      fc.property(fc.constantFrom(...PRECISIONS), fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }), (precision, ticks) => {
        expect(parseTimestamp(formatTimestamp(ticks, precision), precision)).toBe(ticks)
      }),
    )
  })

  it('know daylight saving time', () => {
    const newYork = timeZone('America/New_York')
    const at = (text: string): string => formatTimestamp(parseTimestamp(text, 'ms', { timezone: newYork }), 'ms', newYork)
    expect(at('2024-03-10 01:59:59.999')).toBe('2024-03-10T01:59:59.999-05:00')
    // There is no 02:30 on that day: the clock is already an hour on.
    expect(at('2024-03-10 02:30:00')).toBe('2024-03-10T03:30:00.000-04:00')
    // 01:30 comes twice: the first is meant.
    expect(at('2024-11-03 01:30:00')).toBe('2024-11-03T01:30:00.000-04:00')
    expect(parseTimestamp('2024-11-03 01:30:00-05:00', 'ms') - parseTimestamp('2024-11-03 01:30:00', 'ms', { timezone: newYork })).toBe(
      3_600_000n,
    )
    expect(at('2024-11-03 02:30:00')).toBe('2024-11-03T02:30:00.000-05:00')
    // Half an hour of daylight saving time, in the south.
    expect(formatTimestamp(parseTimestamp('2024-04-07 01:45', 'ms', { timezone: 'Australia/Lord_Howe' }), 'ms')).toBe(
      '2024-04-06T14:45:00.000Z',
    )
  })

  it('agree with Intl in every zone, at any instant', () => {
    const zones = ['UTC', 'Asia/Shanghai', 'America/St_Johns', 'Asia/Kathmandu', 'Europe/Dublin', 'Africa/Casablanca', 'Pacific/Apia']
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: -1_500_000_000, max: 2_500_000_000 }), (name, seconds) => {
        const text = formatTimestamp(BigInt(seconds) * 1000n, 'ms', name)
        const local = new Intl.DateTimeFormat('sv-SE', { timeZone: name, dateStyle: 'short', timeStyle: 'medium' }).format(seconds * 1000)
        expect(text.slice(0, 19).replace('T', ' ')).toBe(local)
      }),
      { numRuns: 300 },
    )
  })

  it('reads what people write', () => {
    expect(parseTimestamp('2024-01-31', 'ms')).toBe(1706659200000n)
    expect(parseTimestamp(' 2024-1-31 8:00:00.5 ', 'us')).toBe(1706688000500000n)
    expect(parseTimestamp('2024-01-31T08:00:00+0530', 'ms')).toBe(1706668200000n)
    expect(parseTimestamp('2024-01-31 08:00:00 +08', 'ms')).toBe(1706659200000n)
  })

  it('refuses what is no time, what loses digits and what does not fit', () => {
    for (const text of ['', 'now', '2024-13-01', '2024-02-30', '2023-02-29', '2024-01-01T24:00:00', '2024-01-01T00:00:00+99:00', '12:00']) {
      expect(() => parseTimestamp(text, 'ms'), text).toThrow(RangeError)
    }
    expect(() => parseTimestamp('2024-01-01T00:00:00.0001', 'ms')).toThrow('more digits than ms can keep')
    expect(parseTimestamp('2024-01-01T00:00:00.000100', 'us')).toBe(1704067200000100n)
    expect(parseTimestamp('2024-01-01T00:00:00.0009', 'ms', { loss: 'cut' })).toBe(1704067200000n)
    expect(() => parseTimestamp('2300-01-01', 'ns')).toThrow('64 bits')
    expect(() => timeZone('Mars/Olympus')).toThrow('unknown time zone "Mars/Olympus"')
  })
})

describe('toDate, fromDate, toTicks', () => {
  it('cut towards the past, never towards zero', () => {
    expect(toDate(-1n, 'ns').getTime()).toBe(-1)
    expect(toDate(1_999_999n, 'ns').getTime()).toBe(1)
    expect(fromDate(new Date(-1), 'us')).toBe(-1000n)
    expect(() => fromDate(new Date(Number.NaN), 'ms')).toThrow(RangeError)
    expect(() => fromDate(new Date(8.64e15), 'ns')).toThrow('64 bits')
  })

  it('take everything that stands for a time', () => {
    const instant = { epochNanoseconds: 1_500_000_000n }
    expect([5n, 5, '5', new Date(5), '1970-01-01T00:00:00.005Z'].map((value) => toTicks(value, 'ms'))).toEqual([5n, 5n, 5n, 5n, 5n])
    expect(toTicks(instant, 'us')).toBe(1_500_000n)
    expect(() => toTicks({ epochNanoseconds: 1n }, 'ms')).toThrow('not a whole number of ms')
    expect(() => toTicks(1.5, 'ms')).toThrow(RangeError)
    expect(() => toTicks(2n ** 63n, 'ms')).toThrow(RangeError)
    expect(() => toTicks(true as never, 'ms')).toThrow(TypeError)
  })

  it('convert between precisions', () => {
    expect(convertTicks(-1n, 'ns', 'ms')).toBe(-1n)
    expect(convertTicks(5n, 'ms', 'ns')).toBe(5_000_000n)
    expect(() => convertTicks(2n ** 62n, 'ms', 'ns')).toThrow(RangeError)
  })

  it('says what is missing where there is no Temporal', () => {
    if ('Temporal' in globalThis) expect(toInstant(1n, 'ns').epochNanoseconds).toBe(1n)
    else expect(() => toInstant(1n, 'ns')).toThrow('no Temporal')
  })
})
