import type { TlsOptions } from '../options.ts'

/** Why a socket closed: the WebSocket close code (1006 without a close frame), the peer's words, and the fault below, if any. */
export interface SocketClose {
  readonly code: number
  readonly reason: string
  readonly cause?: unknown
}

/**
 * An open channel for messages, each delivered whole and in order: a WebSocket, or the in-process side of the embedded engine.
 * The opener sets `onmessage` and `onclose` before any message can arrive, that is in the turn in which it got the socket.
 */
export interface Socket {
  /** Sends a text or a binary message. After the close it does nothing. The bytes must not change afterwards. */
  send(data: string | Uint8Array): void
  /** Called with each message; binary ones may be views of a larger buffer and stay valid. */
  onmessage: ((data: string | Uint8Array) => void) | null
  /** Called once, when the channel is closed by either side. */
  onclose: ((close: SocketClose) => void) | null
  /** Closes in the regular way; `onclose` follows. */
  close(): void
  /** Drops the connection at once, without waiting for the peer; `onclose` follows. Absent: as `close`. */
  terminate?(): void
  /** Where from a multiple of eight in memory the socket should put long messages: a hint. Absent where the platform chooses. */
  lead?: number
  /** Sends a ping and calls `onpong` when the peer answers. Absent where the platform has no pings. */
  ping?(onpong: () => void): void
}

/** What opening a WebSocket needs. */
export interface SocketOptions {
  /** `ws://` or `wss://` URL with path; may contain a token and must not show in errors. */
  readonly url: string
  /** Nothing sent can meet a caching proxy: TLS, or loopback. Frames then carry the zero mask, which costs nothing. */
  readonly trusted: boolean
  readonly compression: boolean
  readonly tls?: TlsOptions | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly agent?: object | undefined
  /** Aborts the opening; the promise then rejects with anything. */
  readonly signal: AbortSignal
}

/** The server answered the upgrade with something else than 101. */
export class UpgradeRefused extends Error {
  override readonly name = 'UpgradeRefused'
  readonly status: number
  /** The answer's first bytes as text. */
  readonly body: string

  constructor(status: number, body: string) {
    super(`HTTP ${status}`)
    this.status = status
    this.body = body
  }
}

/** Opens a WebSocket. Rejects with an UpgradeRefused, or with whatever the platform says. */
export type OpenSocket = (options: SocketOptions) => Promise<Socket>
