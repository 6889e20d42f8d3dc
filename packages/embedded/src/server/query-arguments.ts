import { HttpError } from './http-error.ts'

const FAILURE = 0xffff
const I64 = 1n << 63n

/** A signed 64-bit decimal, absent as undefined. Throws a 400 in the words of taosAdapter. */
export function integerArgument(name: string, value: string | undefined): bigint | undefined {
  if (value === undefined || value === '') return undefined
  const quoted = JSON.stringify(value)
  if (!/^[+-]?\d+$/.test(value)) {
    throw new HttpError(400, FAILURE, `illegal param, ${name} must be numeric strconv.ParseInt: parsing ${quoted}: invalid syntax`)
  }
  const number = BigInt(value.replace(/^\+/, ''))
  if (number >= I64 || number < -I64) {
    throw new HttpError(400, FAILURE, `illegal param, ${name} must be numeric strconv.ParseInt: parsing ${quoted}: value out of range`)
  }
  return number
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
