import { createHash, randomFillSync, randomUUID } from 'node:crypto'
import { connect, type Socket as TcpSocket } from 'node:net'
import process from 'node:process'
import { FrameReader, Opcode } from './frame-reader.ts'
import { type Socket, type SocketClose, UpgradeRefused } from './socket.ts'
import { readUpgrade, type UpgradeAnswer } from './upgrade-answer.ts'

/** What of a socket's options a plain TCP connection needs. */
export interface TcpSocketOptions {
  /** `ws://host:port/path?query` */
  readonly url: string
  /** Frames carry the zero mask. */
  readonly trusted: boolean
  readonly signal: AbortSignal
}

/** Concatenated to the key and hashed by both sides, RFC 6455. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
/** How long a closing handshake may take. */
const CLOSE_MS = 30_000
/** Payloads up to this size are copied behind their frame's head, so that one write takes both. */
const COPIED = 1 << 14

/**
 * Opens an unencrypted WebSocket straight on TCP: no HTTP client is set up for the one answer, and messages are received into their own memory.
 * No extensions, no extra headers, no proxy.
 */
export function openTcpSocket({ url, trusted, signal }: TcpSocketOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const { host, hostname, port, pathname, search } = new URL(url)
    let socket: TcpWebSocket
    /** What the server has to make of the key. */
    let accept = ''
    let answer: Buffer | undefined
    let open = false
    /** What of the WebSocket came with the answer. */
    let early: Buffer | undefined
    /** The bytes now read go to the frames' own place. */
    let direct = false
    const greeting = Buffer.allocUnsafe(1024)
    const tcp = connect({
      host: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
      port: port === '' ? 80 : Number(port),
      noDelay: true,
      onread: {
        buffer: () => ((direct = open && early === undefined) ? socket.reader.target() : greeting),
        callback: (count) => {
          if (direct) socket.reader.filled(count)
          else if (open) {
            follow()
            socket.reader.feed(greeting.subarray(0, count))
          } else greet(greeting.subarray(0, count))
          return true
        },
      },
    })
    const fail = (error: unknown): void => {
      signal.removeEventListener('abort', abort)
      tcp.destroy()
      reject(error)
    }
    const abort = (): void => fail(signal.reason)
    const hangUp = (): void => fail(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }))
    const greet = (bytes: Buffer): void => {
      answer = answer ? Buffer.concat([answer, bytes]) : Buffer.from(bytes)
      let read: UpgradeAnswer | undefined
      try {
        read = readUpgrade(answer, ended)
      } catch (error) {
        return void fail(error)
      }
      if (!read) return
      if (read.status !== 101) return void fail(new UpgradeRefused(read.status, read.body.toString('utf8')))
      const wrong = objection(read, accept)
      if (wrong !== undefined) return void fail(new Error(wrong))
      signal.removeEventListener('abort', abort)
      tcp.removeListener('error', fail)
      tcp.removeListener('close', hangUp)
      tcp.removeListener('end', end)
      open = true
      resolve(socket)
      if (read.body.length === 0) return
      // Whoever opened it listens from the end of this turn on.
      early = read.body
      setImmediate(follow)
    }
    const follow = (): void => {
      const bytes = early
      early = undefined
      if (bytes) socket.reader.feed(bytes)
    }
    let ended = false
    const end = (): void => {
      ended = true
      // What is not over by its length is over now.
      if (answer) greet(Buffer.alloc(0))
    }
    tcp.on('error', fail)
    tcp.on('close', hangUp)
    tcp.on('end', end)
    // The connecting itself begins at the end of this turn. The rest is prepared after that, while the server is on its way to it.
    process.nextTick(() => {
      if (tcp.destroyed) return
      if (signal.aborted) return abort()
      signal.addEventListener('abort', abort, { once: true })
      // Sixteen bytes that nobody has used before; their randomness is stored up, unlike that of `randomBytes`.
      const key = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64')
      tcp.write(
        `GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
        'latin1',
      )
      // Nobody reads the stream, but its end is to be heard of.
      tcp.resume()
      socket = new TcpWebSocket(tcp, trusted)
      accept = createHash('sha1').update(`${key}${GUID}`).digest('base64')
    })
  })
}

function objection({ headers }: UpgradeAnswer, accept: string): string | undefined {
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket') return 'the server upgrades to something else than a WebSocket'
  if (headers.get('sec-websocket-accept') !== accept) return 'the server has not read the key of the WebSocket (Sec-WebSocket-Accept)'
  if (headers.has('sec-websocket-extensions') || headers.has('sec-websocket-protocol'))
    return 'the server speaks extensions that nobody asked for'
  return undefined
}

class TcpWebSocket implements Socket {
  onmessage: Socket['onmessage'] = null
  onclose: Socket['onclose'] = null
  readonly reader: FrameReader
  readonly #tcp: TcpSocket
  readonly #trusted: boolean
  #open = true
  #gathering = false
  readonly #pongs: (() => void)[] = []
  #closeTimer: ReturnType<typeof setTimeout> | undefined

  constructor(tcp: TcpSocket, trusted: boolean) {
    this.#tcp = tcp
    this.#trusted = trusted
    let close: SocketClose = { code: 1006, reason: '' }
    let cause: unknown
    this.reader = new FrameReader({
      message: (data) => this.onmessage?.(data),
      ping: (payload) => this.#write(Opcode.PONG, payload),
      pong: () => this.#pongs.shift()?.(),
      close: (code, reason) => {
        close = { code, reason }
        this.#end(code === 1005 ? 1000 : code)
        tcp.end()
      },
      fail: (error) => {
        cause ??= error
        this.#end(1002)
        tcp.destroySoon()
      },
    })
    tcp.on('error', (error) => {
      cause ??= error
    })
    tcp.on('end', () => {
      this.#open = false
    })
    tcp.on('close', () => {
      this.#open = false
      this.reader.stop()
      clearTimeout(this.#closeTimer)
      this.onclose?.(cause === undefined ? close : { ...close, cause })
    })
  }

  set lead(lead: number) {
    this.reader.lead = lead
  }

  send(data: string | Uint8Array): void {
    if (this.#open) this.#write(typeof data === 'string' ? Opcode.TEXT : Opcode.BINARY, data)
  }

  close(): void {
    this.#end(1000)
  }

  terminate(): void {
    this.reader.stop()
    this.#tcp.destroy()
  }

  ping(onpong: () => void): void {
    if (!this.#open) return
    this.#pongs.push(onpong)
    this.#write(Opcode.PING, new Uint8Array(0))
  }

  /** Says that it closes, once, and gives the other side time for its part. */
  #end(code: number): void {
    if (!this.#open) return
    this.#write(Opcode.CLOSE, Uint8Array.of(code >> 8, code & 0xff))
    this.#open = false
    this.#closeTimer = setTimeout(() => this.#tcp.destroy(), CLOSE_MS)
  }

  #write(opcode: number, data: string | Uint8Array): void {
    if (!this.#open) return
    this.#gather()
    const length = typeof data === 'string' ? Buffer.byteLength(data) : data.length
    const head = (length < 126 ? 2 : length < 0x10000 ? 4 : 10) + 4
    const copied = typeof data === 'string' || !this.#trusted || length <= COPIED
    const frame = Buffer.allocUnsafe(copied ? head + length : head)
    frame[0] = 0x80 | opcode
    // Clients mask.
    if (length < 126) frame[1] = 0x80 | length
    else if (length < 0x10000) {
      frame[1] = 0x80 | 126
      frame.writeUInt16BE(length, 2)
    } else {
      frame[1] = 0x80 | 127
      frame.writeBigUInt64BE(BigInt(length), 2)
    }
    frame.fill(0, head - 4, head)
    if (copied) {
      if (typeof data === 'string') frame.write(data, head, 'utf8')
      else frame.set(data, head)
      if (!this.#trusted) mask(frame, head)
    }
    this.#tcp.write(frame)
    if (!copied) this.#tcp.write(data)
  }

  /** Gathers what is sent in one turn into one write: a system call costs more than a small request. */
  #gather(): void {
    if (this.#gathering) return
    this.#gathering = true
    this.#tcp.cork()
    process.nextTick(() => {
      this.#gathering = false
      this.#tcp.uncork()
    })
  }
}

/** Draws a mask, puts it before the payload and masks that, so that no cache on the way can be made to believe in what a user sends. */
function mask(frame: Buffer, start: number): void {
  randomFillSync(frame, start - 4, 4)
  const key = frame.subarray(start - 4, start)
  const { length } = frame
  let i = start
  for (; i < length && ((frame.byteOffset + i) & 3) !== 0; i++) frame[i]! ^= key[(i - start) & 3]!
  if (i === length) return
  // Four bytes at a time, with the mask turned to where the first word begins.
  const [turned] = new Uint32Array(Uint8Array.from({ length: 4 }, (_, at) => key[(i - start + at) & 3]!).buffer)
  const words = new Uint32Array(frame.buffer, frame.byteOffset + i, (length - i) >> 2)
  for (let w = 0; w < words.length; w++) words[w]! ^= turned!
  for (i += 4 * words.length; i < length; i++) frame[i]! ^= key[(i - start) & 3]!
}
