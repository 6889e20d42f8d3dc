import type { Precision } from 'taosts/wire'
import type { ZoneCache } from '../../plan/functions/zone.ts'

/** The statement's text and how far it is read, with what local times and NOW mean in it. */
export class ValueSource {
  readonly sql: string
  pos: number
  readonly zone: string
  readonly zones: ZoneCache
  /** Milliseconds since the epoch of the zone's offset when it never changes (UTC, `+08:00`), else undefined. */
  readonly fixedOffset: number | undefined

  constructor(sql: string, pos: number, zone: string, zones: ZoneCache, fixedOffset: number | undefined) {
    this.sql = sql
    this.pos = pos
    this.zone = zone
    this.zones = zones
    this.fixedOffset = fixedOffset
  }

  /** Moves over white space and comments; the character there, NaN at the end. */
  skip(): number {
    const { sql } = this
    let i = this.pos
    for (;;) {
      const c = sql.charCodeAt(i)
      if (c === 32 || (c >= 9 && c <= 13)) i++
      else if (c === 45 && sql.charCodeAt(i + 1) === 45) {
        i = sql.indexOf('\n', i)
        if (i < 0) i = sql.length
      } else if (c === 47 && sql.charCodeAt(i + 1) === 42) {
        i = sql.indexOf('*/', i + 2)
        i = i < 0 ? sql.length : i + 2
      } else {
        this.pos = i
        return c
      }
    }
  }

  /** NOW in ticks. */
  now(precision: Precision): bigint {
    if (precision === 'ms') return BigInt(Date.now())
    const micros = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000))
    return precision === 'us' ? micros : micros * 1000n
  }
}
