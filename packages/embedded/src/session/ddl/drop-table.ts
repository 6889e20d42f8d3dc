import type { Catalog } from '../../catalog/catalog.ts'
import type { Table } from '../../catalog/model.ts'
import type { Engine } from '../../engine.ts'
import { checkStableUnused } from '../../metadata/index.ts'
import type { DropTable } from '../../sql/ast.ts'
import type { Transaction } from '../../storage/index.ts'
import { dataTable, duckTables, tagTable } from '../../storage/layout.ts'
import { logDropped } from '../../topic/changes.ts'
import type { EngineAnswer } from '../answer.ts'
import { DONE } from '../done.ts'
import { databaseOf, type StatementContext } from '../statement-context.ts'
import { DdlWrong } from './ddl-error.ts'

const DAY_MS = 86_400_000

export function dropTable(statement: DropTable, context: StatementContext): Promise<EngineAnswer> {
  const { catalog, writer } = context.engine
  return writer.alone(async (transaction) => {
    const found = new Set<Table>()
    for (const { ifExists, name } of statement.tables) {
      const database = databaseOf(catalog, name, context.database)
      const stable = database.supertables.get(name.name.text)
      const table = statement.stable ? stable : (database.tables.get(name.name.text) ?? stable)
      if (table) {
        if (table.kind === 'supertable') {
          if (statement.tables.length > 1) throw DdlWrong.dropStables(name)
          checkStableUnused(catalog, table, name)
        }
        found.add(table)
      } else if (!ifExists) throw statement.stable ? DdlWrong.noStable(name) : DdlWrong.noTable(name)
    }
    const whole = [...found].filter((table) => table.kind !== 'subtable')
    if (whole.length === found.size) await transaction.dropping(whole.flatMap(duckTables))
    await logDropped(transaction, catalog, found)
    for (const table of found) await drop(transaction, catalog, table)
    return DONE
  })
}

/** Drops the tables whose TTL has passed at a moment (milliseconds since the epoch): as many days after they were made. Returns how many. */
export async function dropExpired({ catalog, writer }: Engine, now = Date.now()): Promise<number> {
  const expired = new Set<Table>()
  for (const { tables } of catalog.databases.values())
    for (const table of tables.values()) if (table.options.ttl > 0 && table.created + table.options.ttl * DAY_MS <= now) expired.add(table)
  if (expired.size === 0) return 0
  return writer.alone(async (transaction) => {
    for (const table of expired) if (table.dropped || table.database.dropped) expired.delete(table)
    await logDropped(transaction, catalog, expired)
    for (const table of expired) await drop(transaction, catalog, table)
    return expired.size
  })
}

async function drop(transaction: Transaction, catalog: Catalog, table: Table): Promise<void> {
  const { database } = table
  if (table.kind === 'subtable') {
    const { supertable, uid } = table
    await transaction.run(`delete from ${dataTable(supertable)} where uid = ?`, [uid])
    await transaction.run(`delete from ${tagTable(supertable)} where uid = ?`, [uid])
    transaction.onCommit(() => {
      table.dropped = true
      supertable.subtables.delete(table.name)
      database.tables.delete(table.name)
    })
    return
  }
  await catalog.destroy(transaction, table)
  transaction.onCommit(() => {
    table.dropped = true
    if (table.kind === 'normal') {
      database.tables.delete(table.name)
      return
    }
    database.supertables.delete(table.name)
    for (const subtable of table.subtables.values()) {
      subtable.dropped = true
      database.tables.delete(subtable.name)
    }
  })
}
