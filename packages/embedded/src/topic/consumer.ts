import { randomBytes } from 'node:crypto'
import type { ConsumerFact } from '../metadata/context.ts'
import type { ConsumerConfig } from './consumer-config.ts'
import { joined, MessageType, type TopicMessage } from './message.ts'
import { MORE, type Shard } from './shard.ts'
import type { Subscription } from './subscription.ts'
import type { Subscriptions } from './subscriptions.ts'
import { tmqError } from './topic-error.ts'

/** Longest time that setTimeout waits. */
const LONGEST_MS = 2_147_483_647
/** How late a timer is that says nothing of a client, and how long it then waits again. */
const LATE_MS = 1000
/** Parts of the log that one message is made of at most, however many rows are asked for. */
const MOST_PARTS = 32

/** A member of a consumer group. Calls of one consumer come one after another, but for `close`. */
export class Consumer {
  readonly id = randomBytes(8).readBigInt64LE() & 0x7fff_ffff_ffff_ffffn
  readonly config: ConsumerConfig
  readonly user: string
  readonly #hub: Subscriptions
  readonly #created = Date.now()
  #subscriptions: readonly Subscription[] = []
  #subscribed = Date.now()
  #polled: number | null = null
  #committed = Date.now()
  /** Of a message that waits for more rows: nobody has them yet. */
  #gathering: { readonly shard: Shard; readonly start: bigint } | undefined
  /** Where the round of vgroups goes on. */
  #turn = 0
  #eviction: NodeJS.Timeout | undefined
  #evicted = false
  #silence: NodeJS.Timeout | undefined
  #heard = Date.now()

  constructor(hub: Subscriptions, user: string, config: ConsumerConfig) {
    this.#hub = hub
    this.user = user
    this.config = config
  }

  get topics(): readonly string[] {
    return this.#subscriptions.map(({ topic }) => topic.name)
  }

  /** Joins the group. Throws 0x03E1 for an unknown topic, 0x0303 for one that the user may not read. */
  subscribe(topics: readonly string[]): void {
    this.#subscriptions = this.#hub.join(this, topics)
    this.#subscribed = Date.now()
    this.#evicted = false
    this.#expectPoll()
  }

