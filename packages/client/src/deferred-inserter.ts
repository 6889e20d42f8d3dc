import type { ColumnarRows, RowInput } from './bound-rows.ts'
import type { Inserter, InsertHost, InsertOptions } from './insert.ts'
import { loadOnce } from './load-once.ts'
import type { BindOptions } from './prepared-statement.ts'
import type { Precision } from './types/precision.ts'

/** An inserter whose code is loaded by the first call; those who only read never load it. */
export class DeferredInserter {
  readonly #host: InsertHost
  readonly #load = loadOnce(() => import('./writing.ts').then(({ Inserter }) => (this.#inserter = new Inserter(this.#host))))
  #inserter: Inserter | undefined

  constructor(host: InsertHost) {
    this.#host = host
  }

  async insert(table: string, rows: readonly RowInput[] | ColumnarRows, options: InsertOptions): Promise<number> {
    return await (this.#inserter ?? (await this.#load())).insert(table, rows, options)
  }

  async run(sql: string, rows: readonly (readonly unknown[])[], options: BindOptions): Promise<number | undefined> {
    return await (this.#inserter ?? (await this.#load())).run(sql, rows, options)
  }

  async precisionOf(table: string): Promise<Precision> {
    return await (this.#inserter ?? (await this.#load())).precisionOf(table)
  }

  /** Forgets what belongs to a session that is gone, or to another database. */
  reset(): void {
    this.#inserter?.reset()
  }
}
