import { openSocket } from '#socket'
import { codeInfo } from '../codes.ts'
import { errorOfCode, InterfaceError, NotSupportedError } from '../errors.ts'
import type { Config, Endpoint } from '../options.ts'
import { encodeSqlRequest, encodeWriteRawRequest } from '../wire/index.ts'
import { Channel, type RequestId, type TextReply } from './channel.ts'
import { addressOf, connectFailure } from './connect-failure.ts'
import type { Answer, CallOptions, DriverStatement, Feature, SchemalessCounts, SchemalessRequest, Session } from './driver.ts'
import { storedName } from './identifier.ts'
import { isLoopback } from './loopback.ts'
import { assertKnown, assertSupported, isAtLeast, knows } from './server-version.ts'
import { expectText, type RequestContext } from './session-error.ts'
import type { Socket } from './socket.ts'
import type { OpenTmq } from './tmq.ts'
import { freeLate, WebSocketAnswer } from './websocket-answer.ts'

const FEATURES: readonly Feature[] = [
  'query',
  'parameters',
  'statements',
  'schemaless',
  'subscription',
  'timezone',
  'validate',
  'currentDatabase',
  'bi',
  'vgroupId',
]

/** The first server whose statements are of version 2. */
const STATEMENTS_2 = [3, 3, 6] as const

/** Protocol numbers of schemaless writing. */
const PROTOCOLS = { line: 1, telnet: 2, json: 3 } as const

/** `connector` as SHOW CONNECTIONS shows it. */
export interface ClientName {
  readonly connector: string
}

/** Opens a socket to `/rest/tmq` of the same server. */
export type OpenTmqSocket = (signal?: AbortSignal) => Promise<Socket>

/** Opens a WebSocket to one address, with the token where the address is Cloud's. Rejects with a ConnectionError or the signal's reason. */
export async function dial(config: Config, endpoint: Endpoint, path: '/ws' | '/rest/tmq', signal: AbortSignal): Promise<Socket> {
  const token = await config.token?.reveal()
  const encrypted = config.scheme === 'wss'
  const query = token === undefined ? '' : `?token=${encodeURIComponent(token)}`
  try {
    return await openSocket({
      url: `${addressOf(config.scheme, endpoint)}${path}${query}`,
      trusted: encrypted || isLoopback(endpoint.host),
      compression: config.compression === true,
      tls: config.tls,
      headers: config.headers,
      agent: config.agent,
      signal,
    })
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (error instanceof NotSupportedError) throw error
    throw connectFailure(config.scheme, endpoint, error)
  }
}

/** Logs in over an open socket. Rejects with a ConnectionError; the socket is then closed. `onClosed` runs after the session's own close. */
export async function logIn(
  socket: Socket,
  config: Config,
  where: string,
  client: ClientName,
  signal: AbortSignal,
  onClosed?: () => Promise<void>,
  openTmq?: OpenTmqSocket,
): Promise<WebSocketSession> {
  const channel = new Channel(socket)
  const context: RequestContext = { where, loss: () => channel.loss, signal, kind: 'connection', harmless: true }
  try {
    const [password, bearer, totp] = await Promise.all([config.password.reveal(), config.bearerToken?.reveal(), config.totpCode?.reveal()])
    const id = channel.nextId()
    const answering = channel.call(
      'conn',
      {
        user: config.user,
        password,
        db: config.database ?? '',
        // The only mode there is: 0, BI.
        mode: config.biMode ? 0 : undefined,
        tz: config.timezone,
        app: config.userApp,
        ip: config.userIp,
        connector: client.connector,
        totp_code: totp,
        bearer_token: bearer,
      },
      id,
      { signal },
    )
    channel.watch(config.heartbeatMs)
    const reply = expectText(await answering, context)
    // Servers before 3.3.6 leave the version out here.
    const version = versionOf(reply) || versionOf(expectText(await channel.call('version', {}, channel.nextId(), { signal }), context))
    assertSupported(version, where)
    // Older servers would log in as the user instead, and have times mean what they mean in their own zone.
    if (bearer !== undefined) assertKnown(version, 'bearerToken', where)
    if (config.timezone !== undefined) assertKnown(version, 'timezone', where)
    return new WebSocketSession(
      channel,
      where,
      version,
      onClosed,
      openTmq &&
        (async (Tmq, until) => new Tmq(await openTmq(until), where, (option) => assertKnown(version, option, where), config.heartbeatMs)),
    )
  } catch (error) {
    void channel.close()
    throw error
  }
}

function versionOf(reply: TextReply): string {
  return String(reply['version'] ?? '')
}

/** A logged-in WebSocket. */
export class WebSocketSession implements Session {
  readonly features: ReadonlySet<Feature>
  readonly serverVersion: string
  readonly #channel: Channel
  /** The address, for messages. */
  readonly where: string

  readonly #onClosed: (() => Promise<void>) | undefined

  readonly openTmq?: OpenTmq

