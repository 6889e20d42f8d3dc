import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { generate } from 'selfsigned'
import { serve } from 'taosts-embedded'
import type { Peers } from './runners/connecting.ts'

/** Starts every kind of peer that a client may meet, all on loopback. */
export async function startPeers(): Promise<Peers & { close(): Promise<void> }> {
  const pair = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
    ],
  })
  const plain = await serve({ port: 0 })
  const encrypted = await serve({ port: 0, tls: { cert: pair.cert, key: pair.private } })
  // A page may send its credentials only where the answer to OPTIONS allows it.
  const allowed = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'Authorization,Content-Type' }
  const refusing = createServer(({ method }, response) => response.writeHead(method === 'OPTIONS' ? 204 : 401, allowed).end())
  refusing.on('upgrade', (_, socket) => socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n'))
  const held = new Set<Socket>()
  const silent = createTcpServer((socket) => held.add(socket.on('error', () => {})))
  const closed = createTcpServer()
  const nothing = await listen(closed)
  closed.close()
  return {
    server: plain.port,
    tls: encrypted.port,
    ca: pair.cert,
    refusing: await listen(refusing),
    silent: await listen(silent),
    nothing,
    async close() {
      for (const socket of held) socket.destroy()
      refusing.closeAllConnections()
      for (const each of [refusing, silent]) each.close()
      await plain.close()
      await encrypted.close()
    },
  }
}

const listen = (server: Server) =>
  new Promise<number>((resolve) => server.listen(0, 'localhost', () => resolve((server.address() as AddressInfo).port)))
