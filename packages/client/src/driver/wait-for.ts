import { TimeoutError } from '../errors.ts'
import type { CallOptions } from './driver.ts'

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
