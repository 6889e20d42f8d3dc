import { openLocalSession } from '#local'
import type { Environment } from './configure.ts'
import { addressOf } from './driver/connect-failure.ts'
import type { Session } from './driver/driver.ts'
import type { Reopen } from './driver/reconnecting.ts'
import { dial, logIn, type WebSocketSession } from './driver/websocket.ts'
import { isTaosError, TimeoutError } from './errors.ts'
import { loadConnected } from './load-connected.ts'
import type { Config, Endpoint } from './options.ts'
import { clientInfo } from './version.ts'

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
  const controller = new AbortController()
  const timer = setTimeout(() => {
    const where = config.endpoints.map((endpoint) => addressOf(config.scheme, endpoint)).join(', ') || `${config.scheme}:`
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
      if (!config.reconnect) return session
      try {
        const { ReconnectingSession } = await loadConnected()
        return new ReconnectingSession(session, config, open)
      } catch (error) {
        void session.close()
        throw error
      }
    }
    case 'http':
    case 'https': {
      const { RestSession } = await import('./driver/rest.ts')
      return await RestSession.open({ ...config, endpoints: shuffled(config.endpoints) }, signal)
    }
    case 'embedded':
    case 'taos':
      return await openLocalSession(config, { connector: clientInfo }, signal)
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
    const share = (): AbortSignal => AbortSignal.timeout(Math.max(1, Math.ceil((until - Date.now()) / (endpoints.length - i))))
    const both = i === endpoints.length - 1 ? signal : AbortSignal.any([signal, share()])
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

/** Connections spread over the addresses. */
function shuffled<T>(items: readonly T[]): T[] {
  const result = [...items]
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1))
    ;[result[i], result[j]] = [result[j]!, result[i]!]
  }
  return result
}
