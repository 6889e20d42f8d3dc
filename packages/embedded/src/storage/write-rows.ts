import type { Catalog } from '../catalog/catalog.ts'
import type { NormalTable, Subtable, Supertable } from '../catalog/model.ts'
import { SqlError } from '../errors.ts'
import { type EventKind, logEvent } from './event-log.ts'
import { type Layout, tagLayout } from './layout.ts'
import { type Ordered, orderRows } from './order.ts'
import type { ColumnBuffer } from './row-buffer.ts'
import type { NewSubtable, RowSet } from './row-set.ts'
import type { Transaction } from './transaction.ts'

/** The statement was read against a schema that has changed since: it is to be read again. */
export class StaleSchema extends Error {
  override readonly name = 'StaleSchema'
}

/** Timestamps that a database takes, in its ticks: both ends included. */
export interface KeepRange {
  readonly from: bigint
  readonly to: bigint
}

/** Above so many rows a set is appended as it lies; below, its rows are put together with others of the transaction. */
const COLLECT_ROWS = 512

/** Writes a set's rows: those newer than their table's newest are appended, the others merged. Returns the rows affected. */
export async function writeRows(transaction: Transaction, catalog: Catalog, set: RowSet, keep: KeepRange): Promise<number> {
  const { table } = set
  if (table.dropped || table.schemaVersion !== set.schemaVersion) throw new StaleSchema()
  // A view takes no rows: those that waited for it would fail every write after them.
  if (table.kind === 'normal' && table.sources) throw new SqlError(0x0100, 'Virtual table can not be written')
  const ordered = orderRows(set)
  const ts = new BigInt64Array(set.ts.bytes.buffer, set.ts.bytes.byteOffset, set.rows)
  for (const part of ordered) {
    if (part.target.kind !== 'new' && part.target.dropped) throw new StaleSchema()
    const first = ts[firstRow(part)]!
    if (first < keep.from || ts[lastRow(part)]! > keep.to) throw new SqlError(0x060b, 'Timestamp data out of range')
    if (table.minTs === undefined || first < table.minTs) table.minTs = first
  }
  const layout = transaction.layout(table)
  let affected = 0
  const merges: { part: Ordered; uid: number; rows: Int32Array }[] = []
  const appends: { uid: number; from: number; to: number; rows: Int32Array | undefined }[] = []
  for (const part of ordered) {
    const target =
      part.target.kind === 'new' ? createSubtable(transaction, catalog, part.target, 'insert-child', part.target.options) : part.target
    const { maxTs } = target
    const rows = part.rows
    const count = rows ? rows.length : part.to - part.from
    affected += count
    const newest = ts[lastRow(part)]!
    if (maxTs === null || newest > maxTs) {
      transaction.onRollback(() => {
        target.maxTs = maxTs
      })
      target.maxTs = newest
    }
    if (maxTs === null || ts[firstRow(part)]! > maxTs) {
      appends.push({ uid: target.uid, from: part.from, to: part.to, rows })
      continue
    }
    let split = 0
    while (split < count && ts[rows ? rows[split]! : part.from + split]! <= maxTs) split++
    const all = rows ?? Int32Array.from({ length: count }, (_, i) => part.from + i)
    merges.push({ part, uid: target.uid, rows: all.subarray(0, split) })
    if (split < count) appends.push({ uid: target.uid, from: 0, to: 0, rows: all.subarray(split) })
  }
  if (merges.length > 0) {
    await transaction.merge(layout, set, merges)
    await disorder(transaction, catalog, table)
  }
  await appendRows(transaction, layout, set, appends)
  const last = transaction.lastSeq
  transaction.onCommit(() => {
    table.lastSeq = last
  })
  return affected
}

/** Remembers that a table has rows behind newer ones: from now on they are sorted when they are read. */
async function disorder(transaction: Transaction, catalog: Catalog, table: Supertable | NormalTable): Promise<void> {
  if (!table.inOrder) return
  table.inOrder = false
  transaction.onRollback(() => {
    table.inOrder = true
  })
  await catalog.save(transaction, table.kind, table)
}

function firstRow(part: Ordered): number {
  return part.rows ? part.rows[0]! : part.from
}

function lastRow(part: Ordered): number {
  return part.rows ? part.rows[part.rows.length - 1]! : part.to - 1
}

interface Append {
  readonly uid: number
  readonly from: number
  readonly to: number
  readonly rows: Int32Array | undefined
}

