import { createCipheriv, createDecipheriv } from 'node:crypto'

/** The fixed DES key of `/rest/login` tokens: an encoding rather than a secret, the same in every taosAdapter. */
const KEY = Buffer.from([64, 182, 122, 48, 86, 115, 253, 68])
/** Triple DES with one key three times over is single DES, which OpenSSL 3 no longer offers by itself. */
const TRIPLE_KEY = Buffer.concat([KEY, KEY, KEY])
const FIELD = 24

export interface NameAndPassword {
  readonly user: string
  readonly password: string
}

/** The `Taosd` token of a user, or undefined where TDengine makes none: an empty or over-long (24 bytes) name or password. */
export function encodeTaosdToken(user: string, password: string): string | undefined {
  const name = Buffer.from(user)
  const secret = Buffer.from(password)
  if (name.length === 0 || name.length > FIELD || secret.length === 0 || secret.length > FIELD) return undefined
  const plain = Buffer.alloc(2 * FIELD)
  name.copy(plain, 0)
  secret.copy(plain, FIELD)
  const cipher = createCipheriv('des-ede3-ecb', TRIPLE_KEY, null).setAutoPadding(false)
  return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64')
}

/** The name and password in a `Taosd` token, or undefined when it is not one. */
export function decodeTaosdToken(token: string): NameAndPassword | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(token)) return undefined
  const sealed = Buffer.from(token, 'base64')
  if (sealed.length < 2 * FIELD || sealed.length % 8 !== 0) return undefined
  const decipher = createDecipheriv('des-ede3-ecb', TRIPLE_KEY, null).setAutoPadding(false)
  const plain = Buffer.concat([decipher.update(sealed), decipher.final()])
  return { user: untilNul(plain.subarray(0, FIELD)), password: untilNul(plain.subarray(FIELD)) }
}

function untilNul(bytes: Buffer): string {
  const end = bytes.indexOf(0)
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end)
}
