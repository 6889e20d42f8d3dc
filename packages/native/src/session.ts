import process from 'node:process'
import {
  type Answer,
  type CallOptions,
  type Config,
  type DriverStatement,
  errorOfCode,
  type Feature,
  InterfaceError,
  type SchemalessRequest,
  type Session,
} from 'taosts/driver'
import { NativeAnswer } from './answer.ts'
import { Calls, NativeError, type OpenRequest } from './calls.ts'
import { atExit } from './exit.ts'
import { type Library, LibraryError, loadLibrary, type Pointer } from './library.ts'
import { nativeError, type Request, waitFor } from './request.ts'
import { type FunctionName, lacking, type Need, SIGNATURES } from './signatures.ts'
import { NativeStatement } from './statement.ts'
import { type Submitted, Threads } from './threads.ts'
import { NativeTmq } from './tmq.ts'

/** libtaos's numbers of the schemaless protocols and precisions (C API reference, TSDB_SML_…). */
const PROTOCOLS = { line: 1, telnet: 2, json: 3 } as const
const SCHEMALESS_PRECISIONS: Readonly<Record<string, number>> = { '': 0, h: 1, m: 2, s: 3, ms: 4, us: 5, u: 5, µs: 5, ns: 6 }

/** Statements of one connection that libtaos runs at a time, and one thread for calls that end others; more wait for each other. */
const THREADS = 16

/** Codes of a host that cannot be reached, where the next may answer: cannot connect, network unavailable, connection broken. */
const UNREACHABLE: readonly number[] = [0x000b, 0x0015, 0x0018, 0x0020]

/** What is open on a connection, to be freed before it. */
interface Open {
  finish(): Promise<void>
  freeNow(calls: Calls): void
}

/** A connection of libtaos. */
export class NativeSession implements Session {
  readonly features: ReadonlySet<Feature>
  readonly serverVersion: string
  readonly failure: Error | undefined = undefined
  readonly #library: Library
  readonly #threads: Threads
  readonly #handle: Pointer
  readonly #endpoint: { readonly host: string; readonly port: number }
  readonly #open = new Set<Open>()
  /** Calls under way, with what each does when it is through; the connection is closed after the last. */
  readonly #running = new Set<Promise<unknown>>()
  readonly #stayOpenAtExit: () => void
  #nextId: bigint
  #closed: Promise<void> | undefined

  private constructor(
    threads: Threads,
    handle: Pointer,
    version: string,
    library: Library,
    endpoint: { readonly host: string; readonly port: number },
  ) {
    this.#endpoint = endpoint
    this.#library = library
    this.#threads = threads
    this.#handle = handle
    this.serverVersion = version
    this.features = featuresOf(library.missing)
    this.#nextId = (BigInt(process.pid & 0xffff) << 40n) | BigInt(Date.now() % 2 ** 32)
    this.#stayOpenAtExit = atExit(() => this.#freeNow())
  }

  /** Loads libtaos and logs in. Throws an InterfaceError about the library, and what the server says about the login. */
  static async open(config: Config, options: { library?: string; signal?: AbortSignal } = {}): Promise<NativeSession> {
    options.signal?.throwIfAborted()
    const library = usableLibrary(options.library ?? config.library, config)
    const threads = new Threads(library, THREADS)
    const request: Request = { signal: options.signal, timeoutMs: config.connectTimeoutMs, harmless: true }
    let abandoned: Promise<unknown> = Promise.resolve()
    let failure: unknown
    for (const { host, port } of config.endpoints) {
      try {
        const opening = threads.run('open', await openRequest(config, host, port))
        const abandon = (): undefined => {
          // The login may yet succeed: that connection is closed, and only then are the threads ended.
          abandoned = opening.then(
            ({ handle }) => threads.run('close', handle),
            () => {},
          )
        }
        const { handle, version } = await waitFor(opening, request, abandon)
        return new NativeSession(threads, handle, version, library, { host, port })
      } catch (error) {
        failure = nativeError(error, request)
        // The next host may answer where this one cannot be reached; a refused login is refused everywhere.
        if (!(error instanceof NativeError && UNREACHABLE.includes(error.code))) break
      }
    }
    void abandoned.catch(() => {}).then(() => threads.stop())
    throw failure
  }

  get load(): number {
    return this.#running.size
  }

  nextRequestId(): bigint {
    return ++this.#nextId
  }

