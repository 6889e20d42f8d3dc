import type { Precision } from 'taosts/wire'
import type { SqlType, Table } from '../catalog/model.ts'
import type { Column, Name, Span } from '../sql/ast.ts'
import { dataColumn, dataTable, tagColumn, tagTable } from '../storage/layout.ts'
import type { VirtualTable } from './context.ts'
import { Wrong } from './errors.ts'
import { duckType, quote, type Typed, varchar } from './functions/index.ts'
import type { Relation } from './relation.ts'
import { whereClause } from './where-clause.ts'

/** Length that results give the pseudo column `tbname`. */
const TBNAME = varchar(270)

/** A column that a query may name. */
export interface ScopeColumn {
  readonly name: string
  readonly type: SqlType
  /** Its name in the SQL of every stage of the query: unique among all sources. */
  readonly sql: string
  readonly kind: NonNullable<Typed['column']>
  /** Whether `*` shows it. */
  readonly shown: boolean
}

/** One table, system table or subquery after FROM. */
export interface Source {
  readonly index: number
  /** The name that qualifies its columns; empty for a subquery without one. */
  readonly alias: string
  readonly table: Table | undefined
  readonly columns: readonly ScopeColumn[]
  readonly precision: Precision
  /** The column of the primary timestamp. */
  readonly ts: ScopeColumn | undefined
  /** SQL that tells the subtables of a supertable apart. */
  readonly uid: string | undefined
  readonly tbname: Typed | undefined
  /** Whether its rows now come in the order of their times unless they are joined to something. */
  inOrder(): boolean
  /** Second part of a composite primary key, by which rows of one time are ordered. */
  readonly key: string | undefined
  /** SQL of its rows with the columns in `used`, under their names of the query; `where` is over those of the subtables. */
  rows(used: ReadonlySet<string>, where?: string): string
  /** SQL of its subtables, one row each: uid, tbname and tags. A subtable or normal table has itself. */
  subtables(used: ReadonlySet<string>): string | undefined
}

/** What a query's columns can name: the sources in the order of FROM. */
export class Scope {
  readonly sources: readonly Source[]

  constructor(sources: readonly Source[]) {
    this.sources = sources
    const names = new Set<string>()
    for (const { alias } of sources) {
      if (alias !== '' && names.has(alias)) throw Wrong.notUniqueAlias(alias)
      names.add(alias)
    }
  }

  get first(): Source {
    return this.sources[0]!
  }

  get precision(): Precision {
    return this.first.precision
  }

  /** The sources that a qualified or bare name may mean. */
  named(table: Name | null): readonly Source[] {
    if (!table) return this.sources
    const found = this.sources.filter((source) => source.alias === table.text)
    if (found.length === 0) throw Wrong.alias(table.text, table)
    return found
  }

  /** The column that a name means. Throws where none or several are meant. */
  find(node: Column): ScopeColumn {
    const column = this.lookup(node.table, node.name.text, node)
    if (!column) throw Wrong.column(node.name.text, node)
    return column
  }

  lookup(table: Name | null, name: string, near?: Span): ScopeColumn | undefined {
    const found = this.named(table).flatMap((source) => source.columns.filter((column) => column.name === name))
    if (found.length > 1) throw Wrong.ambiguous(name, near)
    return found[0]
  }

  /** The source whose column stands under this name in SQL. */
  owner(sql: string): Source | undefined {
    const index = /^q(\d+)_/.exec(sql)?.[1]
    return index === undefined ? undefined : this.sources[Number(index)]
  }
}

export const typedColumn = (column: ScopeColumn, text: string): Typed => ({ type: column.type, sql: column.sql, text, column: column.kind })

/** The names of source columns in pieces of SQL. */
export function namesIn(pieces: Iterable<string>): Set<string> {
  const names = new Set<string>()
  for (const piece of pieces) for (const [name] of piece.matchAll(/\bq\d+_\w+/g)) names.add(name)
  return names
}

