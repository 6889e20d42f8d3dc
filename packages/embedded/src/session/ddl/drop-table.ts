import type { Catalog } from '../../catalog/catalog.ts'
import type { Table } from '../../catalog/model.ts'
import { checkStableUnused } from '../../metadata/index.ts'
import type { DropTable } from '../../sql/ast.ts'
import type { Transaction } from '../../storage/index.ts'
import { dataTable, tagTable } from '../../storage/layout.ts'
import { logDropped } from '../../topic/changes.ts'
import type { EngineAnswer } from '../answer.ts'
import { DONE } from '../done.ts'
import { databaseOf, type StatementContext } from '../statement-context.ts'
import { DdlWrong } from './ddl-error.ts'

export function dropTable(statement: DropTable, context: StatementContext): Promise<EngineAnswer> {
  const { catalog, writer } = context.engine
  return writer.alone(async (transaction) => {
    const found = new Set<Table>()
    for (const { ifExists, name } of statement.tables) {
      const database = databaseOf(catalog, name, context.database)
      const stable = database.supertables.get(name.name.text)
      const table = statement.stable ? stable : (database.tables.get(name.name.text) ?? stable)
      if (table) {
        if (table.kind === 'supertable') checkStableUnused(catalog, table, name)
        found.add(table)
      } else if (!ifExists) throw statement.stable ? DdlWrong.noStable(name) : DdlWrong.noTable(name)
    }
    await logDropped(transaction, catalog, found)
    for (const table of found) await drop(transaction, catalog, table)
    return DONE
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
