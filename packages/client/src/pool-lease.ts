import type { Answer, CallOptions, DriverStatement, Feature, SchemalessCounts, SchemalessRequest, Session } from './driver/driver.ts'
import { databaseOfUse } from './driver/identifier.ts'
import { NotSupportedError } from './errors.ts'

/** A session that the pool lends out: it notes what its user changed, and closing it gives it back. */
export class LeasedSession implements Session {
  readonly #session: Session
  readonly #giveBack: (changed: ReadonlySet<'database' | number>) => void
  readonly #changed = new Set<'database' | number>()
  #returned = false

  constructor(session: Session, giveBack: (changed: ReadonlySet<'database' | number>) => void) {
    this.#session = session
    this.#giveBack = giveBack
  }

  get features(): ReadonlySet<Feature> {
    return this.#session.features
  }

  get serverVersion(): string {
    return this.#session.serverVersion
  }

  get load(): number {
    return this.#session.load
  }

  get failure(): Error | undefined {
    return this.#session.failure
  }

  nextRequestId(): number | bigint {
    return this.#session.nextRequestId()
  }

  query(sql: string, options?: CallOptions): Promise<Answer> {
    if (databaseOfUse(sql) !== undefined) this.#changed.add('database')
    return this.#session.query(sql, options)
  }

  prepare(sql: string, options?: CallOptions): Promise<DriverStatement> {
    return this.#session.prepare(sql, options)
  }

  schemaless(request: SchemalessRequest, options?: CallOptions): Promise<SchemalessCounts> {
    return this.#session.schemaless(request, options)
  }

  async writeRaw(metaType: number, data: Uint8Array, options?: CallOptions): Promise<void> {
    if (!this.#session.writeRaw) throw new NotSupportedError('this connection cannot write messages of subscriptions')
    await this.#session.writeRaw(metaType, data, options)
  }

  selectDatabase(name: string, options?: CallOptions): Promise<void> {
    this.#changed.add('database')
    return this.#session.selectDatabase(name, options)
  }

  currentDatabase(options?: CallOptions): Promise<string> {
    return this.#session.currentDatabase(options)
  }

  validate(sql: string, options?: CallOptions): Promise<void> {
    return this.#session.validate(sql, options)
  }

  setOption(option: number, value: string | null, options?: CallOptions): Promise<void> {
    this.#changed.add(option)
    return this.#session.setOption(option, value, options)
  }

  async close(): Promise<void> {
    if (this.#returned) return
    this.#returned = true
    this.#giveBack(this.#changed)
  }
}