  constructor(channel: Channel, where: string, serverVersion: string, onClosed?: () => Promise<void>, openTmq?: OpenTmq) {
    this.#onClosed = onClosed
    if (openTmq) this.openTmq = openTmq
    this.#channel = channel
    this.where = where
    this.serverVersion = serverVersion
    this.features = featuresOf(serverVersion)
  }

  get failure(): Error | undefined {
    return this.#channel.loss
  }

  get load(): number {
    return this.#channel.load
  }

  /** Called once when the connection is lost; not after `close`. */
  set onloss(callback: ((reason: Error) => void) | undefined) {
    this.#channel.onloss = callback
  }

  nextRequestId(): RequestId {
    return this.#channel.nextId()
  }

  async query(sql: string, options: CallOptions = {}): Promise<Answer> {
    const id = this.#id(options)
    const context = this.#context(id, options, sql)
    const outcome = await this.#channel.send(encodeSqlRequest(BigInt(id), sql), id, { ...options, late: freeLate(this.#channel) })
    return new WebSocketAnswer(this.#channel, expectText(outcome, context), context)
  }

  async prepare(sql: string, options: CallOptions = {}): Promise<DriverStatement> {
    const context = this.#context(undefined, options, sql)
    if (isAtLeast(this.serverVersion, STATEMENTS_2)) {
      const { prepareStatement } = await import('./websocket-statement.ts')
      return await prepareStatement(this.#channel, sql, context, options)
    }
    const { prepareStatement1 } = await import('./websocket-statement1.ts')
    return await prepareStatement1(this.#channel, sql, context, options, this.query.bind(this))
  }

  async schemaless(request: SchemalessRequest, options: CallOptions = {}): Promise<SchemalessCounts> {
    if (request.tableNameKey !== '') assertKnown(this.serverVersion, 'tableNameKey', this.where)
    const id = this.#id(options)
    const reply = expectText(
      await this.#channel.call(
        'insert',
        {
          protocol: PROTOCOLS[request.protocol],
          precision: request.precision,
          ttl: request.ttl,
          data: request.data,
          table_name_key: request.tableNameKey,
        },
        id,
        options,
      ),
      { ...this.#context(id, options), kind: 'schemaless' },
    )
    return { affectedRows: reply['affected_rows'] as number | undefined, totalRows: reply['total_rows'] as number | undefined }
  }

  async writeRaw(metaType: number, data: Uint8Array, options: CallOptions = {}): Promise<void> {
    const id = this.#id(options)
    const reply = await this.#channel.send(encodeWriteRawRequest(BigInt(id), metaType, data), id, options)
    expectText(reply, { ...this.#context(id, options), kind: 'tmq' })
  }

  async selectDatabase(name: string, options: CallOptions = {}): Promise<void> {
    const answer = await this.query(`USE \`${storedName(name)}\``, options)
    answer.free()
  }

  async currentDatabase(options: CallOptions = {}): Promise<string> {
    const reply = await this.#call('get_current_db', {}, options)
    return String(reply['db'] ?? '')
  }

  async validate(sql: string, options: CallOptions = {}): Promise<void> {
    assertKnown(this.serverVersion, 'validateSql', this.where)
    const id = this.#id(options)
    const context = this.#context(id, options, sql)
    const reply = expectText(await this.#channel.send(encodeSqlRequest(BigInt(id), sql, 10), id, options), context)
    const code = Number(reply['result_code'] ?? 0)
    // The reply has the number alone; the number's meaning has to say it.
    if (code !== 0)
      throw errorOfCode(
        code,
        codeInfo(code & 0xffff)
          .name.toLowerCase()
          .replaceAll('_', ' '),
        { sql, reqId: id },
      )
  }

  async setOption(option: number, value: string | null, options: CallOptions = {}): Promise<void> {
    assertKnown(this.serverVersion, 'setOption', this.where)
    await this.#call('options_connection', { options: [{ option, value }] }, options)
  }

  async close(): Promise<void> {
    await this.#channel.close()
    await this.#onClosed?.()
  }

  async #call(action: string, args: Readonly<Record<string, unknown>>, options: CallOptions): Promise<TextReply> {
    const id = this.#id(options)
    return expectText(await this.#channel.call(action, args, id, options), { ...this.#context(id, options), harmless: true })
  }

  #id({ reqId }: CallOptions): RequestId {
    const id = this.#channel.idOf(reqId)
    if (id === undefined)
      throw new InterfaceError(`a request of the id ${reqId} is under way on this connection; its answer could not be told apart`)
    return id
  }

  #context(reqId: RequestId | undefined, { signal, timeoutMs, harmless, shown }: CallOptions, sql?: string): RequestContext {
    return {
      where: this.where,
      loss: this.#loss,
      sql,
      shown,
      reqId,
      signal,
      timeoutMs,
      harmless,
    }
  }

  readonly #loss = (): Error | undefined => this.#channel.loss
}

/** What a server of that version can do. */
function featuresOf(version: string): ReadonlySet<Feature> {
  const features = new Set(FEATURES)
  if (!knows(version, 'timezone')) features.delete('timezone')
  if (!knows(version, 'validateSql')) features.delete('validate')
  return features
}
