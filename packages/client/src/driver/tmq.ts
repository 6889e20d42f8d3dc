import { InternalError, TmqError } from '../errors.ts'
import { decodeReply, parseTmqMeta, type TmqMeta } from '../wire/index.ts'
import { Channel, NoAnswer, type ReplyMessage, type RequestId, type TextReply } from './channel.ts'
import type { VersionedOption } from './server-version.ts'
import { decoding, expectText, noAnswerError, type RequestContext, replyError } from './session-error.ts'
import type { Socket } from './socket.ts'
import { waitFor } from './wait-for.ts'
import { list } from './websocket-answer.ts'

/** Where a consumer stands in one vgroup. */
export interface Assignment {
  readonly vgroup: number
  /** The version read next. */
  readonly offset: bigint
  readonly begin: bigint
  readonly end: bigint
}

/** What `poll` says of a message; its contents are fetched. */
export interface PolledMessage {
  readonly id: bigint
  readonly topic: string
  readonly database: string
  readonly vgroup: number
  /** 1 data, 2 changes of tables, 3 data with the tables it makes. */
  readonly type: number
  readonly offset: bigint
}

export interface Waiting {
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

const NONE = -2147467247n

/** Arguments of `subscribe` that older servers pass over in silence, and the options that they come from. */
const VERSIONED: readonly (readonly [argument: string, option: VersionedOption])[] = [
  ['msg_consume_excluded', 'excludeReplicated'],
  ['session_timeout_ms', 'sessionTimeout'],
  ['max_poll_interval_ms', 'maxPollInterval'],
  ['config', 'config'],
]

/** Opens a consumer's socket to the same server. `Tmq` is what runs over it: only who subscribes loads that. */
export type OpenTmq = (Tmq: typeof TmqSession, signal?: AbortSignal) => Promise<TmqTransport>

/** What a transport offers to a consumer; the methods are those of `TmqSession`. */
export type TmqTransport = Pick<
  TmqSession,
  | 'failure'
  | 'subscribe'
  | 'poll'
  | 'fetchRaw'
  | 'fetchMeta'
  | 'commit'
  | 'commitOffset'
  | 'assignment'
  | 'seek'
  | 'offsets'
  | 'listTopics'
  | 'unsubscribe'
  | 'close'
>

interface Poll {
  readonly id: RequestId
  readonly outcome: Promise<ReplyMessage | NoAnswer>
}

/** One consumer's socket to `/rest/tmq` (protocol reference, section 4). One call at a time: replies of this endpoint depend on their order. */
export class TmqSession {
  readonly #channel: Channel
  readonly #where: string
  readonly #assertKnown: (option: VersionedOption) => void
  #lastMessage = 0n
  /** The poll under way, or one that was given up and whose message nobody has taken. */
  #polling: Poll | undefined

  /** `assertKnown` throws for what the server is too old for. */
  constructor(socket: Socket, where: string, assertKnown: (option: VersionedOption) => void, heartbeatMs?: number) {
    this.#assertKnown = assertKnown
    this.#channel = new Channel(socket)
    this.#channel.watch(heartbeatMs)
    this.#where = where
  }

  get failure(): Error | undefined {
    return this.#channel.loss
  }

  async #call(action: string, args: Readonly<Record<string, unknown>>, waiting: Waiting = {}): Promise<TextReply> {
    const id = this.#channel.nextId()
    return expectText(await this.#channel.call(action, args, id, waiting), this.#context(id, waiting))
  }

  #context(reqId: RequestId, waiting: Waiting): RequestContext {
    return { where: this.#where, reqId, ...waiting, loss: () => this.#channel.loss, kind: 'tmq', harmless: true }
  }

  async subscribe(args: Readonly<Record<string, unknown>>, waiting?: Waiting): Promise<void> {
    for (const [argument, option] of VERSIONED) {
      // Texts, or an object of them: empty is not given.
      if (Object.keys(args[argument] ?? '').length > 0) this.#assertKnown(option)
    }
    await this.#call('subscribe', args, waiting)
  }

  /** Waits up to `blockingMs` for a message. */
  async poll(blockingMs: number, waiting: Waiting = {}): Promise<PolledMessage | undefined> {
    waiting.signal?.throwIfAborted()
    for (;;) {
      const given = this.#polling
      const polling = given ?? this.#startPoll(blockingMs)
      this.#polling = polling
      const outcome = await waitFor(polling.outcome, waiting, `no answer from ${this.#where}`)
      this.#polling = undefined
      const message = this.#polled(expectText(outcome, this.#context(polling.id, waiting)))
      if (message !== undefined || given === undefined) return message
    }
  }

