import { Message } from './consumer-message.ts'
import { type ConsumerEvent, type ConsumerOptions, type ConsumerSettings, consumerSettings } from './consumer-options.ts'
import { type Assignment, type OpenTmq, type PolledMessage, TmqSession, type TmqTransport } from './driver/tmq.ts'
import { type Duration, milliseconds } from './duration.ts'
import { ConnectionError, InterfaceError, isTaosError, TmqError } from './errors.ts'
import type { DefaultRow } from './result.ts'
import type { TraceContext } from './tracing.ts'
import type { ObjectMaker, ValuePolicy } from './wire/index.ts'

/** What a consumer needs of its connection. */
export interface ConsumerHost {
  /** Opens a socket to `/rest/tmq`. */
  readonly open: OpenTmq
  /** What logs in, joined to the subscribe action. */
  credentials(): Promise<Readonly<Record<string, unknown>>>
  readonly policy: ValuePolicy
  /** Runs a poll, within a trace when somebody listens. */
  trace<T>(context: () => Partial<TraceContext>, run: (context: TraceContext | undefined) => Promise<T>): Promise<T>
}

/** A place in one vgroup of a topic. */
export interface VgroupOffset {
  readonly topic: string
  readonly vgroup: number
  readonly offset: bigint
}

/** Passes by itself: the group is being shared out anew. */
const REBALANCING = 0x03ea
/** The server has put the consumer out of its group, or does not know it any more. */
const PUT_OUT: readonly number[] = [0x03e6, 0x4002]
const ATTEMPTS = 10
/** How often who listens to events is told of vgroups and lag. */
const LOOK_MS = 5000

/**
 * Reads topics, as an async iterable of messages. While the application works on a message nothing is polled. With `autoCommit` (the default)
 * a message is committed once the application asks for one after it, or closes: each message is seen at least once.
 *
 * ```ts
 * await using consumer = await connection.subscribe('alarms', { groupId: 'mailer', offsetReset: 'earliest' })
 * for await (const message of consumer) for (const row of message) console.log(row)
 * ```
 */
export class Consumer<Row = DefaultRow> implements AsyncIterable<Message<Row>>, AsyncDisposable {
  readonly #host: ConsumerHost
  readonly #settings: ConsumerSettings
  readonly #options: ConsumerOptions
  #topics: readonly string[]
  #session: TmqTransport
  #subscribed = true
  #closing: Promise<void> | undefined
  /** Delivered and not committed yet. */
  #uncommitted = false
  #lastCommit = performance.now()
  #turn: Promise<unknown> = Promise.resolve()
  /** By topic, the vgroups that were told last. */
  readonly #assigned = new Map<string, string>()
  #looked = Number.NEGATIVE_INFINITY
  readonly #makers = new Map<string, ObjectMaker>()
  /** Every message of this consumer, with the position after it once that is known. */
  readonly #delivered = new WeakMap<Message<Row>, bigint | undefined>()
  /** The newest message of each vgroup, where it does not tell the position after it. */
  readonly #newest = new Map<string, Message<Row>>()

  private constructor(
    host: ConsumerHost,
    options: ConsumerOptions,
    settings: ConsumerSettings,
    topics: readonly string[],
    session: TmqTransport,
  ) {
    this.#host = host
    this.#options = options
    this.#settings = settings
    this.#topics = topics
    this.#session = session
  }

  /** Use `connection.subscribe()`. */
  static async open<Row>(host: ConsumerHost, topics: string | readonly string[], options: ConsumerOptions): Promise<Consumer<Row>> {
    const settings = consumerSettings(options)
    const list = topicList(topics)
    const session = await subscribed(host, settings, list, options)
    return new Consumer<Row>(host, options, settings, list, session)
  }

