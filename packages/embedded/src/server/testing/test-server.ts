import { WebSocket } from 'ws'
import { Engine } from '../../engine.ts'
import { type ListenOptions, listen, type RunningServer } from '../http-server.ts'

/** A server on a fresh engine in memory, and the ways a test talks to it. */
export interface TestServer extends AsyncDisposable {
  readonly engine: Engine
  readonly server: RunningServer
  /** `POST /rest/sql` as root; the parsed body. */
  sql(
    statement: string,
    path?: string,
  ): Promise<{ readonly code: number; readonly desc?: string; readonly data?: unknown[][]; readonly rows?: number }>
  /** Runs statements that have to succeed. */
  run(statements: readonly string[]): Promise<void>
  /** A WebSocket; each call of `ask` sends a message and gives the next reply. */
  open(path?: string, compression?: boolean): Promise<TestSocket>
}

export interface TestSocket {
  readonly ws: WebSocket
  send(message: unknown): void
  next(): Promise<Record<string, unknown> | Buffer>
  ask(message: unknown): Promise<Record<string, unknown>>
  close(): void
}

export const ROOT = `Basic ${Buffer.from('root:taosdata').toString('base64')}`

export async function testServer(options: ListenOptions = {}): Promise<TestServer> {
  const engine = await Engine.open()
  const server = await listen(engine, { port: 0, ...options })
  const sql: TestServer['sql'] = async (statement, path = '/rest/sql') => {
    const response = await fetch(server.url + path, { method: 'POST', body: statement, headers: { authorization: ROOT } })
    return (await response.json()) as { code: number }
  }
  return {
    engine,
    server,
    sql,
    async run(statements) {
      for (const statement of statements) {
        const answer = await sql(statement)
        if (answer.code !== 0) throw new Error(`${statement}: ${JSON.stringify(answer)}`)
      }
    },
    open: (path = '/ws', compression = false) => openSocket(server.url.replace(/^http/, 'ws') + path, compression),
    async [Symbol.asyncDispose]() {
      await server.close()
      await engine.close()
    },
  }
}

/** Opens a WebSocket; rejects with the status of a refusal. */
export function openSocket(url: string, compression = false): Promise<TestSocket> {
  const ws = new WebSocket(url, { perMessageDeflate: compression })
  const received: (Record<string, unknown> | Buffer)[] = []
  const waiting: ((message: Record<string, unknown> | Buffer) => void)[] = []
  ws.on('message', (data: Buffer, binary) => {
    const message = binary ? data : (JSON.parse(data.toString()) as Record<string, unknown>)
    const next = waiting.shift()
    if (next) next(message)
    else received.push(message)
  })
  const socket: TestSocket = {
    ws,
    send: (message) => ws.send(message instanceof Uint8Array || typeof message === 'string' ? message : JSON.stringify(message)),
    next: () => {
      const ready = received.shift()
      return ready ? Promise.resolve(ready) : new Promise((resolve) => waiting.push(resolve))
    },
    async ask(message) {
      socket.send(message)
      return (await socket.next()) as Record<string, unknown>
    },
    close: () => ws.close(),
  }
  return new Promise((resolve, reject) => {
    ws.on('open', () => resolve(socket))
    ws.on('unexpected-response', (_, response) => reject(new Error(`HTTP ${response.statusCode}`)))
    ws.on('error', reject)
  })
}

/** Logs in as root. */
export async function logIn(socket: TestSocket, db = ''): Promise<void> {
  const reply = await socket.ask({ action: 'conn', args: { req_id: 1, user: 'root', password: 'taosdata', db } })
  if (reply['code'] !== 0) throw new Error(JSON.stringify(reply))
}
