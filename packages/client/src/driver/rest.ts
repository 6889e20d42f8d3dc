import { openHttp } from '#http'
import { ConnectionError, InterfaceError, NotSupportedError, TimeoutError } from '../errors.ts'
import type { Config, Endpoint } from '../options.ts'
import { type JsonValue, typeOfName, utf8, utf8Text, WireError } from '../wire/index.ts'
import type { RequestId } from './channel.ts'
import { addressOf, connectFailure } from './connect-failure.ts'
import type { Answer, CallOptions, DriverStatement, Feature, Field, Session } from './driver.ts'
import { type HttpClient, HttpFailure, type HttpResponse } from './http.ts'
import { databaseOfUse, readsOnly, storedName } from './identifier.ts'
import { isLoopback } from './loopback.ts'
import { RestAnswer } from './rest-answer.ts'
import { type RestColumn, restBlock, restPrecision } from './rest-block.ts'
import { type RestBody, readBody } from './rest-body.ts'

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

  private constructor(config: Config) {
    this.#config = config
    this.#endpoints = config.endpoints
    this.#http = openHttp({ tls: config.tls, agent: config.agent })
  }

  /** Checks the login (and the database, if one is given) at the server. */
  static async open(config: Config, signal?: AbortSignal): Promise<RestSession> {
    const session = new RestSession(config)
    try {
      await session.#logIn(signal)
      const answer = await session.query('SELECT SERVER_VERSION()', { ...(signal ? { signal } : {}), harmless: true })
      const block = await answer.next()
      const column = block?.columns[0]
      session.serverVersion = column?.layout === 'variable' ? utf8Text(column.data.subarray(2)) : ''
      if (config.database !== undefined)
        await session.query(`USE \`${config.database}\``, { ...(signal ? { signal } : {}), harmless: true })
      return session
    } catch (error) {
      session.#http.close()
      throw error
    }
  }

  get load(): number {
    return this.#load
  }

  nextRequestId(): RequestId {
    return this.#nextId++
  }

  async query(sql: string, options: CallOptions = {}): Promise<Answer> {
    const { body, size } = await this.post(sql, options)
    const selected = databaseOfUse(sql)
    if (selected !== undefined) this.#database = selected
    return answerOf(body, size, sql)
  }

  /** Sends a statement and gives the server's JSON. `arguments_` join the URL. */
  async post(sql: string, options: CallOptions = {}): Promise<{ body: RestBody; size: number }> {
    if (this.#closed) throw new InterfaceError('the connection is closed')
    const { signal, timeoutMs } = options
    const reqId = options.reqId ?? BigInt(this.nextRequestId())
    if (reqId >= 2n ** 63n) throw new InterfaceError('REST takes request ids below 2^63')
    const timer = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)
    const either = signal && timer ? AbortSignal.any([signal, timer]) : (signal ?? timer)
    const shown = options.shown?.sql ?? sql
    const harmless = options.harmless ?? readsOnly(sql)
    this.#load++
    try {
      const response = await this.#send(`/rest/sql${this.#path()}${this.#query(reqId)}`, sql, either, harmless)
      return {
        body: readBody(response, { sql, reqId, shown: options.shown, where: this.#where(), harmless }),
        size: response.body.length,
      }
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      if (timer?.aborted) {
        throw new TimeoutError(`no answer from ${this.#where()} within ${timeoutMs! / 1000} s`, {
          sql: shown,
          reqId,
          retryable: harmless,
          maybeExecuted: !harmless,
        })
      }
      if (error instanceof HttpFailure) throw this.#lost(error, shown, reqId, harmless)
      throw error
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
    try {
      const body = readBody(await this.#send(path, undefined, signal, true), { where: this.#where(), harmless: true })
      return String(body['desc'] ?? '')
    } catch (error) {
      if (error instanceof HttpFailure) throw this.#lost(error, undefined, undefined, true)
      throw error
    }
  }

  /** Tries the addresses in turn as long as nothing was sent; a harmless statement also after. */
  async #send(pathAndQuery: string, body: string | undefined, signal: AbortSignal | undefined, harmless: boolean): Promise<HttpResponse> {
    const { scheme, headers } = this.#config
    let failure: unknown
    for (const endpoint of this.#endpoints) {
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

  #lost(failure: HttpFailure, sql: string | undefined, reqId: bigint | undefined, harmless: boolean): ConnectionError {
    if (failure.stage === 'connect') return connectFailure(this.#config.scheme, this.#endpoints[0]!, failure.cause)
    const executed = !harmless
    const what = failure.stage === 'body' ? 'broke off its answer' : 'closed the connection without an answer'
    const hint = failure.stage === 'response' ? protocolHint(this.#config.scheme, failure) : ''
    return new ConnectionError(`${this.#where()} ${what}${hint}${executed ? '; the statement may have run' : ''}`, {
      ...(sql === undefined ? {} : { sql }),
      ...(reqId === undefined ? {} : { reqId }),
      cause: failure.cause,
      retryable: !executed,
      maybeExecuted: executed,
    })
  }

  #unsupported(what: string): NotSupportedError {
    const encrypted = this.#config.scheme === 'https'
    return new NotSupportedError(`REST cannot ${what}: connect by WebSocket, with a URL that begins with ${encrypted ? 'wss' : 'ws'}://`)
  }
}

function protocolHint(scheme: string, failure: HttpFailure): string {
  return scheme === 'http' && /hang up|ECONNRESET|Parse Error/.test(String((failure.cause as Error | undefined)?.message))
    ? ' (if it expects TLS, use https://)'
    : ''
}

/** The answer of a body: an update is the one column `affected_rows INT` that the adapter makes up for what has no result. */
function answerOf(body: RestBody, size: number, sql: string): Answer {
  const columns = body.column_meta.map(readMeta)
  const rows = body.data as readonly (readonly JsonValue[])[]
  const timing = typeof body['timing'] === 'number' ? body['timing'] : 0
  const only = columns.length === 1 ? columns[0] : undefined
  if (only?.name === 'affected_rows' && body.column_meta[0]![1] === 'INT' && rows.length === 1 && !readsOnly(sql)) {
    return new RestAnswer({ isUpdate: true, affectedRows: Number(rows[0]![0]), fields: [], precision: 'ms', timing, bytes: size }, null)
  }
  const precision = restPrecision(columns, rows)
  const fields = columns.map(({ name, length, precision: digits, scale }, i): Field => {
    const type = typeName(String(body.column_meta[i]![1]))
    return type === 'DECIMAL' ? { name, type, bytes: length, precision: digits, scale } : { name, type, bytes: length }
  })
  return new RestAnswer({ isUpdate: false, affectedRows: 0, fields, precision, timing, bytes: size }, restBlock(columns, rows, precision))
}

function typeName(text: string): Field['type'] {
  return text.replace(/\(.*/, '') as Field['type']
}

function readMeta([name, type, length]: readonly JsonValue[]): RestColumn {
  const known = typeOfName(String(type))
  if (!known) throw new WireError(`a column of the unknown type ${String(type)}`, 0)
  return { name: String(name), type: known.code, length: Number(length), precision: known.precision, scale: known.scale }
}

function base64(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}
