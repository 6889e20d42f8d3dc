import type { Consumer } from './consumer.ts'
import { MessageType, type TopicMessage } from './message.ts'
import { tmqError } from './topic-error.ts'
import type { LogView, TopicLog } from './topic-log.ts'

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
  /** How often reading went on elsewhere. */
  moves = 0
  #position: bigint | undefined
  #waiting: readonly TopicMessage[] = []
  #after = 0n
  /** When what waits was written, in a replay; and when what was given last was written and given. */
  #written: number | undefined
  #given: { readonly written: number; readonly at: number } | undefined

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
    this.#given = undefined
    this.moves++
  }

  /** Where its owner may begin: with a snapshot before what the database retains of its log. */
  get begin(): bigint {
    return this.owner?.config.snapshot ? 0n : this.#log.begin
  }

  /** The first position that its owner can still go to. */
  get first(): bigint {
    return this.owner?.config.snapshot ? 0n : this.#log.first
  }

  get end(): bigint {
    const { end } = this.#log
    return this.#position !== undefined && this.#position > end ? this.#position : end
  }

  /** When the message that waits may be given in a replay, in milliseconds since the epoch; undefined when nothing waits for its time. */
  get due(): number | undefined {
    if (this.#waiting.length === 0 || this.#written === undefined || !this.#given) return undefined
    return this.#given.at + Math.max(0, this.#written - this.#given.written)
  }

  /** The next message; `MORE` when the log has to be read on, null at its end and before a replay's time has come. Throws 0x4011 without a position. */
  async take(): Promise<TopicMessage | typeof MORE | null> {
    const filled = await this.#fill()
    if (filled !== true) return filled
    const { due, owner } = this
    const now = Date.now()
    if (due !== undefined && due > now) return null
    if (this.#written !== undefined) this.#given = { written: this.#written, at: due ?? now }
    const [message, ...rest] = batched(this.#waiting, owner?.config.batchMeta === true)
    this.#waiting = rest
    this.#position = rest.length > 0 ? message.next : this.#after
    this.rows += BigInt(message.rows)
    // The next part is read while the client works on this one.
    if (rest.length === 0 && this.#log.mayHave(this.#after)) this.#log.read(this.#after, viewOf(owner)).catch(() => undefined)
    return message
  }

  /** As `take`, for rows that follow rows: undefined where something else comes next. */
  async takeRows(): Promise<TopicMessage | typeof MORE | null | undefined> {
    const filled = await this.#fill()
    if (filled === true && this.#waiting[0]!.type !== MessageType.DATA) return undefined
    return filled === true ? this.take() : filled
  }

  /** Reads the log on where no message waits; true when one does. */
  async #fill(): Promise<true | typeof MORE | null> {
    if (this.#waiting.length > 0) return true
    if (this.#position === undefined) throw tmqError.noCommitted()
    const { owner, first } = this
    if (this.#position < first) this.#position = this.begin
    const from = this.#position
    if (!this.#log.mayHave(from)) {
      if (this.#log.end > from) this.#position = this.#log.end
      return null
    }
    const part = await this.#log.read(from, viewOf(owner))
    // A seek or another consumer came between.
    if (this.#position !== from || this.owner !== owner) return MORE
    this.#waiting = part.messages.get(this.vgroup) ?? []
    this.#after = part.to
    this.#written = part.written
    if (this.#waiting.length > 0) return true
    this.#position = part.to
    return part.to < this.#log.end ? MORE : null
  }
}

function viewOf(owner: Consumer | undefined): LogView {
  return { excluded: owner?.config.excluded === true, timed: owner?.config.replay === true }
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
