export { type DefaultRow, Result } from '../result.ts'
export { ResultBlock, ResultColumn } from '../result-column.ts'