async function appendRows(transaction: Transaction, layout: Layout, set: RowSet, appends: readonly Append[]): Promise<void> {
  const total = appends.reduce((sum, { from, to, rows }) => sum + (rows ? rows.length : to - from), 0)
  if (total === 0) return
  // Every row of the set in its order: no copy of the values is needed.
  const whole = total === set.rows && appends.every(({ rows, from }, i) => !rows && from === (i === 0 ? 0 : appends[i - 1]!.to))
  if (whole && total > COLLECT_ROWS) {
    await transaction.append(layout, columnsOf(transaction, layout, set, appends, total), total)
    return
  }
  const pending = transaction.pending(layout)
  const start = pending.rows
  for (const column of pending.columns) column.reserve(start + total)
  const source = sources(layout, set)
  let row = start
  let seq = transaction.takeSeq(total)
  for (const { uid, from, to, rows } of appends) {
    const count = rows ? rows.length : to - from
    for (let i = 0; i < layout.columns.length; i++) {
      const target = pending.columns[i]!
      const { name } = layout.columns[i]!
      const values = source[i]
      if (name === 'uid') for (let r = row; r < row + count; r++) target.view.setInt32(r * 4, uid, true)
      else if (name === '_seq') fillSequence(target, row, count, seq)
      else if (!values) for (let r = row; r < row + count; r++) target.setNull(r)
      else if (rows) for (let r = 0; r < count; r++) target.copyRow(row + r, values, rows[r]!)
      else target.copyRows(row, values, from, to)
    }
    row += count
    seq += BigInt(count)
  }
  pending.rows = row
}

/** Consecutive 64-bit numbers, counted in two halves. */
function fillSequence(target: ColumnBuffer, from: number, count: number, first: bigint): void {
  const words = new Int32Array(target.bytes.buffer)
  const end = (from + count) * 2
  let low = Number(first & 0xffff_ffffn) | 0
  let high = Number(first >> 32n)
  for (let at = from * 2; at < end; at += 2) {
    words[at] = low
    words[at + 1] = high
    low = (low + 1) | 0
    if (low === 0) high++
  }
}

/** The set's buffers in the layout's order; undefined where the set gives none. */
function sources(layout: Layout, set: RowSet): (ColumnBuffer | undefined)[] {
  return layout.columns.map(({ name, column }) => {
    if (name === 'ts') return set.ts
    if (!column) return undefined
    const index = set.columns.findIndex(({ id }) => id === column.id)
    return index < 0 ? undefined : set.values[index]
  })
}

function columnsOf(
  transaction: Transaction,
  layout: Layout,
  set: RowSet,
  appends: readonly Append[],
  total: number,
): (ColumnBuffer | null)[] {
  const source = sources(layout, set)
  return layout.columns.map(({ name, physical }, i) => {
    if (name === 'uid') {
      const uids = transaction.buffer(physical, total)
      const values = new Int32Array(uids.bytes.buffer)
      for (const { uid, from, to } of appends) values.fill(uid, from, to)
      return uids
    }
    if (name === '_seq') {
      const seqs = transaction.buffer(physical, total)
      fillSequence(seqs, 0, total, transaction.takeSeq(total))
      return seqs
    }
    return source[i] ?? null
  })
}

/** Makes the subtable unless a statement before made it; rows of tags are appended with the transaction. */
export function createSubtable(
  transaction: Transaction,
  catalog: Catalog,
  spec: NewSubtable,
  kind: Extract<EventKind, 'create-child' | 'insert-child'>,
  options?: { readonly ttl: number; readonly comment: string | null; readonly batch?: bigint },
): Subtable {
  const { supertable, name } = spec
  const { database } = supertable
  const existing = database.tables.get(name)
  if (existing) {
    if (existing.kind === 'subtable' && existing.supertable === supertable) return existing
    throw new StaleSchema()
  }
  const table: Subtable = {
    kind: 'subtable',
    id: 0,
    uid: catalog.takeUid(),
    name,
    dropped: false,
    database,
    supertable,
    created: Date.now(),
    options: { comment: options?.comment ?? null, ttl: options?.ttl ?? 0, sma: [], other: new Map() },
    maxTs: null,
    vgroup: catalog.vgroup(database, name),
  }
  appendTags(transaction, spec, table)
  logEvent(transaction, { kind, database, vgroup: table.vgroup, stable: supertable.id, uid: table.uid, batch: options?.batch, body: null })
  database.tables.set(name, table)
  supertable.subtables.set(name, table)
  transaction.onRollback(() => {
    database.tables.delete(name)
    supertable.subtables.delete(name)
    table.dropped = true
  })
  return table
}

function appendTags(transaction: Transaction, { supertable, tags, row: from }: NewSubtable, table: Subtable): void {
  const layout = tagLayout(supertable)
  const pending = transaction.pending(layout)
  const row = pending.rows++
  layout.columns.forEach(({ name, column }, i) => {
    const target = pending.columns[i]!
    target.reserve(row + 1)
    if (column) target.copyRow(row, tags.columns[supertable.tags.indexOf(column)]!, from)
    else if (name === 'uid') target.view.setInt32(row * 4, table.uid, true)
    else if (name === 'tbname') target.setText(row, table.name)
    else if (name === '_created') target.view.setBigInt64(row * 8, BigInt(table.created), true)
    else if (name === '_vgroup') target.view.setInt32(row * 4, table.vgroup, true)
    else if (name === '_ttl') target.view.setInt32(row * 4, table.options.ttl, true)
    else if (table.options.comment === null) target.setNull(row)
    else target.setText(row, table.options.comment)
  })
}

export type DataTable = Supertable | NormalTable
