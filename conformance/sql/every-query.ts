import fc from 'fast-check'
import { SqlError } from '../../packages/embedded/src/errors.ts'
import { type Asked, askEngine } from './ask-engine.ts'
import { TYPED_TABLES, typedQuery } from './typed-statements.ts'

/** Longest that a query over a handful of rows may take, on a machine that has other work to do. */
const LONGEST_MS = 20_000

/** Asks queries of every kind: each gives rows or one of TDengine's errors, and the engine lives on. */
export async function askEveryQuery(numRuns: number): Promise<void> {
  const asked = await askEngine(...TYPED_TABLES)
  try {
    await fc.assert(
      fc.asyncProperty(typedQuery, async (sql) => {
        const started = performance.now()
        const fault = await faultOf(asked, sql)
        if (fault) throw new Error(`${sql}\n${fault}`)
        const took = performance.now() - started
        if (took > LONGEST_MS) throw new Error(`${sql}\ntook ${Math.round(took)} ms`)
      }),
      { numRuns },
    )
    await asked.rows('select count(*) from gen.st')
  } finally {
    await asked.close()
  }
}

/** What is wrong with how a query ends, or undefined. */
async function faultOf(asked: Asked, sql: string): Promise<string | undefined> {
  try {
    await asked.rows(sql)
    return undefined
  } catch (error) {
    if (!(error instanceof SqlError)) return `no error of ours: ${(error as Error).stack}`
    return /^Internal error|Binder|Catalog Error|Parser Error|Conversion Error/.test(error.message) ? error.message : undefined
  }
}
