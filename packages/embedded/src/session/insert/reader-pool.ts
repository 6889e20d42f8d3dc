import type { ColumnDef, NormalTable, Supertable } from '../../catalog/model.ts'
import { RowReader } from './row-reader.ts'

/** Readers of one kind that wait to be used again. */
const IDLE = 64
/** Readers with room for more rows than this are large: only the last of them is kept. */
const SMALL_ROWS = 1024
/** And none with room for more than this. */
const KEPT_ROWS = 262_144

/** Row readers of tables and lists of columns, used again by later statements: small INSERTs then allocate nearly nothing. */
export class ReaderPool {
  readonly #idle = new WeakMap<Supertable | NormalTable, Map<string, RowReader[]>>()
  #large: RowReader | undefined

  /** A reader of this table and list of columns (`key`), which is empty; `order` finds the columns when it has to be made. */
  take(table: Supertable | NormalTable, key: string, order: () => readonly ColumnDef[]): RowReader {
    const large = this.#large
    if (large?.set.table === table && large.key === key && large.set.schemaVersion === table.schemaVersion) {
      this.#large = undefined
      return large
    }
    const list = this.#idle.get(table)?.get(key)
    for (let reader = list?.pop(); reader; reader = list?.pop()) if (reader.set.schemaVersion === table.schemaVersion) return reader
    return new RowReader(table, key, order(), table.database.precision)
  }

  /** Takes back a reader whose rows nobody needs any more. */
  give(reader: RowReader): void {
    const { set, key } = reader
    if (set.ts.capacity > SMALL_ROWS) {
      if (set.ts.capacity > KEPT_ROWS || set.hasLongText) return
      set.clear()
      this.#large = reader
      return
    }
    let lists = this.#idle.get(set.table)
    if (!lists) {
      lists = new Map()
      this.#idle.set(set.table, lists)
    }
    const list = lists.get(key)
    if (!list) lists.set(key, [reader])
    else if (list.length < IDLE) list.push(reader)
    else return
    set.clear()
  }
}
