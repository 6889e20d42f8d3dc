import { SqlError } from '../errors.ts'
import { cutBytes, lowerOutsideQuotes } from './text.ts'

/** TDengine's codes of the errors that reading a statement can give. */
export const CODE = {
  /** `syntax error near "…"`, `unrecognized token: "…"`. */
  syntax: 0x2600,
  incomplete: 0x2601,
  identifier: 0x2617,
  optionValue: 0x2619,
  tooLong: 0x0219,
  empty: 0x0200,
} as const

/** Size of TDengine's message buffer without its closing zero. */
const MESSAGE_BYTES = 511

/** The rest of the statement as messages quote it. */
function rest(sql: string, position: number, skip = 0): string {
  return lowerOutsideQuotes(sql.slice(position, position + MESSAGE_BYTES)).slice(skip)
}

function syntax(prefix: string, sql: string, position: number): SqlError {
  return new SqlError(CODE.syntax, cutBytes(`${prefix} "${rest(sql, position)}"`, MESSAGE_BYTES), position)
}

/** `syntax error near "rest of the statement"`. */
export function syntaxErrorNear(sql: string, position: number): SqlError {
  return syntax('syntax error near', sql, position)
}

export function unrecognizedToken(sql: string, position: number): SqlError {
  return syntax('unrecognized token:', sql, position)
}

export function incomplete(sql: string): SqlError {
  return new SqlError(CODE.incomplete, 'Incomplete SQL statement', sql.length)
}

/** A name that is empty or too long: the message quotes the statement from the name on, without its opening backquote. */
export function invalidIdentifier(sql: string, position: number, quoted: boolean): SqlError {
  return new SqlError(CODE.identifier, cutBytes(`Invalid identifier name: ${rest(sql, position, quoted ? 1 : 0)}`, MESSAGE_BYTES), position)
}
