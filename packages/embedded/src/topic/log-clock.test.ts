import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Storage } from '../storage/index.ts'
import { LogClock } from './log-clock.ts'

describe('the clock of the log', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('tells what was written by a time, and what was written together', () => {
    const clock = new LogClock()
    for (const [at, end] of [
      [1_000_000, 10n],
      [1_000_005, 12n],
      [1_001_000, 20n],
      [1_002_000, 30n],
    ] as const) {
      vi.setSystemTime(at)
      clock.mark(end)
    }
    expect([999_999, 1_000_004, 1_000_005, 1_001_999, 5_000_000].map((time) => clock.before(time))).toEqual([0n, 0n, 12n, 20n, 30n])
    expect([0n, 11n, 12n, 29n, 30n].map((position) => clock.group(position))).toEqual([
      { at: 1_000_005, end: 12n },
      { at: 1_000_005, end: 12n },
      { at: 1_001_000, end: 20n },
      { at: 1_002_000, end: 30n },
      undefined,
    ])
  })

  it('loses no position and stays small, whatever is written', () => {
    const clock = new LogClock()
    for (let i = 1; i <= 200_000; i++) {
      vi.setSystemTime(1_000_000 + i * 50)
      clock.mark(BigInt(i * 3))
    }
    expect(clock.before(1_000_000 + 200_000 * 50)).toBe(600_000n)
    // The newest are as exact as ever; the oldest are told as younger, never as older than they are.
    expect(clock.before(1_000_000 + 199_000 * 50)).toBe(597_000n)
    for (const i of [10, 1000, 50_000, 150_000]) expect(clock.before(1_000_000 + i * 50) <= BigInt(i * 3)).toBe(true)
    expect(clock.group(0n)!.at).toBeGreaterThan(1_000_000)
  })

  it('reads what it wrote down, and forgets what is too old', async () => {
    const storage = await Storage.open()
    try {
      await storage.start(() => Promise.resolve(0n))
      const clock = new LogClock()
      expect(await clock.load(storage, 0)).toBe(0n)
      for (let i = 1; i <= 5; i++) {
        vi.setSystemTime(1_000_000 + i * 20_000)
        clock.mark(BigInt(i))
        clock.save(storage.writer)
        await storage.writer.share(() => undefined)
      }
      const again = new LogClock()
      expect(await again.load(storage, 1_060_001)).toBe(5n)
      expect([1_059_999, 1_060_000, 1_080_000, 1_100_000].map((time) => again.before(time))).toEqual([0n, 3n, 4n, 5n])
    } finally {
      await storage.close()
    }
  })
})
