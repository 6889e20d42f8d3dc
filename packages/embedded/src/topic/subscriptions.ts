import type { Catalog } from '../catalog/catalog.ts'
import type { Topic } from '../catalog/model.ts'
import type { Engine } from '../engine.ts'
import type { SubscriptionFact } from '../metadata/context.ts'
import { topicError } from '../metadata/index.ts'
import type { Transaction } from '../storage/index.ts'
import { Consumer } from './consumer.ts'
import type { ConsumerConfig } from './consumer-config.ts'
import type { LogClock } from './log-clock.ts'
import type { CommittedOffset, Offsets } from './offsets.ts'
import { Subscription } from './subscription.ts'
import { tmqError } from './topic-error.ts'
import { RETENTION_SECONDS, TopicLog } from './topic-log.ts'

/** Milliseconds that a consumer may keep a vgroup that is meant for another while it does not ask for more. */
const HAND_OVER_MS = 12_000

/** Everybody who reads topics: consumers, the groups that they form and how far these have come. */
export class Subscriptions {
  readonly #engine: Engine
  readonly #offsets: Offsets
  readonly #clock: LogClock
  /** By topic's id. */
  readonly #logs = new Map<number, TopicLog>()
  /** By topic's id and group. */
  readonly #subscriptions = new Map<string, Subscription>()
  readonly #consumers = new Set<Consumer>()
  #change: Promise<void> | undefined
  #wake: () => void = () => undefined

  constructor(engine: Engine, offsets: Offsets, clock: LogClock) {
    this.#engine = engine
    this.#offsets = offsets
    this.#clock = clock
    engine.storage.onChange(() => {
      clock.mark(engine.storage.end)
      if (engine.storage.directory !== undefined) clock.save(engine.writer)
      this.#changed()
    })
    engine.live.subscribers = { consumers: () => [...this.#consumers].map(({ fact }) => fact), subscriptions: () => this.#facts() }
  }

  /** A consumer that belongs to no group until it subscribes. */
  consumer(user: string, config: ConsumerConfig): Consumer {
    return new Consumer(this, user, config)
  }

  /** Resolves when something was written or vgroups changed hands. */
  nextChange(): Promise<void> {
    this.#change ??= new Promise((resolve) => {
      this.#wake = resolve
    })
    return this.#change
  }

  #changed(): void {
    if (!this.#change) return
    this.#change = undefined
    this.#wake()
  }

  join(consumer: Consumer, names: readonly string[]): Subscription[] {
    const topics = names.map((name) => {
      const topic = this.#engine.catalog.topics.get(name)
      if (!topic) throw tmqError.noTopic()
      this.#checkAccess(consumer.user, topic)
      if (consumer.config.replay) this.#checkReplay(topic)
      return topic
    })
    const subscriptions = [...new Set(topics)].map((topic) => this.#subscription(topic, consumer.config.group))
    this.#consumers.add(consumer)
    for (const subscription of subscriptions) {
      subscription.join(consumer)
      if (subscription.unsettled) this.#forceLater(subscription)
    }
    this.#changed()
    return subscriptions
  }

  #subscription(topic: Topic, group: string): Subscription {
    const key = `${topic.id} ${group}`
    let subscription = this.#subscriptions.get(key)
    if (!subscription) {
      let log = this.#logs.get(topic.id)
      if (!log) this.#logs.set(topic.id, (log = new TopicLog(this.#engine, topic, this.#clock)))
      subscription = new Subscription(topic, group, log, this.#offsets)
      this.#subscriptions.set(key, subscription)
    }
    return subscription
  }

  /** A replay has one order of writing: that of one vgroup. */
  #checkReplay({ source, database }: Topic): void {
    if (source.kind !== 'query') throw tmqError.noReplay()
    const found = this.#engine.catalog.databases.get(database)
    if (found?.supertables.has(source.table!) && found.vgroups.length !== 1) throw tmqError.replayOfVgroups()
  }

