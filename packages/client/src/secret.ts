import { InterfaceError } from './errors.ts'

/** A password or a token: the text itself, or a function that gives it each time the connection logs in. */
export type SecretSource = string | (() => string | Promise<string>)

/** Keeps a password or token out of everything that prints objects. */
export class Secret {
  readonly #source: SecretSource
  readonly #option: string

  constructor(option: string, source: SecretSource) {
    this.#option = option
    this.#source = source
  }

  /** The text. Throws an InterfaceError when the function gives none; what the function throws passes through. */
  async reveal(): Promise<string> {
    const value = typeof this.#source === 'string' ? this.#source : await this.#source()
    if (typeof value !== 'string' || value === '')
      throw new InterfaceError(`the function given as ${this.#option} has to return a text that is not empty`)
    return value
  }

  /** Whether both would log in with the same text; functions are the same only where they are the same function. */
  equals(other: Secret): boolean {
    return this.#source === other.#source
  }

  toString(): string {
    return '***'
  }

  toJSON(): string {
    return '***'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '***'
  }
}
