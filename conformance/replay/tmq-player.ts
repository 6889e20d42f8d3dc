import { decodeBlock, parseJson, stringifyJson } from 'taosts/wire'
import { WebSocket } from 'ws'
import type { Exchange } from './player.ts'
import { type BinaryTmqReply, Content, readBinary } from './tmq-content.ts'
import type { Event, Frame } from './transcript.ts'

/** What a replayed subscription showed. */
export interface TmqOutcome {
  readonly exchanges: readonly Exchange[]
  /** Tables whose rows came in their order, of those that had rows; and what differs. */
  readonly tables: { readonly equal: number; readonly total: number; readonly differences: readonly string[] }
  readonly metas: { readonly equal: number; readonly total: number; readonly differences: readonly string[] }
}

interface Json {
  readonly [key: string]: unknown
}

const PATIENCE_MS = 5000
/** How long polls wait that were not answered by a message when they were recorded. */
const EMPTY_POLL_MS = 20

/**
 * Sends the client's side of a recorded subscription to a server: message ids, vgroup ids and offsets are put into the server's terms. Replies must have the
 * recorded keys, codes and texts; rows are compared by table from one seek or subscription to the next, since messages may be cut otherwise.
 */
export async function playTmq(events: readonly Event[], url: string): Promise<TmqOutcome> {
  const player = new TmqPlayer(url)
  try {
    for (const [i, event] of events.entries()) await player.take(i + 1, event, events.slice(i + 1))
    return await player.outcome()
  } finally {
    player.close()
  }
}

class TmqPlayer {
  readonly #url: string
  readonly #exchanges: Exchange[] = []
  readonly #consumers = new Map<number, ReplayedSocket>()

  constructor(url: string) {
    this.#url = url.replace(/^http/, 'ws')
  }

  async take(line: number, event: Event, later: readonly Event[]): Promise<void> {
    if ('http' in event) return
    if (event.ws === 'open') {
      this.#consumers.set(event.conn, await ReplayedSocket.open(this.#url + event.url))
      return
    }
    const socket = this.#consumers.get(event.conn)
    if (!socket) return
    if (event.ws === 'client')
      await socket.client(
        event,
        later.filter((each) => each.conn === event.conn),
      )
    else if (event.ws === 'server' && event.close === undefined && event.ping === undefined) {
      const difference = await socket.server(event)
      if (difference !== null) this.#exchanges.push({ line, difference })
    } else if (event.ws === 'end') await socket.leave()
  }

