/** An error of the engine as TDengine words it. `code` is the low 16 bits; `message` the exact text without a number. */
export class SqlError extends Error {
  override readonly name = 'SqlError'
  readonly code: number
  /** Offset of the culprit in the statement (UTF-16 units), where known. */
  readonly position: number | undefined

  constructor(code: number, message: string, position?: number) {
    super(message)
    this.code = code
    this.position = position
  }
}