  /** The next message, or undefined when none comes in time (the option `pollTimeout` by default). Commits what came before it. */
  async poll(timeout?: Duration): Promise<Message<Row> | undefined> {
    const wait = timeout === undefined ? this.#settings.pollMs : timeout === 0 ? 0 : pollTime(timeout)
    return await this.#run(() =>
      this.#host.trace(
        () => ({ topics: this.#topics, groupId: this.#options.groupId }),
        async (context) => {
          await this.#commitFinished()
          const message = await this.#persist(() => this.#pollOnce(wait))
          await this.#look()
          if (context) Object.assign(context, outcomeOf(message))
          return message
        },
      ),
    )
  }

  async #pollOnce(wait: number): Promise<Message<Row> | undefined> {
    const signal = this.#options.signal
    const waiting = signal === undefined ? {} : { signal }
    const polled = await this.#session.poll(wait, waiting)
    if (polled === undefined) return undefined
    const message = await this.#fetch(polled, waiting)
    const place = `${polled.vgroup} ${polled.topic}`
    const before = this.#newest.get(place)
    if (before) this.#delivered.set(before, polled.offset)
    if (message.nextOffset === undefined) this.#newest.set(place, message)
    else this.#newest.delete(place)
    this.#delivered.set(message, message.nextOffset)
    this.#uncommitted = true
    return message
  }

  async #fetch(polled: PolledMessage, waiting: { readonly signal?: AbortSignal }): Promise<Message<Row>> {
    try {
      const raw = await this.#session.fetchRaw(polled.id, waiting)
      const meta = polled.type !== 1 ? await this.#session.fetchMeta(polled.id, waiting) : []
      return this.#message(polled, raw, meta)
    } catch (error) {
      // Nobody has seen it: it must neither be committed nor passed over.
      if (this.#session.failure === undefined) await this.#session.seek(polled.topic, polled.vgroup, polled.offset).catch(() => {})
      throw error
    }
  }

  /** Tells who listens of vgroups and lag, now and then. */
  async #look(): Promise<void> {
    if (!this.#options.onEvent || performance.now() - this.#looked < LOOK_MS) return
    this.#looked = performance.now()
    // Whatever is wrong comes again with the next poll.
    for (const topic of this.#topics) await this.#tellAssignment(topic).catch(() => {})
  }

  async #tellAssignment(topic: string): Promise<Assignment[]> {
    const list = await this.#session.assignment(topic)
    const vgroups = list.map(({ vgroup }) => vgroup).sort((a, b) => a - b)
    if (vgroups.join(' ') !== this.#assigned.get(topic)) {
      this.#assigned.set(topic, vgroups.join(' '))
      this.#tell({ kind: 'assignment', topic, vgroups })
    }
    for (const { vgroup, offset, end } of list) this.#tell({ kind: 'lag', topic, vgroup, lag: end > offset ? end - offset : 0n })
    return list
  }

  #message(polled: PolledMessage, raw: { metaType: number; data: Uint8Array }, meta: Message['meta']): Message<Row> {
    try {
      return new Message<Row>(polled, raw, meta, this.#host.policy, this.#makers)
    } catch (error) {
      throw new TmqError(
        `a message of ${polled.topic} (vgroup ${polled.vgroup}, offset ${polled.offset}) is damaged: ${(error as Error).message}`,
        {
          code: 0x4000,
          cause: error,
        },
      )
    }
  }

  /** Messages as they come, without end; leave the loop or close the consumer to stop. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Message<Row>, void, undefined> {
    while (this.#closing === undefined) {
      const message = await this.poll()
      if (message !== undefined) yield message
    }
  }

  /** Commits: everything delivered so far, up to and with a message of this consumer, or given offsets. */
  async commit(what?: Message<Row> | VgroupOffset | readonly VgroupOffset[]): Promise<void> {
    await this.#run(async () => {
      if (what === undefined) {
        await this.#session.commit()
        this.#uncommitted = false
        return
      }
      if (what instanceof Message) {
        if (!this.#delivered.has(what)) throw new TmqError('this message came from another consumer; commit it there', { code: 0x4001 })
        await this.#session.commitOffset(what.topic, what.vgroup, await this.#after(what))
        return
      }
      for (const { topic, vgroup, offset } of Array.isArray(what) ? (what as readonly VgroupOffset[]) : [what as VgroupOffset])
        await this.#session.commitOffset(topic, vgroup, BigInt(offset))
    })
  }

  /** The position after a message: messages of changes do not tell it, but the next one or the consumer does. */
  async #after(message: Message<Row>): Promise<bigint> {
    const { topic, vgroup, offset } = message
    const known = this.#delivered.get(message)
    if (known !== undefined) return known
    if (this.#newest.get(`${vgroup} ${topic}`) !== message) return offset + 1n
    return (await this.#session.offsets('position', [{ topic, vgroup }]))[0] ?? offset + 1n
  }

  /** Commits what the application is done with: it asks for more. */
  async #commitFinished(force = false): Promise<void> {
    if (!this.#settings.autoCommit || !this.#uncommitted) return
    if (!force && performance.now() - this.#lastCommit < this.#settings.autoCommitMs) return
    await this.#persist(() => this.#session.commit())
    this.#uncommitted = false
    this.#lastCommit = performance.now()
  }

  /** What the group has committed in a vgroup; undefined for nothing. */
  async committed(topic: string, vgroup: number): Promise<bigint | undefined> {
    return (await this.#run(() => this.#session.offsets('committed', [{ topic, vgroup }])))[0]
  }

  /** Where this consumer stands in a vgroup; undefined before its first message. */
  async position(topic: string, vgroup: number): Promise<bigint | undefined> {
    return (await this.#run(() => this.#session.offsets('position', [{ topic, vgroup }])))[0]
  }

  /** The vgroups of a topic that this consumer has, with the ends of their logs. Tells `assignment` (when it changed) and `lag` events. */
  async assignment(topic: string): Promise<Assignment[]> {
    return await this.#run(() => this.#tellAssignment(topic))
  }

  /** Goes to a place in a vgroup; the next poll reads from there. Does not commit. */
  async seek(topic: string, vgroup: number, offset: bigint | number): Promise<void> {
    await this.#run(() => {
      this.#newest.delete(`${vgroup} ${topic}`)
      return this.#session.seek(topic, vgroup, BigInt(offset))
    })
  }

  async seekToBeginning(topic: string): Promise<void> {
    for (const { vgroup, begin } of await this.assignment(topic)) await this.seek(topic, vgroup, begin)
  }

  async seekToEnd(topic: string): Promise<void> {
    for (const { vgroup, end } of await this.assignment(topic)) await this.seek(topic, vgroup, end)
  }

  /** The topics subscribed to, as the server lists them. */
  async subscription(): Promise<string[]> {
    return await this.#run(() => this.#session.listTopics())
  }

  /** As `subscription`, by the name that other clients have for it. */
  listTopics(): Promise<string[]> {
    return this.subscription()
  }

  /** Commits what is finished (with `autoCommit`) and gives the vgroups back. `subscribe` starts again. */
  async unsubscribe(): Promise<void> {
    await this.#run(async () => {
      await this.#commitFinished(true)
      await this.#session.unsubscribe()
      this.#subscribed = false
      this.#newest.clear()
    })
  }

  /** Subscribes again after `unsubscribe`, to the same topics or others. */
  async subscribe(topics: string | readonly string[] = this.#topics): Promise<void> {
    const list = topicList(topics)
    await this.#enqueue(async () => {
      if (this.#subscribed) throw new InterfaceError('the consumer is subscribed already; unsubscribe() first')
      await this.#session.subscribe(await subscription(this.#host, this.#settings, list))
      this.#topics = list
      this.#subscribed = true
    })
  }

  /** Calls of a consumer wait for each other. */
  #run<T>(work: () => Promise<T>): Promise<T> {
    return this.#enqueue(() => {
      if (!this.#subscribed) throw new TmqError('the consumer is not subscribed; subscribe() first', { code: 0x4010 })
      return work()
    })
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing) return Promise.reject(new TmqError('the consumer is closed', { code: 0x4002 }))
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => {})
    return turn
  }

  /** Goes on through a rebalance, an exclusion from the group and a lost connection: from what is committed. */
  async #persist<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        if (this.#closing || this.#options.signal?.aborted || attempt >= ATTEMPTS) throw error
        if (isTaosError(error) && error.code === REBALANCING) {
          this.#tell({ kind: 'rebalancing' })
          this.#looked = Number.NEGATIVE_INFINITY
          await pause(100 * (attempt + 1))
        } else if (isTaosError(error) && PUT_OUT.includes(error.code)) {
          await this.#session.unsubscribe()
          await this.#session.subscribe(await subscription(this.#host, this.#settings, this.#topics))
          this.#startAgain('rejoined')
        } else if (error instanceof ConnectionError && this.#session.failure !== undefined) {
          this.#tell({ kind: 'disconnect', cause: error })
          await this.#reconnect(attempt, error)
        } else throw error
      }
    }
  }

  async #reconnect(attempt: number, cause: unknown): Promise<void> {
    await pause(Math.random() * Math.min(2000, 100 * 2 ** attempt))
    if (this.#closing) throw cause
    try {
      this.#session = await subscribed(this.#host, this.#settings, this.#topics, this.#options)
      this.#startAgain('reconnect')
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error
    }
  }

  /** What was delivered and not committed comes again. */
  #startAgain(kind: 'rejoined' | 'reconnect'): void {
    this.#uncommitted = false
    this.#newest.clear()
    this.#looked = Number.NEGATIVE_INFINITY
    this.#tell({ kind })
  }

  #tell(event: ConsumerEvent): void {
    this.#options.onEvent?.(event)
  }

  /** Commits what was delivered (with `autoCommit`), gives the vgroups back and closes the socket. Later calls do nothing. */
  close(): Promise<void> {
    this.#closing ??= this.#turn.then(async () => {
      try {
        if (this.#session.failure === undefined && this.#subscribed) {
          if (this.#settings.autoCommit && this.#uncommitted) await this.#session.commit()
          await this.#session.unsubscribe()
        }
      } finally {
        await this.#session.close()
      }
    })
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

