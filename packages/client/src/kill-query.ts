import type { Session } from './driver/driver.ts'
import { blockToArrays, columnReader, TypeCode } from './wire/index.ts'

/** When running queries are looked at: TDengine learns of them by heartbeats, a second or two after they began. */
const ATTEMPTS_MS: readonly number[] = [0, 1500, 3000]

/** Characters of a statement that the list of queries keeps. */
const LISTED = 1000

/**
 * Ends a statement that runs on the server: finds it by its text among the running queries and issues KILL QUERY.
 * Rejects when it is not there, or when several with this text run: killing one that belongs to somebody else would be worse than letting it run.
 */
export async function killQuery(session: Session, sql: string): Promise<void> {
  for (const wait of ATTEMPTS_MS) {
    if (wait > 0) await pause(wait)
    const ids = await runningQueries(session, sql)
    if (ids.length > 1) throw new Error(`${ids.length} queries with this text are running`)
    if (ids.length === 0) continue
    const answer = await session.query(`KILL QUERY '${ids[0]}'`, { timeoutMs: 10_000 })
    answer.free()
    return
  }
  throw new Error('it is not among the running queries')
}

async function runningQueries(session: Session, sql: string): Promise<string[]> {
  const answer = await session.query('SELECT kill_id, sql FROM performance_schema.perf_queries', { timeoutMs: 10_000, harmless: true })
  const readers = answer.fields.map(() => columnReader(TypeCode.VARCHAR, answer.precision))
  const found: string[] = []
  for (let block = await answer.next(); block; block = await answer.next()) {
    for (const [id, text] of blockToArrays(block, readers)) {
      if (typeof id === 'string' && /^[0-9a-f:]+$/i.test(id) && sameStatement(sql, String(text))) found.push(id)
    }
  }
  return found
}

function sameStatement(sql: string, listed: string): boolean {
  return listed.length >= LISTED ? sql.trim().startsWith(listed.trim()) : sql.trim() === listed.trim()
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    ;(timer as { unref?: () => void }).unref?.()
  })
}
