/** A wrong use of the program; the text says what to do. */
export class CliError extends Error {
  override readonly name = 'CliError'
  /** Whether the usage is worth showing. */
  readonly usage: boolean

  constructor(message: string, usage = true) {
    super(message)
    this.usage = usage
  }
}
