import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { parseJson } from 'taosts/wire'
import { WebSocket } from 'ws'
import { compareBodies, compareText, compareValues, type Difference, describeBinary } from './compare-messages.ts'
import type { RuleContext } from './rules.ts'
import type { Event, Frame } from './transcript.ts'

/** One recorded answer and what came instead of it. */
export interface Exchange {
  readonly line: number
  readonly difference: Difference
}

/** Sends the client's side of a transcript to a server and compares the answers with the recorded ones. */
export async function play(events: readonly Event[], url: string): Promise<Exchange[]> {
  const player = new Player(url)
  try {
    for (const [i, event] of events.entries()) await player.take(i + 1, event)
    return player.exchanges
  } finally {
    player.close()
  }
}

interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly bytes: Buffer
}

const PATIENCE_MS = 3000

class Player {
  readonly exchanges: Exchange[] = []
  readonly #url: string
  readonly #sockets = new Map<number, Socket>()
  readonly #answers = new Map<number, { readonly sql: string; readonly answer: Promise<HttpAnswer> }>()
  readonly #agent = new Agent({ keepAlive: false })

  constructor(url: string) {
    this.#url = url
  }

  async take(line: number, event: Event): Promise<void> {
    if ('http' in event) {
      if (event.http === 'request') this.#answers.set(event.conn, { sql: event.body ?? '', answer: this.#request(event) })
      else await this.#compareHttp(line, event)
      return
    }
    switch (event.ws) {
      case 'open':
        this.#sockets.set(event.conn, await Socket.open(this.#url.replace(/^http/, 'ws') + event.url, event.headers))
        return
      case 'handshake':
        this.#compareHandshake(line, event)
        return
      case 'client':
        this.#sockets.get(event.conn)?.send(event)
        return
      case 'server':
        await this.#compareFrame(line, event.conn, event)
        return
      case 'end':
        this.#sockets.get(event.conn)?.end()
    }
  }

  #note(line: number, difference: Difference): void {
    this.exchanges.push({ line, difference })
  }

  #compareHandshake(line: number, event: Extract<Event, { ws: 'handshake' }>): void {
    const { status, body } = this.#sockets.get(event.conn)!.handshake
    const recorded = { status: event.status, body: event.status === 101 ? '' : (event.body ?? '') }
    this.#note(line, compareValues(recorded, { status, body }, { sql: '', raced: false }))
  }

  async #compareFrame(line: number, conn: number, frame: Frame): Promise<void> {
    const socket = this.#sockets.get(conn)
    // Pings of the server come by the clock, and closing frames never: neither answers anything.
    if (!socket || socket.isEnded || frame.ping !== undefined || frame.close !== undefined) return
    const key = frameKey(frame)
    const given = await socket.receive(key)
    if (given === undefined) {
      this.#note(line, `recorded ${JSON.stringify(frame).slice(0, 300)}\n     given nothing`)
      return
    }
    if (frame.pong !== undefined) return this.#note(line, undefined)
    const context = socket.context(frame)
    if (frame.text !== undefined) {
      const difference = compareText(frame.text, given.text ?? '', context)
      return this.#note(line, difference && `${difference}\n       ${given.text?.slice(0, 300)}`)
    }
    const recorded = describeBinary(Buffer.from(frame.base64!, 'base64'))
    this.#note(line, compareValues(recorded, describeBinary(Buffer.from(given.base64!, 'base64')), context))
  }

  #request(event: Extract<Event, { http: 'request' }>): Promise<HttpAnswer> {
    const { host: _, connection: __, 'content-length': ___, 'transfer-encoding': ____, ...headers } = event.headers
    const body = event.base64 === undefined ? Buffer.from(event.body ?? '') : Buffer.from(event.base64, 'base64')
    const length = event.method === 'GET' || event.method === 'HEAD' ? {} : { 'content-length': String(body.length) }
    return new Promise((resolve, reject) => {
      const call = httpRequest(
        this.#url + event.url,
        { method: event.method, headers: { ...headers, ...length }, agent: this.#agent },
        (response) => {
          const pieces: Buffer[] = []
          response.on('data', (piece: Buffer) => pieces.push(piece))
          response.on('error', reject)
          response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(pieces) }))
        },
      )
      call.on('error', reject)
      call.end(body)
    })
  }

  async #compareHttp(line: number, event: Extract<Event, { http: 'response' }>): Promise<void> {
    const { sql, answer } = this.#answers.get(event.conn)!
    let given: HttpAnswer
    try {
      given = await answer
    } catch (error) {
      this.#note(line, `recorded ${event.status}\n     given ${(error as Error).message}`)
      return
    }
    const context = { sql, raced: false }
    const names = [
      'content-type',
      'content-encoding',
      'location',
      'access-control-allow-origin',
      'access-control-expose-headers',
      'access-control-allow-headers',
      'access-control-allow-methods',
      'access-control-max-age',
    ]
    const pick = (headers: { readonly [name: string]: unknown }) => names.map((name) => headers[name] ?? null)
    const heads = compareValues([event.status, ...pick(event.headers)], [given.status, ...pick(given.headers)], context)
    this.#note(line, heads ?? compareBodies(event, { bytes: given.bytes, gzip: given.headers['content-encoding'] === 'gzip' }, context))
  }

  close(): void {
    this.#agent.destroy()
    for (const socket of this.#sockets.values()) socket.end()
  }
}

