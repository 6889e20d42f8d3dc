import { SqlError } from '../errors.ts'

/** taosAdapter's own errors: a general one, one at a limit, and a refused statement. */
export const AdapterCode = { FAILURE: 0xffff, LIMIT: 0xfffe, REFUSED: 0xfffd } as const

/** An error of the server itself, under the adapter's general code unless told otherwise. */
export function adapterError(message: string, code: number = AdapterCode.FAILURE): SqlError {
  return new SqlError(code, message)
}

/** The code and text that a client is told for whatever was thrown; only the engine's and the server's own errors speak for themselves. */
export function failureOf(error: unknown): { readonly code: number; readonly message: string } {
  if (error instanceof SqlError) return { code: error.code & 0xffff, message: error.message }
  if (error instanceof Error) return { code: AdapterCode.FAILURE, message: `internal error: ${error.message}` }
  return { code: AdapterCode.FAILURE, message: 'internal error' }
}
