import { parse } from '../../sql/statement.ts'
import type { Session } from '../session.ts'
import { readInsert } from './read-insert.ts'

/**
 * Reads an INSERT with VALUES into typed rows without writing them, so that the reading can be measured alone; the number of rows.
 * @internal
 */
export function tokeniseInsert({ engine, database, timezone: zone, fixedOffset }: Session, sql: string): number {
  const { start } = parse(sql, { maxLength: engine.limits.statementLength })
  const rows = readInsert(sql, start, {
    catalog: engine.catalog,
    readers: engine.rowReaders,
    database,
    zone,
    zones: engine.zones,
    fixedOffset,
  })
  const count = rows.sets.reduce((sum, set) => sum + set.rows, 0)
  rows.release()
  return count
}
