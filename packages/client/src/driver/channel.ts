import { parseJson, stringifyJson, WireError } from '../wire/index.ts'
import type { Socket, SocketClose } from './socket.ts'

/** An id of a request: a number where that is exact, else a bigint. */
export type RequestId = number | bigint

/** A text reply: the envelope's five keys, and the action's own. */
export interface TextReply {
  readonly code: number
  readonly message: string
  readonly action: string
  readonly req_id: RequestId
  readonly timing: number
  readonly [key: string]: unknown
}

export type ReplyMessage = TextReply | Uint8Array

/** No answer came. The caller makes the error of it, so that the error's stack is the caller's. */
export class NoAnswer {
  readonly why: 'aborted' | 'timeout' | 'lost'
  /** The request was handed to the socket before. */
  readonly sent: boolean

  constructor(why: 'aborted' | 'timeout' | 'lost', sent: boolean) {
    this.why = why
    this.sent = sent
  }
}

export interface Waiting {
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
  /** Given the reply of a request that nobody waits for any more, so that what it opened can be freed. */
  readonly late?: (reply: ReplyMessage) => void
}

/** Who waits for a reply. */
export interface Pending {
  settle: (outcome: ReplyMessage | NoAnswer) => void
  /** True once nobody waits; the entry then stays for `late`. */
  abandoned: boolean
  readonly late?: ((reply: ReplyMessage) => void) | undefined
}

/** Many requests at a time over one socket, told apart by their ids; replies may come in any order. */
export class Channel {
  readonly #socket: Socket
  readonly #pending = new Map<RequestId, Pending>()
  readonly #closed: Promise<void>
  #nextId = Math.floor(Math.random() * 2 ** 20) * 2 ** 29 + 1
  #loss: Error | undefined
  #heard = true
  #heartbeat: ReturnType<typeof setInterval> | undefined

