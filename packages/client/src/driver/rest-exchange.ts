import { ConnectionError, TimeoutError } from '../errors.ts'
import type { Endpoint, Scheme } from '../options.ts'
import { connectFailure } from './connect-failure.ts'
import { HttpFailure, type HttpStage } from './http.ts'
import type { BodyContext } from './rest-refusal.ts'

/** One request and its answer: what ends them, and what their failures mean. */
export class Exchange {
  readonly #context: BodyContext
  readonly #scheme: Scheme
  readonly #controller = new AbortController()

  constructor(context: BodyContext, scheme: Scheme) {
    this.#context = context
    this.#scheme = scheme
  }

  /** Aborted when nobody waits for the answer any more. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  cancel(): void {
    this.#controller.abort()
  }

  /** Waits for `promise` until the caller's signal or the time limit; then the request ends. */
  async within<T>(promise: Promise<T>, signal?: AbortSignal, timeoutMs?: number): Promise<T> {
    if (!signal && timeoutMs === undefined) return await this.#translated(promise)
    const controller = this.#controller
    const abort = (): void => controller.abort(signal?.reason)
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            const executed = !this.#context.harmless
            const reason = `no answer from ${this.#context.where} within ${timeoutMs / 1000} s`
            controller.abort(new TimeoutError(reason, { ...this.#details(), retryable: !executed, maybeExecuted: executed }))
          }, timeoutMs)
    signal?.addEventListener('abort', abort, { once: true })
    if (signal?.aborted) abort()
    try {
      return await this.#translated(promise)
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
  }

  /** What failed below HTTP, as an error of ours. */
  errorOf(error: unknown, endpoint: Endpoint): unknown {
    return error instanceof HttpFailure && error.stage === 'connect' ? connectFailure(this.#scheme, endpoint, error.cause) : error
  }

  async #translated<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise
    } catch (error) {
      throw error instanceof HttpFailure && error.stage !== 'connect' ? this.#lost(error.stage, error.cause) : error
    }
  }

  #lost(stage: Exclude<HttpStage, 'connect'>, cause: unknown): ConnectionError {
    const executed = !this.#context.harmless
    const text = String((cause as Error | undefined)?.message)
    const what = {
      response: 'closed the connection without an answer',
      body: 'broke off its answer',
      // Fetch says neither why nor whether the request left; assume that it did.
      unknown: `gave no answer that this platform lets through (${text})`,
    }[stage]
    const hint =
      stage === 'response' && this.#scheme === 'http' && /hang up|ECONNRESET|Parse Error/.test(text)
        ? ' (if it expects TLS, use https://)'
        : ''
    return new ConnectionError(`${this.#context.where} ${what}${hint}${executed ? '; the statement may have run' : ''}`, {
      ...this.#details(),
      cause,
      retryable: !executed,
      maybeExecuted: executed,
    })
  }

  #details(): { sql?: string; reqId?: bigint } {
    const { shown, sql: full, reqId } = this.#context
    const sql = shown?.sql ?? full
    return { ...(sql === undefined ? {} : { sql }), ...(reqId === undefined ? {} : { reqId }) }
  }
}
