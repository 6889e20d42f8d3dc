import type { Precision } from 'taosts/wire'
import { type DurationUnit, durationOf, type Literal } from '../sql/ast.ts'
import { TICK_NANOS } from './context.ts'
import { Wrong } from './errors.ts'

const NANOS: Readonly<Record<Exclude<DurationUnit, 'n' | 'y'>, bigint>> = {
  b: 1n,
  u: 1000n,
  a: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
}

/** Most ticks that a TIMESTAMP and a length of time have: 64 bits. */
const MOST_TICKS = 9_223_372_036_854_775_807n

/** A length of time: fixed ticks, or calendar months (`1y` is twelve). */
export type Duration =
  | { readonly kind: 'ticks'; readonly ticks: bigint; readonly unit: DurationUnit }
  | { readonly kind: 'months'; readonly months: bigint; readonly unit: 'n' | 'y' }

/** The unit of one tick. */
const TICK_UNIT = { ms: 'a', us: 'u', ns: 'b' } as const

/**
 * A duration in ticks of a precision (`1u` in a ms database is 0). Where a clause takes numbers and text as well, a number means ticks and text is read as a
 * duration. Throws SqlError for text that is none.
 */
export function readDuration(literal: Literal, precision: Precision): Duration {
  if (literal.type === 'integer') return { kind: 'ticks', ticks: BigInt(literal.text), unit: TICK_UNIT[precision] }
  if (literal.type === 'string' && !/^\d+[buasmhdwny]$/i.test(literal.text))
    throw Wrong.value(`Invalid value type: ${literal.text}`, literal)
  const { amount, unit } = durationOf({ ...literal, type: 'duration' })
  const duration: Duration =
    unit === 'n' || unit === 'y'
      ? { kind: 'months', months: unit === 'y' ? amount * 12n : amount, unit }
      : { kind: 'ticks', ticks: (amount * NANOS[unit]) / TICK_NANOS[precision], unit }
  const least = duration.kind === 'ticks' ? duration.ticks : (duration.months * 28n * NANOS.d) / TICK_NANOS[precision]
  if (least > MOST_TICKS) throw Wrong.value(`Invalid value type: ${literal.text}`, literal)
  return duration
}

/** Ticks of a duration for comparing lengths: a month counts 31 days, as TDengine does. */
export function roughTicks(duration: Duration, precision: Precision): bigint {
  if (duration.kind === 'ticks') return duration.ticks
  const ticks = (duration.months * 31n * NANOS.d) / TICK_NANOS[precision]
  return ticks > MOST_TICKS ? MOST_TICKS : ticks
}

/** Ticks of a day. */
export function dayTicks(precision: Precision): bigint {
  return NANOS.d / TICK_NANOS[precision]
}
