import type { ColumnDef, ColumnSource, NormalTable, Table } from '../../catalog/model.ts'
import { SqlError } from '../../errors.ts'
import type { ColumnSpec, CreateVirtualTable, DropVirtualTable, ColumnSource as WrittenSource } from '../../sql/ast.ts'
import { dataColumn, dataTable } from '../../storage/layout.ts'
import { physicalType } from '../../storage/physical.ts'
import type { EngineAnswer } from '../answer.ts'
import { DONE } from '../done.ts'
import { databaseOf, refuseSystem, type StatementContext, tableOf } from '../statement-context.ts'
import { columnsOf } from './column-types.ts'
import { DdlWrong } from './ddl-error.ts'

/** A column of a virtual table and where it comes from. */
interface Bound {
  readonly column: ColumnDef
  readonly source: ColumnSource
  readonly table: Table
  /** Position of the source column in its table. */
  readonly index: number
}

/** CREATE VTABLE name (ts TIMESTAMP, a INT FROM db.t.c, …): rows of other tables side by side by their time. */
export function createVirtualTable(statement: CreateVirtualTable, context: StatementContext): Promise<EngineAnswer> {
  const { catalog, writer } = context.engine
  refuseSystem(statement.name, context.database)
  const columns = columnsOf(statement.columns, 0)
  return writer.alone(async (transaction) => {
    const database = databaseOf(catalog, statement.name, context.database)
    const name = statement.name.name.text
    if (database.tables.has(name) || database.supertables.has(name)) {
      if (statement.ifNotExists) return DONE
      throw DdlWrong.tableExists(statement.name)
    }
    const bound = statement.columns.flatMap((spec, i) => (spec.source ? [bind(spec, spec.source, columns[i]!, context)] : []))
    const table: NormalTable = {
      kind: 'normal',
      id: catalog.takeId(),
      name,
      dropped: false,
      database,
      created: Date.now(),
      options: { comment: null, ttl: 0, sma: [], other: new Map() },
      columns,
      nextColumnId: columns.length + 1,
      schemaVersion: 1,
      maxTs: null,
      vgroup: catalog.vgroup(database, name),
      uid: catalog.takeUid(),
      sources: new Map(bound.map(({ column, source }) => [column.id, source])),
    }
    await catalog.createView(transaction, table, viewSql(columns, bound))
    transaction.onCommit(() => database.tables.set(name, table))
    return DONE
  })
}

function bind(spec: ColumnSpec, written: WrittenSource, column: ColumnDef, context: StatementContext): Bound {
  const { catalog } = context.engine
  const name = { database: written.database, name: written.table, start: written.start, end: written.end }
  const table = tableOf(catalog, name, context.database)
  const columns = table.kind === 'subtable' ? table.supertable.columns : table.columns
  const index = columns.findIndex((candidate) => candidate.name === written.column.text)
  if (table.kind === 'supertable' || (table.kind === 'normal' && table.sources)) throw DdlWrong.noTable(written.table)
  if (index < 1) throw DdlWrong.column(written.column.text, written.column)
  const { code, length, precision, scale } = columns[index]!.type
  const same =
    column.type.code === code && column.type.length === length && column.type.precision === precision && column.type.scale === scale
  if (!same) throw new SqlError(0x268f, `Invalid ref column type: ${column.name}`, spec.start)
  return { column, source: { database: table.database.name, table: table.name, column: columns[index]!.name }, table, index }
}

/** One row for each time that any of the sources has. DuckDB's columns keep their names whatever ALTER does, so the view stays right. */
function viewSql(columns: readonly ColumnDef[], bound: readonly Bound[]): string {
  const values = columns.slice(1)
  const typed = (column: ColumnDef, sql: string) => `cast(${sql} as ${physicalType(column.type).sql}) as c${column.id}`
  const tables = new Map<Table, Bound[]>()
  for (const item of bound) tables.set(item.table, [...(tables.get(item.table) ?? []), item])
  const parts = [...tables].map(([table, items]) => {
    const shown = values.map((column) => {
      const item = items.find((candidate) => candidate.column === column)
      return typed(column, item ? dataColumn(columnsIn(table)[item.index]!, item.index) : 'null')
    })
    const owner = table.kind === 'subtable' ? table.supertable : (table as NormalTable)
    const where = table.kind === 'subtable' ? ` where uid = ${table.uid}` : ''
    return `select ts, ${shown.join(', ')} from ${dataTable(owner)}${where}`
  })
  if (parts.length === 0)
    parts.push(`select cast(null as bigint) as ts, ${values.map((column) => typed(column, 'null')).join(', ')} where false`)
  const merged = values.map(({ id }) => `any_value(c${id}) as c${id}`)
  return `select ts, cast(0 as bigint) as _seq, ${merged.join(', ')} from (${parts.join(' union all ')}) group by ts`
}

function columnsIn(table: Table): readonly ColumnDef[] {
  return table.kind === 'subtable' ? table.supertable.columns : table.columns
}

export function dropVirtualTable(statement: DropVirtualTable, context: StatementContext): Promise<EngineAnswer> {
  const { catalog, writer } = context.engine
  return writer.alone(async (transaction) => {
    const database = databaseOf(catalog, statement.name, context.database)
    const table = database.tables.get(statement.name.name.text)
    if (table === undefined || table.kind !== 'normal' || !table.sources) {
      if (statement.ifExists) return DONE
      throw DdlWrong.noTable(statement.name)
    }
    await catalog.destroy(transaction, table)
    transaction.onCommit(() => {
      table.dropped = true
      database.tables.delete(table.name)
    })
    return DONE
  })
}
