import { randomBytes } from 'node:crypto'
import type { ConsumerFact } from '../metadata/context.ts'
import type { ConsumerConfig } from './consumer-config.ts'
import type { TopicMessage } from './message.ts'
import { MORE, type Shard } from './shard.ts'
import type { Subscription } from './subscription.ts'
import type { Subscriptions } from './subscriptions.ts'
import { tmqError } from './topic-error.ts'

/** Longest time that setTimeout waits. */
const LONGEST_MS = 2_147_483_647

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
  /** Where the round of vgroups goes on. */
  #turn = 0
  #eviction: NodeJS.Timeout | undefined
  #evicted = false

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
    this.#evicted = false
    const left = this.#subscriptions
    this.#subscriptions = []
    this.#hub.leave(this, left)
  }

  /** A topic was dropped. */
  lose(subscription: Subscription): void {
    this.#subscriptions = this.#subscriptions.filter((each) => each !== subscription)
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
        const message = await this.#take()
        if (message) return message
        const left = deadline - Date.now()
        if (left <= 0 || signal?.aborted) return null
        await before(change, left, signal)
        if (signal?.aborted) return null
        this.#hub.handOver(this)
      }
    } finally {
      this.#expectPoll()
    }
  }

  async #take(): Promise<TopicMessage | null> {
    for (;;) {
      const shards = this.#subscriptions.flatMap((subscription) => subscription.owned(this))
      let more = false
      for (let i = 0; i < shards.length; i++) {
        const at = (this.#turn + i) % shards.length
        const found = await shards[at]!.take()
        if (found === MORE) more = true
        else if (found) {
          this.#turn = at + 1
          return found
        }
      }
      if (!more) return null
    }
  }

  /** Puts the consumer out of its group when it polls too seldom. */
  #expectPoll(): void {
    clearTimeout(this.#eviction)
    if (this.#subscriptions.length === 0) return
    this.#eviction = setTimeout(
      () => {
        this.unsubscribe()
        this.#evicted = true
      },
      Math.min(this.config.maxPollIntervalMs, LONGEST_MS),
    )
    this.#eviction.unref()
  }

  /** Commits the positions of all vgroups: everything that was given out. */
  async commit(): Promise<void> {
    this.#committed = Date.now()
    for (const subscription of this.#subscriptions) {
      const offsets = subscription
        .owned(this)
        .flatMap(({ vgroup, position }) => (position === undefined || position === 0n ? [] : [{ vgroup, offset: position }]))
      await this.#hub.commit(subscription, offsets)
    }
  }

  /** Throws 0x4009, 0x4008 for a topic or vgroup that is not this consumer's, 0x4007 for an offset outside the log. */
  async commitOffset(topic: string, vgroup: number, offset: bigint): Promise<void> {
    const { subscription, shard } = this.#shard(topic, vgroup)
    if (offset < 0n || offset > shard.end) throw tmqError.outOfRange()
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
      .map(({ vgroup, position, end }) => ({ vgroup, offset: position ?? 0n, begin: 0n, end }))
      .sort((a, b) => a.vgroup - b.vgroup)
  }

  seek(topic: string, vgroup: number, offset: bigint): void {
    const { shard } = this.#shard(topic, vgroup)
    if (offset < 0n || offset > shard.end) throw tmqError.outOfRange()
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
