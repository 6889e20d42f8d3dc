import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** Stands in a user's `password` for the one that a new TDengine has, so that opening an engine computes no digest. */
export const INITIAL_PASSWORD = 'initial'
const INITIAL = 'taosdata'

const KEY_BYTES = 32

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, (error, key) => (error ? reject(error) : resolve(key)))
  })
}

/** A password as the catalog keeps it: `salt:scrypt` in base64. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  return `${salt.toString('base64')}:${(await derive(password, salt)).toString('base64')}`
}

async function matches(password: string, stored: string): Promise<boolean> {
  if (stored === INITIAL_PASSWORD) return equal(Buffer.from(password), Buffer.from(INITIAL))
  const [salt, hash] = stored.split(':') as [string, string]
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64')), Buffer.from(hash, 'base64'))
}

function equal(a: Buffer, b: Buffer): boolean {
  const key = randomBytes(KEY_BYTES)
  const digest = (value: Buffer): Buffer => createHmac('sha256', key).update(value).digest()
  return timingSafeEqual(digest(a), digest(b))
}

/** Checks passwords; those that were right are remembered as keyed digests, so that each request need not derive a key. */
export class PasswordCheck {
  readonly #key = randomBytes(KEY_BYTES)
  readonly #right = new Map<string, { readonly stored: string; readonly digest: Buffer }>()

  async verify(user: string, password: string, stored: string): Promise<boolean> {
    const digest = createHmac('sha256', this.#key).update(`${user}\0${password}`).digest()
    const known = this.#right.get(user)
    if (known?.stored === stored && timingSafeEqual(known.digest, digest)) return true
    if (!(await matches(password, stored))) return false
    this.#right.set(user, { stored, digest })
    return true
  }
}