  async query(sql: string, options: CallOptions = {}): Promise<Answer> {
    const reqId = options.reqId ?? ++this.#nextId
    const request: Request = { ...options, ...shownSql(sql, options), reqId }
    return await this.#track(async () => {
      const work = this.#submit(request, 'query', sql, reqId)
      const reply = await this.#wait(work, request, ({ handle }) => (handle === 0n ? undefined : this.#threads.run('free', handle)))
      const answer = new NativeAnswer(this.#threads, reply, request, (ended) => this.#open.delete(ended))
      if (!reply.isUpdate) this.#open.add(answer)
      return answer
    })
  }

  async prepare(sql: string, options: CallOptions = {}): Promise<DriverStatement> {
    const reqId = options.reqId ?? ++this.#nextId
    const request: Request = { ...options, ...shownSql(sql, options), reqId, kind: 'statement', harmless: true }
    return await this.#track(async () => {
      const work = this.#submit(request, 'prepare', sql, reqId)
      const reply = await this.#wait(work, request, ({ handle }) => this.#threads.run('closeStatement', handle))
      try {
        const statement = new NativeStatement(this.#threads, reply, request, (closed) => this.#open.delete(closed))
        this.#open.add(statement)
        return statement
      } catch (error) {
        await this.#threads.run('closeStatement', reply.handle)
        throw error
      }
    })
  }

  async schemaless(request: SchemalessRequest, options: CallOptions = {}): Promise<{ affectedRows: number; totalRows: number }> {
    const precision = SCHEMALESS_PRECISIONS[request.precision]
    if (precision === undefined)
      throw errorOfCode(0x3001, `precision '${request.precision}' is none of h, m, s, ms, us, ns`, {}, 'schemaless')
    const reqId = options.reqId ?? ++this.#nextId
    return await this.#call(
      'schemaless',
      { ...options, reqId, kind: 'schemaless' },
      {
        data: Buffer.from(request.data, 'utf8'),
        protocol: PROTOCOLS[request.protocol],
        precision,
        ttl: request.ttl,
        reqId,
        tableNameKey: request.tableNameKey === '' ? null : request.tableNameKey,
      },
    )
  }

  /** A consumer with a connection and a thread of its own: libtaos wants all calls of a consumer in one thread, and its polls hold up nothing. */
  async openTmq(): Promise<NativeTmq> {
    this.#assertOpen()
    if (!this.features.has('subscription')) throw new InterfaceError(lacking('subscription', this.#library.missing))
    const consumer = new NativeTmq(new Threads(this.#library, 1), this.#endpoint.host, this.#endpoint.port, (closed) =>
      this.#open.delete(closed),
    )
    this.#open.add(consumer)
    return consumer
  }

  async selectDatabase(name: string, options: CallOptions = {}): Promise<void> {
    await this.#call('selectDatabase', options, name)
  }

  async currentDatabase(options: CallOptions = {}): Promise<string> {
    return await this.#call('currentDatabase', { ...options, harmless: true })
  }

  async validate(sql: string, options: CallOptions = {}): Promise<void> {
    await this.#call('validate', { ...options, sql, harmless: true }, sql)
  }

  async tableVgroupId(database: string, table: string, options: CallOptions = {}): Promise<number> {
    return await this.#call('tableVgroupId', { ...options, harmless: true }, database, table)
  }

  async loadTableInfo(tables: readonly string[], options: CallOptions = {}): Promise<void> {
    await this.#call('loadTableInfo', { ...options, harmless: true }, tables.join(','))
  }

  /** Sets one of taos.h's options of a connection (0 character set, 1 time zone, 2 ip, 3 application); null takes it back. */
  async setOption(option: number, value: string | null, options: CallOptions = {}): Promise<void> {
    await this.#call('setOption', options, option, value)
  }

  /** Writes a message of a consumer, as `fetchRaw` gave it, into the current database. */
  async writeRaw(metaType: number, data: Uint8Array, options: CallOptions = {}): Promise<void> {
    await this.#call('writeRaw', { ...options, kind: 'tmq' }, metaType, data)
  }

  /** Runs a call on this connection and waits for it. */
  async #call<Name extends ConnectionCall>(name: Name, request: Request, ...args: Rest<Name>): Promise<Awaited<ReturnType<Calls[Name]>>> {
    const value = await this.#track(async () => await this.#wait(this.#submit(request, name, ...args), request))
    return value as Awaited<ReturnType<Calls[Name]>>
  }

  #submit<Name extends ConnectionCall>(request: Request, name: Name, ...args: Rest<Name>): Submitted<ReturnType<Calls[Name]>> {
    request.signal?.throwIfAborted()
    const parameters = [this.#handle, ...args] as unknown as Parameters<Calls[Name]>
    return this.#threads.submit(name, ...parameters)
  }

  /** Waits for a call; what it gives after nobody waits any more goes to `late`. */
  async #wait<T>(work: Submitted<T>, request: Request, late?: (value: T) => Promise<unknown> | undefined): Promise<T> {
    try {
      return await waitFor(work.outcome, request, () => {
        this.#keep(work.outcome.then(late)).catch(() => {})
        return work.withdraw()
      })
    } catch (error) {
      throw nativeError(error, request)
    }
  }

  /** Runs `work`, and keeps the connection open until it is through. */
  async #track<T>(work: () => Promise<T>): Promise<T> {
    this.#assertOpen()
    return await this.#keep(work())
  }

  #keep<T>(run: Promise<T>): Promise<T> {
    const settled = run.then(
      () => {},
      () => {},
    )
    this.#running.add(settled)
    void settled.then(() => this.#running.delete(settled))
    return run
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) throw new InterfaceError('the connection is closed')
  }

  /** Waits for what runs, frees what is open, closes the connection and ends its threads. */
  close(): Promise<void> {
    this.#closed ??= this.#shut()
    return this.#closed
  }

  async #shut(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
    await Promise.all([...this.#open].map((open) => open.finish().catch(() => {})))
    await this.#threads.idle()
    this.#stayOpenAtExit()
    await this.#threads.run('close', this.#handle)
    await this.#threads.stop()
  }

  /** Gives everything back in the process's last moments, unless libtaos is at work. */
  #freeNow(): void {
    if (this.#threads.load > 0) return
    const calls = new Calls(this.#library)
    for (const open of this.#open) open.freeNow(calls)
    calls.close(this.#handle)
  }
}

function usableLibrary(path: string | undefined, config: Config): Library {
  let library: Library
  try {
    library = loadLibrary(path)
  } catch (error) {
    if (error instanceof LibraryError) throw new InterfaceError(error.message, { cause: error })
    throw error
  }
  const lacks = (name: FunctionName): boolean => library.missing.includes(name)
  for (const option of ['timezone', 'userIp', 'userApp'] as const) {
    if (config[option] !== undefined && lacks('taos_options_connection'))
      throw new InterfaceError(`${option}: ${lacking('options', library.missing)}`)
  }
  if (config.biMode && lacks('taos_set_conn_mode')) throw new InterfaceError(`biMode: ${lacking('bi', library.missing)}`)
  if (config.bearerToken !== undefined && lacks('taos_connect_token'))
    throw new InterfaceError(`bearerToken: ${lacking('token', library.missing)}`)
  if (config.totpCode !== undefined && lacks('taos_connect_totp')) throw new InterfaceError(`totpCode: ${lacking('totp', library.missing)}`)
  return library
}

/** Secrets are asked for anew with each host: one-time passwords pass. */
async function openRequest(config: Config, host: string, port: number): Promise<OpenRequest> {
  return {
    host,
    port,
    user: config.user,
    password: await config.password.reveal(),
    database: config.database ?? '',
    ...(config.bearerToken === undefined ? {} : { bearerToken: await config.bearerToken.reveal() }),
    ...(config.totpCode === undefined ? {} : { totpCode: await config.totpCode.reveal() }),
    options: [
      ...(config.timezone === undefined ? [] : [{ option: 1, value: config.timezone }]),
      ...(config.userIp === undefined ? [] : [{ option: 2, value: config.userIp }]),
      ...(config.userApp === undefined ? [] : [{ option: 3, value: config.userApp }]),
    ],
    bi: config.biMode,
  }
}

/** What errors show of a statement: never values that were put into it. */
function shownSql(sql: string, { shown }: CallOptions): { sql: string } {
  return { sql: shown?.sql ?? sql }
}

/** The calls whose first argument is the connection. */
type ConnectionCall = {
  [Name in keyof Calls]: Parameters<Calls[Name]> extends [connection: Pointer, ...rest: unknown[]] ? Name : never
}[keyof Calls]
type Rest<Name extends ConnectionCall> = Parameters<Calls[Name]> extends [Pointer, ...infer Args] ? Args : never

/** What a connection can do with this library: what an older one lacks is not promised. */
export function featuresOf(missing: Library['missing']): ReadonlySet<Feature> {
  const lacks = new Set<Need>(missing.map((name) => SIGNATURES[name].need))
  const features = new Set<Feature>(['query'])
  if (!lacks.has('statements')) features.add('statements').add('parameters')
  if (!lacks.has('schemaless')) features.add('schemaless')
  if (!lacks.has('subscription')) features.add('subscription')
  if (!lacks.has('options')) features.add('timezone')
  if (!lacks.has('bi')) features.add('bi')
  if (!lacks.has('validate')) features.add('validate')
  if (!lacks.has('currentDatabase')) features.add('currentDatabase')
  if (!lacks.has('vgroupId')) features.add('vgroupId')
  return features
}
