import { openHttp } from '#http'
import { ConnectionError, DatabaseError, InterfaceError, NotSupportedError, OperationalError } from '../errors.ts'
import type { Config, Endpoint } from '../options.ts'
import { utf8, utf8Text } from '../wire/index.ts'
import type { RequestId } from './channel.ts'
import { addressOf } from './connect-failure.ts'
import type { Answer, CallOptions, DriverStatement, Feature, Session } from './driver.ts'
import { type HttpClient, HttpFailure, type HttpResponse } from './http.ts'
import { databaseOfUse, readsOnly, storedName } from './identifier.ts'
import { isLoopback } from './loopback.ts'
import { RestAnswer } from './rest-answer.ts'
import { Exchange } from './rest-exchange.ts'
import { type BodyContext, readText, refusalOf } from './rest-refusal.ts'
import { assertKnown } from './server-version.ts'

const FEATURES: ReadonlySet<Feature> = new Set(['query', 'parameters', 'timezone', 'currentDatabase', 'vgroupId'])

/** REST: each statement is a POST to `/rest/sql/{database}`. */
export class RestSession implements Session {
  readonly features = FEATURES
  readonly failure: Error | undefined = undefined
  serverVersion = ''
  readonly #config: Config
  readonly #http: HttpClient
  #endpoints: readonly Endpoint[]
  #authorization: string | undefined
  #token: string | undefined
  #database: string | undefined
  #nextId = Math.floor(Math.random() * 2 ** 20) * 2 ** 29 + 1
  #load = 0
  #closed = false

  /** Sends nothing yet; the first statement logs in. A database is not checked. */
  constructor(config: Config) {
    this.#config = config
    this.#database = config.database
    this.#endpoints = config.endpoints
    this.#http = openHttp({ tls: config.tls, agent: config.agent })
  }

  /** Checks the login (and the database, if one is given) at the server. */
  static async open(config: Config, signal?: AbortSignal): Promise<RestSession> {
    const session = new RestSession(config)
    const call = { ...(signal ? { signal } : {}), harmless: true }
    try {
      const answer = await session.query('SELECT SERVER_VERSION()', call)
      const column = (await answer.next(signal))?.columns[0]
      await answer.next(signal)
      session.serverVersion = column?.layout === 'variable' ? utf8Text(column.data.subarray(2)) : ''
      // Older servers pass conn_tz over in silence.
      if (config.timezone !== undefined) assertKnown(session.serverVersion, 'timezone', session.#where())
      if (config.database !== undefined) await session.query(`USE \`${config.database}\``, call)
      return session
    } catch (error) {
      session.#http.close()
      throw refusedLogin(error)
    }
  }

  get load(): number {
    return this.#load
  }

  nextRequestId(): RequestId {
    return this.#nextId++
  }

  async query(sql: string, options: CallOptions = {}): Promise<Answer> {
    const reads = readsOnly(sql)
    const answer = await this.#exchange(sql, options, reads, (response, exchange, context) =>
      RestAnswer.read({ response, context, readsOnly: reads, cancel: () => exchange.cancel(), within: exchange.within.bind(exchange) }),
    )
    const selected = databaseOfUse(sql)
    if (selected !== undefined) this.#database = selected
    return answer
  }

