import { encodeFetchRawDataReply, type JsonValue, parseJson } from 'taosts/wire'
import type { Presence } from '../metadata/index.ts'
import type { Consumer } from '../topic/consumer.ts'
import type { ArgumentShape, ArgumentsOf, Id } from './action.ts'
import { ArgumentError, decodeMembers, flag, integer, isObject, list, member, members, text, u64 } from './arguments.ts'
import { clientFacts } from './client-facts.ts'
import type { ClientInfo } from './connection.ts'
import { adapterError, failureOf } from './failure.ts'
import { encodeFailure, encodeReply, timingSince } from './reply.ts'
import type { ServerContext } from './server-context.ts'
import { consumerConfig } from './tmq-config.ts'
import { HeldMessage, NO_MESSAGE } from './tmq-message.ts'
import { SERVER_VERSION } from './version.ts'
import type { Send } from './ws-session.ts'

/** No offset, as a C library's number for it: 0x80004011. */
const NO_OFFSET = -2147467247

/** An object of texts; empty when absent. */
function texts(value: JsonValue | undefined): { readonly [key: string]: string } {
  if (value === undefined || value === null) return {}
  if (!isObject(value)) throw new ArgumentError()
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, text(each)]))
}

/** A signed 64-bit integer. */
function i64(value: JsonValue | undefined): bigint {
  return typeof value === 'bigint' ? value : BigInt(integer(value))
}

/** An id that may be absent: null then. */
const optionalId = (value: JsonValue | undefined): Id | null => (value === undefined || value === null ? null : u64(value))

const POLL = { req_id: u64, blocking_time: integer, message_id: optionalId }
const SUBSCRIBE = {
  req_id: u64,
  user: text,
  password: text,
  db: text,
  group_id: text,
  client_id: text,
  offset_rest: text,
  offset_reset: text,
  topics: list(text),
  auto_commit: text,
  auto_commit_interval_ms: text,
  snapshot_enable: text,
  with_table_name: text,
  enable_batch_meta: text,
  msg_consume_excluded: text,
  msg_consume_rawdata: text,
  session_timeout_ms: text,
  max_poll_interval_ms: text,
  tz: text,
  app: text,
  ip: text,
  connector: text,
  list_instances: flag,
  config: texts,
}
const OF_MESSAGE = { req_id: u64, message_id: u64 }
const PLACES = { req_id: u64, topic_vgroup_ids: list(members({ topic: text, vgroup_id: integer })) }

/** A request under way: what its reply begins with. */
interface Request {
  readonly action: string
  readonly reqId: Id
  readonly started: bigint
}

type Reply = { readonly [key: string]: unknown } | Uint8Array | undefined

/** One entry of the table of actions. */
interface TmqAction {
  readonly args: ArgumentShape
  run(session: TmqSession, args: { readonly [name: string]: unknown }, request: Request): Promise<Reply> | Reply
}

function action<S extends ArgumentShape>(
  args: S,
  run: (session: TmqSession, args: ArgumentsOf<S>, request: Request) => Promise<Reply> | Reply,
): TmqAction {
  return { args, run: run as unknown as TmqAction['run'] }
}