  /** Called once when the channel can no longer be used, with the reason; not after `close`. */
  onloss: ((reason: Error) => void) | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    let resolveClosed = (): void => {}
    this.#closed = new Promise((resolve) => (resolveClosed = resolve))
    socket.onmessage = (data) => this.#receive(data)
    socket.onclose = (close) => {
      this.#lose(new Error(describeClose(close), close.cause === undefined ? undefined : { cause: close.cause }))
      resolveClosed()
    }
  }

  /** Looks every so often whether the server still answers; never where there is no time. */
  watch(heartbeatMs: number | undefined): void {
    if (heartbeatMs === undefined || this.#loss) return
    this.#heartbeat = setInterval(() => this.#beat(heartbeatMs), heartbeatMs)
    // A heartbeat alone must not keep a program running.
    ;(this.#heartbeat as { unref?: () => void }).unref?.()
  }

  /** Why the channel can no longer be used; undefined while it can. */
  get loss(): Error | undefined {
    return this.#loss
  }

  /** How many requests wait for their reply. */
  get load(): number {
    return this.#pending.size
  }

  /** Tells the socket where long messages are best put. */
  set lead(lead: number) {
    if ('lead' in this.#socket) this.#socket.lead = lead
  }

  /** A fresh id of at most 15 digits: exact as a number, and short enough for the fast way of JSON. */
  nextId(): number {
    let id = this.#nextId++
    while (this.#pending.has(id)) id = this.#nextId++
    return id
  }

  /** The id that the application gives a request, or a fresh one; undefined while a request of that id is under way. */
  idOf(reqId: bigint | undefined): RequestId | undefined {
    if (reqId === undefined) return this.nextId()
    const id = reqId <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(reqId) : reqId
    return this.#pending.has(id) ? undefined : id
  }

  /** Sends `{action, args}` with `req_id` and waits for the reply of that id. Never rejects. */
  call(action: string, args: Readonly<Record<string, unknown>>, id: RequestId, waiting: Waiting = {}): Promise<ReplyMessage | NoAnswer> {
    return this.send(stringifyJson({ action, args: { req_id: id, ...args } }), id, waiting)
  }

  /** Sends a message that carries `id` and waits for the reply of that id. Never rejects. */
  send(message: string | Uint8Array, id: RequestId, { signal, timeoutMs, late }: Waiting = {}): Promise<ReplyMessage | NoAnswer> {
    if (signal?.aborted) return Promise.resolve(new NoAnswer('aborted', false))
    if (this.#loss) return Promise.resolve(new NoAnswer('lost', false))
    return new Promise((resolve) => {
      const pending: Pending = { settle: resolve, abandoned: false, late }
      if (signal || timeoutMs !== undefined) limit(pending, signal, timeoutMs)
      this.#pending.set(id, pending)
      this.#socket.send(message)
    })
  }

  /** Sends `{action, args}` and expects no reply. */
  post(action: string, args: Readonly<Record<string, unknown>>): void {
    if (!this.#loss) this.#socket.send(stringifyJson({ action, args: { req_id: this.nextId(), ...args } }))
  }

  /** Closes the socket; requests under way end without an answer. Resolves when the socket is closed, at the latest after a second. */
  async close(): Promise<void> {
    this.onloss = undefined
    this.#lose(new Error('the connection was closed'))
    this.#socket.close()
    let timer: ReturnType<typeof setTimeout> | undefined
    // taosAdapter drops TCP instead of answering a close frame; what answers nothing at all is dropped from here.
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, 1000)))
    await Promise.race([this.#closed, patience])
    clearTimeout(timer)
    this.#socket.terminate?.()
  }

  /** Drops the connection at once. */
  drop(reason: Error): void {
    this.#lose(reason)
    if (this.#socket.terminate) this.#socket.terminate()
    else this.#socket.close()
  }

  #receive(data: string | Uint8Array): void {
    this.#heard = true
    let id: RequestId
    let reply: ReplyMessage
    try {
      if (typeof data === 'string') {
        const text = parseText(data)
        reply = text
        id = text.req_id
      } else {
        reply = data
        id = requestIdOf(data)
      }
    } catch (error) {
      this.drop(new Error('the server sent what no TDengine sends', { cause: error }))
      return
    }
    const pending = this.#pending.get(id)
    // Nobody asked, or nobody waits any more: TDengine answers late rather than never.
    if (!pending) return
    this.#pending.delete(id)
    if (pending.abandoned) pending.late?.(reply)
    else pending.settle(reply)
  }

  #beat(heartbeatMs: number): void {
    if (this.#loss) return
    if (this.#heard) {
      this.#heard = false
      const heard = (): void => {
        this.#heard = true
      }
      if (this.#socket.ping) this.#socket.ping(heard)
      else this.post('version', {})
      return
    }
    // A program that was busy comes to its timers before it reads what has arrived meanwhile.
    const grace = setTimeout(() => {
      if (!this.#heard) this.drop(new Error('the server stopped answering'))
    }, heartbeatMs / 2)
    ;(grace as { unref?: () => void }).unref?.()
  }

  #lose(reason: Error): void {
    if (this.#loss) return
    this.#loss = reason
    clearInterval(this.#heartbeat)
    const waiting = [...this.#pending.values()]
    this.#pending.clear()
    for (const pending of waiting) if (!pending.abandoned) pending.settle(new NoAnswer('lost', true))
    this.onloss?.(reason)
  }
}

/** Lets the wait end by the signal or the time limit; the entry stays for a late reply. */
export function limit(pending: Pending, signal: AbortSignal | undefined, timeoutMs: number | undefined): void {
  const resolve = pending.settle
  const settle = (outcome: ReplyMessage | NoAnswer): void => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
    resolve(outcome)
  }
  const abandon = (why: 'aborted' | 'timeout'): void => {
    pending.abandoned = true
    settle(new NoAnswer(why, true))
  }
  const abort = (): void => abandon('aborted')
  const timer = timeoutMs === undefined ? undefined : setTimeout(abandon, timeoutMs, 'timeout')
  signal?.addEventListener('abort', abort, { once: true })
  pending.settle = settle
}

function parseText(text: string): TextReply {
  const value = parseJson(text) as TextReply | null
  if (typeof value !== 'object' || value === null || typeof value.code !== 'number') {
    throw new WireError('a reply without a code', 0)
  }
  return value
}

/** Binary replies of the newer form: eight bytes 0xff, u64 action @8, u16 version @16, u64 timing @18, u64 request id @26. */
function requestIdOf(bytes: Uint8Array): RequestId {
  if (bytes.length < 34) throw new WireError('a binary reply needs 34 bytes', bytes.length)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(0, true) !== 0xffffffff || view.getUint32(4, true) !== 0xffffffff)
    throw new WireError('a binary reply of an unknown form', 0)
  const high = view.getUint32(30, true)
  return high < 0x200000 ? high * 0x100000000 + view.getUint32(26, true) : view.getBigUint64(26, true)
}

function describeClose({ code, reason }: SocketClose): string {
  return code === 1006 || code === 0
    ? 'the server closed the connection'
    : `the server closed the connection (${code}${reason ? ` ${reason}` : ''})`
}
