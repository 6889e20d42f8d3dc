import { type Block, decodeBlock, TYPES, WireError } from 'taosts/wire'
import { SqlError } from '../errors.ts'
import { boundOfColumn } from '../prepared/block-column.ts'
import { PreparedInsert } from '../prepared/prepared-statement.ts'
import { changeSql } from '../topic/change-sql.ts'
import type { MetaObject } from '../topic/meta-json.ts'
import { readRawMessage } from '../topic/read-message.ts'
import type { BinaryAction } from './binary-actions.ts'
import type { Connection } from './connection.ts'
import { adapterError } from './failure.ts'

/** `write_raw_block`: a block whose columns are the first of the table's. */
export const writeRawBlock: BinaryAction<'write_raw_block'> = {
  run: async (connection, { table, block }) => {
    await writeBlock(connection, table, block, undefined)
    return {}
  },
}

/** `write_raw_block_with_fields`: a block whose columns have names. */
export const writeRawBlockWithFields: BinaryAction<'write_raw_block_with_fields'> = {
  run: async (connection, { table, block, fields }) => {
    await writeBlock(
      connection,
      table,
      block,
      fields.map(({ name }) => name),
    )
    return {}
  },
}

/** `write_raw`: a subscription's message, as it was fetched, into the current database. */
export const writeRaw: BinaryAction<'write_raw'> = {
  run: async (connection, { metaType, data }) => {
    const { session, server } = connection
    if (session.database === undefined) throw new SqlError(0x2616, 'Database not specified')
    const { changes, blocks } = readRawMessage(metaType, data)
    await server.engine.writer.replicate(async () => {
      for (const change of changes) {
        for (const sql of changeSql(change)) await server.execute(session, sql).catch((error: unknown) => unlessMade(error, change))
      }
      for (const { block, table, schema } of blocks) {
        if (table === undefined) throw new SqlError(0x0115, 'Invalid message: rows without a table')
        const names = schema?.columns.map(({ name }) => name)
        await writeRows(connection, `\`${table}\``, block, names)
      }
    })
    return {}
  },
}

/** Columns and tags that are there, or gone, already. */
const MADE: readonly number[] = [0x0369, 0x036a, 0x036b, 0x036c]
/** Columns and tags that are as wide already, among others. */
const NOT_WIDER = 0x264b

/** Each vgroup of a topic sends the changes of its supertables: all but the first find them made. */
function unlessMade(error: unknown, change: MetaObject): void {
  if (!(error instanceof SqlError)) throw error
  if (!MADE.includes(error.code) && !(error.code === NOT_WIDER && change['tableType'] === 'super')) throw error
}

async function writeBlock(connection: Connection, table: string, bytes: Uint8Array, names: readonly string[] | undefined): Promise<void> {
  await writeRows(connection, table, readBlock(bytes), names)
}

async function writeRows(connection: Connection, table: string, block: Block, names: readonly string[] | undefined): Promise<void> {
  const { session, server } = connection
  if (names && names.length !== block.columns.length) throw new SqlError(0x0118, 'Invalid parameters')
  if (block.rows === 0) return
  const columns = block.columns.map((column) => boundOfColumn(column, block.rows))
  const list = (names ?? tableColumns(connection, table, columns.length)).map((name) => `\`${name.replaceAll('`', '``')}\``)
  const target = table.includes('`')
    ? table
    : table
        .split('.')
        .map((part) => `\`${part}\``)
        .join('.')
  const insert = new PreparedInsert(session, `insert into ${target} (${list.join(',')}) values (${list.map(() => '?').join(',')})`)
  insert.bind({ name: undefined, tags: [], columns })
  await server.counted(() => insert.write())
}

/** The names of the first columns of a table. */
function tableColumns({ session, server }: Connection, name: string, count: number): string[] {
  const [, database = session.database, table = name] = /^(?:([^.]*)\.)?(.*)$/s.exec(name.replaceAll('`', '')) ?? []
  if (database === undefined) throw new SqlError(0x2616, 'Database not specified')
  const found = server.engine.catalog.databases.get(database)?.tables.get(table)
  if (!found) throw new SqlError(0x2603, 'Table does not exist')
  const { columns } = found.kind === 'subtable' ? found.supertable : found
  if (columns.length < count) throw new SqlError(0x0236, 'bind number out of range or not match')
  return columns.slice(0, count).map((column) => column.name)
}

function readBlock(bytes: Uint8Array) {
  try {
    const block = decodeBlock(bytes)
    for (const { type } of block.columns) if (!TYPES[type]) throw adapterError(`unknown type ${type}`)
    return block
  } catch (error) {
    if (error instanceof WireError) throw adapterError(error.reason)
    throw error
  }
}