  async outcome(): Promise<TmqOutcome> {
    const tables = { equal: 0, total: 0, differences: [] as string[] }
    const metas = { equal: 0, total: 0, differences: [] as string[] }
    for (const socket of this.#consumers.values()) {
      await socket.leave()
      for (const phase of socket.phases) comparePhase(phase, socket.phases, tables, metas)
    }
    return { exchanges: this.#exchanges, tables, metas }
  }

  close(): void {
    for (const socket of this.#consumers.values()) socket.end()
  }
}

/** From a subscription or seek to the next: what was recorded, what came, and whether the recording read on to the end. */
interface Phase {
  /** Counts the subscriptions of the connection. */
  readonly subscription: number
  readonly recorded: Content
  readonly given: Content
  drained: boolean
}

/** A message that was on its way when the client sought elsewhere came after the seek: then a subscription's rows are alike as a whole. */
function sameInTime({ subscription }: Phase, all: readonly Phase[], table: string): boolean {
  const of = all.filter((each) => each.subscription === subscription)
  const rows = (content: (phase: Phase) => Content): string => of.flatMap((each) => content(each).rows.get(table) ?? []).join('\n')
  return rows(({ recorded }) => recorded) === rows(({ given }) => given)
}

interface Tally {
  equal: number
  total: number
  readonly differences: string[]
}

function comparePhase(phase: Phase, all: readonly Phase[], tables: Tally, metas: Tally): void {
  const { recorded, given, drained } = phase
  for (const [table, listed] of recorded.rows) {
    const ours = given.rows.get(table) ?? []
    // Rows that a DELETE took are no longer in our log.
    const rows = listed.filter((row) => !given.isDeleted(table, row))
    tables.total++
    const same = rows.every((row, i) => ours[i] === row) && (!drained || ours.length === rows.length)
    if (same || sameInTime(phase, all, table)) tables.equal++
    else tables.differences.push(`${table}: recorded ${rows.join(' ').slice(0, 600)}\n       given ${ours.join(' ').slice(0, 600)}`)
  }
  const left = [...given.metas]
  for (const meta of recorded.metas) {
    metas.total++
    const at = left.indexOf(meta)
    if (at >= 0) {
      left.splice(at, 1)
      metas.equal++
    } else metas.differences.push(`recorded ${meta.slice(0, 300)}`)
  }
  // Some clients read no changes.
  if (recorded.metas.length > 0) for (const meta of left) metas.differences.push(`given ${meta.slice(0, 300)}`)
}

/** Replies in the order of their coming, by what they answer. */
class ReplayedSocket {
  readonly phases: Phase[] = []
  readonly #ws: WebSocket
  readonly #isTmq: boolean
  readonly #received: { readonly key: string; readonly frame: Frame }[] = []
  #wake: () => void = () => undefined
  #ended = false
  /** Requests that were not sent, or sent as others: their recorded replies have nothing to be compared with. */
  readonly #skipped = new Set<string>()
  /** The message that the recording reads, and ours. */
  #recordedMessage: { readonly id: number; readonly topic: string } | undefined
  readonly #recordedRead = new Set<string>()
  #ours: { readonly id: number; readonly type: number; readonly topic: string } | undefined
  #oursRead = 0
  #subscribed = false
  #hasPolled = false
  #subscriptions = 0
  #recordedFields: Json | undefined
  readonly #vgroups = new Map<number, number>()
  #ownRequest = 900_000_000

  private constructor(ws: WebSocket, isTmq: boolean) {
    this.#ws = ws
    this.#isTmq = isTmq
    ws.on('message', (data: Buffer, binary) => this.#add(binary ? { base64: data.toString('base64') } : { text: data.toString('utf8') }))
    ws.on('pong', (data) => this.#add({ pong: data.toString('base64') }))
    ws.on('error', () => undefined)
    ws.on('close', () => this.#wake())
  }

  static open(url: string): Promise<ReplayedSocket> {
    return new Promise((resolve, reject) => {
      const ws = new WebSocket(url, { perMessageDeflate: false })
      ws.on('open', () => resolve(new ReplayedSocket(ws, url.includes('/rest/tmq'))))
      ws.on('error', reject)
    })
  }

  #add(frame: Frame): void {
    this.#received.push({ key: keyOf(frame), frame })
    this.#wake()
  }

  async #receive(key: string, patience = PATIENCE_MS): Promise<Frame | undefined> {
    const until = Date.now() + patience
    for (;;) {
      const at = this.#received.findIndex((each) => each.key === key)
      if (at >= 0) return this.#received.splice(at, 1)[0]!.frame
      const left = until - Date.now()
      if (left <= 0 || this.#ws.readyState === WebSocket.CLOSED) return undefined
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  async client(frame: Frame, later: readonly Event[]): Promise<void> {
    if (this.#ended) return
    if (frame.ping !== undefined) this.#ws.ping(Buffer.from(frame.ping, 'base64'))
    if (frame.close !== undefined) await this.leave()
    if (frame.base64 !== undefined) this.#ws.send(Buffer.from(frame.base64, 'base64'))
    if (frame.text === undefined) return
    const request = asJson(frame.text) as { action?: string; args?: Json } | undefined
    if (!request || !this.#isTmq) this.#ws.send(frame.text)
    else await this.#request(request.action ?? '', request.args ?? {}, frame.text, later)
  }

  async #request(action: string, args: Json, text: string, later: readonly Event[]): Promise<void> {
    const send = (changed: Json): void => this.#ws.send(stringifyJson({ action, args: { ...args, ...changed } }))
    switch (action) {
      case 'subscribe':
        this.#subscriptions++
        this.#phase()
        this.#ws.send(text)
        return
      case 'poll': {
        this.#hasPolled = true
        const answer = this.#answerTo(args['req_id'], 'poll', later)
        const known = args['message_id'] !== undefined
        const seen = args['message_id'] === this.#recordedMessage?.id || this.#recordedMessage === undefined
        const id = known ? { message_id: seen ? this.#oursRead : args['message_id'] } : {}
        send({ ...id, blocking_time: answer?.['have_message'] === true ? 1000 : EMPTY_POLL_MS })
        return
      }
      case 'fetch':
      case 'fetch_block':
      case 'fetch_raw':
      case 'fetch_raw_data':
      case 'fetch_json_meta': {
        if (!this.#recordedMessage || args['message_id'] !== this.#recordedMessage.id) {
          this.#ws.send(text)
          return
        }
        const fits = this.#ours !== undefined && (action === 'fetch_json_meta' ? this.#ours.type !== 1 : this.#ours.type !== 2)
        // What the recording shows to be refused is asked for all the same.
        const refused =
          action === 'fetch_json_meta' && this.#ours?.type === 1 && this.#answerTo(args['req_id'], action, later)?.['code'] !== 0
        const anyBytes = this.#ours !== undefined && (action === 'fetch_raw' || action === 'fetch_raw_data')
        if (fits || refused || anyBytes) send({ message_id: this.#ours!.id })
        else this.#skipped.add(`${action} ${String(args['req_id'])}`)
        return
      }
      case 'commit':
        send({ message_id: this.#ours?.id ?? args['message_id'] })
        return
      case 'seek':
      case 'commit_offset': {
        const first = action === 'seek' && this.#hasPolled
        if (first) await this.#drain()
        await this.#learnVgroups(String(args['topic']))
        send({ vgroup_id: this.#vgroup(args['vgroup_id']), offset: await this.#offset(args) })
        // Seeks in several vgroups are one new start.
        if (first) this.#phase()
        return
      }
      case 'committed':
      case 'position': {
        const places = (args['topic_vgroup_ids'] ?? []) as { topic: string; vgroup_id: number }[]
        if (places[0]) await this.#learnVgroups(places[0].topic)
        send({ topic_vgroup_ids: places.map(({ topic, vgroup_id }) => ({ topic, vgroup_id: this.#vgroup(vgroup_id) })) })
        return
      }
      case 'unsubscribe':
        await this.#drain()
        this.#subscribed = false
        this.#ws.send(text)
        return
      default:
        this.#ws.send(text)
    }
  }

  #phase(): void {
    this.#hasPolled = false
    this.phases.push({ subscription: this.#subscriptions, recorded: new Content(), given: new Content(), drained: false })
  }

  get #now(): Phase | undefined {
    return this.phases.at(-1)
  }

  /** The recorded answer to a request, looked up ahead. */
  #answerTo(reqId: unknown, action: string, later: readonly Event[]): Json | undefined {
    for (const event of later) {
      if (!('ws' in event) || event.ws !== 'server' || event.text === undefined) continue
      const answer = asJson(event.text)
      if (answer?.['action'] === action && String(answer['req_id']) === String(reqId)) return answer
    }
    return undefined
  }

  /** Asks for itself, beside the recorded requests. */
  async #ask(action: string, args: Json): Promise<Json | undefined> {
    const reqId = ++this.#ownRequest
    this.#ws.send(stringifyJson({ action, args: { req_id: reqId, ...args } }))
    const frame = await this.#receive(`text ${action} ${reqId}`)
    return frame?.text === undefined ? undefined : asJson(frame.text)
  }

  /** Recorded vgroups and ours in the order of their ids. */
  async #learnVgroups(topic: string): Promise<void> {
    const answer = await this.#ask('assignment', { topic })
    const ours = ((answer?.['assignment'] ?? []) as { vgroup_id: number }[]).map(({ vgroup_id }) => vgroup_id).sort((a, b) => a - b)
    const recorded = [...this.#seenVgroups].sort((a, b) => a - b)
    recorded.forEach((vgroup, i) => {
      if (ours[i] !== undefined) this.#vgroups.set(vgroup, ours[i])
    })
  }

  readonly #seenVgroups = new Set<number>()

  #vgroup(recorded: unknown): number {
    return this.#vgroups.get(Number(recorded)) ?? Number(recorded)
  }

  /** The beginning stays, the end is ours, and what lies beyond the log stays there. */
  async #offset(args: Json): Promise<number> {
    const offset = Number(args['offset'])
    if (offset <= 1) return offset
    const answer = await this.#ask('assignment', { topic: args['topic'] })
    const places = (answer?.['assignment'] ?? []) as { vgroup_id: number; end: number }[]
    const end = Number(places.find(({ vgroup_id }) => vgroup_id === this.#vgroup(args['vgroup_id']))?.end ?? 0)
    return offset >= 1000 ? 1e12 : end
  }

  async server(frame: Frame): Promise<string | undefined | null> {
    if (this.#ended) return null
    if (frame.pong !== undefined) return (await this.#receive(keyOf(frame))) ? undefined : 'no pong'
    const recorded = frame.text === undefined ? undefined : asJson(frame.text)
    if (this.#isTmq) this.#note(frame, recorded)
    const action = recorded ? String(recorded['action']) : undefined
    const bytes = frame.base64 === undefined ? undefined : Buffer.from(frame.base64, 'base64')
    const binary = this.#isTmq && bytes ? readBinary(bytes) : undefined
    const request = action ? `${action} ${String(recorded!['req_id'])}` : binary ? `${binary.kind} ${requestOf(bytes!)}` : ''
    if (this.#skipped.has(request)) return null
    const given = await this.#receive(keyOf(frame))
    if (!given) return `recorded ${JSON.stringify(frame).slice(0, 200)}\n     given nothing`
    if (recorded) {
      const ours = given.text === undefined ? undefined : asJson(given.text)
      if (this.#isTmq && ours) await this.#follow(action!, recorded, ours)
      return compareKeys(recorded, ours, action === 'fetch' || action === 'fetch_json_meta')
    }
    if (!binary) return given.base64 === undefined ? 'no binary reply' : undefined
    const ours = readBinary(Buffer.from(given.base64 ?? '', 'base64'))
    return ours?.kind === binary.kind && ours.code === binary.code && ours.message === binary.message
      ? undefined
      : `recorded ${describe(binary)}, given ${describe(ours)}`
  }

  /** Takes in what the recording says. */
  #note(frame: Frame, recorded: Json | undefined): void {
    const phase = this.#now
    if (recorded?.['action'] === 'poll') {
      if (recorded['have_message'] === true) {
        this.#recordedMessage = { id: Number(recorded['message_id']), topic: String(recorded['topic']) }
        this.#seenVgroups.add(Number(recorded['vgroup_id']))
        if (phase) phase.drained = false
      } else if (phase && this.#subscribed) phase.drained = true
      return
    }
    for (const { vgroup_id } of (recorded?.['assignment'] ?? []) as { vgroup_id: number }[]) this.#seenVgroups.add(vgroup_id)
    if (!phase || !this.#recordedMessage) return
    const { id, topic } = this.#recordedMessage
    if (recorded?.['action'] === 'fetch_json_meta' && recorded['code'] === 0) {
      if (!this.#recordedRead.has(`meta ${id}`)) phase.recorded.addMeta(recorded['data'])
      this.#recordedRead.add(`meta ${id}`)
    }
    if (recorded?.['action'] === 'fetch') this.#recordedFields = recorded
    if (frame.base64 === undefined) return
    const bytes = Buffer.from(frame.base64, 'base64')
    const reply = readBinary(bytes)
    if (reply?.code !== 0) return
    if (reply.kind === 'fetch_block') {
      // Blocks of a message that is fetched raw as well are told by that.
      if (this.#recordedRead.has(`raw ${id}`)) return
      const names = (this.#recordedFields?.['fields_names'] ?? []) as string[]
      const columns = names.map((name, i) => ({ name, type: 0, flags: 0, bytes: 0, id: i + 1 }))
      const table = String(this.#recordedFields?.['table_name'] ?? '')
      phase.recorded.add(topic, { block: decodeBlock(bytes, { offset: 24 }), schema: { version: 0, columns }, ...(table && { table }) })
      this.#recordedRead.add(`blocks ${id}`)
      return
    }
    if (this.#recordedRead.has(`raw ${id}`) || this.#recordedRead.has(`blocks ${id}`)) return
    this.#recordedRead.add(`raw ${id}`)
    for (const block of reply.blocks) phase.recorded.add(topic, block)
  }

  /** Takes in what our server said, and reads its messages whole whatever the recording reads. */
  async #follow(action: string, recorded: Json, ours: Json): Promise<void> {
    if (action === 'subscribe' && ours['code'] === 0) this.#subscribed = true
    if (action !== 'poll') return
    await this.#read(ours)
    if (recorded['have_message'] === false && ours['have_message'] === true) await this.#drain()
  }

  async #read(answer: Json): Promise<void> {
    if (answer['have_message'] !== true) {
      this.#ours = undefined
      return
    }
    const id = Number(answer['message_id'])
    this.#ours = { id, type: Number(answer['message_type']), topic: String(answer['topic']) }
    if (id === this.#oursRead) return
    this.#oursRead = id
    const phase = this.#now
    if (this.#ours.type !== 1) phase?.given.addMeta((await this.#ask('fetch_json_meta', { message_id: id }))?.['data'])
    if (this.#ours.type === 2) return
    const reqId = ++this.#ownRequest
    this.#ws.send(stringifyJson({ action: 'fetch_raw_data', args: { req_id: reqId, message_id: id } }))
    const frame = await this.#receive(`raw ${reqId}`)
    for (const block of readBinary(Buffer.from(frame?.base64 ?? '', 'base64'))?.blocks ?? []) phase?.given.add(this.#ours.topic, block)
  }

  /** Reads on to the end, as the recording's polls may have been more than ours. */
  async #drain(): Promise<void> {
    if (!this.#subscribed || this.#ws.readyState !== WebSocket.OPEN) return
    for (;;) {
      const answer = await this.#ask('poll', { blocking_time: EMPTY_POLL_MS, message_id: this.#oursRead })
      if (answer?.['have_message'] !== true) return
      await this.#read(answer)
    }
  }

  async leave(): Promise<void> {
    if (this.#ended) return
    if (this.#isTmq) await this.#drain()
    this.end()
  }

  end(): void {
    this.#ended = true
    this.#ws.terminate()
  }
}

function asJson(text: string): Json | undefined {
  try {
    return parseJson(text) as Json
  } catch {
    return undefined
  }
}

function requestOf(bytes: Buffer): string {
  return String(bytes.readBigUInt64LE(0) === 0xffffffffffffffffn ? bytes.readBigUInt64LE(26) : bytes.readBigUInt64LE(8))
}

function keyOf({ text, base64, pong }: Frame): string {
  if (pong !== undefined) return `pong ${pong}`
  if (base64 !== undefined) {
    const bytes = Buffer.from(base64, 'base64')
    return `${bytes.readBigUInt64LE(0) === 0xffffffffffffffffn ? 'raw' : 'block'} ${requestOf(bytes)}`
  }
  const { action, req_id } = asJson(text!) ?? {}
  return `text ${String(action)} ${String(req_id)}`
}

/** Whether a reply has the recorded keys, down into lists, and the recorded code and text. */
function compareKeys(recorded: Json, given: Json | undefined, shallow: boolean): string | undefined {
  const wanted = [recorded['code'], recorded['message'], keysOf(recorded, shallow)]
  const found = given && [given['code'], given['message'], keysOf(given, shallow)]
  return stringifyJson(wanted) === stringifyJson(found ?? null)
    ? undefined
    : `recorded ${stringifyJson(recorded).slice(0, 300)}\n       given ${stringifyJson(given ?? null).slice(0, 300)}`
}

function keysOf(value: unknown, shallow: boolean): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [keysOf(value[0], shallow)]
  if (typeof value !== 'object' || value === null) return typeof value === 'object' ? 'null' : '*'
  return Object.entries(value).map(([key, each]) => [key, shallow ? '*' : keysOf(each, shallow)])
}

const describe = (reply: BinaryTmqReply | undefined): string => (reply ? `${reply.kind} ${reply.code} ${reply.message}` : 'nothing')
