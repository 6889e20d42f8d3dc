import type { Topic } from '../catalog/model.ts'
import type { Consumer } from './consumer.ts'
import type { Offsets } from './offsets.ts'
import { Shard } from './shard.ts'
import type { TopicLog } from './topic-log.ts'

/** A consumer group's reading of one topic: who of the group reads which vgroups, and from where. */
export class Subscription {
  readonly topic: Topic
  readonly group: string
  readonly log: TopicLog
  readonly members: Consumer[] = []
  readonly shards: readonly Shard[]
  readonly #offsets: Offsets

  constructor(topic: Topic, group: string, log: TopicLog, offsets: Offsets) {
    this.topic = topic
    this.group = group
    this.log = log
    this.#offsets = offsets
    this.shards = log.vgroups.map((vgroup) => new Shard(vgroup, log))
  }

  committed(vgroup: number): bigint | undefined {
    return this.#offsets.get(this.topic, this.group, vgroup)
  }

  join(consumer: Consumer): void {
    this.members.push(consumer)
    this.#share()
  }

  /** The consumer lets go of everything; the others go on from what was committed. */
  leave(consumer: Consumer): void {
    const at = this.members.indexOf(consumer)
    if (at >= 0) this.members.splice(at, 1)
    for (const shard of this.shards) {
      if (shard.owner === consumer) {
        shard.owner = undefined
        // What was read for it is read again for whom it is.
        shard.seek(shard.position)
      }
      if (shard.heir === consumer) shard.heir = undefined
    }
    this.#share()
  }

  /** The consumer is through with what it was given: what is meant for others goes to them. True when something went. */
  handOver(consumer: Consumer): boolean {
    let moved = false
    for (const shard of this.shards) {
      if (shard.owner !== consumer || !shard.heir) continue
      this.#give(shard, shard.heir)
      moved = true
    }
    return moved
  }

  /** Vgroups that others still read though they are meant for someone else. */
  get unsettled(): boolean {
    return this.shards.some(({ heir }) => heir !== undefined)
  }

  /** Whether a consumer waits for a vgroup that another has not let go of. */
  waits(consumer: Consumer): boolean {
    return this.shards.some(({ heir }) => heir === consumer)
  }

  owned(consumer: Consumer): readonly Shard[] {
    return this.shards.filter(({ owner }) => owner === consumer)
  }

  /** Spreads the vgroups evenly over the members; each keeps what it has as far as that is fair. */
  #share(): void {
    const { members, shards } = this
    if (members.length === 0) return
    const least = Math.floor(shards.length / members.length)
    let extra = shards.length % members.length
    const free: Shard[] = shards.filter(({ owner }) => owner === undefined)
    const room = new Map<Consumer, number>()
    for (const member of [...members].sort((a, b) => this.owned(b).length - this.owned(a).length)) {
      const own = this.owned(member)
      const quota = least + (extra > 0 && own.length > least ? 1 : 0)
      if (quota > least) extra--
      for (const shard of own.slice(0, quota)) shard.heir = undefined
      free.push(...own.slice(quota))
      room.set(member, quota - Math.min(own.length, quota))
    }
    for (const member of members) {
      if (extra > 0 && this.owned(member).length <= least) {
        room.set(member, room.get(member)! + 1)
        extra--
      }
    }
    for (const [member, count] of room) {
      for (const shard of free.splice(0, count)) {
        if (shard.owner === undefined) this.#give(shard, member)
        else shard.heir = shard.owner === member ? undefined : member
      }
    }
  }

  #give(shard: Shard, consumer: Consumer): void {
    shard.owner = consumer
    shard.heir = undefined
    const { replay, reset } = consumer.config
    const committed = replay ? undefined : this.committed(shard.vgroup)
    shard.seek(committed ?? { earliest: shard.begin, latest: this.log.end, none: undefined }[reset])
  }
}
