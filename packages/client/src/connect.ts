import { importOptional } from '#optional'
import { configure, type Environment } from './configure.ts'
import { Connection } from './connection.ts'
import { addressOf } from './driver/connect-failure.ts'
import type { Session } from './driver/driver.ts'
import { openEmbeddedSession } from './driver/embedded.ts'
import { ReconnectingSession, type Reopen } from './driver/reconnecting.ts'
import { RestSession } from './driver/rest.ts'
import { dial, logIn, type WebSocketSession } from './driver/websocket.ts'
import { InterfaceError, isTaosError, NotSupportedError, TimeoutError } from './errors.ts'
import { abortSignal } from './option-checks.ts'
import type { Config, ConnectOptions, Endpoint } from './options.ts'
import { placeOf, Tracer } from './tracing.ts'
import { clientInfo } from './version.ts'

/** What `connect` takes besides the options of the connection. */
export interface ConnectCall {
  /** Aborts the connecting; `connect` then rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/**
 * Connects and logs in. All arguments are optional; the URL's scheme says how: `ws://`, `wss://` (WebSocket, everything works), `http://`, `https://`
 * (REST), `embedded:` (an engine in this process), `taos://` (native). Without a URL it is `TAOS_URL`, then `TDENGINE_CLOUD_URL` with
 * `TDENGINE_CLOUD_TOKEN`, then `ws://localhost:6041`.
 *
 * Rejects with an InterfaceError for a wrong option, a ConnectionError when the server is not there or refuses, a TimeoutError after
 * `connectTimeout` (10 s by default), a NotSupportedError when the URL needs a package that is not installed.
 *
 * ```ts
 * await using connection = await connect('ws://root:taosdata@localhost:6041/power')
 * ```
 */
export async function connect(url: string | URL, options?: Omit<ConnectOptions, 'url'> & ConnectCall): Promise<Connection>
export async function connect(options?: ConnectOptions & ConnectCall): Promise<Connection>
export async function connect(
  first: string | URL | (ConnectOptions & ConnectCall) = {},
  second: ConnectOptions & ConnectCall = {},
): Promise<Connection> {
  const { signal, ...options } = argumentsOf(first, second)
  const config = configure(options, environment())
  if (signal !== undefined) abortSignal('signal', signal)
  const tracer = new Tracer()
  const open = (): Promise<Session> => withDeadline(config, signal, (until) => openSession(config, until))
  const session = tracer.on('connect') ? await tracer.trace('connect', () => placeOf(config), open) : await open()
  return new Connection(session, config, tracer)
}

function argumentsOf(
  first: string | URL | (ConnectOptions & ConnectCall),
  second: ConnectOptions & ConnectCall,
): ConnectOptions & ConnectCall {
  if (typeof first === 'string' || first instanceof URL) {
    if (typeof second !== 'object' || second === null) throw new InterfaceError('connect takes a URL, an object of options, or both')
    if ('url' in second) throw new InterfaceError('url is given twice, as an argument and as an option')
    return { ...second, url: first }
  }
  if (typeof first !== 'object' || first === null) throw new InterfaceError('connect takes a URL, an object of options, or both')
  return first
}

/** The variables of the process, where there is one. */
export function environment(): Environment {
  return (globalThis as { process?: { env?: Environment } }).process?.env ?? {}
}

/** Gives `open` a signal that ends it after the connect timeout or when the caller's does. */
export async function withDeadline<T>(
  config: Config,
  signal: AbortSignal | undefined,
  open: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { connectTimeoutMs } = config
  const where = config.endpoints.map((endpoint) => addressOf(config.scheme, endpoint)).join(', ') || `${config.scheme}:`
  const controller = new AbortController()
  const timer = setTimeout(() => {
    controller.abort(
      new TimeoutError(`cannot connect to ${where}: no answer within ${connectTimeoutMs / 1000} s (connectTimeout)`, { retryable: true }),
    )
  }, connectTimeoutMs)
  const abort = (): void => controller.abort(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  if (signal?.aborted) abort()
  try {
    controller.signal.throwIfAborted()
    return await open(controller.signal)
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

/** The one place that knows all drivers. */
export async function openSession(config: Config, signal: AbortSignal): Promise<Session> {
  switch (config.scheme) {
    case 'ws':
    case 'wss': {
      const open: Reopen = (database, avoid, until) =>
        openWebSocket({ ...config, ...(database === undefined ? {} : { database }) }, avoid, until)
      const session = await open(config.database, undefined, signal)
      return config.reconnect ? new ReconnectingSession(session, config, open) : session
    }
    case 'http':
    case 'https':
      return await RestSession.open({ ...config, endpoints: shuffled(config.endpoints) }, signal)
    case 'embedded':
      return await openEmbeddedSession(config, { connector: clientInfo }, signal)
    case 'taos':
      return await openNative(config, signal)
  }
}

/** Tries the addresses in turn, in random order so that connections spread over them; the one to avoid comes last. */
async function openWebSocket(config: Config, avoid: string | undefined, signal: AbortSignal): Promise<WebSocketSession> {
  const where = (endpoint: Endpoint): string => addressOf(config.scheme, endpoint)
  const endpoints = shuffled(config.endpoints).sort((a, b) => Number(where(a) === avoid) - Number(where(b) === avoid))
  const until = Date.now() + config.connectTimeoutMs
  let failure: unknown
  for (const [i, endpoint] of endpoints.entries()) {
    // One that swallows packets must not use up the time of the others.
    const share = AbortSignal.timeout(Math.max(1, Math.ceil((until - Date.now()) / (endpoints.length - i))))
    const both = i === endpoints.length - 1 ? signal : AbortSignal.any([signal, share])
    try {
      const openTmq = (until?: AbortSignal) => dial(config, endpoint, '/rest/tmq', until ?? AbortSignal.timeout(config.connectTimeoutMs))
      return await logIn(
        await dial(config, endpoint, '/ws', both),
        config,
        where(endpoint),
        { connector: clientInfo },
        both,
        undefined,
        openTmq,
      )
    } catch (error) {
      signal.throwIfAborted()
      failure = both.aborted ? new TimeoutError(`cannot connect to ${where(endpoint)}: no answer in time`, { retryable: true }) : error
      // What another address would not better, such as a refused login, ends it.
      if (isTaosError(failure) && failure.code !== 0 && !failure.retryable) throw failure
    }
  }
  throw failure
}

/** What `taosts-native` offers. */
export interface NativePackage {
  openSession(config: Config, signal: AbortSignal): Promise<Session>
}

async function openNative(config: Config, signal: AbortSignal): Promise<Session> {
  const found = (await importOptional('taosts-native')) as NativePackage | undefined
  if (!found)
    throw new NotSupportedError(
      "taos:// needs the package taosts-native (npm install taosts-native) and TDengine's client library; ws:// works without either",
    )
  return await found.openSession(config, signal)
}

/** Connections spread over the addresses. */
function shuffled<T>(items: readonly T[]): T[] {
  const result = [...items]
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1))
    ;[result[i], result[j]] = [result[j]!, result[i]!]
  }
  return result
}
