import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { type WebSocket, WebSocketServer } from 'ws'
import { BareSocket } from './bare-socket.ts'

/** Records one result from a server (URL and SQL are its arguments), then answers every query with that result's own frames. */

const [url, sql] = process.argv.slice(2) as [string, string]
const recorded: Buffer[] = []
const upstream = await BareSocket.open(url)
await upstream.drain(sql, (message) => recorded.push(message))
upstream.close()

const [head, ...frames] = recorded as [Buffer, ...Buffer[]]
const described = JSON.parse(head.toString()) as Record<string, unknown>

function serve(socket: WebSocket): void {
  let frame = 0
  const text = (action: string, reqId: unknown, more: object = {}): void =>
    socket.send(JSON.stringify({ code: 0, message: '', ...more, action, req_id: reqId, timing: 1 }))
  socket.on('message', (data, binary) => {
    const message = data as Buffer
    if (!binary) {
      const { action, args } = JSON.parse(message.toString()) as { action: string; args: { req_id: number } }
      if (action === 'query') {
        frame = 0
        text(action, args.req_id, described)
      } else if (action !== 'free_result') text(action, args.req_id, { version: '3.3.7.5' })
    } else if (message.readUInt32LE(16) === 6) {
      frame = 0
      text('binary_query', Number(message.readBigUInt64LE(0)), described)
    } else {
      const reply = frames[Math.min(frame++, frames.length - 1)]!
      message.copy(reply, 26, 0, 8)
      socket.send(reply, { binary: true, compress: false })
    }
  })
}

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
server.on('connection', serve)
server.on('listening', () => console.log(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`))
