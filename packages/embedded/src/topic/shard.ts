import type { Consumer } from './consumer.ts'
import { MessageType, type TopicMessage } from './message.ts'
import { tmqError } from './topic-error.ts'
import type { TopicLog } from './topic-log.ts'

/** Nothing in this part of the log, but there is more. */
export const MORE = Symbol('more')

/** One vgroup of a topic as a consumer group reads it. */
export class Shard {
  readonly vgroup: number
  readonly #log: TopicLog
  /** Who reads it now, and who is to read it once the former has let go. */
  owner: Consumer | undefined
  heir: Consumer | undefined
  /** Rows that were given to the group since the engine was opened. */
  rows = 0n
  #position: bigint | undefined
  #waiting: readonly TopicMessage[] = []
  #after = 0n

  constructor(vgroup: number, log: TopicLog) {
    this.vgroup = vgroup
    this.#log = log
  }

  /** What is read next; undefined where nothing was committed and the consumer wants no other start. */
  get position(): bigint | undefined {
    return this.#position
  }

  /** Goes on reading elsewhere. */
  seek(position: bigint | undefined): void {
    this.#position = position
    this.#waiting = []
  }

  get end(): bigint {
    const { end } = this.#log
    return this.#position !== undefined && this.#position > end ? this.#position : end
  }

  /** The next message; `MORE` when the log has to be read on, null at its end. Throws 0x4011 without a position. */
  async take(): Promise<TopicMessage | typeof MORE | null> {
    const { owner } = this
    const from = this.#position
    if (from === undefined) throw tmqError.noCommitted()
    if (this.#waiting.length === 0) {
      if (!this.#log.mayHave(from)) {
        if (this.#log.end > from) this.#position = this.#log.end
        return null
      }
      const part = await this.#log.read(from)
      // A seek or another consumer came between.
      if (this.#position !== from || this.owner !== owner) return MORE
      this.#waiting = part.messages.get(this.vgroup) ?? []
      this.#after = part.to
      if (this.#waiting.length === 0) {
        this.#position = part.to
        return part.to < this.#log.end ? MORE : null
      }
    }
    const [message, ...rest] = batched(this.#waiting, owner?.config.batchMeta === true)
    this.#waiting = rest
    this.#position = rest.length > 0 ? message.next : this.#after
    this.rows += BigInt(message.rows)
    // The next part is read while the client works on this one.
    if (rest.length === 0 && this.#log.mayHave(this.#after)) this.#log.read(this.#after).catch(() => undefined)
    return message
  }
}

/** Messages of which the first is all changes that follow each other, where the consumer wants them together. */
function batched(messages: readonly TopicMessage[], together: boolean): [TopicMessage, ...TopicMessage[]] {
  const [first, ...rest] = messages as [TopicMessage, ...TopicMessage[]]
  if (!together || first.type !== MessageType.META) return [first, ...rest]
  const count = rest.findIndex(({ type }) => type !== MessageType.META)
  const more = count < 0 ? rest : rest.slice(0, count)
  const metas = [first, ...more].flatMap((message) => message.metas)
  return [{ ...first, next: (more.at(-1) ?? first).next, metas, batch: true }, ...rest.slice(more.length)]
}
