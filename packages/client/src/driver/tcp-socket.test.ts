import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket as Peer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { type SocketClose, UpgradeRefused } from './socket.ts'
import { openTcpSocket } from './tcp-socket.node.ts'

/** The URL of a server that does with a connection what it is told. */
async function listening(serve: (peer: Peer) => void): Promise<string> {
  const server = createServer(serve).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`
}

/** A server that answers the upgrade with what `answer` makes of the request's head. */
const answering = (answer: (head: string) => string | Buffer) =>
  listening((peer) => {
    peer.on('error', () => {})
    peer.once('data', (head) => peer.write(answer(head.toString())))
  })

function accepted(head: string): string {
  const key = /Sec-WebSocket-Key: (.*)\r/.exec(head)?.[1]
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  return `HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`
}

const open = (url: string, trusted = true, signal = new AbortController().signal) => openTcpSocket({ url, trusted, signal })

/** A server by the `ws` package. */
async function wsServer(serve: (socket: WebSocket) => void): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' }).on('connection', serve)
  await once(server, 'listening')
  onTestFinished(() => server.close())
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test.each([true, false])('messages of all lengths go out and come back; trusted: %s', async (trusted) => {
  const url = await wsServer((peer) => peer.on('message', (data, isBinary) => peer.send(data, { binary: isBinary })))
  const socket = await open(url, trusted)
  const sent = [
    '',
    'grün',
    'x'.repeat(70_000),
    ...[0, 125, 126, 20_000, 65_536, 300_000].map((length) => new Uint8Array(length).fill(length)),
  ]
  // Texts compare faster than long arrays.
  const shown = (data: string | Uint8Array): string => (typeof data === 'string' ? data : `bytes ${Buffer.from(data).toString('latin1')}`)
  const back: unknown[] = []
  const all = new Promise<void>((resolve) => {
    socket.onmessage = (data) => {
      if (back.push(shown(data)) === sent.length) resolve()
    }
  })
  for (const each of sent) socket.send(each)
  await all
  expect(back).toEqual(sent.map(shown))
  const closed = new Promise<SocketClose>((resolve) => (socket.onclose = resolve))
  socket.close()
  expect(await closed).toEqual({ code: 1000, reason: '' })
  socket.send('nobody hears this')
})

test('pings are answered, and answers to pings told', async () => {
  let heard: () => void = () => {}
  const answered = new Promise<void>((resolve) => (heard = resolve))
  const socket = await open(await wsServer((peer) => peer.on('pong', (data) => data.toString() === 'you?' && heard()).ping('you?')))
  await Promise.all([answered, new Promise<void>((resolve) => socket.ping!(resolve))])
  socket.terminate!()
})

test('the code and reason of a close are told; a lost connection is 1006', async () => {
  const closes = (serve: (peer: WebSocket) => void) =>
    wsServer(serve)
      .then(open)
      .then((socket) => new Promise((resolve) => (socket.onclose = resolve)))
  expect(await closes((peer) => peer.close(1001, 'away'))).toEqual({ code: 1001, reason: 'away' })
  expect(await closes((peer) => peer.terminate())).toEqual({ code: 1006, reason: '' })
})

test('what comes with the answer to the upgrade is not lost, nor what follows at once', async () => {
  const url = await listening((peer) => {
    peer.once('data', (head) => {
      peer.write(Buffer.concat([Buffer.from(accepted(head.toString())), Buffer.of(0x81, 5, 0x66, 0x69)]))
      setImmediate(() => peer.write(Buffer.concat([Buffer.from('rst'), Buffer.of(0x81, 3), Buffer.from('two')])))
    })
  })
  const socket = await open(url)
  const seen: unknown[] = []
  await new Promise<void>((resolve) => {
    socket.onmessage = (data) => {
      if (seen.push(data) === 2) resolve()
    }
  })
  expect(seen).toEqual(['first', 'two'])
  socket.terminate!()
})

test('a frame that is none ends the connection with its reason', async () => {
  const socket = await open(await answering((head) => Buffer.concat([Buffer.from(accepted(head)), Buffer.of(0xff, 0x01, 0x00)])))
  const close = await new Promise<SocketClose>((resolve) => (socket.onclose = resolve))
  expect([close.code, (close.cause as Error).message]).toEqual([1006, 'invalid WebSocket frame: reserved bits are set'])
})

test.each([
  ['a length', 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nnomore'],
  ['chunks', 'HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nn\r\n1\r\no\r\n0\r\n\r\n'],
])('a refusal has its status and body, by %s', async (_, answer) => {
  const refused = await open(await answering(() => answer)).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(UpgradeRefused)
  expect(refused).toMatchObject({ status: 401, body: 'no' })
})

test('hints may come before the answer', async () => {
  const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'
  const socket = await open(await answering((head) => `${hints}${hints}${accepted(head)}`))
  socket.terminate!()
  await expect(open(await answering(() => hints.repeat(1000)))).rejects.toMatchObject({ code: 'HPE_HEADER_OVERFLOW' })
})

test('a refusal needs no body, and a length that is none is as good as none', async () => {
  await expect(open(await answering(() => 'HTTP/1.1 204 No Content\r\n\r\n'))).rejects.toMatchObject({ status: 204, body: '' })
  const endless = `HTTP/1.1 503 Busy\r\nContent-Length: much\r\n\r\n${'x'.repeat(5000)}`
  await expect(open(await answering(() => endless))).rejects.toMatchObject({ status: 503, body: 'x'.repeat(4096) })
})

test('a refusal without a length ends with the connection', async () => {
  const url = await listening((peer) => peer.once('data', () => peer.end('HTTP/1.1 503 Busy\r\n\r\nlater')))
  await expect(open(url)).rejects.toMatchObject({ status: 503, body: 'later' })
})

test.each([
  ['SSH-2.0-OpenSSH_9.2\r\n', { code: 'HPE_INVALID_CONSTANT' }],
  [`HTTP/1.1 200${'a'.repeat(20_000)}`, { code: 'HPE_HEADER_OVERFLOW' }],
  ['HTTP/1.1 fine\r\n\r\n', { code: 'HPE_INVALID_STATUS' }],
  ['HTTP/1.1 101 Go\r\nUpgrade: h2c\r\n\r\n', { message: 'the server upgrades to something else than a WebSocket' }],
  [
    'HTTP/1.1 101 Go\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: AAAA\r\n\r\n',
    { message: 'the server has not read the key of the WebSocket (Sec-WebSocket-Accept)' },
  ],
])('an answer that is none rejects: %s', async (answer, expected) => {
  await expect(open(await answering(() => answer))).rejects.toMatchObject(expected)
})

test('a connection that is dropped, refused or aborted rejects', async () => {
  await expect(open(await listening((peer) => peer.destroy()))).rejects.toMatchObject({ code: 'ECONNRESET' })
  await expect(open('ws://127.0.0.1:1/ws')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  const silent = await listening((peer) => peer.on('error', () => {}))
  await expect(open(silent, true, AbortSignal.timeout(20))).rejects.toMatchObject({ name: 'TimeoutError' })
  await expect(open(silent, true, AbortSignal.abort(new Error('not now')))).rejects.toThrow('not now')
  const controller = new AbortController()
  const opening = open(silent, true, controller.signal)
  controller.abort(new Error('in the same turn'))
  await expect(opening).rejects.toThrow('in the same turn')
})