/**
 * The tags of a supertable that are shown but that no other piece of SQL needs, so that they can be found after rows were chosen:
 * the names that the rows must have for what is shown, and SQL of the subtables with the tags. Undefined where there are no such tags.
 */
export function lateTags(
  source: Source,
  needed: readonly string[],
  shown: readonly string[],
): { rows: string[]; subtables: string } | undefined {
  const early = namesIn(needed)
  const isTag = (name: string) =>
    source.tbname?.sql === name || source.columns.some((column) => column.kind === 'tag' && column.sql === name)
  const names = [...namesIn(shown)]
  const tags = names.filter((name) => isTag(name) && !early.has(name))
  if (tags.length === 0 || !source.uid) return undefined
  return { rows: [...names.filter((name) => !tags.includes(name)), source.uid], subtables: source.subtables(new Set(tags))! }
}

const list = (columns: Iterable<string>): string => [...columns].join(', ') || '1 AS one'

/** A table of the catalog as a source; rows before `oldest` are not shown. */
export function tableSource(table: Table, alias: string, index: number, oldest?: bigint): Source {
  const owner = table.kind === 'subtable' ? table.supertable : table
  const prefix = `q${index}_`
  const physical = new Map<string, string>()
  const columns: ScopeColumn[] = owner.columns.map((column, i) => {
    const name = dataColumn(column, i)
    physical.set(prefix + name, name)
    return { name: column.name, type: column.type, sql: prefix + name, kind: i === 0 ? 'primary' : 'column', shown: true }
  })
  physical.set(`${prefix}_seq`, '_seq')
  const tags = new Map<string, string>()
  if (owner.kind === 'supertable') {
    for (const tag of owner.tags) {
      tags.set(prefix + tagColumn(tag), tagColumn(tag))
      columns.push({ name: tag.name, type: tag.type, sql: prefix + tagColumn(tag), kind: 'tag', shown: table.kind === 'supertable' })
    }
    tags.set(`${prefix}tbname`, 'tbname')
  }
  const tbname: Typed = { type: TBNAME, sql: `${prefix}tbname`, text: 'tbname', column: 'tbname' }
  const key = owner.columns[1]?.primaryKey ? prefix + dataColumn(owner.columns[1], 1) : undefined
  // Rows that are too old are rare: mostly the oldest is known not to be.
  const tooOld =
    oldest !== undefined &&
    ((owner.kind === 'normal' && owner.sources !== undefined) || (owner.minTs !== undefined && owner.minTs < oldest))
  const kept = tooOld ? [`s.ts >= ${oldest}`] : []
  const rows = (used: ReadonlySet<string>, where?: string): string => {
    const data = [...physical].filter(([name]) => used.has(name)).map(([name, column]) => `s.${column} AS ${name}`)
    if (owner.kind !== 'supertable') {
      if (used.has(`${prefix}tbname`)) data.push(`${quote(table.name)} AS ${prefix}tbname`)
      if (used.has(`${prefix}uid`)) data.push(`0 AS ${prefix}uid`)
      return `SELECT ${list(data)} FROM ${dataTable(owner)} s${whereClause([...kept, ...(where ? [where] : [])])}`
    }
    const wanted = [...tags].filter(([name]) => used.has(name)).map(([name, column]) => `t.${column} AS ${name}`)
    if (used.has(`${prefix}uid`)) data.push(`s.uid AS ${prefix}uid`)
    const join = wanted.length > 0 ? ` JOIN ${tagTable(owner)} t ON s.uid = t.uid` : ''
    const only = table.kind === 'subtable' ? [`s.uid = ${table.uid}`, ...(join ? [`t.uid = ${table.uid}`] : [])] : []
    if (where) only.push(where)
    return `SELECT ${list([...data, ...wanted])} FROM ${dataTable(owner)} s${join}${whereClause([...kept, ...only])}`
  }
  const subtables = (used: ReadonlySet<string>): string | undefined => {
    if (owner.kind !== 'supertable') return `SELECT 0 AS ${prefix}uid, ${quote(table.name)} AS ${prefix}tbname`
    const wanted = [...tags].filter(([name]) => used.has(name)).map(([name, column]) => `t.${column} AS ${name}`)
    const only = table.kind === 'subtable' ? ` WHERE t.uid = ${table.uid}` : ''
    return `SELECT ${[`t.uid AS ${prefix}uid`, ...wanted].join(', ')} FROM ${tagTable(owner)} t${only}`
  }
  const uid = owner.kind === 'supertable' ? `${prefix}uid` : undefined
  const inOrder = () => owner.inOrder === true && table.kind !== 'supertable'
  return { index, alias, table, columns, precision: table.database.precision, ts: columns[0], uid, tbname, key, inOrder, rows, subtables }
}

