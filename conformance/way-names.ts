/** The ways by which the conformance programs reach the engine. */
export const WAYS = ['embedded', 'rest', 'ws'] as const
export type WayName = (typeof WAYS)[number]
