import { SqlError } from '../errors.ts'

/** TDengine's codes for schemaless writes. */
export const SchemalessCode = {
  PROTOCOL: 0x3000,
  DATA: 0x3002,
  INVALID_VALUE: 0x0203,
  INVALID_MEASURE: 0x020a,
  TIMESTAMP: 0x0127,
  JSON: 0x0221,
  INPUT: 0x070f,
} as const

export function schemalessError(code: number, message: string): SqlError {
  return new SqlError(code, message)
}
