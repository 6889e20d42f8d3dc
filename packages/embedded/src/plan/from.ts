import { keepRange } from '../catalog/keep.ts'
import type { NormalTable, Table } from '../catalog/model.ts'
import type { DerivedSource, Name, Source as SourceNode, TableSource } from '../sql/ast.ts'
import { type PlanContext, TICK_NANOS } from './context.ts'
import { Wrong } from './errors.ts'
import type { Relation } from './relation.ts'
import { derivedSource, Scope, type Source, tableSource, virtualSource } from './scope.ts'

/** The sources of FROM, and how their rows come together. */
export interface From {
  readonly scope: Scope
  /** SQL of the rows with the columns in `used`; `where` chooses subtables of a lone supertable. */
  rows(used: ReadonlySet<string>, where?: string): string
  /** Of a WINDOW JOIN: the side whose every row is a group. */
  readonly probe?: Source
  /** Of a join: the order of its rows where ORDER BY says nothing. */
  readonly order?: readonly string[]
}

/** Plans a subquery. */
export type PlanQuery = (query: DerivedSource['query']) => Relation

/** Finds the tables of a FROM without joins. Throws where there are none of their names. */
export function leafSource(node: TableSource | DerivedSource, index: number, plan: PlanContext, planQuery: PlanQuery): Source {
  if (node.kind === 'derived') return derivedSource(planQuery(node.query), node.alias?.text ?? '', index)
  const alias = node.alias?.text ?? node.table.name.text
  const database = databaseOf(node.table.database, plan, node)
  const virtual = plan.virtualTable(database, node.table.name.text)
  if (virtual) return virtualSource(virtual, alias, index)
  const table = findTable(database, node.table.name, plan, node)
  // What KEEP has passed is shown no more; a log holds it still.
  const oldest = plan.log ? undefined : keepRange(table.database, Number(plan.now / TICK_NANOS.ms)).from
  return tableSource(table, alias, index, oldest)
}

function databaseOf(name: Name | null, plan: PlanContext, near: SourceNode): string {
  const database = name?.text ?? plan.database
  if (database === undefined || database === '') throw Wrong.noCurrentDatabase(near)
  return database
}

function findTable(databaseName: string, name: Name, plan: PlanContext, near: SourceNode): Table {
  const database = plan.findDatabase(databaseName)
  if (!database) throw Wrong.noDatabase(near)
  const table = database.supertables.get(name.text) ?? database.tables.get(name.text)
  if (!table) throw Wrong.noTable(name)
  if (table.kind === 'normal' && table.sources) checkSources(table.sources, plan, name)
  return table
}

/** A virtual table can be read as long as all that it shows exists. */
function checkSources(sources: NonNullable<NormalTable['sources']>, plan: PlanContext, near: Name): void {
  for (const source of sources.values()) {
    const table = plan.findDatabase(source.database)?.tables.get(source.table)
    if (!table) throw Wrong.noTable(near)
    const { columns } = table.kind === 'subtable' ? table.supertable : table
    if (!columns.some(({ name }) => name === source.column)) throw Wrong.column(source.column, near)
  }
}

/** A FROM of one source. */
export function singleFrom(source: Source): From {
  return { scope: new Scope([source]), rows: (used, where) => source.rows(used, where) }
}
