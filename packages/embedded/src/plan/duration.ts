import type { Precision } from 'taosts/wire'
import { type DurationUnit, durationOf, type Literal } from '../sql/ast.ts'
import { TICK_NANOS } from './context.ts'

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

/** A length of time: fixed ticks, or calendar months (`1y` is twelve). */
export type Duration =
  | { readonly kind: 'ticks'; readonly ticks: bigint; readonly unit: DurationUnit }
  | { readonly kind: 'months'; readonly months: bigint; readonly unit: 'n' | 'y' }

/** A duration literal in ticks of a precision (`1u` in a ms database is 0). */
export function readDuration(literal: Literal, precision: Precision): Duration {
  const { amount, unit } = durationOf(literal)
  if (unit === 'n' || unit === 'y') return { kind: 'months', months: unit === 'y' ? amount * 12n : amount, unit }
  return { kind: 'ticks', ticks: (amount * NANOS[unit]) / TICK_NANOS[precision], unit }
}

/** Ticks of a duration for comparing lengths: a month counts 31 days, as TDengine does. */
export function roughTicks(duration: Duration, precision: Precision): bigint {
  return duration.kind === 'ticks' ? duration.ticks : (duration.months * 31n * NANOS.d) / TICK_NANOS[precision]
}

/** Ticks of a day. */
export function dayTicks(precision: Precision): bigint {
  return NANOS.d / TICK_NANOS[precision]
}
