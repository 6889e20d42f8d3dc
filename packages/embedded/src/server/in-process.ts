import type { ClientInfo } from './connection.ts'
import { ENDPOINTS } from './endpoints.ts'
import { openMessageSession } from './message-session.ts'
import type { ServerContext } from './server-context.ts'

/** The client's end of a connection in this process: messages as they would travel over a WebSocket, without the socket. */
export interface InProcessSocket {
  /** Sends a text or a binary message; the bytes must not change afterwards. After the close it does nothing. */
  send(message: string | Uint8Array): void
  /** Called with each message; set it in the turn in which the socket was got. */
  onmessage: ((message: string | Uint8Array) => void) | null
  /** Called once, after the close. */
  onclose: ((close: { readonly code: number; readonly reason: string }) => void) | null
  close(): void
}

const CLIENT: ClientInfo = { address: '', tokenInUrl: false }

/** Connects to one of the server's WebSocket paths. Throws a RangeError for a path that there is not. */
export function connectInProcess(server: ServerContext, path: string): InProcessSocket & { readonly closed: Promise<void> } {
  const endpoint = ENDPOINTS.get(path)
  if (!endpoint) throw new RangeError(`the embedded engine has no ${path}`)
  let open = true
  let resolveClosed = (): void => undefined
  const closed = new Promise<void>((resolve) => {
    resolveClosed = resolve
  })
  const session = openMessageSession(server, endpoint, CLIENT, (message) => {
    if (open) socket.onmessage?.(message)
  })
  const socket: InProcessSocket & { readonly closed: Promise<void> } = {
    onmessage: null,
    onclose: null,
    closed,
    send(message) {
      if (open) void session.receive(message)
    },
    close() {
      if (!open) return
      open = false
      void session.close().then(() => {
        socket.onclose?.({ code: 1000, reason: '' })
        resolveClosed()
      })
    },
  }
  return socket
}
