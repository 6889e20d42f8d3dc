import { TimeoutError } from '../errors.ts'
import type { CallOptions } from './driver.ts'

/** A result of a statement, as long as it matters to the statement. */
interface Ending {
  /** Undefined if it is about to be over. */
  readonly over: boolean | undefined
  whenOver(callback: () => unknown): void
}

/**
 * Whether a statement may be executed again or closed: servers before 3.4.1 read a result from its statement, and what they read then would be gone.
 * Waits for a fetch that is about to end, no longer than the call may take.
 */
export async function settled(answer: Ending | undefined, options: CallOptions): Promise<boolean> {
  if (!answer) return true
  if (answer.over === undefined)
    await waitFor(new Promise<void>((resolve) => answer.whenOver(resolve)), options, 'the result before has not ended')
  return answer.over === true
}

/** Runs at once, or when the result that a statement has is over. */
export function afterResult(answer: Ending | undefined, run: () => unknown): void {
  if (answer) answer.whenOver(run)
  else run()
}

/** Waits for a promise that others wait for as well, until the signal aborts or the time is up; `what` has not happened then. */
export function waitFor<T>(promise: Promise<T>, { signal, timeoutMs }: CallOptions, what: string): Promise<T> {
  if (!signal && timeoutMs === undefined) return promise
  return new Promise((resolve, reject) => {
    const abort = (): void => settle(() => reject(signal!.reason))
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => settle(() => reject(new TimeoutError(`${what} within ${timeoutMs / 1000} s`, { retryable: true }))), timeoutMs)
    const settle = (end: () => void): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      end()
    }
    if (signal?.aborted) return abort()
    signal?.addEventListener('abort', abort, { once: true })
    promise.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    )
  })
}
