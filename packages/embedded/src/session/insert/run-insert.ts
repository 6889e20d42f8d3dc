import { keepRange } from '../../catalog/keep.ts'
import type { Engine } from '../../engine.ts'
import { SqlError } from '../../errors.ts'
import type { RowSet } from '../../storage/row-set.ts'
import { StaleSchema, writeRows } from '../../storage/write-rows.ts'
import { checkWrites } from '../access.ts'
import type { EngineAnswer } from '../answer.ts'
import type { StatementContext } from '../statement-context.ts'
import { type ReadRows, readInsert } from './read-insert.ts'

/** Times a statement is read again when the tables change under it. */
const ATTEMPTS = 8

/** INSERT with VALUES: its text becomes typed rows, which the writer appends or merges. */
export async function insertValues(start: number, { engine, session, sql, database }: StatementContext): Promise<EngineAnswer> {
  const context = {
    catalog: engine.catalog,
    readers: engine.rowReaders,
    database,
    zone: session.timezone,
    zones: engine.zones,
    fixedOffset: session.fixedOffset,
  }
  const allowed = (rows: ReadRows) => {
    checkWrites(engine, session.user, rows.sets)
    return rows
  }
  return { kind: 'update', affectedRows: await writeAgain(engine, () => allowed(readInsert(sql, start, context))) }
}

/** Writes what `read` gives, reading again when a table has changed since; the rows affected. */
export async function writeAgain(engine: Engine, read: () => ReadRows): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const rows = read()
    try {
      const affected = await writeSets(engine, rows.sets)
      rows.release()
      return affected
    } catch (error) {
      if (!(error instanceof StaleSchema)) throw error
      if (attempt === ATTEMPTS) throw new SqlError(0x0125, 'Retry needed')
    }
  }
}

/** Writes sets of rows in one transaction, shared with others that wait. */
export function writeSets(engine: Engine, sets: readonly RowSet[]): Promise<number> {
  const keeps = sets.map(({ table }) => keepRange(table.database))
  return engine.writer.share(async (transaction) => {
    let affected = 0
    for (const [i, set] of sets.entries()) affected += await writeRows(transaction, engine.catalog, set, keeps[i]!)
    return affected
  })
}
