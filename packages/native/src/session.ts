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
import { type Calls, NativeError, type QueryReply } from './calls.ts'
import { type Library, LibraryError, loadLibrary, type Pointer } from './library.ts'
import { nativeError, type Request, waitFor } from './request.ts'
import { SIGNATURES } from './signatures.ts'
import { NativeStatement } from './statement.ts'
import { Threads } from './threads.ts'
import { NativeTmq } from './tmq.ts'

/** libtaos's numbers of the schemaless protocols and precisions (C API reference, TSDB_SML_…). */
const PROTOCOLS = { line: 1, telnet: 2, json: 3 } as const
const SCHEMALESS_PRECISIONS: Readonly<Record<string, number>> = { '': 0, h: 1, m: 2, s: 3, ms: 4, us: 5, u: 5, µs: 5, ns: 6 }

/** Threads of one session: statements beyond them wait for each other. */
const THREADS = 4

/** A connection of libtaos. */
export class NativeSession implements Session {
  readonly features: ReadonlySet<Feature>
  readonly serverVersion: string
  readonly failure: Error | undefined = undefined
  readonly #threads: Threads
  readonly #handle: Pointer
  readonly #endpoint: { readonly host: string; readonly port: number }
  /** Results and statements that are open, to be closed before the connection. */
  readonly #open = new Set<{ free?(): void; close?(): Promise<void> }>()
  /** Calls under way; the connection is closed after the last. */
  readonly #running = new Set<Promise<unknown>>()
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
    this.#threads = threads
    this.#handle = handle
    this.serverVersion = version
    this.features = featuresOf(library.missing)
    this.#nextId = (BigInt(process.pid & 0xffff) << 40n) | BigInt(Date.now() & 0xffffffff)
  }

  /** Loads libtaos and logs in. Throws an InterfaceError about the library, and what the server says about the login. */
  static async open(config: Config, options: { library?: string; signal?: AbortSignal } = {}): Promise<NativeSession> {
    let library: Library
    try {
      library = loadLibrary(options.library)
    } catch (error) {
      if (error instanceof LibraryError) throw new InterfaceError(error.message, { cause: error })
      throw error
    }
    if (config.timezone !== undefined && library.functions.taos_options_connection === undefined) {
      throw new InterfaceError('timezone: this libtaos cannot set it for one connection; install the client of TDengine 3.3.6 or newer')
    }
    const threads = new Threads(library, THREADS)
    const request: Request = { signal: options.signal, timeoutMs: config.connectTimeoutMs, harmless: true }
    let failure: unknown
    for (const { host, port } of config.endpoints) {
      try {
        const opening = threads.run('open', {
          host,
          port,
          user: config.user,
          password: await config.password.reveal(),
          database: config.database ?? '',
          ...(config.bearerToken === undefined ? {} : { bearerToken: await config.bearerToken.reveal() }),
          ...(config.totpCode === undefined ? {} : { totpCode: await config.totpCode.reveal() }),
          options: [
            ...(config.timezone === undefined ? [] : [{ option: 1, value: config.timezone, name: 'timezone' }]),
            ...(config.userIp === undefined ? [] : [{ option: 2, value: config.userIp, name: 'userIp' }]),
            ...(config.userApp === undefined ? [] : [{ option: 3, value: config.userApp, name: 'userApp' }]),
          ],
          bi: config.biMode,
        })
        const abandon = () => {
          void opening.then(
            ({ handle }) => threads.run('close', handle),
            () => {},
          )
        }
        const { handle, version } = await waitFor(opening, request, abandon)
        return new NativeSession(threads, handle, version, library, { host, port })
      } catch (error) {
        failure = nativeError(error, request)
        // The next host may answer where this one cannot be reached; a refused login is refused everywhere.
        if (!(error instanceof NativeError && (error.code === 0x000b || error.code === 0x0015))) break
      }
    }
    void threads.stop()
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
    const request: Request = { ...options, sql, reqId }
    return this.#answer(this.#run('query', sql, reqId), request)
  }

  /** A result for a call under way; given up, it is freed when it comes. */
  async #answer(work: Promise<QueryReply>, request: Request): Promise<Answer> {
    const abandon = () => {
      void work.then(
        ({ handle }) => (handle === 0n ? undefined : this.#threads.run('free', handle)),
        () => {},
      )
    }
    try {
      const reply = await waitFor(work, request, abandon)
      const answer: NativeAnswer = new NativeAnswer(this.#threads, reply, request, () => this.#open.delete(answer))
      if (!reply.isUpdate) this.#open.add(answer)
      return answer
    } catch (error) {
      throw nativeError(error, request)
    }
  }

  async prepare(sql: string, options: CallOptions = {}): Promise<DriverStatement> {
    const request: Request = { ...options, sql, reqId: options.reqId ?? ++this.#nextId, kind: 'statement' }
    const work = this.#run('prepare', sql, request.reqId!)
    const abandon = () => {
      void work.then(
        ({ handle }) => this.#threads.run('closeStatement', handle),
        () => {},
      )
    }
    try {
      const statement: NativeStatement = new NativeStatement(this.#threads, await waitFor(work, request, abandon), request, () =>
        this.#open.delete(statement),
      )
      this.#open.add(statement)
      return statement
    } catch (error) {
      throw nativeError(error, request)
    }
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

  /** A consumer with a connection of its own, on the threads of this session. */
  async openTmq(): Promise<NativeTmq> {
    if (this.#closed !== undefined) throw new InterfaceError('the connection is closed')
    const consumer: NativeTmq = new NativeTmq(this.#threads, this.#endpoint.host, this.#endpoint.port, () => this.#open.delete(consumer))
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

  async setOption(option: number, value: string | null, options: CallOptions = {}): Promise<void> {
    await this.#call('setOption', options, option, value)
  }

  /** Runs a call on this connection and waits for it. */
  async #call<Name extends ConnectionCall>(name: Name, request: Request, ...args: Rest<Name>): Promise<Awaited<ReturnType<Calls[Name]>>> {
    try {
      return (await waitFor(this.#run(name, ...args), request, () => {})) as Awaited<ReturnType<Calls[Name]>>
    } catch (error) {
      throw nativeError(error, request)
    }
  }

  #run<Name extends ConnectionCall>(name: Name, ...args: Rest<Name>): Promise<ReturnType<Calls[Name]>> {
    if (this.#closed !== undefined) return Promise.reject(new InterfaceError('the connection is closed'))
    const parameters = [this.#handle, ...args] as unknown as Parameters<Calls[Name]>
    const work = this.#threads.run(name, ...parameters)
    const settled = work.then(
      () => {},
      () => {},
    )
    this.#running.add(settled)
    void settled.then(() => this.#running.delete(settled))
    return work
  }

  /** Frees what is open, waits for what runs, closes the connection and ends its threads. */
  close(): Promise<void> {
    this.#closed ??= this.#shut()
    return this.#closed
  }

  async #shut(): Promise<void> {
    await Promise.all(this.#running)
    for (const open of [...this.#open]) {
      open.free?.()
      await open.close?.()
    }
    await this.#threads.idle()
    await this.#threads.run('close', this.#handle)
    await this.#threads.stop()
  }
}

/** The calls whose first argument is the connection. */
type ConnectionCall = {
  [Name in keyof Calls]: Parameters<Calls[Name]> extends [connection: Pointer, ...rest: unknown[]] ? Name : never
}[keyof Calls]
type Rest<Name extends ConnectionCall> = Parameters<Calls[Name]> extends [Pointer, ...infer Args] ? Args : never

/** What a connection can do with this library: what an older one lacks is not promised. */
export function featuresOf(missing: Library['missing']): ReadonlySet<Feature> {
  const lacks = new Set<string>(missing.map((name) => SIGNATURES[name].need))
  const features = new Set<Feature>(['query', 'currentDatabase', 'vgroupId'])
  if (!lacks.has('statements')) features.add('statements').add('parameters')
  if (!lacks.has('schemaless')) features.add('schemaless')
  if (!lacks.has('subscription')) features.add('subscription')
  if (!lacks.has('options')) features.add('timezone').add('bi')
  if (!lacks.has('validate')) features.add('validate')
  return features
}
