import { type Assignment, InterfaceError, type PolledMessage, type TmqTransport } from 'taosts/driver'
import { parseTmqMeta, type TmqMeta } from 'taosts/wire'
import type { Calls, PollReply } from './calls.ts'
import type { Pointer } from './library.ts'
import { nativeError, type Request, waitFor } from './request.ts'
import type { Threads } from './threads.ts'

interface Waiting {
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

/** Which of the subscribe action's arguments is which of libtaos's settings. */
const KEYS: Readonly<Record<string, string>> = {
  user: 'td.connect.user',
  password: 'td.connect.pass',
  group_id: 'group.id',
  client_id: 'client.id',
  offset_rest: 'auto.offset.reset',
  auto_commit: 'enable.auto.commit',
  auto_commit_interval_ms: 'auto.commit.interval.ms',
  snapshot_enable: 'experimental.snapshot.enable',
  with_table_name: 'msg.with.table.name',
  enable_batch_meta: 'msg.enable.batchmeta',
  session_timeout_ms: 'session.timeout.ms',
  max_poll_interval_ms: 'max.poll.interval.ms',
}

/** What the subscribe action says of the application, by taos.h's numbers of a connection's options. */
const OPTIONS: Readonly<Record<string, number>> = { tz: 1, ip: 2, app: 3 }

/** The longest that a poll holds the consumer's thread; a longer wait is several. */
const POLL_SLICE = 500

/**
 * A consumer of libtaos, on one thread: libtaos wants that. Holds one message at a time, as libtaos's own clients do. A message that arrives
 * when nobody waits any more (an abort) is given by the next poll, or put back before anything that depends on where the consumer stands.
 */
export class NativeTmq implements TmqTransport {
  readonly failure: Error | undefined = undefined
  readonly #threads: Threads
  readonly #host: string | null
  readonly #port: number
  readonly #onClose: (consumer: NativeTmq) => void
  #consumer: Pointer | undefined
  #message: { readonly id: bigint; readonly reply: PollReply } | undefined
  /** The poll under way, or one whose message nobody has taken. */
  #polling: Promise<PollReply | null> | undefined
  #lastId = 0n
  #closed: Promise<void> | undefined

  /** `threads` are the consumer's own, and end with it. */
  constructor(threads: Threads, host: string | null, port: number, onClose: (consumer: NativeTmq) => void) {
    this.#threads = threads
    this.#host = host
    this.#port = port
    this.#onClose = onClose
  }

