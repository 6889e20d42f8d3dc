import type { Answer, Field } from 'taosts/driver'
import { InternalError } from 'taosts/driver'
import { type Block, decodeBlock, isDecimal, PRECISIONS, type Precision, typeOfCode } from 'taosts/wire'
import type { Calls, QueryReply } from './calls.ts'
import type { Pointer } from './library.ts'
import { nativeError, type Request, waitFor } from './request.ts'
import type { Threads } from './threads.ts'

/** A result that libtaos holds, read block by block; the next block is fetched while the last one is used, never two at a time. */
export class NativeAnswer implements Answer {
  readonly isUpdate: boolean
  readonly affectedRows: number
  readonly fields: readonly Field[]
  readonly precision: Precision
  readonly timing = 0
  bytes = 0
  readonly #threads: Threads
  readonly #request: Request
  readonly #handle: Pointer
  readonly #owned: boolean
  readonly #onEnd: (answer: NativeAnswer) => void
  /** The fetch under way, or done and not yet read. */
  #fetch: Promise<Uint8Array | null> | undefined
  /** Blocks that were read ahead because the statement needs its result gone, and what ended that reading. */
  #ahead: (Uint8Array | null)[] | undefined
  #aheadFailure: unknown
  /** The call of `next` under way. */
  #reading: Promise<Block | null> | undefined
  #ended: boolean
  /** Settled when libtaos works on the result no more. */
  #released: Promise<void> | undefined

  /** `owned` results die with their statement and are not freed here. Throws an InternalError for a column of an unknown type. */
  constructor(threads: Threads, reply: QueryReply, request: Request, onEnd: (answer: NativeAnswer) => void, owned = false) {
    this.#threads = threads
    this.#request = request
    this.#handle = reply.handle
    this.#owned = owned
    this.#onEnd = onEnd
    this.isUpdate = reply.isUpdate
    this.affectedRows = reply.affectedRows
    this.precision = PRECISIONS[reply.precision] ?? 'ms'
    this.#ended = reply.isUpdate
    this.fields = reply.fields.map(({ name, type: code, bytes, precision, scale }) => {
      const type = typeOfCode(code)
      if (type === undefined) {
        this.free()
        throw new InternalError(`libtaos gave the column ${name} the unknown type ${code}`)
      }
      return isDecimal(code) ? { name, type: 'DECIMAL', bytes, precision, scale } : { name, type: type.name, bytes }
    })
  }

  async next(signal?: AbortSignal, timeoutMs?: number): Promise<Block | null> {
    this.#reading = this.#read(signal, timeoutMs)
    return await this.#reading
  }

  async #read(signal: AbortSignal | undefined, timeoutMs: number | undefined): Promise<Block | null> {
    if (this.#ended && this.#ahead === undefined) return null
    const request: Request = { ...this.#request, signal, timeoutMs, harmless: true }
    try {
      signal?.throwIfAborted()
      const fetch = this.#ahead === undefined ? (this.#fetch ??= this.#start()) : this.#fromAhead()
      const bytes = await waitFor(fetch, request, () => {
        this.#threads.stopQuery(this.#ended ? 0n : this.#handle)
        return undefined
      })
      if (this.#fetch === fetch) this.#fetch = undefined
      if (bytes === null) {
        this.free()
        return null
      }
      this.bytes += bytes.length
      if (!this.#ended) this.#fetch = this.#start()
      return decodeBlock(bytes)
    } catch (error) {
      this.free()
      throw nativeError(error, request)
    }
  }

  async #fromAhead(): Promise<Uint8Array | null> {
    await this.#released
    const next = this.#ahead?.shift()
    if (next === undefined && this.#aheadFailure !== undefined) throw this.#aheadFailure
    return next ?? null
  }

  #start(): Promise<Uint8Array | null> {
    const fetch = this.#threads.run('fetch', this.#handle)
    // Read later or never: a failure is thrown by `next`, or by nobody when the result is freed before.
    fetch.catch(() => {})
    return fetch
  }

  free(): void {
    this.#ahead = undefined
    this.#end()
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    const fetch = this.#fetch
    this.#fetch = undefined
    const release = async (): Promise<void> => {
      // libtaos may not be asked to free a result that it is fetching.
      await fetch?.catch(() => {})
      if (!this.#owned && this.#handle !== 0n) await this.#threads.run('free', this.#handle).catch(() => {})
      this.#onEnd(this)
    }
    this.#released = release()
  }

  /** Frees the result and waits until libtaos is done with it. */
  async finish(): Promise<void> {
    this.free()
    await this.#released
  }

  /** Reads what is left of an unread result into memory, because its statement is about to use libtaos's memory for another one. */
  async detach(): Promise<void> {
    await this.#reading?.catch(() => {})
    if (this.#ended) return await this.#released
    const ahead: (Uint8Array | null)[] = []
    let next = this.#fetch ?? this.#start()
    this.#fetch = undefined
    // From here on `next` reads from `ahead`, once that is whole.
    this.#ahead = ahead
    this.#ended = true
    this.#released = (async () => {
      try {
        for (;;) {
          const bytes = await next
          ahead.push(bytes)
          if (bytes === null || this.#ahead === undefined) return
          next = this.#start()
        }
      } catch (error) {
        this.#aheadFailure = error
      }
    })()
    await this.#released
    this.#onEnd(this)
  }

  /** Frees the result in the process's last moments, on its only thread left. */
  freeNow(calls: Calls): void {
    if (!this.#ended && !this.#owned && this.#handle !== 0n) calls.free(this.#handle)
    this.#ended = true
  }
}
