import { encodeFetchBlockReply } from 'taosts/wire'
import { type Action, action, type Id } from './action.ts'
import { text, u64 } from './arguments.ts'
import type { Connection } from './connection.ts'
import { adapterError } from './failure.ts'
import { describeColumns, fetchLengths, NO_COLUMNS } from './open-result.ts'
import { timingSince } from './reply.ts'

export const query: Action = action('query', { sql: text }, (connection, { sql }) => runQuery(connection, sql))

/** Runs a statement; the reply's keys are the same for text and binary requests. */
export async function runQuery(connection: Connection, sql: string): Promise<{ readonly [key: string]: unknown }> {
  const answer = await connection.server.execute(connection.session, sql)
  if (answer.kind === 'update') return { id: 0, is_update: true, affected_rows: answer.affectedRows, ...NO_COLUMNS }
  return { id: connection.keepResult(answer), is_update: false, affected_rows: 0, ...describeColumns(answer) }
}

export const fetch: Action = action('fetch', { id: u64 }, async (connection, { id }) => {
  const result = connection.result(id)
  const block = await nextBlock(connection, id)
  result.held = block
  if (!block) return { id, completed: true, lengths: null, rows: 0 }
  return { id, completed: false, lengths: fetchLengths(result.rows.columns), rows: block.rows }
})

/** The next block with rows; at the end, and when reading fails, the result is freed. */
export async function nextBlock(connection: Connection, id: Id) {
  const result = connection.result(id)
  try {
    for (;;) {
      const block = await connection.makeBlock(() => result.next())
      if (block === null) break
      if (block.rows > 0) return block
    }
  } catch (error) {
    await connection.freeResult(id)
    throw error
  }
  await connection.freeResult(id)
  return null
}

export const fetchBlock: Action = action('fetch block', { id: u64 }, (connection, { id }, { started }) => {
  const { held } = connection.result(id)
  if (!held) throw adapterError('block is nil')
  return encodeFetchBlockReply(timingSince(started), BigInt(id), held)
})

export const freeResult: Action = action('free result', { id: u64 }, async (connection, { id }) => {
  await connection.freeResult(id)
  return undefined
})

export const numFields: Action = action('num fields', { result_id: u64 }, (connection, { result_id }) => ({
  num_fields: connection.result(result_id).rows.columns.length,
}))
