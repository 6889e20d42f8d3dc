export { formatTimestamp, fromDate, parseTimestamp, toDate, toInstant } from '../types/timestamp.ts'
