import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Engine } from '../engine.ts'

const REMEMBERED = 10_000

/**
 * Passwords that the engine has verified, remembered as keyed digests: REST sends its password with every request,
 * and the engine's scrypt is slow by design. A digest covers the stored hash, so that a changed password is not remembered.
 */
export class Credentials {
  readonly #engine: Engine
  readonly #key = randomBytes(32)
  readonly #known = new Map<string, Buffer>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** Throws what the engine throws for a wrong user or password. */
  async verify(user: string, password: string): Promise<void> {
    const stored = this.#engine.catalog.users.get(user)
    const digest = stored?.enabled ? this.#digest(user, password, stored.password) : undefined
    const known = this.#known.get(user)
    if (digest && known && timingSafeEqual(known, digest)) return
    this.#known.delete(user)
    await this.#engine.authenticate(user, password)
    if (!digest) return
    if (this.#known.size >= REMEMBERED) this.#known.clear()
    this.#known.set(user, digest)
  }

  #digest(user: string, password: string, stored: string): Buffer {
    return createHmac('sha256', this.#key).update(`${user.length}:${user}${stored.length}:${stored}${password}`).digest()
  }
}