/** The actions of `/rest/tmq`; whatever else comes is not answered. */
const ACTIONS: ReadonlyMap<string, TmqAction> = new Map<string, TmqAction>([
  ['version', action({ req_id: u64 }, () => ({ version: SERVER_VERSION }))],
  ['subscribe', action(SUBSCRIBE, (session, args) => session.subscribe(args))],
  ['poll', action(POLL, (session, args, request) => session.mail(args, request))],
  [
    'fetch',
    action(OF_MESSAGE, (session, { message_id, req_id }) => session.rows('message ID are not equal', message_id).fetch(BigInt(req_id))),
  ],
  [
    'fetch_block',
    action(OF_MESSAGE, (session, { message_id }, { started }) => session.rows('message is nil', message_id).block(timingSince(started))),
  ],
  [
    'fetch_raw',
    action(OF_MESSAGE, (session, { message_id, req_id }, { started }) =>
      session.held('message ID is not equal', message_id).fetchRaw(timingSince(started), BigInt(req_id)),
    ),
  ],
  [
    'fetch_raw_data',
    action(OF_MESSAGE, (session, { message_id, req_id }, { started }) => session.fetchRawData(message_id, req_id, started)),
  ],
  [
    'fetch_json_meta',
    action(OF_MESSAGE, (session, { message_id }) => ({
      message_id,
      data: session.changes(message_id).meta,
    })),
  ],
  [
    'commit',
    action(OF_MESSAGE, async (session, { message_id }) => {
      await session.consumer.commit()
      return { message_id }
    }),
  ],
  [
    'commit_offset',
    action({ req_id: u64, topic: text, vgroup_id: integer, offset: i64 }, async ({ consumer }, { topic, vgroup_id, offset }) => {
      await consumer.commitOffset(topic, vgroup_id, offset)
      return { topic, vgroup_id, offset }
    }),
  ],
  [
    'assignment',
    action({ req_id: u64, topic: text }, ({ consumer }, { topic }) => ({
      assignment: consumer.assignment(topic).map(({ vgroup, offset, begin, end }) => ({ vgroup_id: vgroup, offset, begin, end })),
    })),
  ],
  [
    'seek',
    action({ req_id: u64, topic: text, vgroup_id: integer, offset: i64 }, ({ consumer }, { topic, vgroup_id, offset }) => {
      consumer.seek(topic, vgroup_id, offset)
      return {}
    }),
  ],
  [
    'committed',
    action(PLACES, ({ consumer }, { topic_vgroup_ids }) => ({
      committed: topic_vgroup_ids.map(({ topic, vgroup_id }) => consumer.committed(topic, vgroup_id) ?? NO_OFFSET),
    })),
  ],
  [
    'position',
    action(PLACES, ({ consumer }, { topic_vgroup_ids }) => ({
      position: topic_vgroup_ids.map(({ topic, vgroup_id }) => consumer.position(topic, vgroup_id) ?? NO_OFFSET),
    })),
  ],
  ['list_topics', action({ req_id: u64 }, ({ consumer }) => ({ topics: consumer.topics }))],
  ['unsubscribe', action({ req_id: u64 }, (session) => session.unsubscribe())],
])

/** Actions whose error replies name the message that was asked about. */
const NAMES_MESSAGE: ReadonlySet<string> = new Set(['fetch', 'fetch_block', 'fetch_raw', 'fetch_raw_data', 'fetch_json_meta'])

/** A connection to `/rest/tmq`: one consumer. Requests run side by side, polls one after another. */
export class TmqSession {
  readonly #server: ServerContext
  readonly #client: ClientInfo
  readonly #send: Send
  readonly #gone = new AbortController()
  #consumer: Consumer | undefined
  /** Its entry in SHOW CONNECTIONS. */
  #presence: Presence | undefined
  #subscribed = false
  #held: HeldMessage | undefined
  #lastMessage = 0
  /** The one poll that waits; a newer one takes its place and it is never answered. */
  #mail: { readonly args: ArgumentsOf<typeof POLL>; readonly request: Request } | undefined
  #polling: Promise<void> | undefined

  constructor(server: ServerContext, client: ClientInfo, send: Send) {
    this.#server = server
    this.#client = client
    this.#send = send
  }

  get user(): string | undefined {
    return this.#consumer?.user
  }

  async receive(message: string | Uint8Array): Promise<void> {
    const started = process.hrtime.bigint()
    this.#server.metrics.messages.add(1)
    if (typeof message !== 'string') return
    const request = readRequest(message)
    if (!request) return
    const found = ACTIONS.get(request.name)
    if (!found) return
    let args: { readonly [name: string]: unknown }
    try {
      args = decodeMembers(found.args, request.args ?? {})
    } catch (error) {
      if (error instanceof ArgumentError) return
      throw error
    }
    const underWay: Request = { action: request.name, reqId: args['req_id'] as Id, started }
    await this.#answer(underWay, args, () => found.run(this, args, underWay))
  }

  /** Runs a request and sends what it answers. */
  async #answer(request: Request, args: { readonly [name: string]: unknown }, run: () => Promise<Reply> | Reply): Promise<void> {
    let reply: string | Uint8Array | undefined
    try {
      const found = await run()
      reply =
        found === undefined || found instanceof Uint8Array ? found : encodeReply(request.action, request.reqId, request.started, found)
    } catch (error) {
      const named = NAMES_MESSAGE.has(request.action) ? { message_id: args['message_id'] } : {}
      reply = encodeFailure(failureOf(error), request.action, request.reqId, request.started, named)
    }
    if (reply !== undefined && !this.#gone.signal.aborted) this.#send(reply)
  }