  #checkAccess(name: string, topic: Topic): void {
    const user = this.#engine.catalog.users.get(name)
    if (!user?.enabled) throw tmqError.denied()
    const may = user.super || user.privileges.some((privilege) => privilege.kind === 'subscribe' && privilege.topic === topic.name)
    if (!may) throw tmqError.denied()
  }

  /** Who does not poll for long cannot hold up others of the group. */
  #forceLater(subscription: Subscription): void {
    const timer = setTimeout(() => {
      for (const member of [...subscription.members]) subscription.handOver(member)
      this.#changed()
    }, HAND_OVER_MS)
    timer.unref()
  }

  leave(consumer: Consumer, subscriptions: readonly Subscription[]): void {
    this.#consumers.delete(consumer)
    for (const subscription of subscriptions) subscription.leave(consumer)
    const read = new Set([...this.#subscriptions.values()].flatMap(({ log, members }) => (members.length > 0 ? [log] : [])))
    for (const { log } of subscriptions) if (!read.has(log)) log.forget()
    this.#changed()
  }

  /** A consumer comes for more: it is through with what it had. */
  handOver(consumer: Consumer): void {
    let moved = false
    for (const subscription of this.#subscriptions.values()) {
      if (subscription.members.includes(consumer) && subscription.handOver(consumer)) moved = true
    }
    if (moved) this.#changed()
  }

  async commit({ topic, group }: Subscription, offsets: readonly CommittedOffset[]): Promise<void> {
    if (this.#engine.catalog.topics.get(topic.name)?.id !== topic.id) throw tmqError.noTopic()
    await this.#offsets.commit(this.#engine.writer, topic, group, offsets)
  }

  /** Makes ready to drop a topic; throws 0x03EB while consumers read it, unless they are to be put out. */
  async dropTopic(transaction: Transaction, topic: Topic, force: boolean): Promise<void> {
    const reading = [...this.#subscriptions].filter(([, subscription]) => subscription.topic.id === topic.id)
    if (!force && reading.some(([, { members }]) => members.length > 0)) throw topicError.subscribed()
    await this.#offsets.forget(transaction, topic)
    transaction.onCommit(() => {
      for (const [key, subscription] of reading) this.#end(key, subscription)
      this.#logs.delete(topic.id)
    })
  }

  /** Makes ready to drop a group; false where there is none. Throws 0x03EB while it has consumers, unless they are to be put out. */
  async dropGroup(transaction: Transaction, topic: Topic, group: string, force: boolean): Promise<boolean> {
    const key = `${topic.id} ${group}`
    const subscription = this.#subscriptions.get(key)
    if (!subscription && !this.#offsets.has(topic, group)) return false
    if (!force && subscription && subscription.members.length > 0) throw topicError.groupInUse()
    await this.#offsets.forget(transaction, topic, group)
    transaction.onCommit(() => {
      if (subscription) this.#end(key, subscription)
    })
    return true
  }

  #end(key: string, subscription: Subscription): void {
    this.#subscriptions.delete(key)
    for (const member of [...subscription.members]) {
      subscription.leave(member)
      member.lose(subscription)
    }
    this.#changed()
  }

  *#facts(): Iterable<SubscriptionFact> {
    const told = new Set<string>()
    for (const [key, { topic, group, shards }] of this.#subscriptions) {
      told.add(key)
      for (const { vgroup, owner, position, end, rows } of shards) {
        const offset = position === undefined ? null : `wal:${position}/${end}`
        yield { topic: topic.name, group, vgroup, consumer: owner?.fact ?? null, offset, rows }
      }
    }
    for (const topic of this.#engine.catalog.topics.values()) {
      for (const [group, offsets] of this.#offsets.groups(topic)) {
        if (told.has(`${topic.id} ${group}`)) continue
        for (const [vgroup, offset] of offsets) {
          yield { topic: topic.name, group, vgroup, consumer: null, offset: `wal:${offset}/${this.#engine.storage.end}`, rows: 0n }
        }
      }
    }
  }
}

/** The longest time in seconds for which a database of the catalog retains its log; those that retain it for ever do not count. */
export function longestRetention(catalog: Catalog): number {
  const periods = [...catalog.databases.values()].map(({ options }) => Number(options.get('WAL_RETENTION_PERIOD') ?? RETENTION_SECONDS))
  return Math.max(RETENTION_SECONDS, ...periods)
}
