import { NotSupportedError } from '../errors.ts'
import type { OpenSocket, Socket } from './socket.ts'

/** Opens the platform's own WebSocket: browsers and workerd; Deno and Bun only from a browser's bundle. Headers, agents and TLS settings are the platform's there. */
export const openSocket: OpenSocket = ({ url, signal, headers, tls, agent }) =>
  new Promise((resolve, reject) => {
    const unable = headers ? 'headers' : tls ? 'tls' : agent ? 'agent' : undefined
    if (unable) throw new NotSupportedError(`${unable} cannot be given to the WebSocket of this platform; Node, Bun and Deno can`)
    const socket = new WebSocket(url)
    socket.binaryType = 'arraybuffer'
    const adapted: Socket = {
      onmessage: null,
      onclose: null,
      send(data) {
        if (socket.readyState === WebSocket.OPEN) socket.send(data as string | Uint8Array<ArrayBuffer>)
      },
      close: () => socket.close(1000),
    }
    const abort = (): void => {
      socket.close()
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
    socket.onopen = () => {
      signal.removeEventListener('abort', abort)
      resolve(adapted)
    }
    socket.onmessage = ({ data }: { readonly data: string | ArrayBuffer }) => {
      adapted.onmessage?.(typeof data === 'string' ? data : new Uint8Array(data))
    }
    socket.onclose = ({ code, reason }) => {
      signal.removeEventListener('abort', abort)
      // Browsers do not say why a socket did not open; before `open` this rejects, afterwards the promise is settled and ignores it.
      reject(new Error(`the WebSocket closed with code ${code}${reason ? `: ${reason}` : ''}`))
      adapted.onclose?.({ code, reason })
    }
    socket.onerror = () => {}
    if (signal.aborted) abort()
  })
