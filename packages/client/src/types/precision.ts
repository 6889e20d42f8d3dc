/** A database's time unit. */
export type Precision = 'ms' | 'us' | 'ns'

/** Precisions in the order of their wire codes 0, 1, 2. */
export const PRECISIONS: readonly Precision[] = ['ms', 'us', 'ns']
