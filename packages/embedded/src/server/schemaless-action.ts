import { SqlError } from '../errors.ts'
import { type SchemalessRequest, writeRecords } from '../schemaless/write.ts'
import type { Session } from '../session/session.ts'
import { type Action, action } from './action.ts'
import { integer, text } from './arguments.ts'
import { adapterError } from './failure.ts'
import type { ServerContext } from './server-context.ts'

const SYSTEM = new Set(['information_schema', 'performance_schema'])

/** `insert`: schemaless records into the current database. */
export const schemalessInsert: Action = action(
  'schemaless insert',
  { protocol: integer, precision: text, ttl: integer, data: text, table_name_key: text },
  async ({ server, session }, args) => {
    if (args.protocol === 0) throw adapterError('schemaless write protocol is null')
    const { protocol, precision, ttl, data } = args
    const request = { protocol, precision, ttl, data, tableNameKey: args.table_name_key }
    const { affectedRows, totalRows } = await server.counted(() => write(server, session, request))
    return { affected_rows: affectedRows, total_rows: totalRows }
  },
)

/** Writes records into a database by name, which is made (in nanoseconds) when it is missing. */
export async function writeSchemaless(
  server: ServerContext,
  session: Session,
  { database, ...request }: SchemalessRequest & { readonly database: string },
): Promise<void> {
  await server.counted(async () => {
    const name = `\`${database.replaceAll('`', '``')}\``
    if (!server.engine.catalog.databases.get(database)) await session.execute(`create database if not exists ${name} precision 'ns'`)
    await session.execute(`use ${name}`)
    await write(server, session, request)
  })
}

function write(server: ServerContext, session: Session, request: SchemalessRequest) {
  const name = session.database
  if (name === undefined) throw new SqlError(0x2616, 'Database not specified')
  const database = SYSTEM.has(name) ? undefined : server.engine.catalog.databases.get(name)
  if (!database) throw new SqlError(0x0380, 'Database not specified or available')
  const sequence = server.nextSequence()
  return writeRecords({ database, sequence, execute: (sql) => session.execute(sql) }, request)
}