/** What a reply answers: action and request id, or the request id of a binary frame. */
function frameKey({ text, base64, pong }: Frame): string {
  if (pong !== undefined) return `pong ${pong}`
  if (text !== undefined) return textKey(text)
  const bytes = Buffer.from(base64!, 'base64')
  return bytes.readBigUInt64LE(0) === 0xffffffffffffffffn ? `raw ${bytes.readBigUInt64LE(26)}` : `block ${bytes.readBigUInt64LE(8)}`
}

function textKey(text: string): string {
  try {
    const { action, req_id } = parseJson(text) as { action: string; req_id: number | bigint | undefined }
    return `text ${action} ${req_id}`
  } catch {
    return `text ${text}`
  }
}

/** A WebSocket whose answers wait to be asked for. */
class Socket {
  readonly handshake: { readonly status: number; readonly body: string }
  readonly #ws: WebSocket | undefined
  readonly #received: { readonly key: string; readonly frame: Frame }[] = []
  readonly #sql = new Map<string, string>()
  readonly #freed = new Set<string>()
  #lastSql = ''
  #ended = false
  #wake: () => void = () => undefined

  private constructor(handshake: { status: number; body: string }, ws?: WebSocket) {
    this.handshake = handshake
    this.#ws = ws
    ws?.on('message', (data: Buffer, binary) => {
      const frame: Frame = binary ? { base64: data.toString('base64') } : { text: data.toString('utf8') }
      this.#add(frame)
    })
    ws?.on('pong', (data) => this.#add({ pong: data.toString('base64') }))
    ws?.on('error', () => undefined)
    ws?.on('close', () => this.#wake())
  }

  static open(url: string, headers: { readonly [name: string]: string }): Promise<Socket> {
    const origin = headers['origin'] === undefined ? {} : { origin: headers['origin'] }
    return new Promise((resolve) => {
      const ws = new WebSocket(url, { perMessageDeflate: false, ...origin })
      ws.on('open', () => resolve(new Socket({ status: 101, body: '' }, ws)))
      ws.on('unexpected-response', (_, response) => {
        let body = ''
        response.on('data', (piece: Buffer) => (body += piece.toString('utf8')))
        response.on('end', () => resolve(new Socket({ status: response.statusCode ?? 0, body })))
      })
      ws.on('error', (error) => resolve(new Socket({ status: 0, body: error.message })))
    })
  }

  #add(frame: Frame): void {
    this.#received.push({ key: frameKey(frame), frame })
    this.#wake()
  }

  send({ text, base64, ping, pong, close, fragments = 1 }: Frame): void {
    const ws = this.#ws
    if (!ws) return
    if (ping !== undefined) ws.ping(Buffer.from(ping, 'base64'))
    else if (pong !== undefined) ws.pong(Buffer.from(pong, 'base64'))
    else if (close !== undefined) ws.close()
    else this.#sendMessage(ws, text, base64, fragments)
  }

  #sendMessage(ws: WebSocket, text: string | undefined, base64: string | undefined, fragments: number): void {
    const bytes = text === undefined ? Buffer.from(base64!, 'base64') : Buffer.from(text)
    this.#remember(text, bytes)
    const size = Math.ceil(bytes.length / fragments) || 1
    for (let i = 0; i < fragments; i++) {
      ws.send(bytes.subarray(i * size, (i + 1) * size), { binary: text === undefined, fin: i === fragments - 1 })
    }
  }

  /** Notes which statement a request runs and what it frees. */
  #remember(text: string | undefined, bytes: Buffer): void {
    if (text === undefined) {
      if (bytes.length > 30 && bytes.readBigUInt64LE(16) === 6n) this.#lastSql = bytes.toString('utf8', 30)
      return
    }
    try {
      const { action, args } = parseJson(text) as { action: string; args?: { sql?: string; id?: number | bigint } }
      if (action === 'query' || action === 'prepare' || action === 'stmt2_prepare') this.#lastSql = args?.sql ?? ''
      if (action === 'free_result') this.#freed.add(String(args?.id))
    } catch {
      // Not every recorded message is a request.
    }
  }

  /** What the rules may know of an answer; an answer that opens a result ties its id to the statement. */
  context({ text, base64 }: Frame): RuleContext {
    if (text !== undefined) {
      const { id } = parseJson(text) as { id?: number | bigint }
      if (id !== undefined && id !== 0 && !this.#sql.has(String(id))) this.#sql.set(String(id), this.#lastSql)
      return { sql: this.#lastSql, raced: false }
    }
    const bytes = Buffer.from(base64!, 'base64')
    const raw = bytes.readBigUInt64LE(0) === 0xffffffffffffffffn
    const id = String(raw ? bytes.readBigUInt64LE(42 + bytes.readUInt32LE(38)) : bytes.readBigUInt64LE(8))
    return { sql: this.#sql.get(id) ?? '', raced: this.#freed.has(id) }
  }

  /** The next answer of a key, waited for a while. */
  async receive(key: string): Promise<Frame | undefined> {
    const until = Date.now() + PATIENCE_MS
    for (;;) {
      const index = this.#received.findIndex((each) => each.key === key)
      if (index >= 0) return this.#received.splice(index, 1)[0]!.frame
      const left = until - Date.now()
      if (left <= 0 || this.#ws?.readyState === WebSocket.CLOSED) return undefined
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  /** The client left: what came to it afterwards was not meant to be read. */
  get isEnded(): boolean {
    return this.#ended
  }

  end(): void {
    this.#ended = true
    this.#ws?.terminate()
  }
}
