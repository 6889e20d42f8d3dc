import { TypeCode } from 'taosts/wire'
import type { OutputColumn } from '../session/answer.ts'
import type { Query, Source } from '../sql/ast.ts'
import type { MetadataContext, Row } from './context.ts'
import { equalities } from './equalities.ts'
import { metadataError } from './metadata-error.ts'
import { isSystemDatabase, systemTable } from './system-databases.ts'

/** A table of `information_schema` or `performance_schema` as it stands now. TIMESTAMP cells are milliseconds. */
export interface VirtualTable {
  readonly columns: readonly OutputColumn[]
  readonly rows: readonly Row[]
}

/** Computes a system table, or gives undefined where there is none of that name; of VARCHAR columns in `wanted` only rows with that text. */
export async function readVirtualTable(
  database: string,
  table: string,
  context: MetadataContext,
  wanted: ReadonlyMap<string, string> = new Map(),
): Promise<VirtualTable | undefined> {
  const found = systemTable(database, table)
  if (found === undefined) return undefined
  const tests = found.columns.flatMap(({ name, type }, i) =>
    wanted.has(name) && type.code === TypeCode.VARCHAR ? [[i, wanted.get(name)!] as const] : [],
  )
  const rows: Row[] = []
  for (const row of await found.rows(context)) if (tests.every(([i, text]) => row[i] === text)) rows.push(row)
  return { columns: found.columns, rows }
}

/**
 * Computes every system table that a query names, so that it can be planned without waiting: the result is a lookup by database and table,
 * which throws 0x2603 for a system database's table that does not exist.
 * A table that several parts of the query name is computed once.
 */
export async function readVirtualTables(
  query: Query,
  context: MetadataContext,
): Promise<(database: string, table: string) => VirtualTable | undefined> {
  const read = new Map<string, VirtualTable>()
  const wanted = query.kind === 'select' ? equalities(query) : undefined
  for (const { database, table } of sourceTables(query, context.database)) {
    const key = `${database}.${table}`
    if (!isSystemDatabase(database) || read.has(key)) continue
    const found = await readVirtualTable(database, table, context, wanted)
    if (found) read.set(key, found)
  }
  return (database, table) => {
    const found = read.get(`${database}.${table}`)
    if (found === undefined && isSystemDatabase(database)) throw metadataError.noTable()
    return found
  }
}

function* sourceTables(query: Query, current: string | undefined): Generator<{ database: string; table: string }> {
  if (query.kind === 'union') {
    yield* sourceTables(query.left, current)
    yield* sourceTables(query.right, current)
  } else if (query.from) yield* tablesOf(query.from, current)
}

function* tablesOf(source: Source, current: string | undefined): Generator<{ database: string; table: string }> {
  if (source.kind === 'derived') yield* sourceTables(source.query, current)
  else if (source.kind === 'join') {
    yield* tablesOf(source.left, current)
    yield* tablesOf(source.right, current)
  } else yield { database: source.table.database?.text ?? current ?? '', table: source.table.name.text }
}
