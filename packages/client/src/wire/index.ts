/** The wire codec, exported for taosts-embedded and taosts-native, without a promise of stability. */
export type * from './column.ts'
export * from '../types/types.ts'
export * from '../types/precision.ts'
