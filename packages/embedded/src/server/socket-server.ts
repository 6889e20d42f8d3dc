import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { ClientInfo } from './connection.ts'
import type { Endpoint } from './endpoints.ts'
import { AdapterCode } from './failure.ts'
import { HttpError } from './http-error.ts'
import { type MessageSession, openMessageSession } from './message-session.ts'
import type { ServerContext } from './server-context.ts'

const PING_MS = 54_000
/** Messages of one connection that may run at a time before the next is read. */
const MESSAGES_IN_FLIGHT = 256
/** How long a closing handshake may take until the connection is cut. */
const CLOSE_MS = 2_000

/** Turns upgraded connections into sessions and keeps them alive, within the limits. */
export class SocketServer {
  readonly #context: ServerContext
  readonly #server: WebSocketServer
  readonly #open = new Set<OpenSocket>()
  readonly #closing = new Set<Promise<void>>()
  readonly #forgetUsers: () => void
  #shut = false

  constructor(context: ServerContext) {
    this.#context = context
    this.#forgetUsers = context.engine.live.onDroppedUser((user) => {
      for (const open of this.#open) if (open.user === user) open.dismiss()
    })
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: context.limits.messageBytes,
      perMessageDeflate: { threshold: 1024 },
      // Text that is not UTF-8 is answered as a request that cannot be read, as taosAdapter does; it does not end the connection.
      skipUTF8Validation: true,
    })
    this.#server.on('headers', (headers, request) => {
      if (request.headers.origin !== undefined) {
        headers.push('Access-Control-Allow-Origin: *', 'Access-Control-Expose-Headers: Authorization')
      }
    })
  }

  /** Finishes the handshake. Throws a 503 at the limit of connections, and while the server closes. */
  accept(endpoint: Endpoint | 'tmq', tokenInUrl: boolean, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { limits, metrics } = this.#context
    // Who came while the others are being closed would be left with a session that nobody ends.
    if (this.#shut) throw new HttpError(503, AdapterCode.LIMIT, 'the server is closing')
    if (this.#open.size >= limits.connections) {
      metrics.connectionsRefused.add(1)
      throw new HttpError(503, AdapterCode.LIMIT, `too many connections: the limit is ${limits.connections}`)
    }
    this.#server.handleUpgrade(request, socket, head, (ws) => {
      // The answer is on its way already.
      const { remoteAddress = '', remotePort = 0 } = request.socket
      const address = `${remoteAddress}:${remotePort}`
      const open = new OpenSocket(this.#context, ws, (send, transport) =>
        openMessageSession(this.#context, endpoint, { address, tokenInUrl, ...transport }, send),
      )
      this.#open.add(open)
      metrics.connections.add(1)
      metrics.connectionsTotal.add(1)
      ws.on('close', () => {
        this.#open.delete(open)
        metrics.connections.add(-1)
        const closing = open.end().finally(() => this.#closing.delete(closing))
        this.#closing.add(closing)
      })
    })
  }

  /** Closes every connection and waits until all they held is freed. */
  async close(): Promise<void> {
    this.#shut = true
    this.#forgetUsers()
    const gone = [...this.#open].map((open) => open.shut())
    await Promise.all(gone)
    await Promise.all(this.#closing)
    this.#server.close()
  }
}

/** A socket with its session: pings, idle time, and a halt in reading while too much is unanswered or unread. */
class OpenSocket {
  readonly #context: ServerContext
  readonly #ws: WebSocket
  readonly #session: MessageSession
  readonly #timer: NodeJS.Timeout
  #heard = Date.now()
  #beat: NodeJS.Timeout | undefined
  #onSign: (() => void) | undefined
  #running = 0
  #paused = false
  /** Those who wait until the client has read more. */
  readonly #waiting: (() => void)[] = []

  constructor(
    context: ServerContext,
    ws: WebSocket,
    open: (send: (message: string | Uint8Array) => void, transport: Required<Pick<ClientInfo, 'room' | 'expectSigns'>>) => MessageSession,
  ) {
    this.#context = context
    this.#ws = ws
    this.#session = open((message) => this.#send(message), {
      room: () => this.#room(),
      expectSigns: (everyMs, heard) => this.#expectSigns(everyMs, heard),
    })
    ws.on('message', (data: Buffer, binary) => this.#receive(binary ? data : data.toString('utf8')))
    ws.on('pong', () => this.#hear())
    ws.on('ping', () => this.#hear())
    ws.on('error', (error: Error & { code?: string }) => {
      if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') context.metrics.messagesRefused.add(1)
    })
    this.#timer = setInterval(() => this.#keepAlive(), Math.min(PING_MS, Math.max(1000, context.limits.idleMs / 2)))
    this.#timer.unref()
  }

  /** Frees what the session holds. Never rejects. */
  end(): Promise<void> {
    clearInterval(this.#timer)
    clearInterval(this.#beat)
    for (const resolve of this.#waiting.splice(0)) resolve()
    return this.#session.close()
  }

  get user(): string | undefined {
    return this.#session.user
  }

  /** Closes the socket, by force when the client does not answer. */
  shut(): Promise<void> {
    return this.#close(1001, 'server is shutting down')
  }

  /** Closes the socket of a user who is no more, without a reason, as taosAdapter does. */
  dismiss(): void {
    void this.#close()
  }

  async #close(code?: number, reason?: string): Promise<void> {
    const gone = new Promise<void>((resolve) => this.#ws.once('close', () => resolve()))
    this.#ws.close(code, reason)
    const force = setTimeout(() => this.#ws.terminate(), CLOSE_MS)
    await gone
    clearTimeout(force)
  }

  #hear(): void {
    this.#heard = Date.now()
    this.#onSign?.()
  }

  /** Pings a client of whom a sign of life is wanted more often than from others. */
  #expectSigns(everyMs: number, heard: () => void): void {
    clearInterval(this.#beat)
    this.#onSign = heard
    heard()
    this.#beat = setInterval(() => {
      // Who still has much to read gets to a ping late.
      if (this.#ws.bufferedAmount > 0) heard()
      if (this.#ws.readyState === this.#ws.OPEN) this.#ws.ping()
    }, everyMs)
    this.#beat.unref()
  }

  #keepAlive(): void {
    if (Date.now() - this.#heard >= this.#context.limits.idleMs) {
      this.#context.metrics.idleClosed.add(1)
      this.#ws.close(1000, `idle for ${this.#context.limits.idleMs / 1000} s`)
      setTimeout(() => this.#ws.terminate(), CLOSE_MS).unref()
      return
    }
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.ping()
  }

  #receive(message: string | Uint8Array): void {
    this.#hear()
    this.#running++
    void this.#session.receive(message).finally(() => {
      this.#running--
      this.#balance()
    })
    this.#balance()
  }

  #send(message: string | Uint8Array): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return
    this.#ws.send(message, { binary: typeof message !== 'string' }, () => {
      // A client that reads is alive, however much it still has to read.
      this.#hear()
      this.#balance()
      if (!this.#isFull) for (const resolve of this.#waiting.splice(0)) resolve()
    })
  }

  get #isFull(): boolean {
    return this.#ws.readyState === this.#ws.OPEN && this.#ws.bufferedAmount > this.#context.limits.bufferedBytes
  }

  /** Resolves when what waits for this client is less than the limit. */
  async #room(): Promise<void> {
    if (this.#isFull) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** Reads no further while this client leaves too much unread or unanswered: it holds up itself alone. */
  #balance(): void {
    const full = this.#running >= MESSAGES_IN_FLIGHT || this.#isFull
    if (full === this.#paused) return
    this.#paused = full
    if (full) this.#ws.pause()
    else this.#ws.resume()
  }
}
