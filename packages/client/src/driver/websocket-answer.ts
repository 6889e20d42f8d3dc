import { InterfaceError, InternalError } from '../errors.ts'
import { type Block, decodeReply, encodeFetchRequest, PRECISIONS, type Precision, TYPES, typeOfCode } from '../wire/index.ts'
import { type Channel, limit, NoAnswer, type Pending, type ReplyMessage, type TextReply } from './channel.ts'
import type { Answer, Field } from './driver.ts'
import { decoding, noAnswerError, type RequestContext, replyError } from './session-error.ts'

/**
 * A result on the server, read block by block. The fetch of the next block is sent before the last one is decoded, and there is never more
 * than one under way: two would share a buffer of a real adapter.
 */
export class WebSocketAnswer implements Answer {
  readonly isUpdate: boolean
  readonly affectedRows: number
  readonly fields: readonly Field[]
  readonly precision: Precision
  bytes = 0
  #timing: number
  readonly #channel: Channel
  readonly #context: RequestContext
  readonly #id: bigint
  /** The fetch under way, or answered and not yet read. */
  #fetch: Promise<ReplyMessage | NoAnswer> | undefined
  /** The server holds nothing of this result any more, or has been told to free it. */
  #gone: boolean
  #freed = false
  #blocks = 0
  /** Nothing of this result is under way any more, on the server or between. */
  #over: boolean
  /** A fetch was not waited for: nobody knows when it ends. */
  #givenUp = false
  readonly #onOver: (() => unknown)[] = []

  constructor(channel: Channel, reply: TextReply, context: RequestContext) {
    this.#channel = channel
    this.#context = context
    this.#timing = Number(reply.timing)
    this.isUpdate = reply['is_update'] === true
    this.affectedRows = Number(reply['affected_rows'] ?? 0)
    this.precision = PRECISIONS[Number(reply['precision'] ?? 0)] ?? 'ms'
    this.fields = this.isUpdate ? [] : fieldsOf(reply, context)
    this.#id = BigInt((reply['id'] as number | bigint | undefined) ?? 0)
    this.#gone = this.isUpdate
    this.#over = this.isUpdate
    if (!this.isUpdate) this.#fetch = this.#request()
  }

  get timing(): number {
    return this.#timing
  }