async function subscribed(
  host: ConsumerHost,
  settings: ConsumerSettings,
  topics: readonly string[],
  options: ConsumerOptions,
): Promise<TmqTransport> {
  const session = await host.open(TmqSession, options.signal)
  try {
    const waiting = options.signal === undefined ? {} : { signal: options.signal }
    await session.subscribe(await subscription(host, settings, topics), waiting)
    return session
  } catch (error) {
    void session.close()
    throw error
  }
}

/** What the subscribe action carries; a bearer token travels among the native keys. */
async function subscription(host: ConsumerHost, settings: ConsumerSettings, topics: readonly string[]): Promise<Record<string, unknown>> {
  const credentials = await host.credentials()
  const config = { ...(credentials['config'] as object | undefined), ...(settings.subscribe['config'] as object) }
  return { ...credentials, ...settings.subscribe, config, topics }
}

function topicList(topics: string | readonly string[]): readonly string[] {
  const list = typeof topics === 'string' ? [topics] : topics
  if (!Array.isArray(list) || list.length === 0 || list.some((topic) => typeof topic !== 'string' || topic === ''))
    throw new InterfaceError('subscribe needs the names of one or more topics')
  return list
}

/** What a trace tells of a poll; without a message there were no rows. */
function outcomeOf<Row>(message: Message<Row> | undefined): Partial<TraceContext> {
  if (message === undefined) return { rows: 0, bytes: 0 }
  const { rowCount, raw, topic, vgroup, offset } = message
  return { rows: rowCount, bytes: raw.data.byteLength, topics: [topic], vgroup, offset }
}

/** A bare number over 60 looks like milliseconds. */
function pollTime(timeout: Duration): number {
  if (typeof timeout === 'number' && timeout > 60)
    throw new InterfaceError(
      `timeout is ${timeout} seconds, which looks like milliseconds; write '${timeout}ms', or '${timeout}s' if it is meant`,
    )
  return milliseconds('timeout', timeout)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
