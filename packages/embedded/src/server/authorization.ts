import { SqlError } from '../errors.ts'
import { decodeTaosdToken, type NameAndPassword } from './taosd-token.ts'

/** Codes of taosAdapter's own HTTP layer. */
export const HttpCode = {
  NO_AUTH: 0x1105,
  EMPTY_REQUEST: 0x1106,
  NO_SQL: 0x1107,
  TOKEN: 0x110a,
  CONTENT_LENGTH: 0x1121,
  AUTH_TYPE: 0x1122,
  BASIC: 0x1124,
  TAOSD: 0x1125,
} as const

/**
 * Reads an `Authorization` header: `Basic` (a name and a non-empty password) or `Taosd`; the words are case-sensitive.
 * Throws a SqlError with the adapter's code (answered as HTTP 401) for a missing, unknown or malformed one.
 */
export function parseAuthorization(header: string | undefined): NameAndPassword {
  if (header === undefined || header === '') throw new SqlError(HttpCode.NO_AUTH, 'no auth info input')
  if (header.startsWith('Basic ')) return parseBasic(header.slice(6))
  if (header.startsWith('Taosd ')) {
    const found = decodeTaosdToken(header.slice(6))
    if (!found) throw new SqlError(HttpCode.TAOSD, 'invalid taosd Authorization')
    return found
  }
  throw new SqlError(HttpCode.AUTH_TYPE, 'invalid type of Authorization')
}

function parseBasic(encoded: string): NameAndPassword {
  const text = /^[A-Za-z0-9+/]*={0,2}$/.test(encoded) ? Buffer.from(encoded, 'base64').toString('utf8') : ''
  const colon = text.indexOf(':')
  if (colon <= 0 || colon === text.length - 1) throw new SqlError(HttpCode.BASIC, 'invalid basic Authorization')
  return { user: text.slice(0, colon), password: text.slice(colon + 1) }
}
