import type { Layout } from './layout.ts'
import type { Physical } from './physical.ts'
import type { Transaction } from './transaction.ts'

/** The DuckDB table of the positions that were written back from another server's messages. */
export const REPLICATED_TABLE = '_replicated'

const BIGINT: Physical = { sql: 'BIGINT', width: 8, kind: 'fixed' }

const LAYOUT: Layout = {
  name: REPLICATED_TABLE,
  hasUid: false,
  columns: [
    { name: 'first', physical: BIGINT, column: undefined },
    { name: 'next', physical: BIGINT, column: undefined },
  ],
}

export const CREATE_REPLICATED_TABLE = `create table if not exists ${REPLICATED_TABLE} (first bigint, next bigint)`

/** Notes where rows stand that another server has told of: `first` ≤ position < `next`. */
export function logReplicated(transaction: Transaction, first: bigint, next: bigint): void {
  const pending = transaction.pending(LAYOUT)
  const row = pending.rows++
  for (const column of pending.columns) column.reserve(row + 1)
  pending.columns[0]!.view.setBigInt64(row * 8, first, true)
  pending.columns[1]!.view.setBigInt64(row * 8, next, true)
}
