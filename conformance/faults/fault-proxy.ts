import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { ClientFrames } from './client-frames.ts'

/** What goes wrong. */
export const FAULTS = ['cut', 'reset', 'delay', 'throttle', 'half-open', 'garbage', 'http-error', 'close-twice'] as const
export type Fault = (typeof FAULTS)[number]

/** When it goes wrong: at the client's request of that kind. */
export const STAGES = ['connect', 'login', 'query', 'fetch', 'prepare', 'bind', 'execute', 'free'] as const
export type Stage = (typeof STAGES)[number]

/** Milliseconds that a delayed request waits. */
const DELAY_MS = 150

/** The stage that a request belongs to, by its action. */
function stageOf(payload: Buffer): Stage | undefined {
  if (payload[0] === 0x7b) {
    const action = /"action":"(\w+)"/.exec(payload.toString('latin1', 0, 60))?.[1]
    switch (action) {
      case 'conn':
        return 'login'
      case 'stmt2_prepare':
        return 'prepare'
      case 'stmt2_exec':
        return 'execute'
      case 'free_result':
        return 'free'
      default:
        return undefined
    }
  }
  if (payload.length < 24) return undefined
  const action = payload.readUInt8(16)
  return action === 6 ? 'query' : action === 7 ? 'fetch' : action === 9 ? 'bind' : undefined
}

/** A TCP proxy before a server that makes one thing go wrong when it is told to, and is sound before and after. */
export class FaultProxy {
  readonly #target: number
  readonly #server: Server
  readonly #pairs = new Set<readonly [Socket, Socket]>()
  #armed: { stage: Stage; fault: Fault } | undefined

  private constructor(target: number) {
    this.#target = target
    this.#server = createServer((client) => this.#accept(client))
  }

  static async start(target: number, port = 0): Promise<FaultProxy> {
    const proxy = new FaultProxy(target)
    await new Promise<void>((resolve, reject) => proxy.#server.once('error', reject).listen(port, '127.0.0.1', resolve))
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** The next request of that stage meets the fault; those after it do not. */
  arm(stage: Stage, fault: Fault): void {
    this.#armed = { stage, fault }
  }

  /** Whether the fault has happened. */
  get spent(): boolean {
    return this.#armed === undefined
  }

  /** Cuts every connection there is. */
  cutAll(): void {
    for (const [client, server] of this.#pairs) {
      client.destroy()
      server.destroy()
    }
  }

  async close(): Promise<void> {
    this.cutAll()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #accept(client: Socket): void {
    const server = connect(this.#target, '127.0.0.1')
    const pair = [client, server] as const
    this.#pairs.add(pair)
    let halfOpen = false
    let throttled = false
    let upgraded = false
    let head = ''
    const frames = new ClientFrames()
    const over = (): void => {
      this.#pairs.delete(pair)
      if (halfOpen) return
      client.destroy()
      server.destroy()
    }
    for (const socket of pair) {
      socket.on('error', () => {})
      socket.on('close', over)
    }
    const happen = (fault: Fault, forward: () => void): unknown => {
      this.#armed = undefined
      switch (fault) {
        case 'cut':
          return over()
        case 'reset':
          client.resetAndDestroy()
          return server.destroy()
        case 'delay':
          return setTimeout(forward, DELAY_MS)
        case 'throttle':
          throttled = true
          return forward()
        case 'half-open':
          halfOpen = true
          return server.destroy()
        case 'garbage':
          return client.write(Buffer.from('\x93\x00garbage that is no frame and no HTTP\r\n\r\n', 'latin1'))
        case 'http-error':
          return client.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\nno')
        case 'close-twice':
          client.write(Buffer.from([0x88, 2, 0x03, 0xe9, 0x88, 2, 0x03, 0xe9]))
          return setTimeout(over, 30)
      }
    }
    const meet = (stage: Stage | undefined, forward: () => void): void => {
      if (stage !== undefined && this.#armed?.stage === stage) happen(this.#armed.fault, forward)
      else if (!halfOpen) forward()
    }
    client.on('data', (chunk: Buffer) => {
      if (upgraded) {
        for (const { raw, payload } of frames.push(chunk)) meet(stageOf(payload), () => server.write(raw))
        return
      }
      head += chunk.toString('latin1')
      if (!head.includes('\r\n\r\n')) return
      upgraded = true
      const request = Buffer.from(head, 'latin1')
      meet('connect', () => server.write(request))
    })
    server.on('data', (chunk: Buffer) => {
      if (halfOpen) return
      if (throttled) drip(client, chunk)
      else client.write(chunk)
    })
  }
}

/** Writes a few bytes at a time, so that frames arrive in pieces. */
function drip(socket: Socket, chunk: Buffer): void {
  for (let at = 0; at < chunk.length; at += 5) socket.write(chunk.subarray(at, at + 5))
}
