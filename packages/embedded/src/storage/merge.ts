import type { Parameter } from './duckdb.ts'
import type { Layout } from './layout.ts'
import { keyValues } from './order.ts'
import { ColumnBuffer } from './row-buffer.ts'
import { RowSet } from './row-set.ts'
import type { Transaction } from './transaction.ts'

interface Part {
  readonly uid: number
  readonly rows: Int32Array
}

/** Up to so many rows are updated one by one; more go through a stage table and one MERGE. */
const SINGLE_ROWS = 3

/**
 * Rows for one table that may overwrite others and give the same columns, of all statements of a transaction that come one after the other.
 * The columns given replace the old values, the other columns keep theirs.
 */
export class MergeBatch {
  readonly #layout: Layout
  readonly #set: RowSet
  readonly #uids = new ColumnBuffer({ sql: 'INTEGER', width: 4, kind: 'fixed' })
  readonly #seqs = new ColumnBuffer({ sql: 'BIGINT', width: 8, kind: 'fixed' })
  #statements = 0

  constructor(layout: Layout, like: RowSet) {
    this.#layout = layout
    this.#set = new RowSet(like.table, like.columns)
  }

  /** Whether rows of a set can stand in this batch. */
  takes({ table, columns }: RowSet): boolean {
    const own = this.#set
    return table === own.table && columns.length === own.columns.length && columns.every(({ id }, i) => id === own.columns[i]!.id)
  }

  /** Adds a statement's rows, which are unique among themselves. `takeSeq` reserves their numbers. */
  add(source: RowSet, parts: readonly Part[], takeSeq: (rows: number) => bigint): void {
    this.#statements++
    const set = this.#set
    const total = parts.reduce((sum, { rows }) => sum + rows.length, 0)
    let row = set.rows
    set.rows += total
    set.reserve(set.rows)
    this.#uids.reserve(set.rows)
    this.#seqs.reserve(set.rows)
    let seq = takeSeq(total)
    for (const { uid, rows } of parts) {
      for (const from of rows) {
        this.#uids.view.setInt32(row * 4, uid, true)
        this.#seqs.view.setBigInt64(row * 8, seq++, true)
        set.ts.copyRow(row, source.ts, from)
        for (let i = 0; i < set.values.length; i++) set.values[i]!.copyRow(row, source.values[i]!, from)
        row++
      }
    }
  }

  /** Writes the rows. */
  async write(transaction: Transaction): Promise<void> {
    const rows = this.#unique()
    if (rows.set.rows <= SINGLE_ROWS) await updateRows(transaction, this.#layout, rows)
    else await mergeStage(transaction, this.#layout, rows)
  }

  /** Of rows that several statements wrote, the last stays: MERGE wants each row once. */
  #unique(): MergeRows {
    const set = this.#set
    const uids = this.#uids
    const seqs = this.#seqs
    if (this.#statements === 1) return { set, uids, seqs }
    const key = set.columns.findIndex(({ primaryKey }) => primaryKey)
    const all = Int32Array.from({ length: set.rows }, (_, row) => row)
    const keys = key < 0 ? undefined : keyValues(set.values[key]!, all, set.rows)
    const last = new Map<string, number>()
    for (const row of all)
      last.set(`${uids.view.getInt32(row * 4, true)} ${set.ts.view.getBigInt64(row * 8, true)} ${keys?.[row] ?? ''}`, row)
    if (last.size === set.rows) return { set, uids, seqs }
    const rows = Int32Array.from(last.values())
    return { set: set.pick(rows), uids: picked(uids, rows), seqs: picked(seqs, rows) }
  }
}

/** Rows to merge: what a set gives, with the `uid` and `_seq` of each row. */
interface MergeRows {
  readonly set: RowSet
  readonly uids: ColumnBuffer
  readonly seqs: ColumnBuffer
}

function picked(buffer: ColumnBuffer, rows: Int32Array): ColumnBuffer {
  const kept = new ColumnBuffer(buffer.physical, rows.length)
  for (const [to, from] of rows.entries()) kept.copyRow(to, buffer, from)
  return kept
}

/** The columns of a merge in the stage's order: keys first, then values. */
function columnsOf(layout: Layout, set: RowSet): { keys: string[]; values: string[]; types: Map<string, string> } {
  const keys = layout.hasUid ? ['uid', 'ts'] : ['ts']
  const values: string[] = []
  const types = new Map(layout.columns.map(({ name, physical }) => [name, physical.sql]))
  for (const column of set.columns) {
    if (column.primaryKey) keys.push(`c${column.id}`)
    else values.push(`c${column.id}`)
  }
  return { keys, values, types }
}

async function updateRows(transaction: Transaction, layout: Layout, rows: MergeRows): Promise<void> {
  const { keys, values } = columnsOf(layout, rows.set)
  const changes = ['_seq', ...values]
  const update = `update ${layout.name} set ${changes.map((name) => `${name} = ?`).join(', ')} where ${keys.map((name) => `${name} = ?`).join(' and ')}`
  const names = ['_seq', ...keys, ...values]
  const insert = `insert into ${layout.name} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`
  for (let row = 0; row < rows.set.rows; row++) {
    const value = (name: string): Parameter => ({ buffer: bufferOf(rows, name), row })
    const changed = await transaction.run(update, [...changes.map(value), ...keys.map(value)])
    if (changed === 0) await transaction.run(insert, names.map(value))
  }
}

async function mergeStage(transaction: Transaction, layout: Layout, rows: MergeRows): Promise<void> {
  const { keys, values, types } = columnsOf(layout, rows.set)
  const names = ['_seq', ...keys, ...values]
  const stage = `stage_${layout.name}`
  await transaction.run(`create or replace temp table ${stage} (${names.map((name) => `${name} ${types.get(name)}`).join(', ')})`)
  const columns = names.map((name) => bufferOf(rows, name))
  const layoutOfStage: Layout = {
    name: stage,
    hasUid: layout.hasUid,
    columns: names.map((name, i) => ({ name, physical: columns[i]!.physical, column: undefined })),
  }
  await transaction.append(layoutOfStage, columns, rows.set.rows)
  await transaction.run(
    `merge into ${layout.name} t using ${stage} s on ${keys.map((name) => `t.${name} = s.${name}`).join(' and ')}
     when matched then update set ${['_seq', ...values].map((name) => `${name} = s.${name}`).join(', ')}
     when not matched then insert (${names.join(', ')}) values (${names.map((name) => `s.${name}`).join(', ')})`,
  )
  transaction.forgetAppender(stage)
  await transaction.run(`drop table ${stage}`)
}

function bufferOf({ set, uids, seqs }: MergeRows, name: string): ColumnBuffer {
  if (name === 'uid') return uids
  if (name === '_seq') return seqs
  if (name === 'ts') return set.ts
  return set.values[set.columns.findIndex(({ id }) => `c${id}` === name)]!
}