  #startPoll(blockingMs: number): Poll {
    const id = this.#channel.nextId()
    return { id, outcome: this.#channel.call('poll', { blocking_time: blockingMs, message_id: this.#lastMessage }, id) }
  }

  #polled(reply: TextReply): PolledMessage | undefined {
    if (reply['have_message'] !== true) return undefined
    const id = BigInt(reply['message_id'] as number | bigint)
    this.#lastMessage = id
    return {
      id,
      topic: String(reply['topic']),
      database: String(reply['database']),
      vgroup: Number(reply['vgroup_id']),
      type: Number(reply['message_type']),
      offset: BigInt(reply['offset'] as number | bigint),
    }
  }

  /** Goes back to before a message that came when nobody waited any more, so that it is neither committed nor passed over. */
  async #putBack(): Promise<void> {
    const polling = this.#polling
    if (polling === undefined) return
    this.#polling = undefined
    const outcome = await polling.outcome
    if (outcome instanceof NoAnswer || outcome instanceof Uint8Array || outcome.code !== 0) return
    const message = this.#polled(outcome)
    if (message !== undefined) await this.seek(message.topic, message.vgroup, message.offset)
  }

  /** The message's bytes as they can be written back, and their kind. */
  async fetchRaw(message: bigint, waiting: Waiting = {}): Promise<{ readonly metaType: number; readonly data: Uint8Array }> {
    const id = this.#channel.nextId()
    const context = this.#context(id, waiting)
    const outcome = await this.#channel.call('fetch_raw_data', { message_id: message }, id, waiting)
    if (outcome instanceof NoAnswer) throw noAnswerError(outcome, context)
    if (!(outcome instanceof Uint8Array)) throw replyError(outcome.code || 0xffff, outcome.message || 'the message came as text', context)
    const reply = decoding(context, () => decodeReply(outcome))
    if (reply.kind !== 'fetch_raw_data') throw new InternalError(`${this.#where} answered fetch_raw_data with something else`)
    if (reply.code !== 0) throw replyError(reply.code, reply.message, context)
    if (reply.data === null || reply.data === undefined) throw new TmqError('the message has no contents')
    return { metaType: reply.metaType, data: reply.data }
  }

  async fetchMeta(message: bigint, waiting?: Waiting): Promise<TmqMeta[]> {
    const reply = await this.#call('fetch_json_meta', { message_id: message }, waiting)
    return decoding({ where: this.#where }, () => parseTmqMeta(reply['data']))
  }

  /** Commits what has been delivered, of every vgroup. */
  async commit(waiting?: Waiting): Promise<void> {
    await this.#putBack()
    await this.#call('commit', { message_id: this.#lastMessage }, waiting)
  }

  async commitOffset(topic: string, vgroup: number, offset: bigint, waiting?: Waiting): Promise<void> {
    await this.#putBack()
    await this.#call('commit_offset', { topic, vgroup_id: vgroup, offset }, waiting)
  }

  async assignment(topic: string, waiting?: Waiting): Promise<Assignment[]> {
    await this.#putBack()
    const reply = await this.#call('assignment', { topic }, waiting)
    return (list(reply['assignment']) as Record<string, number | bigint>[]).map((each) => ({
      vgroup: Number(each['vgroup_id']),
      offset: BigInt(each['offset']!),
      begin: BigInt(each['begin']!),
      end: BigInt(each['end']!),
    }))
  }

  async seek(topic: string, vgroup: number, offset: bigint, waiting?: Waiting): Promise<void> {
    await this.#putBack()
    await this.#call('seek', { topic, vgroup_id: vgroup, offset }, waiting)
  }

  /** What is committed, or where the consumer stands: one entry a vgroup, undefined where there is none. */
  async offsets(
    what: 'committed' | 'position',
    vgroups: readonly { topic: string; vgroup: number }[],
    waiting?: Waiting,
  ): Promise<(bigint | undefined)[]> {
    await this.#putBack()
    const ids = vgroups.map(({ topic, vgroup }) => ({ topic, vgroup_id: vgroup }))
    const reply = await this.#call(what, { topic_vgroup_ids: ids }, waiting)
    const offsets = list(reply[what]) as (number | bigint)[]
    return vgroups.map((_, i) => {
      const offset = BigInt(offsets[i] ?? NONE)
      return offset === NONE ? undefined : offset
    })
  }

  async listTopics(waiting?: Waiting): Promise<string[]> {
    const reply = await this.#call('list_topics', {}, waiting)
    return list(reply['topics']) as string[]
  }

  async unsubscribe(waiting?: Waiting): Promise<void> {
    this.#polling = undefined
    await this.#call('unsubscribe', {}, waiting)
  }

  close(): Promise<void> {
    return this.#channel.close()
  }
}
