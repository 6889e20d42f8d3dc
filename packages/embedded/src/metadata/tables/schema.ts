import { TypeCode } from 'taosts/wire'
import type { ColumnDef, Database, NormalTable, Subtable, Supertable } from '../../catalog/model.ts'
import type { MetadataContext, Row } from '../context.ts'
import { databaseOption } from '../database-options.ts'
import { bigint, bool, int, smallint, text, timestamp, tinyint } from '../output-columns.ts'
import { sourceText } from '../source-text.ts'
import { emptyTable, type SystemTable } from '../system-table.ts'
import { tagText } from '../tag-text.ts'
import { columnBytes, columnTypeText, tagTypeText } from '../type-text.ts'

const TABLE_NAME = text('table_name', 192)
const DB_NAME = text('db_name', 64)

/** Virtual databases, with their tables: they are listed among the others. */
export interface SystemDatabase {
  readonly name: string
  readonly tables: readonly SystemTable[]
}

/** A column of `ins_databases` that shows one option of the database. */
const OPTION_COLUMNS = [
  { column: tinyint('replica'), option: 'REPLICA' },
  { column: text('strict', 4), option: 'STRICT' },
  { column: text('duration', 10), option: 'DURATION' },
  { column: text('keep', 32), option: 'KEEP' },
  { column: int('buffer'), option: 'BUFFER' },
  { column: int('pagesize'), option: 'PAGESIZE' },
  { column: int('pages'), option: 'PAGES' },
  { column: int('minrows'), option: 'MINROWS' },
  { column: int('maxrows'), option: 'MAXROWS' },
  { column: tinyint('comp'), option: 'COMP' },
  { column: text('precision', 2), option: 'PRECISION' },
  { column: text('status', 10), option: undefined },
  { column: text('retentions', 60), option: 'RETENTIONS' },
  { column: bool('single_stable'), option: 'SINGLE_STABLE' },
  { column: text('cachemodel', 11), option: 'CACHEMODEL' },
  { column: int('cachesize'), option: 'CACHESIZE' },
  { column: tinyint('wal_level'), option: 'WAL_LEVEL' },
  { column: int('wal_fsync_period'), option: 'WAL_FSYNC_PERIOD' },
  { column: int('wal_retention_period'), option: 'WAL_RETENTION_PERIOD' },
  { column: bigint('wal_retention_size'), option: 'WAL_RETENTION_SIZE' },
  { column: smallint('stt_trigger'), option: 'STT_TRIGGER' },
  { column: smallint('table_prefix'), option: 'TABLE_PREFIX' },
  { column: smallint('table_suffix'), option: 'TABLE_SUFFIX' },
  { column: int('tsdb_pagesize'), option: 'TSDB_PAGESIZE' },
  { column: int('keep_time_offset'), option: 'KEEP_TIME_OFFSET' },
  { column: int('ss_chunkpages'), option: 'SS_CHUNKPAGES' },
  { column: text('ss_keeplocal', 10), option: 'SS_KEEPLOCAL' },
  { column: tinyint('ss_compact'), option: 'SS_COMPACT' },
  { column: tinyint('with_arbitrator'), option: 'WITH_ARBITRATOR' },
  { column: text('encrypt_algorithm', 16), option: 'ENCRYPT_ALGORITHM' },
  { column: text('compact_interval', 12), option: 'COMPACT_INTERVAL' },
  { column: text('compact_time_range', 24), option: 'COMPACT_TIME_RANGE' },
  { column: text('compact_time_offset', 4), option: 'COMPACT_TIME_OFFSET' },
] as const

function databaseRow(database: Database): Row {
  const options = OPTION_COLUMNS.map(({ column, option }) => {
    if (option === undefined) return 'ready'
    const value = databaseOption(database, option)
    return column.type.code === TypeCode.BOOL ? Boolean(Number(value)) : value
  })
  return [database.name, database.created, database.vgroups.length, database.tables.size, ...options]
}

function systemDatabaseRow({ name, tables }: SystemDatabase): Row {
  // Clients read timestamps of system tables by the precision that stands here.
  const options = OPTION_COLUMNS.map(({ option }) => (option === undefined ? 'ready' : option === 'PRECISION' ? 'ms' : null))
  return [name, null, null, tables.length, ...options]
}

export function databasesTable(system: () => readonly SystemDatabase[]): SystemTable {
  return {
    name: 'ins_databases',
    columns: [text('name', 64), timestamp('create_time'), int('vgroups'), bigint('ntables'), ...OPTION_COLUMNS.map(({ column }) => column)],
    rows: ({ catalog }) => [...system().map(systemDatabaseRow), ...[...catalog.databases.values()].map(databaseRow)],
  }
}

export const stables: SystemTable = {
  name: 'ins_stables',
  columns: [
    text('stable_name', 192),
    DB_NAME,
    timestamp('create_time'),
    int('columns'),
    int('tags'),
    timestamp('last_update'),
    text('table_comment', 1024),
    text('watermark', 64),
    text('max_delay', 64),
    text('rollup', 128),
    bigint('uid'),
    bool('isvirtual'),
    bigint('keep'),
  ],
  *rows({ catalog }) {
    for (const database of catalog.databases.values()) {
      for (const stable of database.supertables.values()) {
        yield [
          stable.name,
          database.name,
          stable.created,
          stable.columns.length,
          stable.tags.length,
          stable.lastChange,
          stable.options.comment,
          '5000a,5000a',
          '-1a,-1a',
          '',
          stable.id,
          false,
          -1,
        ]
      }
    }
  },
}

