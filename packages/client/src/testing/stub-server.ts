import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket as TcpSocket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { encodeFetchReply, TypeCode } from '../wire/index.ts'
import type { GoldenAnswer } from './golden.ts'

/** A request as the stub saw it. */
export interface StubRequest {
  readonly action: string
  readonly id: bigint
  readonly args: Readonly<Record<string, unknown>>
  readonly sql: string
  /** Result or statement id of a binary request. */
  readonly resource: bigint
}

/** Answers a request itself and returns true, or leaves it to the stub. */
export type StubHandler = (request: StubRequest, socket: StubSocket) => boolean | undefined

/** One client of the stub. */
export interface StubSocket {
  readonly ws: WebSocket
  /** Sends a reply of the request's action and id. */
  reply(request: StubRequest, keys?: Readonly<Record<string, unknown>>): void
  fail(request: StubRequest, code: number, message: string): void
}

const BINARY_ACTIONS: Readonly<Record<number, string>> = { 6: 'binary_query', 7: 'fetch_raw_block', 9: 'stmt2_bind', 10: 'validate_sql' }

interface OpenResult {
  readonly frames: Uint8Array[]
  at: number
  underWay: number
}

/**
 * A server that speaks taosAdapter's protocol and gives recorded or counted answers: `numbers N B` is a result of N rows in blocks of B.
 * It notes what it was asked, and what was freed.
 */
export class StubServer {
  readonly requests: StubRequest[] = []
  /** Result ids freed by the client, in order. */
  readonly freed: number[] = []
  /** Upgrade requests, newest last. */
  readonly upgrades: IncomingMessage[] = []
  readonly sockets = new Set<WebSocket>()
  answers = new Map<string, GoldenAnswer>()
  version = '3.3.7.5.alpha'
  handler: StubHandler | undefined
  /** Answers HTTP requests that are no upgrade. */
  onRequest: ((request: IncomingMessage, response: ServerResponse, body: string) => void) | undefined
  /** Most fetches of one result that were ever under way together. */
  mostFetches = 0
  /** How long a block takes. */
  fetchDelayMs = 0
  readonly #server: Server
  readonly #tcp = new Set<TcpSocket>()
  #results = new Map<bigint, OpenResult>()
  #nextResult = 1

