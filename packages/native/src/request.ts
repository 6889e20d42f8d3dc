import { type ErrorKind, errorOfCode, InterfaceError, InternalError, StatementError, TaosError, TimeoutError } from 'taosts/driver'
import { WireError } from 'taosts/wire'
import { NativeError } from './calls.ts'

/** What an error about a call shows of it, and what may end the wait for it. */
export interface Request {
  readonly sql?: string | undefined
  readonly reqId?: bigint | undefined
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
  readonly harmless?: boolean | undefined
  readonly kind?: ErrorKind | undefined
}

function details({ sql, reqId }: Request): { sql?: string; reqId?: bigint } {
  return { ...(sql === undefined ? {} : { sql }), ...(reqId === undefined ? {} : { reqId }) }
}

/** The typed error for whatever a call threw; made where the application awaits, so that its stack shows the application's line. */
export function nativeError(error: unknown, request: Request): unknown {
  if (error instanceof NativeError) {
    if (error.refused) return new (request.kind === 'statement' ? StatementError : InterfaceError)(error.message, details(request))
    return errorOfCode(error.code, error.message, details(request), request.kind)
  }
  if (error instanceof WireError)
    return new InternalError(`libtaos gave a damaged block: ${error.message}`, { ...details(request), cause: error })
  if (error instanceof TaosError || request.signal?.aborted) return error
  return new InternalError(error instanceof Error ? error.message : String(error), { ...details(request), cause: error })
}

/**
 * Waits for `work`, but not beyond the signal or the time limit; then `stop` is called and the work goes on unobserved. `stop` returns true
 * when it kept the work from beginning.
 */
export async function waitFor<T>(work: Promise<T>, request: Request, stop: () => boolean | undefined): Promise<T> {
  const { signal, timeoutMs } = request
  if (signal === undefined && timeoutMs === undefined) return await work
  return await new Promise<T>((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
    const abort = () => {
      end()
      stop()
      reject(signal!.reason)
    }
    const late = () => {
      end()
      const harmless = stop() === true || request.harmless === true
      reject(
        new TimeoutError(`no answer from libtaos within ${timeoutMs! / 1000} s`, {
          ...details(request),
          retryable: harmless,
          maybeExecuted: !harmless,
        }),
      )
    }
    const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs)
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, { once: true })
    work.then(
      (value) => {
        end()
        resolve(value)
      },
      (error) => {
        end()
        reject(error)
      },
    )
  })
}