  /** Runs a statement and gives the JSON of its answer as text. Rejects where that is an error or no answer. */
  text(sql: string, options: CallOptions = {}): Promise<string> {
    return this.#exchange(sql, options, readsOnly(sql), async (response, _, context) => {
      const text = await readText(response, undefined, Number.POSITIVE_INFINITY)
      if (response.status !== 200 || !/^\s*\{\s*"code"\s*:\s*0\s*,/.test(text)) throw refusalOf(response, text, context)
      return text
    })
  }

  async #exchange<T>(
    sql: string,
    options: CallOptions,
    reads: boolean,
    read: (response: HttpResponse, exchange: Exchange, context: BodyContext) => Promise<T>,
  ): Promise<T> {
    if (this.#closed) throw new InterfaceError('the connection is closed')
    const reqId = options.reqId ?? BigInt(this.nextRequestId())
    if (reqId >= 2n ** 63n) throw new InterfaceError('REST takes request ids below 2^63')
    const context: BodyContext = { sql, reqId, shown: options.shown, where: this.#where(), harmless: options.harmless ?? reads }
    const exchange = new Exchange(context, this.#config.scheme)
    const run = async (): Promise<T> => {
      await this.#logIn(exchange.signal)
      const response = await this.#send(`/rest/sql${this.#path()}${this.#query(reqId)}`, sql, exchange.signal, context.harmless)
      return await read(response, exchange, context)
    }
    this.#load++
    try {
      return await exchange.within(run(), options.signal, options.timeoutMs)
    } catch (error) {
      throw exchange.errorOf(error, this.#endpoints[0]!)
    } finally {
      this.#load--
    }
  }

  async prepare(): Promise<DriverStatement> {
    throw this.#unsupported('bind parameters on the server')
  }

  async schemaless(): Promise<never> {
    throw this.#unsupported('write schemaless lines')
  }

  async validate(): Promise<void> {
    throw this.#unsupported('validate statements')
  }

  async setOption(): Promise<void> {
    throw this.#unsupported('change options of a connection')
  }

  async selectDatabase(name: string, options: CallOptions = {}): Promise<void> {
    await this.query(`USE \`${storedName(name)}\``, options)
  }

  async currentDatabase(): Promise<string> {
    return this.#database ?? ''
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#http.close()
  }

  /** The headers that log in: Basic, Bearer, or none beside `?token=`; `Taosd` by way of `/rest/login` where the options say so. */
  async #logIn(signal?: AbortSignal): Promise<void> {
    if (this.#token !== undefined || this.#authorization !== undefined) return
    const { token, bearerToken, user, password, restAuth } = this.#config
    if (token) this.#token = await token.reveal()
    else if (bearerToken) this.#authorization = `Bearer ${await bearerToken.reveal()}`
    else if (restAuth === 'taosd') this.#authorization = `Taosd ${await this.#taosdToken(user, await password.reveal(), signal)}`
    else {
      if (user.includes(':')) throw new InterfaceError("user contains ':', which REST cannot send; use ws://")
      this.#authorization = `Basic ${base64(utf8(`${user}:${await password.reveal()}`))}`
    }
  }

  async #taosdToken(user: string, password: string, signal?: AbortSignal): Promise<string> {
    const path = `/rest/login/${encodeURIComponent(user)}/${encodeURIComponent(password)}`
    const context: BodyContext = { where: this.#where(), harmless: true }
    try {
      const response = await this.#send(path, undefined, signal, true)
      const text = await readText(response)
      const token = /^\s*\{\s*"code"\s*:\s*0\s*,\s*"desc"\s*:\s*"([A-Za-z0-9+/=]+)"/.exec(text)?.[1]
      if (response.status === 200 && token !== undefined) return token
      throw refusalOf(response, text, context)
    } catch (error) {
      throw new Exchange(context, this.#config.scheme).errorOf(error, this.#endpoints[0]!)
    }
  }

  /** Tries the addresses in turn as long as nothing was sent; a harmless statement also after. */
  async #send(pathAndQuery: string, body: string | undefined, signal: AbortSignal | undefined, harmless: boolean): Promise<HttpResponse> {
    const { scheme, headers } = this.#config
    let failure: unknown
    // The server may close a kept socket in the moment in which it is used: what is harmless is sent once more.
    const [only, second] = this.#endpoints
    const attempts = harmless && only && !second ? [only, only] : this.#endpoints
    for (const endpoint of attempts) {
      try {
        const response = await this.#http.send({
          method: body === undefined ? 'GET' : 'POST',
          url: `${addressOf(scheme, endpoint)}${pathAndQuery}`,
          headers: {
            ...headers,
            ...(this.#authorization === undefined ? {} : { authorization: this.#authorization }),
            ...(body === undefined ? {} : { 'content-type': 'text/plain; charset=utf-8' }),
            'accept-encoding': this.#compress(endpoint) ? 'gzip' : 'identity',
          },
          ...(body === undefined ? {} : { body }),
          signal,
        })
        if (endpoint !== this.#endpoints[0]) this.#endpoints = [endpoint, ...this.#endpoints.filter((each) => each !== endpoint)]
        return response
      } catch (error) {
        failure = error
        if (!(error instanceof HttpFailure) || (error.stage !== 'connect' && !harmless)) break
        // An address that cannot be connected to now cannot a moment later.
        if (error.stage === 'connect' && attempts !== this.#endpoints) break
      }
    }
    throw failure
  }

  #compress({ host }: Endpoint): boolean {
    return this.#config.compression ?? !isLoopback(host)
  }

  #path(): string {
    return this.#database === undefined ? '' : `/${encodeURIComponent(this.#database)}`
  }

  #query(reqId: bigint): string {
    const { timezone, userApp, userIp } = this.#config
    const parts: [string, string | undefined][] = [
      ['token', this.#token],
      ['req_id', String(reqId)],
      ['conn_tz', timezone],
      ['app', userApp],
      ['ip', userIp],
    ]
    return `?${parts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`])).join('&')}`
  }

  #where(): string {
    return addressOf(this.#config.scheme, this.#endpoints[0]!)
  }

  #unsupported(what: string): NotSupportedError {
    const encrypted = this.#config.scheme === 'https'
    return new NotSupportedError(`REST cannot ${what}: connect by WebSocket, with a URL that begins with ${encrypted ? 'wss' : 'ws'}://`)
  }
}

/** What the server refuses while connecting is a ConnectionError, whatever its number is elsewhere. */
function refusedLogin(error: unknown): unknown {
  if (!(error instanceof DatabaseError) || error instanceof OperationalError || error.code === 0) return error
  return new ConnectionError(error.reason, { code: error.code, ...(error.status === undefined ? {} : { status: error.status }) })
}

function base64(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}
