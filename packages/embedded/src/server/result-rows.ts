import { blockToArrays, columnReader } from 'taosts/wire'
import type { EngineAnswer } from '../session/answer.ts'

/** Every row of an answer as JavaScript values; none for an update. For answers that are known to be small. */
export async function readRows(answer: EngineAnswer): Promise<unknown[][]> {
  if (answer.kind === 'update') return []
  const readers = answer.columns.map(({ type }) => columnReader(type.code, answer.precision))
  const rows: unknown[][] = []
  try {
    for (let block = await answer.next(); block !== null; block = await answer.next()) rows.push(...blockToArrays(block, readers))
  } finally {
    await answer.close()
  }
  return rows
}
