import { SqlError } from '../../errors.ts'
import { cutBytes, lowerOutsideQuotes } from '../../sql/text.ts'

/** Bytes of the statement that an INSERT's message quotes. */
const NEAR_BYTES = 63

function message(near: string, reason?: string): string {
  return `syntax error near '${cutBytes(near, NEAR_BYTES)}'${reason === undefined ? '' : ` (${reason})`}`
}

/** `syntax error near 'rest of the statement' (reason)`: the statement from `position`, in lower case outside quotes. */
export function nearRest(sql: string, position: number, reason: string): SqlError {
  const why = sql[position] === '?' ? '? only used in stmt' : reason
  return new SqlError(0x0216, message(lowerOutsideQuotes(sql.slice(position, position + NEAR_BYTES * 2)), why), position)
}

/** `syntax error near 'text' (reason)`. */
export function nearText(text: string, position: number, reason?: string): SqlError {
  return new SqlError(0x0216, message(text, reason), position)
}

/** What is wrong with an INSERT beyond its syntax, by TDengine's numbers and in its words. */
export const InsertWrong = {
  operation: (text: string, position: number) => new SqlError(0x0200, text, position),
  tooLong: (column: string, position: number) => new SqlError(0x2653, `Value too long for column/tag: ${column}`, position),
  binary: (column: string, position: number) => new SqlError(0x266a, `Invalid varbinary value: ${column}`, position),
  decimal: (position: number) => new SqlError(0x013d, 'Decimal value overflow', position),
  columns: (position: number) => new SqlError(0x263f, 'Illegal number of columns', position),
  column: (name: string, position: number) => new SqlError(0x2602, `Invalid column name: ${name}`, position),
  tag: (name: string, position: number) => new SqlError(0x260e, `Invalid tag name: ${name}`, position),
  key: (position: number) => new SqlError(0x267b, 'Primary key column should not be null', position),
  noTable: (position: number) => new SqlError(0x2603, 'Table does not exist', position),
  noDatabase: (position: number) => new SqlError(0x0388, 'Database not exist', position),
  range: (position: number) => new SqlError(0x060b, 'Timestamp data out of range', position),
} as const
