import { schemaBytes, type TmqColumn, TypeCode } from 'taosts/wire'
import type { ColumnDef, Database, NormalTable, Supertable, Topic } from '../catalog/model.ts'
import type { Engine } from '../engine.ts'
import type { LogRange } from '../plan/context.ts'
import { BIGINT, INT } from '../plan/functions/types.ts'
import { planQuery, type Relation } from '../plan/index.ts'
import type { OutputColumn } from '../session/answer.ts'
import type { Query } from '../sql/ast.ts'
import { parse } from '../sql/statement.ts'
import { dataColumn, dataTable } from '../storage/layout.ts'

/** A DuckDB table whose rows a topic tells, with the query for a part of its log: the topic's columns, then position and `uid`. */
export interface TopicSource {
  readonly owner: Supertable | NormalTable
  /** Messages name the tables of their rows. */
  readonly named: boolean
  readonly columns: readonly TmqColumn[]
  relation(range: LogRange): Relation
}

/** What a topic reads, as the catalog stands now. */
export function topicSources(engine: Engine, topic: Topic): TopicSource[] {
  const database = engine.catalog.databases.get(topic.database)
  if (!database || topic.meta === 'only') return []
  const { source } = topic
  switch (source.kind) {
    case 'database':
      return [...database.supertables.values(), ...[...database.tables.values()].filter(isPlain)].map(wholeTable)
    case 'stable': {
      const stable = database.supertables.get(source.table!)
      if (!stable) return []
      return [source.where === undefined ? wholeTable(stable) : chosenTables(engine, topic, stable, source.where)]
    }
    case 'query': {
      const table = database.tables.get(source.table!) ?? database.supertables.get(source.table!)
      if (!table) return []
      const owner = table.kind === 'subtable' ? table.supertable : table
      const text = source.query!
      const columns = planned(engine, topic, text, { from: 0n, to: 0n }).columns.slice(0, -2)
      return [
        {
          owner,
          named: false,
          columns: columns.map(({ name, type }, i) => ({
            name,
            type: type.code,
            flags: 0,
            bytes: schemaBytes(type.code, type.length),
            id: i + 1,
          })),
          relation: (range) => planned(engine, topic, text, range),
        },
      ]
    }
  }
}

/** Whether it is a normal table with rows of its own. */
export function isPlain(table: { readonly kind: string }): table is NormalTable {
  return table.kind === 'normal' && (table as NormalTable).sources === undefined
}

const HIDDEN: readonly OutputColumn[] = [
  { name: '_seq', type: BIGINT },
  { name: 'uid', type: INT },
]

function wholeTable(owner: Supertable | NormalTable): TopicSource {
  const { columns, database } = owner
  const outputs = [
    ...columns.map(({ name, type }) => ({ name, type, primary: false })),
    ...HIDDEN.map((column) => ({ ...column, primary: false })),
  ]
  const list = columns.map((column, i) => `s.${dataColumn(column, i)}`).join(', ')
  return {
    owner,
    named: true,
    columns: columns.map(tableColumn),
    relation: ({ from, to }) => ({
      sql: `SELECT ${list}, s._seq, ${owner.kind === 'supertable' ? 's.uid' : `${owner.uid}`} FROM ${dataTable(owner)} s WHERE s._seq >= ${from} AND s._seq < ${to} ORDER BY s._seq`,
      columns: outputs,
      precision: database.precision,
    }),
  }
}

/** The rows of the subtables of a supertable that conditions over their tags choose. */
function chosenTables(engine: Engine, topic: Topic, owner: Supertable, where: string): TopicSource {
  const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``
  const list = owner.columns.map(({ name }) => quoted(name)).join(', ')
  const text = `select ${list} from ${quoted(topic.database)}.${quoted(owner.name)} where ${where}`
  return { owner, named: true, columns: owner.columns.map(tableColumn), relation: (range) => planned(engine, topic, text, range) }
}

/** Flags of a column in a message's schema: in the block's statistics, part of the key, digits of a decimal beside it. */
const SMA = 1
const PRIMARY_KEY = 4
const DECIMAL = 128

function tableColumn({ id, name, type, primaryKey }: ColumnDef): TmqColumn {
  const isDecimal = type.code === TypeCode.DECIMAL || type.code === TypeCode.DECIMAL64
  const flags = SMA | (primaryKey ? PRIMARY_KEY : 0) | (isDecimal ? DECIMAL : 0)
  return { name, type: type.code, flags, bytes: schemaBytes(type.code, type.length), id }
}

function planned(engine: Engine, topic: Topic, text: string, log: LogRange): Relation {
  return planQuery(parse(text) as Query, {
    sql: text,
    database: topic.database,
    timezone: engine.timezone,
    user: 'root',
    now: BigInt(Date.now()) * 1_000_000n,
    zones: engine.zones,
    findDatabase: (name: string): Database | undefined => engine.catalog.databases.get(name),
    virtualTable: () => undefined,
    log,
  })
}
