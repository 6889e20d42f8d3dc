import { configure } from './configure.ts'
import { RestSession } from './driver/rest.ts'
import { type Duration, milliseconds } from './duration.ts'
import { InterfaceError, InternalError, relocate } from './errors.ts'
import { abortSignal, flag, refuseUnknown } from './option-checks.ts'
import type { ConnectOptions, SecretSource } from './options.ts'
import { requestIdOf } from './request-id.ts'
import { FRACTION_DIGITS, PRECISIONS, parseJson, parseTimestamp, toDate, type WireError } from './wire/index.ts'

export interface RestClientOptions {
  /** TDengine Cloud's token. */
  readonly token?: SecretSource | undefined
  readonly database?: string | undefined
  /** Default `root`. */
  readonly user?: string | undefined
  /** Default `taosdata`. */
  readonly password?: SecretSource | undefined
  /** How long a statement may take; none by default. */
  readonly timeout?: Duration | undefined
  /** Default true: TIMESTAMP cells are Dates (bigint ticks in databases of us and ns); false leaves them as the server's text. */
  readonly convertTimestamp?: boolean | undefined
  /** IANA name or offset: the zone of local times in statements and of timestamps as text. */
  readonly timezone?: string | undefined
  /** Lets a token travel unencrypted to a host that is not loopback. */
  readonly allowInsecureToken?: boolean | undefined
  readonly tls?: ConnectOptions['tls'] | undefined
  readonly headers?: ConnectOptions['headers'] | undefined
  readonly agent?: object | undefined
}

/** A server's JSON answer. */
export interface RestResponse {
  readonly code: number
  /** Name, type name and length of each column. */
  readonly column_meta: readonly (readonly [name: string, type: string, length: number])[]
  /** The rows. BIGINT cells are bigints, so that all 64 bits are exact. */
  readonly data: readonly (readonly unknown[])[]
  /** How many rows. */
  readonly rows: number
  readonly [key: string]: unknown
}

const OPTIONS: { readonly [K in keyof Required<RestClientOptions>]: true } = {
  token: true,
  database: true,
  user: true,
  password: true,
  timeout: true,
  convertTimestamp: true,
  timezone: true,
  allowInsecureToken: true,
  tls: true,
  headers: true,
  agent: true,
}

/**
 * TDengine's REST interface itself: one method, the server's whole JSON answer. It keeps no state; a database in `USE` has no effect.
 *
 * ```ts
 * const { data } = await new RestClient('http://localhost:6041').sql('SELECT SERVER_VERSION()')
 * ```
 */
export class RestClient {
  readonly #session: RestSession
  readonly #convert: boolean
  readonly #timeoutMs: number | undefined

  /** Throws an InterfaceError for a wrong URL or option. Sends nothing. */
  constructor(url: string | URL = 'http://localhost:6041', options: RestClientOptions = {}) {
    refuseUnknown(options, OPTIONS)
    const { convertTimestamp, timeout, ...rest } = options
    const { scheme, ...config } = configure({ ...rest, url: asRest(String(url)) }, {})
    if (scheme !== 'http' && scheme !== 'https')
      throw new InterfaceError(`RestClient needs a URL that begins with http:// or https://, not ${scheme}:`)
    this.#convert = convertTimestamp === undefined || flag('convertTimestamp', convertTimestamp)
    this.#timeoutMs = timeout === undefined ? config.timeoutMs : milliseconds('timeout', timeout)
    this.#session = new RestSession({ ...config, scheme })
  }

  /** Runs a statement. Rejects with the error of TDengine's number, a ConnectionError, a TimeoutError, or the signal's reason. */
  async sql(statement: string, options: { readonly reqId?: number | bigint; readonly signal?: AbortSignal } = {}): Promise<RestResponse> {
    if (typeof statement !== 'string' || statement.trim() === '') throw new InterfaceError('a statement has to be a text that is not empty')
    refuseUnknown(options, { reqId: true, signal: true })
    const reqId = requestIdOf(options.reqId)
    try {
      const text = await this.#session.text(statement, {
        ...(reqId === undefined ? {} : { reqId }),
        ...(options.signal === undefined ? {} : { signal: abortSignal('signal', options.signal) }),
        ...(this.#timeoutMs === undefined ? {} : { timeoutMs: this.#timeoutMs }),
      })
      return this.#read(text)
    } catch (error) {
      throw relocate(error)
    }
  }

  /** Closes the sockets that are kept open for the next statement. */
  close(): Promise<void> {
    return this.#session.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #read(text: string): RestResponse {
    let body: RestResponse
    try {
      body = parseJson(text) as unknown as RestResponse
    } catch (error) {
      throw new InternalError(`the server sent a damaged answer: ${(error as WireError).message}`, { cause: error })
    }
    if (!Array.isArray(body.data) || !Array.isArray(body.column_meta))
      throw new InternalError('the server sent an answer without column_meta and data')
    const converters = body.column_meta.map(([, type]) => this.#converter(type))
    if (!converters.some(Boolean)) return body
    return {
      ...body,
      data: body.data.map((row: readonly unknown[]) => row.map((cell, i) => (cell === null ? null : (converters[i]?.(cell) ?? cell)))),
    }
  }

  #converter(type: string): ((cell: unknown) => unknown) | undefined {
    if (type === 'BIGINT' || type === 'BIGINT UNSIGNED') return (cell) => BigInt(cell as number)
    return type === 'TIMESTAMP' && this.#convert ? (cell) => instant(String(cell)) : undefined
  }
}

/** The unit of a timestamp shows in the number of its digits. */
function instant(text: string): unknown {
  const digits = /\.(\d+)/.exec(text)?.[1]?.length
  const precision = PRECISIONS.find((each) => FRACTION_DIGITS[each] === digits) ?? 'ms'
  const ticks = parseTimestamp(text, precision)
  return precision === 'ms' ? toDate(ticks, 'ms') : ticks
}

/** WebSocket and REST share a port: the URL of one serves for the other. */
function asRest(url: string): string {
  return url.replace(/^ws(s?):\/\//i, 'http$1://').replace(/^(?![a-z][a-z0-9+.-]*:\/\/|embedded:)/i, 'http://')
}
