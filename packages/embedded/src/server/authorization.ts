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
  // taosAdapter 3.3.8 does not look at what stands between the word and the rest.
  if (header.startsWith('Basic') && header.length > 6) {
    const found = decodeBasic(header.slice(6))
    if (!found?.user || !found.password) throw new SqlError(HttpCode.BASIC, 'invalid basic Authorization')
    return found
  }
  if (header.startsWith('Taosd') && header.length > 6) {
    const found = decodeTaosdToken(header.slice(6))
    if (!found) throw new SqlError(HttpCode.TAOSD, 'invalid taosd Authorization')
    return found
  }
  throw new SqlError(HttpCode.AUTH_TYPE, 'invalid type of Authorization')
}

/** The name and password of `Basic`, either of which may be empty; undefined for what is none. */
export function decodeBasic(encoded: string): NameAndPassword | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(encoded)) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}