function columnsOf(table: Supertable | Subtable | NormalTable): readonly ColumnDef[] {
  return table.kind === 'subtable' ? table.supertable.columns : table.columns
}

/** The words by which `ins_tables` and `ins_columns` name a kind of table. */
const TABLE_TYPES = { supertable: 'SUPER_TABLE', subtable: 'CHILD_TABLE', normal: 'NORMAL_TABLE' } as const

function typeOf(table: Supertable | Subtable | NormalTable): string {
  return table.kind === 'normal' && table.sources ? 'VIRTUAL_NORMAL_TABLE' : TABLE_TYPES[table.kind]
}

export function tablesTable(system: () => readonly SystemDatabase[]): SystemTable {
  return {
    name: 'ins_tables',
    columns: [
      TABLE_NAME,
      DB_NAME,
      timestamp('create_time'),
      int('columns'),
      text('stable_name', 192),
      bigint('uid'),
      int('vgroup_id'),
      int('ttl'),
      text('table_comment', 1024),
      text('type', 21),
    ],
    *rows({ catalog }) {
      for (const { name, tables } of system()) {
        for (const table of tables) yield [table.name, name, null, table.columns.length, null, null, null, null, null, 'SYSTEM_TABLE']
      }
      for (const database of catalog.databases.values()) {
        for (const table of database.tables.values()) {
          yield [
            table.name,
            database.name,
            table.created,
            columnsOf(table).length,
            table.kind === 'subtable' ? table.supertable.name : null,
            table.id,
            table.vgroup,
            table.options.ttl,
            table.options.comment,
            typeOf(table),
          ]
        }
      }
    },
  }
}

export function columnsTable(system: () => readonly SystemDatabase[]): SystemTable {
  return {
    name: 'ins_columns',
    columns: [
      TABLE_NAME,
      DB_NAME,
      text('table_type', 21),
      text('col_name', 64),
      text('col_type', 32),
      int('col_length'),
      int('col_precision'),
      int('col_scale'),
      int('col_nullable'),
      text('col_source', 258),
      smallint('col_id'),
    ],
    *rows({ catalog }) {
      for (const { name, tables } of system()) {
        for (const table of tables) {
          for (const [i, column] of table.columns.entries()) {
            const { type } = column
            yield [table.name, name, 'SYSTEM_TABLE', column.name, columnTypeText(type), columnBytes(type), null, null, null, null, i + 1]
          }
        }
      }
      for (const database of catalog.databases.values()) {
        for (const table of [...database.supertables.values(), ...database.tables.values()]) {
          const sources = table.kind === 'normal' ? table.sources : undefined
          for (const { name, type, id } of columnsOf(table)) {
            yield [
              table.name,
              database.name,
              typeOf(table),
              name,
              columnTypeText(type),
              columnBytes(type),
              null,
              null,
              null,
              sources?.has(id) ? sourceText(sources.get(id)) : null,
              id,
            ]
          }
        }
      }
    },
  }
}

/** The rows of `ins_tags` for all subtables of a supertable, or for one. */
export async function tagRows(context: MetadataContext, stable: Supertable, only?: Subtable): Promise<Row[]> {
  const values = await context.readTags(stable, only)
  const rows: Row[] = []
  for (const table of only ? [only] : stable.subtables.values()) {
    const row = values.get(table.uid)
    for (const [i, tag] of stable.tags.entries()) {
      rows.push([table.name, stable.database.name, stable.name, tag.name, tagTypeText(tag.type), tagText(tag.type, row?.[i] ?? null)])
    }
  }
  return rows
}

export const tags: SystemTable = {
  name: 'ins_tags',
  columns: [TABLE_NAME, DB_NAME, text('stable_name', 192), text('tag_name', 64), text('tag_type', 32), text('tag_value', 16384)],
  async rows(context) {
    const rows: Row[] = []
    for (const database of context.catalog.databases.values()) {
      for (const stable of database.supertables.values()) {
        if (stable.subtables.size > 0) rows.push(...(await tagRows(context, stable)))
      }
    }
    return rows
  },
}

export const indexes: SystemTable = {
  name: 'ins_indexes',
  columns: [
    text('index_name', 192),
    DB_NAME,
    TABLE_NAME,
    int('vgroup_id'),
    timestamp('create_time'),
    text('column_name', 192),
    text('index_type', 192),
  ],
  *rows({ catalog }) {
    for (const database of catalog.databases.values()) {
      for (const stable of database.supertables.values()) {
        for (const index of stable.indexes.values()) {
          const tag = stable.tags.find(({ id }) => id === index.tag)
          if (tag) yield [index.name, database.name, stable.name, null, index.created, tag.name, 'tag_index']
        }
      }
    }
  },
}

export const views = emptyTable(
  'ins_views',
  text('view_name', 192),
  DB_NAME,
  text('effective_user', 24),
  timestamp('create_time'),
  text('type', 11),
  text('query_sql', 2048),
  text('parameters', 2048),
  text('default_values', 2048),
  text('target_table', 192),
)

export const virtualChildColumns = emptyTable(
  'ins_virtual_child_columns',
  TABLE_NAME,
  text('stable_name', 192),
  DB_NAME,
  text('col_name', 64),
  bigint('uid'),
  int('col_id'),
  text('col_source', 258),
  int('vgroup_id'),
  int('ref_version'),
)