  /** Leaves the group. */
  unsubscribe(): void {
    clearTimeout(this.#eviction)
    clearTimeout(this.#silence)
    this.#silence = undefined
    this.#evicted = false
    const left = this.#subscriptions
    this.#subscriptions = []
    this.#hub.leave(this, left)
  }

  /** The client gave a sign of life: from the first on it has to go on doing so while it is subscribed. */
  hear(): void {
    this.#heard = Date.now()
    this.#silence ??= this.#expectSign(this.config.sessionTimeoutMs)
  }

  #expectSign(ms: number): NodeJS.Timeout {
    const due = Date.now() + ms
    const timer = setTimeout(() => {
      const left = isLate(due) ? LATE_MS : this.#heard + this.config.sessionTimeoutMs - Date.now()
      this.#silence = left > 0 ? this.#expectSign(left) : undefined
      if (left <= 0) this.#evict()
    }, ms)
    timer.unref()
    return timer
  }

  /** The group goes on without this consumer. */
  #evict(): void {
    if (this.#subscriptions.length === 0) return
    this.unsubscribe()
    this.#evicted = true
  }

  /** A topic or its group was dropped by force: without another the consumer is none any more. */
  lose(subscription: Subscription): void {
    this.#subscriptions = this.#subscriptions.filter((each) => each !== subscription)
    if (this.#subscriptions.length > 0) return
    this.unsubscribe()
    this.#evicted = true
  }

  /** The next message; waits `wait` milliseconds for one (for ever when negative), null when there is none or `signal` aborts. Throws 0x03E6 once the consumer was put out of the group. */
  async poll(wait: number, signal?: AbortSignal): Promise<TopicMessage | null> {
    clearTimeout(this.#eviction)
    try {
      if (this.#evicted) throw tmqError.noConsumer()
      this.#polled = Date.now()
      if (this.config.autoCommit && Date.now() - this.#committed >= this.config.autoCommitMs) await this.commit()
      this.#hub.handOver(this)
      const deadline = wait < 0 ? Number.POSITIVE_INFINITY : Date.now() + wait
      for (;;) {
        const change = this.#hub.nextChange()
        const taken = await this.#take()
        if (taken) return await this.#gather(taken.message, taken.shard, deadline, signal)
        if (this.#evicted) throw tmqError.noConsumer()
        const left = deadline - Date.now()
        if (left <= 0 || signal?.aborted) return null
        await before(change, Math.min(left, this.#due - Date.now()), signal)
        if (signal?.aborted) return null
        this.#hub.handOver(this)
      }
    } finally {
      this.#expectPoll()
    }
  }

  /** When a replay has the next message, at the earliest. */
  get #due(): number {
    if (!this.config.replay) return Number.POSITIVE_INFINITY
    return Math.min(...this.#owned().map(({ due }) => due ?? Number.POSITIVE_INFINITY))
  }

  #owned(): readonly Shard[] {
    return this.#subscriptions.flatMap((subscription) => subscription.owned(this))
  }

  /** Adds the rows that follow until there are as many as the consumer asked for, or no more come in time. */
  async #gather(first: TopicMessage, shard: Shard, deadline: number, signal: AbortSignal | undefined): Promise<TopicMessage> {
    const { minRows, maxWaitMs } = this.config
    if (first.type !== MessageType.DATA || first.rows >= minRows) return first
    const until = Math.min(deadline, Date.now() + maxWaitMs)
    let message = first
    const { moves } = shard
    this.#gathering = { shard, start: first.start }
    try {
      for (let parts = 1; parts < MOST_PARTS && message.rows < minRows && shard.moves === moves; ) {
        const change = this.#hub.nextChange()
        const more = await shard.takeRows()
        if (more === undefined) break
        if (more === null) {
          const left = until - Date.now()
          if (left <= 0 || signal?.aborted) break
          await before(change, left, signal)
        } else if (more !== MORE) {
          message = joined(message, more)
          parts++
        }
      }
      return message
    } finally {
      this.#gathering = undefined
    }
  }

  async #take(): Promise<{ readonly message: TopicMessage; readonly shard: Shard } | null> {
    for (;;) {
      const shards = this.#owned()
      let more = false
      for (let i = 0; i < shards.length; i++) {
        const at = (this.#turn + i) % shards.length
        const found = await shards[at]!.take()
        if (found === MORE) more = true
        else if (found) {
          this.#turn = at + 1
          return { message: found, shard: shards[at]! }
        }
      }
      if (!more) return null
    }
  }

  /** Puts the consumer out of its group when it polls too seldom. */
  #expectPoll(ms = Math.min(this.config.maxPollIntervalMs, LONGEST_MS)): void {
    clearTimeout(this.#eviction)
    if (this.#subscriptions.length === 0) return
    const due = Date.now() + ms
    this.#eviction = setTimeout(() => {
      if (isLate(due)) this.#expectPoll(LATE_MS)
      else this.#evict()
    }, ms)
    this.#eviction.unref()
  }

  /** Commits the positions of all vgroups: everything that was given out. A replay keeps nothing. */
  async commit(): Promise<void> {
    if (this.#evicted) throw tmqError.noConsumer()
    this.#committed = Date.now()
    if (this.config.replay) return
    for (const subscription of this.#subscriptions) {
      const offsets = subscription.owned(this).flatMap((shard) => {
        const offset = this.#gathering?.shard === shard ? this.#gathering.start : shard.position
        return offset === undefined || offset === 0n ? [] : [{ vgroup: shard.vgroup, offset }]
      })
      await this.#hub.commit(subscription, offsets)
    }
  }

  /** Throws 0x4009, 0x4008 for a topic or vgroup that is not this consumer's, 0x4007 for an offset outside the log. */
  async commitOffset(topic: string, vgroup: number, offset: bigint): Promise<void> {
    const { subscription, shard } = this.#shard(topic, vgroup)
    if (offset < shard.first || offset > shard.end) throw tmqError.outOfRange()
    if (this.config.replay) return
    await this.#hub.commit(subscription, [{ vgroup, offset }])
  }

  committed(topic: string, vgroup: number): bigint | undefined {
    return this.#shard(topic, vgroup).subscription.committed(vgroup)
  }

  position(topic: string, vgroup: number): bigint | undefined {
    return this.#shard(topic, vgroup).shard.position
  }

  /** The vgroups of a topic that this consumer reads. Throws 0x4009, and 0x03EA while they are not settled. */
  assignment(topic: string): { vgroup: number; offset: bigint; begin: bigint; end: bigint }[] {
    const subscription = this.#subscription(topic)
    if (subscription.waits(this)) throw tmqError.notReady()
    return subscription
      .owned(this)
      .map(({ vgroup, position, begin, end }) => ({
        vgroup,
        offset: position === undefined || position < begin ? begin : position,
        begin,
        end,
      }))
      .sort((a, b) => a.vgroup - b.vgroup)
  }

  seek(topic: string, vgroup: number, offset: bigint): void {
    const { shard } = this.#shard(topic, vgroup)
    if (offset < shard.first || offset > shard.end) throw tmqError.outOfRange()
    shard.seek(offset)
  }

  #subscription(topic: string): Subscription {
    const found = this.#subscriptions.find((each) => each.topic.name === topic)
    if (!found) throw tmqError.foreignTopic()
    return found
  }

  #shard(topic: string, vgroup: number): { readonly subscription: Subscription; readonly shard: Shard } {
    const subscription = this.#subscription(topic)
    const shard = subscription.owned(this).find((each) => each.vgroup === vgroup)
    if (!shard) throw tmqError.foreignVgroup()
    return { subscription, shard }
  }

  /** What SHOW CONSUMERS tells. */
  get fact(): ConsumerFact {
    const { config, id, user } = this
    return {
      id,
      group: config.group,
      clientId: config.clientId,
      user,
      fqdn: config.fqdn,
      status: this.#subscriptions.some((each) => each.waits(this)) ? 'rebalancing' : 'ready',
      topics: this.topics,
      upTime: this.#created,
      subscribeTime: this.#subscribed,
      rebalanceTime: this.#subscribed,
      pollTime: this.#polled,
      parameters: `tbname:${config.withTableName ? 1 : 0},commit:${config.autoCommit ? 1 : 0},interval:${config.autoCommitMs}ms,reset:${config.reset}`,
    }
  }
}

/** Whether this process was too busy to notice that a time was over: what clients sent meanwhile has not been read yet. */
function isLate(due: number): boolean {
  return Date.now() - due > LATE_MS
}

/** Resolves with the promise, when the time is up or when the signal aborts. */
function before(change: Promise<void>, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = ms === Number.POSITIVE_INFINITY ? undefined : setTimeout(done, Math.min(ms, LONGEST_MS))
    function done(): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    signal?.addEventListener('abort', done, { once: true })
    void change.then(done)
  })
}
