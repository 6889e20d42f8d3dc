import { randomBytes } from 'node:crypto'
import { Catalog } from './catalog/catalog.ts'
import type { Subtable, Supertable } from './catalog/model.ts'
import { isSystemDatabase, LiveRegistry } from './metadata/index.ts'
import { databaseFunctions } from './plan/functions/native.ts'
import { zoneText } from './plan/functions/time.ts'
import { isZone, type ZoneCache } from './plan/functions/zone.ts'
import { SetPool } from './prepared/set-pool.ts'
import { authenticate } from './session/authenticate.ts'
import { dropExpired } from './session/ddl/drop-table.ts'
import { ReaderPool } from './session/insert/reader-pool.ts'
import { PasswordCheck } from './session/password.ts'
import { Session, type SessionOptions } from './session/session.ts'
import { type Cell, Storage } from './storage/index.ts'
import { tagColumn, tagTable } from './storage/layout.ts'
import type { Writer } from './storage/writer.ts'
import { LogClock } from './topic/log-clock.ts'
import { Offsets } from './topic/offsets.ts'
import { longestRetention, Subscriptions } from './topic/subscriptions.ts'

export interface EngineOptions {
  /** Where the data lives; memory when absent. One process at a time can have a directory open. */
  readonly directory?: string
  /** What queries may use, such as `2GB`; a share of the machine's memory when absent. */
  readonly memory?: string
  /** Threads that a query uses at most. */
  readonly threads?: number
  /** Milliseconds that a query may take; no limit when absent or 0. */
  readonly queryTimeoutMs?: number
  /** Longest statement in UTF-16 units; 64 Mi when absent, the most that a TDengine's `maxSQLLength` may be set to. */
  readonly statementLength?: number
  /** Time zone of the sessions that name none: an IANA name or an offset such as `+08:00`. UTC when absent, wherever the machine stands. */
  readonly timezone?: string
}

/** Milliseconds between two looks for tables that have outlived their TTL, as TDengine's ttlPushInterval. */
const EXPIRY_MS = 10_000

const STATEMENT_LENGTH = 64 * 1024 * 1024

/** A TDengine in this process: databases in memory or in a directory, used through sessions. */
export class Engine {
  readonly storage: Storage
  readonly catalog: Catalog
  /** Who is connected and what runs. */
  readonly live: LiveRegistry
  /** Consumers of topics and how far they have come. */
  readonly subscriptions: Subscriptions
  readonly zones: ZoneCache = new Map()
  /** Of sessions that name none. */
  readonly timezone: string
  /** Readers of INSERT's rows that wait to be used again. */
  readonly rowReaders = new ReaderPool()
  /** Sets of bound rows that wait to be used again. */
  readonly rowSets = new SetPool()
  readonly #passwords = new PasswordCheck()
  readonly #expiry: NodeJS.Timeout
  readonly limits: { readonly queryTimeoutMs: number; readonly statementLength: number }

  private constructor(storage: Storage, catalog: Catalog, offsets: Offsets, clock: LogClock, options: EngineOptions) {
    this.storage = storage
    this.catalog = catalog
    this.timezone = options.timezone ?? 'UTC'
    const clusterId = randomBytes(8).readBigInt64LE() & 0x7fff_ffff_ffff_ffffn
    this.live = new LiveRegistry({ clusterId, timezone: zoneText(this.timezone, Date.now()) })
    this.subscriptions = new Subscriptions(this, offsets, clock)
    // A full disk or a closing engine: the next look finds them still.
    this.#expiry = setInterval(() => void dropExpired(this).catch(() => undefined), EXPIRY_MS).unref()
    this.limits = { queryTimeoutMs: options.queryTimeoutMs ?? 0, statementLength: options.statementLength ?? STATEMENT_LENGTH }
  }

  /** Opens an engine. Throws StorageOpenError when its directory cannot be had, a RangeError for an unknown time zone. */
  static async open({ timezone, ...options }: EngineOptions = {}): Promise<Engine> {
    if (timezone !== undefined && !isZone(timezone)) throw new RangeError(`there is no time zone ${JSON.stringify(timezone)}`)
    const storage = await Storage.open({ ...options, functions: databaseFunctions() })
    try {
      const catalog = new Catalog()
      const offsets = new Offsets()
      const clock = new LogClock()
      await storage.start(async () => {
        let end = await catalog.load(storage)
        const committed = await offsets.load(storage)
        if (committed > end) end = committed
        const marked = await clock.load(storage, Date.now() - longestRetention(catalog) * 1000)
        if (marked > end) end = marked
        clock.mark(end)
        return end
      })
      return new Engine(storage, catalog, offsets, clock, { ...options, ...(timezone === undefined ? {} : { timezone }) })
    } catch (error) {
      await storage.close()
      throw error
    }
  }

  get writer(): Writer {
    return this.storage.writer
  }

  /** Opens a session. Throws 0x0388 when its database is unknown. */
  session(options: SessionOptions = {}): Session {
    return new Session(this, options)
  }

  /** Throws 0x0351 for an unknown user, 0x0357 for a wrong password, 0x0315 for a disabled user. */
  authenticate(user: string, password: string): Promise<void> {
    return authenticate(this.catalog, this.#passwords, user, password)
  }

  hasDatabase(name: string): boolean {
    return this.catalog.databases.has(name) || isSystemDatabase(name)
  }

  /** The tag values of every subtable of a supertable, or of one, by its `uid`, in the order of the supertable's tags. */
  async readTags(stable: Supertable, only?: Subtable): Promise<ReadonlyMap<number, readonly Cell[]>> {
    const reader = await this.storage.lease()
    try {
      const columns = stable.tags.map((tag) => `, ${tagColumn(tag)}`).join('')
      const rows = await reader.all(`select uid${columns} from ${tagTable(stable)}${only ? ` where uid = ${only.uid}` : ''}`)
      return new Map(rows.map(([uid, ...values]) => [uid as number, values]))
    } finally {
      await reader.release()
    }
  }

  /** Waits for writing to end and closes the files. */
  async close(): Promise<void> {
    clearInterval(this.#expiry)
    await this.storage.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