/** A subquery as a source: its output columns under their names. */
export function derivedSource(relation: Relation, alias: string, index: number): Source {
  const prefix = `q${index}_`
  const columns = relation.columns.map(
    (column, i): ScopeColumn => ({
      name: column.name,
      type: column.type,
      sql: `${prefix}o${i}`,
      kind: column.primary ? 'primary' : 'column',
      shown: true,
    }),
  )
  const rows = (used: ReadonlySet<string>): string => {
    const wanted = columns.flatMap(({ sql }, i) => (used.has(sql) ? [`d.o${i} AS ${sql}`] : []))
    if (used.has(`${prefix}uid`)) wanted.push(`0 AS ${prefix}uid`)
    return `SELECT ${list(wanted)} FROM (${relation.sql}) d`
  }
  const ts = columns.find((column) => column.kind === 'primary')
  return {
    index,
    alias,
    table: undefined,
    columns,
    precision: relation.precision,
    ts,
    uid: undefined,
    tbname: undefined,
    key: undefined,
    inOrder: () => false,
    rows,
    subtables: () => undefined,
  }
}

/** A system table as a source. */
export function virtualSource(virtual: VirtualTable, alias: string, index: number): Source {
  const prefix = `q${index}_`
  const columns = virtual.columns.map(
    (column, i): ScopeColumn => ({
      name: column.name,
      type: column.type,
      sql: `${prefix}v${i}`,
      kind: 'column',
      shown: true,
    }),
  )
  const rows = (used: ReadonlySet<string>): string => {
    const wanted = columns.flatMap(({ sql, type }, i) => (used.has(sql) ? [{ at: i, sql, type }] : []))
    const tuples = Array.from(virtual.rows, (row) => `(${wanted.length > 0 ? wanted.map(({ at }) => cellSql(row[at])).join(',') : '1'})`)
    const names = wanted.length > 0 ? wanted.map(({ at }) => `v${at}`) : ['one']
    const values = tuples.length > 0 ? `(VALUES ${tuples.join(',')})` : `(SELECT ${names.map(() => 'NULL').join(', ')} WHERE false)`
    return `SELECT ${list(wanted.map(({ at, sql, type }) => `CAST(v.v${at} AS ${duckType(type)}) AS ${sql}`))} FROM ${values} v(${names.join(', ')})`
  }
  return {
    index,
    alias,
    table: undefined,
    columns,
    precision: 'ms',
    ts: undefined,
    uid: undefined,
    tbname: undefined,
    key: undefined,
    inOrder: () => false,
    rows,
    subtables: () => undefined,
  }
}

function cellSql(cell: unknown): string {
  if (cell === null || cell === undefined) return 'NULL'
  if (typeof cell === 'string') return quote(cell)
  if (cell instanceof Uint8Array) return `unhex('${Buffer.from(cell).toString('hex')}')`
  if (cell instanceof Date) return `${cell.getTime()}`
  return String(cell)
}