  async subscribe(args: Readonly<Record<string, unknown>>, waiting: Waiting = {}): Promise<void> {
    waiting.signal?.throwIfAborted()
    const settings: [string, string][] = [['td.connect.port', String(this.#port)]]
    if (this.#host !== null) settings.push(['td.connect.ip', this.#host])
    for (const [name, key] of Object.entries(KEYS)) {
      const value = args[name]
      if (typeof value === 'string' && value !== '') settings.push([key, value])
    }
    for (const [key, value] of Object.entries((args['config'] ?? {}) as Record<string, string>)) settings.push([key, value])
    const options = Object.entries(OPTIONS).flatMap(([name, option]) =>
      typeof args[name] === 'string' ? [{ option, value: args[name] }] : [],
    )
    await this.#end()
    if (this.#closed !== undefined) throw new InterfaceError('the consumer is closed')
    const work = this.#threads.run('subscribe', settings, options, args['topics'] as string[])
    // Kept also when nobody waits any more, so that closing frees it.
    const made = work.then((consumer) => {
      this.#consumer = consumer
    })
    await this.#wait(made, waiting)
  }

  async poll(blockingMs: number, waiting: Waiting = {}): Promise<PolledMessage | undefined> {
    const until = performance.now() + blockingMs
    await this.#release()
    for (;;) {
      waiting.signal?.throwIfAborted()
      const slice = Math.max(0, Math.min(POLL_SLICE, until - performance.now()))
      const polling = (this.#polling ??= this.#startPoll(slice))
      const reply = await this.#wait(polling, waiting)
      // Whoever takes the promise away owns its message.
      if (this.#polling !== polling) throw new InterfaceError('the consumer is closed')
      this.#polling = undefined
      if (reply !== null) {
        this.#message = { id: ++this.#lastId, reply }
        const { handle: _, ...message } = reply
        return { id: this.#lastId, ...message }
      }
      if (performance.now() >= until) return undefined
    }
  }

  #startPoll(milliseconds: number): Promise<PollReply | null> {
    const polling = this.#threads.run('poll', this.#opened(), Math.ceil(milliseconds))
    polling.catch(() => {
      if (this.#polling === polling) this.#polling = undefined
    })
    return polling
  }

  /** Takes the message of a poll that was given up. */
  async #untaken(): Promise<PollReply | null> {
    const polling = this.#polling
    this.#polling = undefined
    return polling === undefined ? null : await polling.catch(() => null)
  }

  /** Goes back to before a message that came and that nobody has taken, so that it is neither committed nor lost. */
  async #putBack(): Promise<void> {
    const reply = await this.#untaken()
    if (reply === null) return
    try {
      await this.#threads.run('seek', this.#opened(), reply.topic, reply.vgroup, reply.offset)
    } finally {
      await this.#threads.run('free', reply.handle)
    }
  }

  async fetchRaw(message: bigint, waiting?: Waiting): Promise<{ metaType: number; data: Uint8Array }> {
    return await this.#wait(this.#threads.run('rawMessage', this.#held(message)), waiting)
  }

  async fetchMeta(message: bigint, waiting?: Waiting): Promise<TmqMeta[]> {
    const text = await this.#wait(this.#threads.run('jsonMeta', this.#held(message)), waiting)
    return parseTmqMeta(text === null ? null : JSON.parse(text))
  }

  #held(message: bigint): Pointer {
    if (this.#message?.id !== message) throw new InterfaceError('the message has been freed')
    return this.#message.reply.handle
  }

  async commit(waiting?: Waiting): Promise<void> {
    await this.#call(waiting, 'commit', null)
  }

  async commitOffset(topic: string, vgroup: number, offset: bigint, waiting?: Waiting): Promise<void> {
    await this.#call(waiting, 'commitOffset', topic, vgroup, offset)
  }

  async assignment(topic: string, waiting?: Waiting): Promise<Assignment[]> {
    return await this.#call(waiting, 'assignment', topic)
  }

  async seek(topic: string, vgroup: number, offset: bigint, waiting?: Waiting): Promise<void> {
    await this.#call(waiting, 'seek', topic, vgroup, offset)
  }

  async offsets(
    what: 'committed' | 'position',
    vgroups: readonly { topic: string; vgroup: number }[],
    waiting?: Waiting,
  ): Promise<(bigint | undefined)[]> {
    const offsets: (bigint | undefined)[] = []
    for (const { topic, vgroup } of vgroups) offsets.push(await this.#call(waiting, 'offset', what, topic, vgroup))
    return offsets
  }

  async listTopics(waiting?: Waiting): Promise<string[]> {
    return await this.#call(waiting, 'topics')
  }

  async unsubscribe(waiting?: Waiting): Promise<void> {
    await this.#release()
    await this.#call(waiting, 'unsubscribe')
  }

  #opened(): Pointer {
    if (this.#consumer === undefined) throw new InterfaceError('the consumer is not subscribed')
    return this.#consumer
  }

  async #call<Name extends ConsumerCall>(
    waiting: Waiting | undefined,
    name: Name,
    ...args: Rest<Name>
  ): Promise<Awaited<ReturnType<Calls[Name]>>> {
    waiting?.signal?.throwIfAborted()
    await this.#putBack()
    const parameters = [this.#opened(), ...args] as unknown as Parameters<Calls[Name]>
    return (await this.#wait(this.#threads.run(name, ...parameters), waiting)) as Awaited<ReturnType<Calls[Name]>>
  }

  async #wait<T>(work: Promise<T>, waiting: Waiting = {}): Promise<T> {
    const request: Request = { ...waiting, kind: 'tmq', harmless: true }
    try {
      return await waitFor(work, request, () => undefined)
    } catch (error) {
      throw nativeError(error, request)
    }
  }

  async #release(): Promise<void> {
    const message = this.#message
    this.#message = undefined
    if (message !== undefined) await this.#threads.run('free', message.reply.handle)
  }

  /** Closes the consumer, when what it does is done. */
  async #end(): Promise<void> {
    await this.#release()
    const untaken = await this.#untaken()
    if (untaken !== null) await this.#threads.run('free', untaken.handle)
    await this.#threads.idle()
    const consumer = this.#consumer
    this.#consumer = undefined
    if (consumer !== undefined) await this.#threads.run('closeConsumer', consumer)
  }

  /** Frees what it holds, leaves the group and ends its thread. */
  close(): Promise<void> {
    this.#closed ??= (async () => {
      await this.#end()
      await this.#threads.stop()
      this.#onClose(this)
    })()
    return this.#closed
  }

  finish(): Promise<void> {
    return this.close()
  }

  /** Leaves the group in the process's last moments, unless its thread is at work. */
  freeNow(calls: Calls): void {
    if (this.#threads.load > 0 || this.#consumer === undefined) return
    if (this.#message !== undefined) calls.free(this.#message.reply.handle)
    calls.closeConsumer(this.#consumer)
    this.#consumer = undefined
  }
}

/** The calls whose first argument is the consumer. */
type ConsumerCall = 'commit' | 'commitOffset' | 'assignment' | 'seek' | 'offset' | 'topics' | 'unsubscribe'
type Rest<Name extends ConsumerCall> = Parameters<Calls[Name]> extends [Pointer, ...infer Args] ? Args : never
