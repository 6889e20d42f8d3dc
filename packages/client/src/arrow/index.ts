export type { ArrowOptions } from './arrow-types.ts'
export { type InsertArrowOptions, insertArrow } from './insert-arrow.ts'
export { recordBatches, toArrow } from './to-arrow.ts'