  async next(signal?: AbortSignal, timeoutMs?: number): Promise<Block | null> {
    if (this.#freed) throw new InterfaceError(`the result was freed, with its connection or before: ${this.#context.where}`)
    if (this.#gone) return null
    const outcome = await this.#await(this.#fetch ?? this.#request(), signal, timeoutMs)
    if (outcome instanceof NoAnswer) {
      this.#givenUp = true
      this.free()
      throw noAnswerError(outcome, { ...this.#context, signal, timeoutMs, harmless: true })
    }
    this.#fetch = undefined
    if (!(outcome instanceof Uint8Array)) {
      this.free()
      throw replyError(outcome.code === 0 ? 0xffff : outcome.code, outcome.message || 'the block came as text', this.#context)
    }
    this.bytes += outcome.length
    const last = endOf(outcome)
    if (last) {
      this.#gone = true
      this.#end()
    } else this.#fetch = this.#request()
    try {
      const reply = decoding(this.#context, () => decodeReply(outcome, true))
      if (reply.kind !== 'fetch_raw_block') throw new InternalError(`${this.#context.where} answered a fetch with something else`)
      this.#timing += Number(reply.timing)
      if (reply.code !== 0) throw replyError(reply.code, reply.message, this.#context)
      if (reply.block && this.#blocks++ === 0) this.#channel.lead = leadOf(reply.block)
      return reply.block
    } catch (error) {
      this.free()
      throw error
    }
  }

  free(): void {
    if (this.#gone) return
    this.#gone = true
    this.#freed = true
    const fetch = this.#fetch
    this.#fetch = undefined
    if (!fetch) {
      this.#release()
      this.#end()
      return
    }
    // The server frees the result itself when that fetch turns out to be its last; only then is it not to be freed again.
    void fetch.then((outcome) => {
      if (outcome instanceof Uint8Array && !endOf(outcome)) this.#release()
      this.#end()
    })
  }

  /** The server has nothing to do with this result any more; undefined while that only takes the end of a fetch. */
  get over(): boolean | undefined {
    return this.#over || (this.#freed && !this.#givenUp ? undefined : false)
  }

  /** Calls back when the server has nothing to do with this result any more. */
  whenOver(callback: () => unknown): void {
    if (this.#over) callback()
    else this.#onOver.push(callback)
  }

  #end(): void {
    this.#over = true
    for (const callback of this.#onOver.splice(0)) callback()
  }

  #release(): void {
    this.#channel.post('free_result', { id: this.#id })
  }

  #request(): Promise<ReplyMessage | NoAnswer> {
    const id = this.#channel.nextId()
    return this.#channel.send(encodeFetchRequest(BigInt(id), this.#id), id)
  }

  /** Waits for the fetch, but not beyond the signal or the time limit; the fetch itself goes on, so that the result can be freed after it. */
  #await(
    fetch: Promise<ReplyMessage | NoAnswer>,
    signal: AbortSignal | undefined,
    timeoutMs: number | undefined,
  ): Promise<ReplyMessage | NoAnswer> {
    this.#fetch = fetch
    if (!signal && timeoutMs === undefined) return fetch
    if (signal?.aborted) return Promise.resolve(new NoAnswer('aborted', true))
    return new Promise((resolve) => {
      const pending: Pending = { settle: resolve, abandoned: false }
      limit(pending, signal, timeoutMs)
      void fetch.then(pending.settle)
    })
  }
}

/** What a query that was given up may still open on the server is freed. */
export function freeLate(channel: Channel): (reply: ReplyMessage) => void {
  return (reply) => {
    if (reply instanceof Uint8Array || reply.code !== 0 || reply['is_update'] === true) return
    channel.post('free_result', { id: reply['id'] })
  }
}

/** Whether a fetch reply is the last: u32 code @34, u32 message length m @38, finished byte @50+m. */
function endOf(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 51) return true
  const at = 50 + view.getUint32(38, true)
  return view.getUint32(34, true) !== 0 || at >= bytes.length || bytes[at] !== 0
}

/**
 * Where a reply like that of this block must start for its first array to be aligned. Before that stand 55 bytes of the reply, 28 of the block, 9 a
 * column, and a bitmap where the column is of fixed width.
 */
function leadOf({ rows, columns }: Block): number {
  return -(55 + 28 + 9 * columns.length + (columns[0]!.layout === 'fixed' ? (rows + 7) >>> 3 : 0)) & 7
}

/** Reads the `fields_…` arrays of a query's reply. */
export function fieldsOf(reply: TextReply, context: RequestContext): readonly Field[] {
  const count = Number(reply['fields_count'] ?? 0)
  const names = list(reply['fields_names'])
  const types = list(reply['fields_types'])
  const lengths = list(reply['fields_lengths'])
  const precisions = list(reply['fields_precisions'])
  const scales = list(reply['fields_scales'])
  if (names.length !== count || types.length !== count)
    throw new InternalError(`${context.where} described ${count} columns by ${names.length} names`)
  return names.map((name, i) => {
    const type = typeOfCode(Number(types[i]))
    if (!type) throw new InternalError(`${context.where} sent a column of the unknown type ${String(types[i])}`)
    const field = { name: String(name), type: type.name, bytes: Number(lengths[i] ?? TYPES[type.code]?.width ?? 0) }
    return type.name === 'DECIMAL' ? { ...field, precision: Number(precisions[i] ?? 0), scale: Number(scales[i] ?? 0) } : field
  })
}

/** A list of a reply, empty where the reply has none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
