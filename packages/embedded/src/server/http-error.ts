/** An error with its own HTTP status. Without a code the answer has no body. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  readonly code: number | undefined

  constructor(status: number, code?: number, message = '') {
    super(message)
    this.status = status
    this.code = code
  }
}
