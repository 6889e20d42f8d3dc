import type { Topic } from '../catalog/model.ts'
import type { Storage, Transaction } from '../storage/index.ts'
import type { Writer } from '../storage/writer.ts'

/** A position that a consumer group has committed. */
export interface CommittedOffset {
  readonly vgroup: number
  readonly offset: bigint
}

const TABLE = '_offsets'

/** The positions that consumer groups have committed, in memory and in DuckDB. */
export class Offsets {
  /** By topic's id, then by group, then by vgroup. */
  readonly #known = new Map<number, Map<string, Map<number, bigint>>>()

  /** Reads an opened storage; the position that the log must be beyond, for where a group stands the log once was. */
  async load(storage: Storage): Promise<bigint> {
    this.#known.clear()
    await storage.bootstrap(`create table if not exists ${TABLE} (topic bigint, consumers varchar, vgroup integer, version bigint)`)
    let last = 0n
    for (const [topic, group, vgroup, version] of await storage.bootstrap(`select topic, consumers, vgroup, version from ${TABLE}`)) {
      this.#of(Number(topic), group as string).set(vgroup as number, version as bigint)
      if ((version as bigint) > last) last = version as bigint
    }
    return last
  }

  #of(topic: number, group: string): Map<number, bigint> {
    let groups = this.#known.get(topic)
    if (!groups) this.#known.set(topic, (groups = new Map()))
    let offsets = groups.get(group)
    if (!offsets) groups.set(group, (offsets = new Map()))
    return offsets
  }

  get(topic: Topic, group: string, vgroup: number): bigint | undefined {
    return this.#known.get(topic.id)?.get(group)?.get(vgroup)
  }

  /** Whether a group has ever committed in a topic. */
  has(topic: Topic, group: string): boolean {
    return this.#known.get(topic.id)?.has(group) ?? false
  }

  /** The groups that have committed in a topic, with where. */
  groups(topic: Topic): ReadonlyMap<string, ReadonlyMap<number, bigint>> {
    return this.#known.get(topic.id) ?? new Map()
  }

  /** Keeps positions; resolves when they are durable. */
  async commit(writer: Writer, topic: Topic, group: string, offsets: readonly CommittedOffset[]): Promise<void> {
    const known = this.#of(topic.id, group)
    const changed = offsets.filter(({ vgroup, offset }) => known.get(vgroup) !== offset)
    if (changed.length === 0) return
    await writer.share(async (transaction) => {
      for (const { vgroup, offset } of changed) {
        const place = [BigInt(topic.id), group, vgroup] as const
        const updated = await transaction.run(`update ${TABLE} set version = ? where topic = ? and consumers = ? and vgroup = ?`, [
          offset,
          ...place,
        ])
        if (updated === 0) await transaction.run(`insert into ${TABLE} values (?, ?, ?, ?)`, [...place, offset])
      }
      transaction.onCommit(() => {
        for (const { vgroup, offset } of changed) this.#of(topic.id, group).set(vgroup, offset)
      })
    })
  }

  /** Forgets a topic's groups, or one of them. */
  async forget(transaction: Transaction, topic: Topic, group?: string): Promise<void> {
    if (group === undefined) await transaction.run(`delete from ${TABLE} where topic = ?`, [BigInt(topic.id)])
    else await transaction.run(`delete from ${TABLE} where topic = ? and consumers = ?`, [BigInt(topic.id), group])
    transaction.onCommit(() => {
      if (group === undefined) this.#known.delete(topic.id)
      else this.#known.get(topic.id)?.delete(group)
    })
  }
}
