import type { Database } from '../catalog/model.ts'
import type { Layout } from './layout.ts'
import type { Physical } from './physical.ts'
import type { Transaction } from './transaction.ts'

/** What happened to a table, as subscribers are told it. */
export type EventKind = 'create' | 'create-child' | 'insert-child' | 'alter' | 'drop' | 'delete'

/** An entry of the log of changes; rows are in the log by their own `_seq`. */
export interface LogEvent {
  readonly kind: EventKind
  readonly database: Database
  /** The vgroup that the change happens in; null for one that every vgroup takes part in, as all do in supertables. */
  readonly vgroup: number | null
  /** The supertable that it concerns, by its id; 0 for none. */
  readonly stable: number
  /** The `uid` of the table that it concerns; 0 for a supertable or several tables. */
  readonly uid: number
  /** Entries of one statement have the same number here. */
  readonly batch?: bigint
  /** The change as JSON; null for a new subtable whose tags are still those that it began with. */
  readonly body: string | null
}

const INTEGER: Physical = { sql: 'INTEGER', width: 4, kind: 'fixed' }
const BIGINT: Physical = { sql: 'BIGINT', width: 8, kind: 'fixed' }
const TEXT: Physical = { sql: 'VARCHAR', width: 16, kind: 'string' }

/** The DuckDB table of the log of changes. */
export const EVENT_TABLE = '_log'

const LAYOUT: Layout = {
  name: EVENT_TABLE,
  hasUid: false,
  columns: [
    { name: '_seq', physical: BIGINT, column: undefined },
    { name: 'database', physical: BIGINT, column: undefined },
    { name: 'kind', physical: TEXT, column: undefined },
    { name: 'vgroup', physical: INTEGER, column: undefined },
    { name: 'stable', physical: BIGINT, column: undefined },
    { name: 'uid', physical: INTEGER, column: undefined },
    { name: 'batch', physical: BIGINT, column: undefined },
    { name: 'body', physical: TEXT, column: undefined },
  ],
}

export const CREATE_EVENT_TABLE = `create table if not exists ${EVENT_TABLE} (${LAYOUT.columns.map(({ name, physical }) => `${name} ${physical.sql}`).join(', ')})`

/** Writes a change into the log, with its transaction; the number of its batch. */
export function logEvent(transaction: Transaction, event: LogEvent): bigint {
  const seq = transaction.takeSeq(1)
  const pending = transaction.pending(LAYOUT)
  const row = pending.rows++
  for (const column of pending.columns) column.reserve(row + 1)
  const [at, database, kind, vgroup, stable, uid, batch, body] = pending.columns
  at!.view.setBigInt64(row * 8, seq, true)
  database!.view.setBigInt64(row * 8, BigInt(event.database.id), true)
  kind!.setText(row, event.kind)
  if (event.vgroup === null) vgroup!.setNull(row)
  else vgroup!.view.setInt32(row * 4, event.vgroup, true)
  stable!.view.setBigInt64(row * 8, BigInt(event.stable), true)
  uid!.view.setInt32(row * 4, event.uid, true)
  batch!.view.setBigInt64(row * 8, event.batch ?? seq, true)
  if (event.body === null) body!.setNull(row)
  else body!.setText(row, event.body)
  transaction.onCommit(() => {
    event.database.lastEvent = seq
  })
  return event.batch ?? seq
}
