import type { Agent } from 'node:http'
import type { Socket as TcpSocket } from 'node:net'
import process from 'node:process'
import WebSocket, { type ClientOptions } from 'ws'
import { type OpenSocket, type Socket, type SocketClose, type SocketOptions, UpgradeRefused } from './socket.ts'
import { openTcpSocket } from './tcp-socket.node.ts'

/** Bytes of a refused upgrade's body that are worth keeping. */
const BODY = 4096

/** Leaves the mask zero: `ws` then neither masks nor copies. Only for connections where masking protects nothing. */
const zeroMask = (): void => {}

/** Opens a WebSocket: straight on TCP where that is all it takes, else with the `ws` package. */
export const openSocket: OpenSocket = (options) => (isPlain(options) ? openTcpSocket(options) : openWithWs(options))

/** Other runtimes have a `node:net` of their own making, whose reads go into no given memory. */
function isPlain({ url, compression, headers, agent }: SocketOptions): boolean {
  const { bun, deno } = process.versions as Readonly<Record<string, string | undefined>>
  return url.startsWith('ws:') && !compression && !headers && !agent && bun === undefined && deno === undefined
}

const openWithWs: OpenSocket = (options) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(options.url, settings(options))
    const abort = (): void => {
      // `ws` reports the abort as an error of the socket, which rejects below.
      socket.terminate()
    }
    options.signal.addEventListener('abort', abort, { once: true })
    const done = (): void => options.signal.removeEventListener('abort', abort)
    socket.on('unexpected-response', (request, response) => {
      const chunks: Buffer[] = []
      let size = 0
      const refuse = (): void => {
        done()
        reject(new UpgradeRefused(response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8')))
        request.destroy()
      }
      response.on('data', (chunk: Buffer) => {
        if (size < BODY) chunks.push(chunk.subarray(0, BODY - size))
        size += chunk.length
        if (size >= BODY) refuse()
      })
      response.on('end', refuse)
      response.on('error', refuse)
    })
    socket.on('error', (error) => {
      done()
      reject(error)
    })
    socket.on('open', () => {
      done()
      resolve(adapt(socket))
    })
    if (options.signal.aborted) abort()
  })

function settings({ trusted, compression, tls, headers, agent, signal: _ }: SocketOptions): ClientOptions {
  return {
    perMessageDeflate: compression,
    // Frames that the server sends are checked as UTF-8 by the decoder that reads them.
    skipUTF8Validation: true,
    maxPayload: 0,
    followRedirects: false,
    ...(trusted ? { generateMask: zeroMask } : {}),
    ...(headers ? { headers: { ...headers } } : {}),
    ...(agent ? { agent: agent as Agent } : {}),
    ...(tls as ClientOptions | undefined),
  }
}

/** Gathers what is sent in one turn into one write: a system call costs more than a small request. */
function corked(socket: WebSocket): () => void {
  // `ws` does not document its TCP socket; without it every message is written by itself.
  const tcp = (socket as { _socket?: TcpSocket })._socket
  if (!tcp?.cork) return () => {}
  let pending = false
  const flush = (): void => {
    pending = false
    tcp.uncork()
  }
  return () => {
    if (pending) return
    pending = true
    tcp.cork()
    process.nextTick(flush)
  }
}

function adapt(socket: WebSocket): Socket {
  let cause: unknown
  const gather = corked(socket)
  const adapted: Socket = {
    onmessage: null,
    onclose: null,
    send(data) {
      if (socket.readyState !== WebSocket.OPEN) return
      gather()
      socket.send(data)
    },
    close: () => socket.close(1000),
    terminate: () => socket.terminate(),
    ping(onpong) {
      socket.once('pong', onpong)
      if (socket.readyState === WebSocket.OPEN) socket.ping()
    },
  }
  socket.on('message', (data, isBinary) => {
    const bytes = data as Buffer
    // A Buffer's own `slice` would share memory where everyone else's copies.
    adapted.onmessage?.(isBinary ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : bytes.toString('utf8'))
  })
  socket.on('error', (error) => {
    cause ??= error
  })
  socket.on('close', (code, reason) => {
    const close: SocketClose = { code, reason: reason.toString('utf8'), ...(cause === undefined ? {} : { cause }) }
    adapted.onclose?.(close)
  })
  return adapted
}
