import type { ColumnDef, NormalTable, Supertable } from '../catalog/model.ts'
import { RowSet } from '../storage/row-set.ts'

/** Sets that wait to be used again. */
const IDLE = 4
/** Sets that take more bytes than this are not kept. */
const KEPT_BYTES = 8 * 1024 * 1024

/** Sets of rows whose memory the next execution of the same statement uses again. */
export class SetPool {
  readonly #idle: RowSet[] = []

  /** An empty set for a table's rows that give these columns beside the timestamp. */
  take(table: Supertable | NormalTable, columns: readonly ColumnDef[]): RowSet {
    const at = this.#idle.findIndex((set) => set.table === table && fits(set, columns))
    const [found] = at < 0 ? [] : this.#idle.splice(at, 1)
    return found ?? new RowSet(table, columns)
  }

  /** Takes back sets whose rows nobody needs any more. */
  give(sets: readonly RowSet[]): void {
    for (const set of sets) {
      if (set.memory > KEPT_BYTES) continue
      set.clear()
      this.#idle.unshift(set)
    }
    this.#idle.length = Math.min(this.#idle.length, IDLE)
  }
}

function fits(set: RowSet, columns: readonly ColumnDef[]): boolean {
  return (
    set.schemaVersion === set.table.schemaVersion &&
    set.columns.length === columns.length &&
    set.columns.every((own, i) => own === columns[i])
  )
}
