import { configure } from './configure.ts'
import type { Connection } from './connection.ts'
import type { Session } from './driver/driver.ts'
import { InterfaceError } from './errors.ts'
import { loadConnected } from './load-connected.ts'
import { environment, openSession, withDeadline } from './open-session.ts'
import { abortSignal } from './option-checks.ts'
import type { ConnectOptions } from './options.ts'
import { placeOf, sharedTracer } from './tracing.ts'

/** What `connect` takes besides the options of the connection. */
export interface ConnectCall {
  /** Aborts the connecting; `connect` then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Connects and logs in. All arguments are optional; the URL's scheme says how: `ws://`, `wss://` (WebSocket, everything works), `http://`, `https://`
 * (REST), `embedded:` (an engine in this process), `taos://` (native). Without a URL it is `TAOS_URL`, then `TDENGINE_CLOUD_URL` with
 * `TDENGINE_CLOUD_TOKEN`, then `ws://localhost:6041`.
 *
 * Rejects with an InterfaceError for a wrong option, a ConnectionError when the server is not there or refuses, a TimeoutError after
 * `connectTimeout` (10 s by default), a NotSupportedError when the URL needs a package that is not installed, or an option
 * a newer server.
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
  const tracer = sharedTracer()
  const open = (): Promise<Session> => withDeadline(config, signal, (until) => openSession(config, until))
  // What a connection is made of is loaded while the server is asked.
  const loading = loadConnected()
  loading.catch(() => {})
  const session = tracer.on('connect') ? await tracer.trace('connect', () => placeOf(config), open) : await open()
  try {
    const { Connection } = await loading
    return new Connection(session, config, tracer)
  } catch (error) {
    void session.close()
    throw error
  }
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
