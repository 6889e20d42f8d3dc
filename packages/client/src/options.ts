import type { Duration } from './duration.ts'
import type { Secret, SecretSource } from './secret.ts'
import type { ValuePolicy } from './types/policy.ts'
import type { Endpoint, Scheme } from './url.ts'

export type { Duration } from './duration.ts'
export type { SecretSource } from './secret.ts'
export { Secret } from './secret.ts'
export type { Endpoint, Scheme } from './url.ts'

/** How values come out of a result; the zone of texts is the connection's. */
export type ValueOptions = Omit<ValuePolicy, 'timezone'>

/** TLS settings, as `node:tls` names them; browsers use their own. */
export interface TlsOptions {
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined
  readonly cert?: string | Uint8Array | undefined
  readonly key?: string | Uint8Array | undefined
  readonly passphrase?: string | undefined
  readonly servername?: string | undefined
  /** Default true; false accepts any certificate and is for tests alone. */
  readonly rejectUnauthorized?: boolean | undefined
}

/** What `onNotice` is told: things that are no error but that an operator may want to know. */
export interface Notice {
  readonly kind: 'result-unread' | 'disconnect' | 'reconnect' | 'failover' | 'kill-failed' | 'pool-waits'
  readonly message: string
  readonly cause?: unknown
}

/** A statement about to be sent, for `onStatement`. Bound values are not in it; passwords are masked. */
export interface StatementNotice {
  readonly sql: string
  readonly reqId: bigint
}

/** Every argument of `connect`; all are optional. */
export interface ConnectOptions extends ValueOptions {
  /**
   * `ws://`, `wss://`, `http://`, `https://`, `taos://`, `embedded:` or a bare host; several hosts are separated by commas.
   * Default: `TAOS_URL`, then `TDENGINE_CLOUD_URL` (with `TDENGINE_CLOUD_TOKEN`), then `ws://localhost:6041`.
   */
  readonly url?: string | URL | undefined
  /** TDengine Cloud's token (or a function that gives it). */
  readonly token?: SecretSource | undefined
  /** A user's bearer token (TDengine ≥ 3.4). */
  readonly bearerToken?: SecretSource | undefined
  /** A one-time password beside user and password, or a function that gives the current one. */
  readonly totpCode?: SecretSource | undefined
  /** Default `root`. */
  readonly user?: string | undefined
  /** Default `taosdata`. */
  readonly password?: SecretSource | undefined
  /** Current database; none by default. */
  readonly database?: string | undefined
  /** IANA name, or a whole-hour offset such as `+08:00`: how local times without a zone are read and written. Instants never shift. */
  readonly timezone?: string | undefined
  /** How long a statement may take; none by default. */
  readonly timeout?: Duration | undefined
  /** How long `connect` may take; default 10 s, or `timeout` where that is shorter. */
  readonly connectTimeout?: Duration | undefined
  /** How often a silent WebSocket is checked; default 30 s, false for never. */
  readonly heartbeat?: Duration | false | undefined
  /** Name of the application, as `SHOW CONNECTIONS` lists it; at most 23 bytes. */
  readonly userApp?: string | undefined
  /** Address of the user on whose behalf the application connects, as `SHOW CONNECTIONS` lists it. */
  readonly userIp?: string | undefined
  /** BI mode, for tools that make charts: `*` and DESCRIBE also give the `tbname` of supertables. */
  readonly biMode?: boolean | undefined
  /** permessage-deflate on WebSocket (default off), gzip on REST (default on, but not on loopback). */
  readonly compression?: boolean | undefined
  readonly tls?: TlsOptions | undefined
  /** Additional headers of the WebSocket upgrade or of each REST request. Node, Bun and Deno only on WebSocket. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** A `node:http` or `node:https` agent, for proxies. Node only. */
  readonly agent?: object | undefined
  /** Path of TDengine's client library, for `taos://`; `TAOS_LIBRARY`, then the system's paths by default. */
  readonly library?: string | undefined
  /** How REST logs in by user and password: in each request (`'basic'`, the default), or by a token from `/rest/login`. */
  readonly restAuth?: 'basic' | 'taosd' | undefined
  /** Lets a token travel unencrypted to a host that is not loopback. */
  readonly allowInsecureToken?: boolean | undefined
  /** Reconnect when the WebSocket is lost; default true. */
  readonly reconnect?: boolean | undefined
  /** Rounds over all hosts in one attempt to reconnect; default 5. */
  readonly retries?: number | undefined
  /** First pause between two rounds; doubled each time, with jitter. Default 0.2 s. */
  readonly retryBackoff?: Duration | undefined
  /** Longest pause between two rounds; default 2 s. */
  readonly retryBackoffMax?: Duration | undefined
  /** After a reconnect, send again inserts that may have run, when each of their rows carries its own timestamp. Default false. */
  readonly retryInserts?: boolean | undefined
  /** What an abort does besides freeing the result: `'kill'` also issues KILL QUERY. Default `'free'`. */
  readonly cancel?: 'free' | 'kill' | undefined
  /** Told what is no error but worth knowing. It must not throw. */
  readonly onNotice?: ((notice: Notice) => void) | undefined
  /** Told each statement before it is sent: a statement log. It must not throw. */
  readonly onStatement?: ((statement: StatementNotice) => void) | undefined
}

/** Options of one call. */
export interface QueryOptions extends ValueOptions {
  /** The request's id, 1 … 2^64−1; shown in errors and in the server's log. A fresh one by default. */
  readonly reqId?: number | bigint | undefined
  /** Aborts the call; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Overrides the connection's `timeout`. */
  readonly timeout?: Duration | undefined
  /** The statement may safely run twice: after a lost connection it is sent again. */
  readonly idempotent?: boolean | undefined
}

/** Options checked, with defaults filled in. */
export interface Config {
  readonly scheme: Scheme
  /** Addresses with their ports; none for `embedded:`. */
  readonly endpoints: readonly Endpoint[]
  /** Directory of `embedded:./data`. */
  readonly directory?: string
  /** Name of a shared in-memory engine, `embedded:?name=x`. */
  readonly name?: string
  readonly user: string
  readonly password: Secret
  readonly token?: Secret
  readonly bearerToken?: Secret
  readonly totpCode?: Secret
  readonly database?: string
  /** An IANA name. */
  readonly timezone?: string
  readonly timeoutMs?: number
  readonly connectTimeoutMs: number
  readonly heartbeatMs?: number
  readonly userApp?: string
  readonly userIp?: string
  readonly biMode: boolean
  readonly compression?: boolean
  readonly tls?: TlsOptions
  readonly headers?: Readonly<Record<string, string>>
  readonly agent?: object
  /** Path of libtaos. */
  readonly library?: string
  readonly restAuth: 'basic' | 'taosd'
  readonly reconnect: boolean
  readonly retries: number
  readonly retryBackoffMs: number
  readonly retryBackoffMaxMs: number
  readonly retryInserts: boolean
  readonly cancel: 'free' | 'kill'
  readonly values: ValueOptions
  readonly onNotice?: (notice: Notice) => void
  readonly onStatement?: (statement: StatementNotice) => void
}
