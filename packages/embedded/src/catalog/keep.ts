import type { KeepRange } from '../storage/write-rows.ts'
import type { Database } from './model.ts'

const TICKS_PER_MS = { ms: 1n, us: 1000n, ns: 1_000_000n } as const
/** The last tick that TDengine takes: before 2970 in ms and us, in 2262 in ns. */
const LAST_TICK = { ms: 31_556_995_199_999n, us: 31_556_995_199_999_999n, ns: 9_214_646_399_999_999_999n } as const

/** The times that a database takes, and shows, at a moment (milliseconds since the epoch): from KEEP before it on. */
export function keepRange(database: Database, now = Date.now()): KeepRange {
  const { precision } = database
  const keep = String(database.options.get('KEEP') ?? '3650d')
    .split(',')
    .at(-1)!
  const from = BigInt(now) - BigInt(minutesOf(keep)) * 60_000n
  return { from: from * TICKS_PER_MS[precision], to: LAST_TICK[precision] }
}

/** Minutes in the units of KEEP and DURATION. */
export const MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1440, w: 10080 }

/** The minutes of a duration as the catalog keeps it. */
export function minutesOf(text: string): number {
  return Number(text.slice(0, -1)) * MINUTES[text.slice(-1)]!
}
