export { type InsertArrowOptions, insertArrow } from './insert-arrow.ts'
export { type ArrowOptions, recordBatches, toArrow } from './to-arrow.ts'