  /** The consumer; throws before the first `subscribe`. */
  get consumer(): Consumer {
    if (!this.#consumer) throw adapterError('tmq not init')
    return this.#consumer
  }

  async subscribe(args: ArgumentsOf<typeof SUBSCRIBE>): Promise<Reply> {
    if (this.#subscribed) throw adapterError('tmq should have unsubscribed first')
    const consumer = this.#consumer ?? (await this.#open(args))
    consumer.subscribe(args.topics)
    this.#client.expectSigns?.(consumer.config.heartbeatMs, () => {
      if (this.#subscribed) consumer.hear()
    })
    if (this.#gone.signal.aborted) consumer.unsubscribe()
    // No statement runs on a consumer's connection, so KILL CONNECTION ends none.
    else
      this.#presence ??= this.#server.engine.live.enter(
        { user: consumer.user, ...clientFacts(this.#client.address, args) },
        () => undefined,
      )
    this.#consumer = consumer
    this.#subscribed = true
    this.#pump()
    return { version: SERVER_VERSION }
  }

  async #open(args: ArgumentsOf<typeof SUBSCRIBE>): Promise<Consumer> {
    const config = consumerConfig(args, this.#client.address)
    const { cloudToken, cloudUser, engine } = this.#server
    let user = cloudUser
    if (cloudToken === undefined) {
      try {
        user = await this.#server.logIn(args.user, args.password)
      } catch {
        // The client library says no more than that it could not connect.
        throw adapterError('init tscObj failed')
      }
    }
    return engine.subscriptions.consumer(user, config)
  }

  unsubscribe(): Reply {
    this.consumer.unsubscribe()
    this.#subscribed = false
    this.#held = undefined
    return {}
  }

  /** Puts a poll into the one place for it. */
  mail(args: ArgumentsOf<typeof POLL>, request: Request): undefined {
    this.#mail = { args, request }
    this.#pump()
  }

  /** Answers polls one after another, from the first subscription on. */
  #pump(): void {
    if (!this.#consumer || this.#polling) return
    this.#polling = this.#answerPolls().finally(() => {
      this.#polling = undefined
    })
  }

  async #answerPolls(): Promise<void> {
    for (let mail = this.#mail; mail && !this.#gone.signal.aborted; mail = this.#mail) {
      this.#mail = undefined
      const { args, request } = mail
      await this.#answer(request, args, () => this.#poll(args))
    }
  }

  async #poll({ blocking_time, message_id }: ArgumentsOf<typeof POLL>): Promise<Reply> {
    // The client has not seen the last message: it is told of it again.
    if (message_id !== null && this.#held && this.#held.id !== message_id) return this.#held.head
    await this.#client.room?.()
    const message = await this.consumer.poll(blocking_time, this.#gone.signal)
    if (!message) return NO_MESSAGE
    this.#held = new HeldMessage(++this.#lastMessage, message)
    return this.#held.head
  }

  /** The message that the client reads; throws in the adapter's words when it is another. */
  held(unequal: string, id: Id): HeldMessage {
    if (!this.#consumer) throw adapterError('tmq not init')
    if (!this.#held) throw adapterError('message has been freed')
    if (this.#held.id !== id) throw adapterError(unequal)
    return this.#held
  }

  /** The message, if it has changes of tables. */
  changes(id: Id): HeldMessage {
    this.#held?.assertMeta()
    return this.held('message ID is not equal', id)
  }

  /** The message, if it has rows. */
  rows(unequal: string, id: Id): HeldMessage {
    const held = this.held(unequal, id)
    if (!held.hasRows) throw adapterError('message type is not data')
    return held
  }

  /** Errors of this action have its binary form. */
  fetchRawData(id: Id, reqId: Id, started: bigint): Uint8Array {
    try {
      return this.held('message ID is not equal', id).fetchRawData(timingSince(started), BigInt(reqId))
    } catch (error) {
      const data = new Uint8Array(0)
      return encodeFetchRawDataReply({
        ...failureOf(error),
        timing: timingSince(started),
        reqId: BigInt(reqId),
        messageId: BigInt(id),
        metaType: 0,
        data,
      })
    }
  }

  /** Leaves the group. */
  async close(): Promise<void> {
    this.#gone.abort()
    this.#held = undefined
    this.#consumer?.unsubscribe()
    this.#presence?.leave()
    await this.#polling
  }
}

function readRequest(message: string): { readonly name: string; readonly args: JsonValue | undefined } | undefined {
  let value: JsonValue
  try {
    value = parseJson(message)
  } catch {
    return undefined
  }
  if (!isObject(value)) return undefined
  const name = member(value, 'action')
  return typeof name === 'string' ? { name, args: member(value, 'args') } : undefined
}