  private constructor() {
    const sockets = new WebSocketServer({ noServer: true })
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        if (this.onRequest) this.onRequest(request, response, Buffer.concat(chunks).toString('utf8'))
        else response.writeHead(404).end('404 page not found')
      })
    })
    this.#server.on('connection', (socket) => {
      this.#tcp.add(socket)
      socket.on('close', () => this.#tcp.delete(socket))
    })
    this.#server.on('upgrade', (request, socket, head) => {
      this.upgrades.push(request)
      sockets.handleUpgrade(request, socket, head, (ws) => this.#accept(ws))
    })
  }

  static async start(): Promise<StubServer> {
    const stub = new StubServer()
    await new Promise<void>((resolve) => stub.#server.listen(0, '127.0.0.1', resolve))
    return stub
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`
  }

  get httpUrl(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Results that are open on the server. */
  get openResults(): number {
    return this.#results.size
  }

  /** Has fetches of that result answered by these frames, and then by the end. */
  hold(id: number, frames: readonly Uint8Array[]): void {
    const end = encodeFetchReply({ reqId: 0n, timing: 1n, code: 0, message: '', resultId: BigInt(id), block: null })
    this.#results.set(BigInt(id), { frames: [...frames, end], at: 0, underWay: 0 })
  }

  /** Cuts every connection, as a crash would. */
  cut(): void {
    for (const socket of this.#tcp) socket.destroy()
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #accept(ws: WebSocket): void {
    this.sockets.add(ws)
    ws.on('close', () => this.sockets.delete(ws))
    ws.on('error', () => {})
    const socket: StubSocket = {
      ws,
      reply: (request, keys = {}) =>
        ws.send(text({ code: 0, message: '', action: request.action, req_id: request.id, timing: 1000, ...keys })),
      fail: (request, code, message) => ws.send(text({ code, message, action: request.action, req_id: request.id, timing: 1000 })),
    }
    ws.on('message', (data: Buffer, isBinary) => {
      const request = isBinary ? readBinary(data) : readText(data.toString('utf8'))
      this.requests.push(request)
      if (this.handler?.(request, socket)) return
      this.answer(request, socket)
    })
  }

  /** Gives the stub's own answer, also later than asked. */
  answer(request: StubRequest, socket: StubSocket): unknown {
    switch (request.action) {
      case 'conn':
      case 'version':
        return socket.reply(request, { version: this.version })
      case 'binary_query':
        return this.#query(request, socket)
      case 'fetch_raw_block':
        return this.#fetch(request, socket)
      case 'free_result':
        this.freed.push(Number(request.args['id']))
        return this.#results.delete(BigInt(request.args['id'] as number))
      case 'get_current_db':
        return socket.reply(request, { db: 'power' })
      case 'validate_sql':
        return socket.reply(request, { result_code: request.sql.startsWith('bad') ? -2147473920 : 0 })
      default:
        return socket.reply(request)
    }
  }

  #query(request: StubRequest, socket: StubSocket): unknown {
    const recorded = this.answers.get(request.sql)
    const id = this.#nextResult++
    if (recorded) {
      this.#results.set(BigInt(id), { frames: recorded.fetches.map((frame) => renumbered(frame, id)), at: 0, underWay: 0 })
      return socket.ws.send(recorded.reply.replace(/"req_id":\d+/, `"req_id":${request.id}`).replace(/"id":\d+/, `"id":${id}`))
    }
    const numbers = /^numbers (\d+) (\d+)$/.exec(request.sql)
    if (numbers) {
      this.#results.set(BigInt(id), { frames: numberFrames(id, Number(numbers[1]), Number(numbers[2])), at: 0, underWay: 0 })
      return socket.reply(request, { id, is_update: false, affected_rows: 0, ...numberFields })
    }
    const error = /^error (\d+) (.*)$/.exec(request.sql)
    if (error) return socket.fail(request, Number(error[1]), error[2]!)
    return socket.reply(request, { id: 0, is_update: true, affected_rows: 3, fields_count: 0, fields_names: null, fields_types: null })
  }

  #fetch(request: StubRequest, socket: StubSocket): unknown {
    const result = this.#results.get(request.resource)
    const frame =
      result?.frames[result.at++] ??
      encodeFetchReply({ reqId: 0n, timing: 0n, code: 65535, message: 'result is nil', resultId: request.resource, block: null })
    const copy = new Uint8Array(frame)
    new DataView(copy.buffer).setBigUint64(26, request.id, true)
    if (!result || result.at >= result.frames.length) this.#results.delete(request.resource)
    if (!result || this.fetchDelayMs === 0) return socket.ws.send(copy)
    this.mostFetches = Math.max(this.mostFetches, ++result.underWay)
    return setTimeout(() => {
      result.underWay--
      socket.ws.send(copy)
    }, this.fetchDelayMs)
  }
}

const numberFields = {
  fields_count: 1,
  fields_names: ['n'],
  fields_types: [TypeCode.INT],
  fields_lengths: [4],
  precision: 0,
  fields_precisions: [0],
  fields_scales: [0],
}

function numberFrames(id: number, rows: number, size: number): Uint8Array[] {
  const frames: Uint8Array[] = []
  for (let from = 0; from < rows; from += size) {
    const count = Math.min(size, rows - from)
    const values = Int32Array.from({ length: count }, (_, i) => from + i)
    const column = {
      layout: 'fixed',
      type: TypeCode.INT,
      bytes: 4,
      precision: 0,
      scale: 0,
      nulls: new Uint8Array((count + 7) >> 3),
      values,
    } as const
    frames.push(
      encodeFetchReply({ reqId: 0n, timing: 1n, code: 0, message: '', resultId: BigInt(id), block: { rows: count, columns: [column] } }),
    )
  }
  frames.push(encodeFetchReply({ reqId: 0n, timing: 1n, code: 0, message: '', resultId: BigInt(id), block: null }))
  return frames
}

/** The frame with another result id, which stands after the message. */
function renumbered(frame: Uint8Array, id: number): Uint8Array {
  const copy = new Uint8Array(frame)
  const view = new DataView(copy.buffer)
  view.setBigUint64(42 + view.getUint32(38, true), BigInt(id), true)
  return copy
}

function readBinary(data: Buffer): StubRequest {
  const action = BINARY_ACTIONS[data.readUInt8(16)] ?? 'unknown'
  const sql = action === 'binary_query' || action === 'validate_sql' ? data.toString('utf8', 30) : ''
  return { action, id: data.readBigUInt64LE(0), resource: data.readBigUInt64LE(8), args: {}, sql }
}

function readText(message: string): StubRequest {
  const { action, args = {} } = JSON.parse(message) as { action: string; args?: Record<string, unknown> }
  return { action, id: BigInt(/"req_id":(\d+)/.exec(message)?.[1] ?? 0), args, sql: String(args['sql'] ?? ''), resource: 0n }
}

function text(value: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `#${each}#` : each)).replaceAll(/"#(\d+)#"/g, '$1')
}
