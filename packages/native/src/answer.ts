import type { Answer, Field } from 'taosts/driver'
import { InternalError } from 'taosts/driver'
import { type Block, decodeBlock, isDecimal, PRECISIONS, type Precision, typeOfCode } from 'taosts/wire'
import type { QueryReply } from './calls.ts'
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
  /** The fetch under way, or done and not yet read. */
  #fetch: Promise<Uint8Array | null> | undefined
  #ended: boolean
  readonly #release: () => void

  /** `owned` results die with their statement and are not freed here. */
  constructor(threads: Threads, reply: QueryReply, request: Request, onEnd: () => void, owned = false) {
    this.#threads = threads
    this.#request = request
    this.#handle = reply.handle
    this.isUpdate = reply.isUpdate
    this.affectedRows = reply.affectedRows
    this.precision = PRECISIONS[reply.precision] ?? 'ms'
    this.fields = reply.fields.map(({ name, type: code, bytes, precision, scale }) => {
      const type = typeOfCode(code)
      if (type === undefined) throw new InternalError(`libtaos gave the column ${name} the unknown type ${code}`)
      return isDecimal(code) ? { name, type: 'DECIMAL', bytes, precision, scale } : { name, type: type.name, bytes }
    })
    this.#ended = reply.isUpdate
    this.#release = () => {
      onEnd()
      if (!owned && this.#handle !== 0n) void threads.run('free', this.#handle).catch(() => {})
    }
  }

  async next(signal?: AbortSignal, timeoutMs?: number): Promise<Block | null> {
    if (this.#ended) return null
    const fetch = (this.#fetch ??= this.#start())
    const request: Request = { ...this.#request, signal, timeoutMs, harmless: true }
    try {
      const bytes = await waitFor(fetch, request, () => this.#threads.stopQuery(this.#handle))
      this.#fetch = undefined
      if (bytes === null) {
        this.free()
        return null
      }
      this.bytes += bytes.length
      this.#fetch = this.#start()
      return decodeBlock(bytes)
    } catch (error) {
      this.free()
      throw nativeError(error, request)
    }
  }

  #start(): Promise<Uint8Array | null> {
    const fetch = this.#threads.run('fetch', this.#handle)
    // Read later or never: a failure is thrown by `next`, or by nobody when the result is freed before.
    fetch.catch(() => {})
    return fetch
  }

  free(): void {
    if (this.#ended) return
    this.#ended = true
    const fetch = this.#fetch
    this.#fetch = undefined
    // libtaos may not be asked to free a result that it is fetching.
    if (fetch === undefined) this.#release()
    else void fetch.then(this.#release, this.#release)
  }
}
