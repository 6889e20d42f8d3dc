import type { ClientInfo } from './connection.ts'
import type { Endpoint } from './endpoints.ts'
import type { ServerContext } from './server-context.ts'
import { TmqSession } from './tmq-session.ts'
import { type Send, WsSession } from './ws-session.ts'

/** One WebSocket connection as messages, of whatever endpoint. */
export interface MessageSession {
  /** Who has logged in; undefined before. */
  readonly user: string | undefined
  /** Takes a message; replies come through the session's `send`. Never rejects. */
  receive(message: string | Uint8Array): Promise<void>
  /** Frees everything that the client left open. Never rejects. */
  close(): Promise<void>
}

/** Opens a session on a WebSocket path. */
export function openMessageSession(server: ServerContext, endpoint: Endpoint | 'tmq', client: ClientInfo, send: Send): MessageSession {
  return endpoint === 'tmq' ? new TmqSession(server, client, send) : new WsSession(server, endpoint, client, send)
}
