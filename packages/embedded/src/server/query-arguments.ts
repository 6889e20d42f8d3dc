import { HttpError } from './http-error.ts'

const FAILURE = 0xffff
const I64 = 1n << 63n

/** Why a text is no signed 64-bit decimal, in the words of Go's `strconv.{name}`; undefined for one that is. */
export function parseInteger(text: string, name = 'Atoi'): string | undefined {
  if (!/^[+-]?\d+$/.test(text)) return `strconv.${name}: parsing ${JSON.stringify(text)}: invalid syntax`
  const number = BigInt(text.replace(/^\+/, ''))
  return number >= I64 || number < -I64 ? `strconv.${name}: parsing ${JSON.stringify(text)}: value out of range` : undefined
}

/** Why a text is no unsigned 64-bit decimal; undefined for one that is. */
export function parseUint(text: string): string | undefined {
  if (!/^\d+$/.test(text)) return `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`
  return BigInt(text) >= 2n * I64 ? `strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range` : undefined
}

/** Refuses what is no signed 64-bit decimal and not absent, by a 400 in the words of taosAdapter. */
export function integerArgument(name: string, value: string | undefined): void {
  const problem = value ? parseInteger(value, 'ParseInt') : undefined
  if (problem !== undefined) throw new HttpError(400, FAILURE, `illegal param, ${name} must be numeric ${problem}`)
}

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

/** A boolean in one of the twelve spellings; false when absent. Throws a 400 in the words of taosAdapter. */
export function booleanArgument(name: string, value: string | undefined): boolean {
  if (value === undefined || value === '' || FALSE.has(value)) return false
  if (TRUE.has(value)) return true
  throw new HttpError(
    400,
    FAILURE,
    `illegal param, ${name} must be boolean strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`,
  )
}

/** An IANA time zone, absent as undefined. Throws a 400 for a name that is none. */
export function zoneArgument(value: string | undefined): string | undefined {
  if (value === undefined || value === '') return undefined
  try {
    new Intl.DateTimeFormat('en', { timeZone: value })
  } catch {
    throw new HttpError(400, FAILURE, `unknown time zone ${value}`)
  }
  return value
}
