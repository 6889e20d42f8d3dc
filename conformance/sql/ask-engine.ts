import { Engine } from '../../packages/embedded/src/engine.ts'
import { SqlError } from '../../packages/embedded/src/errors.ts'
import { typeName } from '../../packages/embedded/src/plan/functions/types.ts'
import type { Session, SessionOptions } from '../../packages/embedded/src/session/session.ts'
import { blockRows } from '../block-values.ts'

/** An engine in memory that tests ask. */
export interface Asked {
  readonly engine: Engine
  session(options?: SessionOptions): Session
  /** Runs statements one after another. */
  run(...statements: string[]): Promise<void>
  /** Rows of a query, with times as RFC 3339 text in UTC. */
  rows(sql: string, session?: Session): Promise<unknown[][]>
  /** Names and types of a query's columns, as `name TYPE`. */
  columns(sql: string): Promise<string[]>
  /** `code message` of a statement that fails. */
  error(sql: string): Promise<string>
  close(): Promise<void>
}

export async function askEngine(...setup: string[]): Promise<Asked> {
  const engine = await Engine.open()
  const session = (options: SessionOptions = {}) => engine.session(options)
  const own = session()
  const rows = async (sql: string, by = own): Promise<unknown[][]> => {
    const answer = await by.execute(sql)
    if (answer.kind !== 'rows') throw new Error(`no rows: ${sql}`)
    const all: unknown[][] = []
    for (let block = await answer.next(); block; block = await answer.next()) all.push(...blockRows(block, answer.precision))
    return all
  }
  const asked: Asked = {
    engine,
    session,
    rows,
    async run(...statements) {
      for (const sql of statements) await own.execute(sql)
    },
    async columns(sql) {
      const answer = await own.execute(sql)
      if (answer.kind !== 'rows') throw new Error(`no rows: ${sql}`)
      await answer.close()
      return answer.columns.map(({ name, type }) => `${name} ${typeName(type)}`)
    },
    async error(sql) {
      try {
        await rows(sql)
      } catch (error) {
        if (error instanceof SqlError) return `0x${error.code.toString(16)} ${error.message}`
        throw error
      }
      return 'no error'
    },
    close: () => engine.close(),
  }
  await asked.run(...setup)
  return asked
}
