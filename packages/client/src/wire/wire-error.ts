/** Bytes or text that do not follow the protocol. */
export class WireError extends Error {
  override readonly name = 'WireError'
  /** Where in the message the fault is: bytes from its start, or characters for JSON text. */
  readonly offset: number

  constructor(message: string, offset: number) {
    super(`${message} (at byte ${offset})`)
    this.offset = offset
  }
}
