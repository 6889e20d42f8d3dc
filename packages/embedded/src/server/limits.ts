/** Where the server says no, so that one client cannot take everything. */
export interface Limits {
  /** WebSocket connections at a time. */
  readonly connections: number
  /** Bytes of one WebSocket message or REST body. */
  readonly messageBytes: number
  /** Statements that run at a time, over all connections. */
  readonly statements: number
  /** Milliseconds without a message or a pong until a connection is closed. */
  readonly idleMs: number
  /** Bytes that may wait for a slow reader before its connection is no longer read. */
  readonly bufferedBytes: number
}

export const DEFAULT_LIMITS: Limits = {
  connections: 10_000,
  messageBytes: 256 * 1024 * 1024,
  statements: 10_000,
  idleMs: 114_000,
  bufferedBytes: 8 * 1024 * 1024,
}
