import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { ServedEngine } from './engine-port.ts'

const REMEMBERED = 10_000

/**
 * Passwords that the engine has verified, remembered as keyed digests: REST sends its password with every request,
 * and the engine's scrypt is slow by design. The engine's word for what a user's password is now (its stored hash) is part of the digest,
 * so that a changed password or a dropped user is not remembered.
 */
export class Credentials {
  readonly #engine: ServedEngine
  readonly #key = randomBytes(32)
  readonly #known = new Map<string, Buffer>()

  constructor(engine: ServedEngine) {
    this.#engine = engine
  }

  /** Throws what the engine throws for a wrong user or password. */
  async verify(user: string, password: string): Promise<void> {
    const stored = this.#engine.credentialVersion(user)
    if (stored !== undefined) {
      const digest = this.#digest(user, password, stored)
      const known = this.#known.get(user)
      if (known && timingSafeEqual(known, digest)) return
      await this.#engine.authenticate(user, password)
      if (this.#known.size >= REMEMBERED) this.#known.clear()
      this.#known.set(user, digest)
      return
    }
    this.#known.delete(user)
    await this.#engine.authenticate(user, password)
  }

  #digest(user: string, password: string, stored: string): Buffer {
    return createHmac('sha256', this.#key).update(`${user.length}:${user}${stored.length}:${stored}${password}`).digest()
  }
}
