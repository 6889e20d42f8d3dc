import type { Parameter } from './duckdb.ts'
import type { Layout } from './layout.ts'
import { ColumnBuffer } from './row-buffer.ts'
import type { RowSet } from './row-set.ts'
import type { Transaction } from './transaction.ts'

interface Part {
  readonly uid: number
  readonly rows: Int32Array
}

/** Up to so many rows are updated one by one; more go through a stage table and one MERGE. */
const SINGLE_ROWS = 8

/** Writes rows that may overwrite others: the columns given replace the old values, the other columns keep theirs. */
export async function mergeRows(transaction: Transaction, layout: Layout, set: RowSet, parts: readonly Part[]): Promise<void> {
  const total = parts.reduce((sum, { rows }) => sum + rows.length, 0)
  const rows = new Int32Array(total)
  const uids = new ColumnBuffer({ sql: 'INTEGER', width: 4, kind: 'fixed' }, total)
  let row = 0
  for (const part of parts) {
    rows.set(part.rows, row)
    for (let i = 0; i < part.rows.length; i++) uids.view.setInt32((row + i) * 4, part.uid, true)
    row += part.rows.length
  }
  const picked = set.pick(rows)
  if (total <= SINGLE_ROWS) await updateRows(transaction, layout, picked, uids)
  else await mergeStage(transaction, layout, picked, uids)
}

/** The columns of a merge in the stage's order: keys first, then values. */
function columnsOf(layout: Layout, set: RowSet): { keys: string[]; values: string[]; types: Map<string, string> } {
  const keys = layout.hasUid ? ['uid', 'ts'] : ['ts']
  const values: string[] = []
  const types = new Map(layout.columns.map(({ name, physical }) => [name, physical.sql]))
  set.columns.forEach((column) => {
    if (column.primaryKey) keys.push(`c${column.id}`)
    else values.push(`c${column.id}`)
  })
  return { keys, values, types }
}

async function updateRows(transaction: Transaction, layout: Layout, set: RowSet, uids: ColumnBuffer): Promise<void> {
  const { keys, values } = columnsOf(layout, set)
  const buffer = (name: string): ColumnBuffer => bufferOf(set, uids, name)
  const update = `update ${layout.name} set ${['_seq', ...values].map((name) => `${name} = ?`).join(', ')} where ${keys.map((name) => `${name} = ?`).join(' and ')}`
  const names = [...keys, ...values]
  const insert = `insert into ${layout.name} (${['_seq', ...names].join(', ')}) values (${['_seq', ...names].map(() => '?').join(', ')})`
  const first = transaction.takeSeq(set.rows)
  for (let row = 0; row < set.rows; row++) {
    const value = (name: string): Parameter => ({ buffer: buffer(name), row })
    const seq = first + BigInt(row)
    const changed = await transaction.run(update, [seq, ...values.map(value), ...keys.map(value)])
    if (changed === 0) await transaction.run(insert, [seq, ...names.map(value)])
  }
}

async function mergeStage(transaction: Transaction, layout: Layout, set: RowSet, uids: ColumnBuffer): Promise<void> {
  const { keys, values, types } = columnsOf(layout, set)
  const names = ['_seq', ...keys, ...values]
  const stage = `stage_${layout.name}`
  await transaction.run(`create or replace temp table ${stage} (${names.map((name) => `${name} ${types.get(name)}`).join(', ')})`)
  const seqs = new ColumnBuffer({ sql: 'BIGINT', width: 8, kind: 'fixed' }, set.rows)
  const first = transaction.takeSeq(set.rows)
  for (let row = 0; row < set.rows; row++) seqs.view.setBigInt64(row * 8, first + BigInt(row), true)
  const columns = names.map((name) => (name === '_seq' ? seqs : bufferOf(set, uids, name)))
  const layoutOfStage: Layout = {
    name: stage,
    hasUid: layout.hasUid,
    columns: names.map((name, i) => ({ name, physical: columns[i]!.physical, column: undefined })),
  }
  await transaction.append(layoutOfStage, columns, 0, set.rows)
  await transaction.run(
    `merge into ${layout.name} t using ${stage} s on ${keys.map((name) => `t.${name} = s.${name}`).join(' and ')}
     when matched then update set ${['_seq', ...values].map((name) => `${name} = s.${name}`).join(', ')}
     when not matched then insert (${names.join(', ')}) values (${names.map((name) => `s.${name}`).join(', ')})`,
  )
  transaction.forgetAppender(stage)
  await transaction.run(`drop table ${stage}`)
}

function bufferOf(set: RowSet, uids: ColumnBuffer, name: string): ColumnBuffer {
  if (name === 'uid') return uids
  if (name === 'ts') return set.ts
  const index = set.columns.findIndex(({ id }) => `c${id}` === name)
  return set.values[index]!
}
