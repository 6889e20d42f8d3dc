import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Engine } from '../engine.ts'
import { SqlError } from '../errors.ts'
import { cloudLogin } from './cloud.ts'
import { ENDPOINTS } from './endpoints.ts'
import { AdapterCode, failureOf } from './failure.ts'
import { HttpAnswer } from './http-answer.ts'
import { HttpError } from './http-error.ts'
import { REST } from './rest.ts'
import { ServerContext, type ServerOptions } from './server-context.ts'
import { SocketServer } from './socket-server.ts'

/** How long a closing server waits for REST answers under way. */
const GRACE_MS = 3_000

export interface ListenOptions extends ServerOptions {
  readonly host?: string
  /** 0 takes any free port. */
  readonly port?: number
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer }
}

/** A server that listens. */
export interface RunningServer {
  /** `http://host:port`, or `https://` with TLS. */
  readonly url: string
  readonly port: number
  readonly context: ServerContext
  /** Stops listening, closes every connection and waits until all they held is freed. The engine stays open. */
  close(): Promise<void>
}

/** Serves an engine over REST and WebSocket. Rejects where the address cannot be listened on. */
export async function listen(engine: Engine, options: ListenOptions = {}): Promise<RunningServer> {
  const context = new ServerContext(engine, options)
  const answer = (request: IncomingMessage, response: ServerResponse) => void answerHttp(context, request, response)
  const server: Server = options.tls ? createTlsServer(options.tls, answer) : createServer(answer)
  // Long queries are the rule here: no timeout of node's ends them.
  server.requestTimeout = 0
  server.timeout = 0
  server.keepAliveTimeout = 60_000
  const sockets = new SocketServer(context)
  server.on('upgrade', (request, socket, head) => upgrade(context, sockets, request, socket, head))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 6041, options.host ?? '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
  const { address, family, port } = server.address() as AddressInfo
  context.port = port
  const host = family === 'IPv6' ? `[${address}]` : address
  return {
    url: `${options.tls ? 'https' : 'http'}://${host}:${port}`,
    port,
    context,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await sockets.close()
      // Answers on their way get a moment to arrive.
      server.closeIdleConnections()
      const force = setTimeout(() => server.closeAllConnections(), GRACE_MS)
      await closed
      clearTimeout(force)
    },
  }
}

function urlOf(request: IncomingMessage): URL | undefined {
  try {
    return new URL(request.url ?? '/', 'http://localhost')
  } catch {
    return undefined
  }
}

const NOT_FOUND = '404 page not found'

async function answerHttp(context: ServerContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  context.metrics.requests.add(1)
  const url = urlOf(request)
  const answer = new HttpAnswer(request, response, url ?? new URL('http://localhost/'))
  try {
    if (request.headers.origin !== undefined && preflight(request, response)) return
    const route = url && REST.find(request.method ?? 'GET', url.pathname)
    if (route) await route.handler(context, answer, route.path)
    else if (url) unrouted(url.pathname, answer)
    else answer.text(404, NOT_FOUND)
  } catch (error) {
    fail(answer, error)
  }
}

/** Allows every origin; answers a preflight request and says so. */
function preflight(request: IncomingMessage, response: ServerResponse): boolean {
  response.setHeader('access-control-allow-origin', '*')
  if (request.method !== 'OPTIONS') {
    response.setHeader('access-control-expose-headers', 'Authorization')
    return false
  }
  response.writeHead(204, {
    'access-control-allow-headers': 'Origin,Content-Length,Content-Type,Authorization',
    'access-control-allow-methods': 'GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS',
    'access-control-max-age': '43200',
  })
  response.end()
  return true
}

function unrouted(pathname: string, answer: HttpAnswer): void {
  const method = answer.request.method ?? 'GET'
  const bare = pathname.endsWith('/') && pathname.length > 1 ? pathname.slice(0, -1) : undefined
  const moved = bare !== undefined && (REST.find(method, bare) !== undefined || (method === 'GET' && ENDPOINTS.has(bare)))
  if (method === 'GET' && ENDPOINTS.has(pathname)) {
    answer.response.setHeader('sec-websocket-version', '13')
    answer.response.setHeader('x-content-type-options', 'nosniff')
    answer.text(400, 'Bad Request\n', 'text/plain; charset=utf-8')
  } else if (moved && method === 'GET') {
    answer.response.setHeader('location', bare)
    answer.text(301, `<a href="${bare}">Moved Permanently</a>.\n\n`, 'text/html; charset=utf-8')
  } else if (moved) answer.empty(307, { location: bare })
  else answer.text(404, NOT_FOUND)
}

/** Words what a handler threw; once the answer has begun there is nothing left to say. */
function fail(answer: HttpAnswer, error: unknown): void {
  const { response } = answer
  if (response.headersSent) {
    response.destroy()
    return
  }
  // What is left of a refused body is not read: the connection ends with the answer.
  if (!answer.request.readableEnded) response.setHeader('connection', 'close')
  if (error instanceof HttpError) {
    if (error.code === undefined) answer.empty(error.status)
    else answer.failure(error.status, { code: error.code, message: error.message })
    return
  }
  const failure = failureOf(error)
  answer.failure(error instanceof SqlError && failure.code !== AdapterCode.LIMIT ? 200 : 503, failure)
}

function upgrade(context: ServerContext, sockets: SocketServer, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  // Most ask for a path and nothing else: that is looked up as it is.
  const bare = ENDPOINTS.get(request.url ?? '')
  const url = bare ? undefined : urlOf(request)
  const endpoint = bare ?? (url && ENDPOINTS.get(url.pathname))
  try {
    if (!endpoint) {
      misdirected(socket, url?.pathname.replace(/\/$/, ''))
      return
    }
    cloudLogin(context, url)
    sockets.accept(endpoint, url?.searchParams.has('token') === true, request, socket, head)
  } catch (error) {
    const { status, code, message } = error instanceof HttpError ? error : { status: 500, ...failureOf(error) }
    refuse(socket, status, 'application/json; charset=utf-8', JSON.stringify({ code, desc: message }))
  }
}

function misdirected(socket: Duplex, bare: string | undefined): void {
  if (bare === undefined || !ENDPOINTS.has(bare)) refuse(socket, 404, 'text/plain', NOT_FOUND)
  else refuse(socket, 301, 'text/html; charset=utf-8', `<a href="${bare}">Moved Permanently</a>.\n\n`, { location: bare })
}

/** Answers an upgrade request with plain HTTP and ends the connection. */
function refuse(socket: Duplex, status: number, type: string, body: string, headers: { readonly [name: string]: string } = {}): void {
  const lines = Object.entries({ ...headers, 'content-type': type, 'content-length': String(Buffer.byteLength(body)), connection: 'close' })
  socket.on('error', () => undefined)
  socket.end(
    `HTTP/1.1 ${status} ${STATUS[status] ?? 'Error'}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  )
}

const STATUS: { readonly [status: number]: string } = {
  301: 'Moved Permanently',
  401: 'Unauthorized',
  404: 'Not Found',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}
