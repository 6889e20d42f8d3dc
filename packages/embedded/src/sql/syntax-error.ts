import { SqlError } from '../errors.ts'
import { cutBytes, lowerOutsideQuotes } from './text.ts'

/** TDengine's codes of the errors that reading a statement can give. */
export const CODE = {
  /** `syntax error near "…"`, `unrecognized token: "…"`. */
  syntax: 0x2600,
  incomplete: 0x2601,
  identifier: 0x2617,
  optionValue: 0x2619,
  comment: 0x264e,
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

/** Code of errors inside an INSERT with VALUES, which TDengine reads by another parser with other words. */
export const INSERT_SYNTAX = 0x0216

/** Longest quotation in such an error, in bytes. */
const INSERT_QUOTE_BYTES = 63

/** `syntax error near 'text' (why)`, the text as it is, cut to 63 bytes. */
export function insertError(text: string, why: string, position?: number): SqlError {
  return new SqlError(INSERT_SYNTAX, `syntax error near '${cutBytes(text, INSERT_QUOTE_BYTES)}' (${why})`, position)
}

/** The same, quoting the statement from a position on. */
export function insertErrorAt(sql: string, position: number, why: string): SqlError {
  return insertError(lowerOutsideQuotes(sql.slice(position, position + INSERT_QUOTE_BYTES)), why, position)
}

/** `syntax error near 'what'`: nothing of the statement is quoted. */
export function insertErrorOf(what: string, position?: number): SqlError {
  return new SqlError(INSERT_SYNTAX, `syntax error near '${what}'`, position)
}
