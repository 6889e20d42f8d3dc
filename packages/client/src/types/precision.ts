/** A database's time unit. */
export type Precision = 'ms' | 'us' | 'ns'

/** Precisions in the order of their wire codes 0, 1, 2. */
export const PRECISIONS: readonly Precision[] = ['ms', 'us', 'ns']

/** Digits after the second that each precision keeps. */
export const FRACTION_DIGITS: Readonly<Record<Precision, 3 | 6 | 9>> = { ms: 3, us: 6, ns: 9 }

/** Ticks in one millisecond. */
export const TICKS_PER_MS: Readonly<Record<Precision, bigint>> = { ms: 1n, us: 1_000n, ns: 1_000_000n }

/** The precision of a wire code; unknown codes count as milliseconds. */
export function precisionOf(code: number): Precision {
  return PRECISIONS[code] ?? 'ms'
}
