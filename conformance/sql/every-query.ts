import fc from 'fast-check'
import { SqlError } from '../../packages/embedded/src/errors.ts'
import type { Session } from '../../packages/embedded/src/session/session.ts'
import { askEngine } from './ask-engine.ts'
import { TYPED_TABLES, typedQuery } from './typed-statements.ts'
import { typedStatement } from './typed-writes.ts'

/** Longest that a statement over a handful of rows may take, on a machine that has other work to do. */
const LONGEST_MS = 20_000

/** Asks queries of every kind: each gives rows or one of TDengine's errors, and the engine lives on. */
export async function askEveryQuery(numRuns: number): Promise<void> {
  const asked = await askEngine(...TYPED_TABLES)
  try {
    const session = asked.session()
    await fc.assert(
      fc.asyncProperty(typedQuery, (sql) => endsWell(session, sql)),
      { numRuns },
    )
    await asked.rows('select count(*) from gen.st')
  } finally {
    await asked.close()
  }
}

/** Runs statements of every kind one after another, each on what those before it left; at the end the engine still writes. */
export async function runEveryStatement(numRuns: number): Promise<void> {
  const seed = Date.now() % 2 ** 31
  const asked = await askEngine(...TYPED_TABLES, "create user u1 pass 'Abc_12345'", 'use gen')
  try {
    const session = asked.session({ database: 'gen' })
    for (const sql of fc.sample(typedStatement, { numRuns, seed })) {
      try {
        await endsWell(session, sql)
      } catch (cause) {
        throw new Error(`with seed ${seed}: ${(cause as Error).message}`, { cause })
      }
    }
    await asked.run('create table gen.last_one (ts timestamp, v int)', 'insert into gen.last_one values (now, 1)')
    if ((await asked.rows('select v from gen.last_one'))[0]?.[0] !== 1)
      throw new Error(`with seed ${seed} the engine does not write any more`)
  } finally {
    await asked.close()
  }
}

/** Runs a statement to its end; what it says must be TDengine's. */
async function endsWell(session: Session, sql: string): Promise<void> {
  const started = performance.now()
  try {
    const answer = await session.execute(sql)
    if (answer.kind === 'rows') for (let block = await answer.next(); block; ) block = await answer.next()
  } catch (error) {
    const ours = error instanceof SqlError && !/^Internal error|Binder|Catalog Error|Parser Error|Conversion Error/.test(error.message)
    if (!ours) throw new Error(`${sql}\n${(error as Error).stack}`, { cause: error })
  }
  const took = performance.now() - started
  if (took > LONGEST_MS) throw new Error(`${sql}\ntook ${Math.round(took)} ms`)
}
