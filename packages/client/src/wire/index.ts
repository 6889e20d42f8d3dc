/** The wire codec, exported for taosts-embedded and taosts-native, without a promise of stability. */

export * from '../types/precision.ts'
export * from '../types/types.ts'
export * from './block.ts'
export * from './bytes.ts'
export * from './column.ts'
export * from './json.ts'
export * from './replies.ts'
export * from './requests.ts'
export * from './wire-error.ts'
