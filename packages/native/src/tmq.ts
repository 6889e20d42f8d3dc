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

/** The longest that a poll holds its thread; a longer wait is several. */
const POLL_SLICE = 500

/** A consumer of libtaos. Holds one message at a time, as libtaos's own clients do. */
export class NativeTmq implements TmqTransport {
  readonly failure: Error | undefined = undefined
  readonly #threads: Threads
  readonly #host: string | null
  readonly #port: number
  readonly #onClose: () => void
  #consumer: Pointer | undefined
  #message: { readonly id: bigint; readonly reply: PollReply } | undefined
  #lastId = 0n

  constructor(threads: Threads, host: string | null, port: number, onClose: () => void) {
    this.#threads = threads
    this.#host = host
    this.#port = port
    this.#onClose = onClose
  }

  async subscribe(args: Readonly<Record<string, unknown>>, waiting: Waiting = {}): Promise<void> {
    const settings: [string, string][] = [['td.connect.port', String(this.#port)]]
    if (this.#host !== null) settings.push(['td.connect.ip', this.#host])
    for (const [name, key] of Object.entries(KEYS)) {
      const value = args[name]
      if (typeof value === 'string' && value !== '') settings.push([key, value])
    }
    for (const [key, value] of Object.entries((args['config'] ?? {}) as Record<string, string>)) settings.push([key, value])
    await this.#end()
    this.#consumer = await this.#wait(this.#threads.run('subscribe', settings, args['topics'] as string[]), waiting, (consumer) =>
      this.#threads.run('closeConsumer', consumer),
    )
  }

  async poll(blockingMs: number, waiting: Waiting = {}): Promise<PolledMessage | undefined> {
    const until = performance.now() + blockingMs
    await this.#release()
    for (;;) {
      const slice = Math.max(0, Math.min(POLL_SLICE, until - performance.now()))
      const reply = await this.#wait(this.#threads.run('poll', this.#opened(), Math.ceil(slice)), waiting, async (late) => {
        if (late !== null) await this.#threads.run('free', late.handle)
      })
      if (reply !== null) {
        this.#message = { id: ++this.#lastId, reply }
        const { handle: _, ...message } = reply
        return { id: this.#lastId, ...message }
      }
      if (performance.now() >= until) return undefined
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
    const parameters = [this.#opened(), ...args] as unknown as Parameters<Calls[Name]>
    return (await this.#wait(this.#threads.run(name, ...parameters), waiting)) as Awaited<ReturnType<Calls[Name]>>
  }

  /** Waits for a call; what it gives after nobody waits any more goes to `late`. */
  async #wait<T>(work: Promise<T>, waiting: Waiting = {}, late?: (value: T) => Promise<unknown>): Promise<T> {
    const request: Request = { ...waiting, kind: 'tmq', harmless: true }
    try {
      return await waitFor(work, request, () => {
        void work.then(late, () => {})
      })
    } catch (error) {
      throw nativeError(error, request)
    }
  }

  async #release(): Promise<void> {
    const message = this.#message
    this.#message = undefined
    if (message !== undefined) await this.#threads.run('free', message.reply.handle)
  }

  async #end(): Promise<void> {
    await this.#release()
    const consumer = this.#consumer
    this.#consumer = undefined
    if (consumer !== undefined) await this.#threads.run('closeConsumer', consumer)
  }

  async close(): Promise<void> {
    this.#onClose()
    await this.#end()
  }
}

/** The calls whose first argument is the consumer. */
type ConsumerCall = 'commit' | 'commitOffset' | 'assignment' | 'seek' | 'offset' | 'topics' | 'unsubscribe'
type Rest<Name extends ConsumerCall> = Parameters<Calls[Name]> extends [Pointer, ...infer Args] ? Args : never
