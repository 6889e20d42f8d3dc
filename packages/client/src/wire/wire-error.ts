/** Bytes or text that do not follow the protocol. */
export class WireError extends Error {
  override readonly name = 'WireError'
  /** What is wrong, without the place. */
  readonly reason: string
  /** Where in the message the fault is: bytes from its start, or characters for JSON text. */
  readonly offset: number

  constructor(reason: string, offset: number) {
    super(`${reason} (at byte ${offset})`)
    this.reason = reason
    this.offset = offset
  }
}
