import { decodeBind, WireError } from 'taosts/wire'
import { SqlError } from '../errors.ts'
import { PreparedInsert, PreparedQuery, statementKind } from '../prepared/prepared-statement.ts'
import type { Rows } from '../session/answer.ts'
import { type Action, action, type Id } from './action.ts'
import { flag, text, u64 } from './arguments.ts'
import { type BinaryAction, idOf } from './binary-actions.ts'
import type { Connection, OpenStatement } from './connection.ts'
import { adapterError } from './failure.ts'
import { describeStatementColumns, statement2Field } from './statement-fields.ts'

const NO_TABLE = 0x2603
/** What preparing an INSERT into a missing table is told instead. */
const TABLE_NAME_ERROR = 0x022b
const MISUSE = 0x022a

/** A version 2 statement of a connection. Its calls run one after another. */
class Statement2 implements OpenStatement {
  readonly version = 2
  prepared: PreparedInsert | PreparedQuery | undefined
  /** The rows of the last execution, until they are asked for. */
  rows: Rows | undefined
  #queue: Promise<unknown> = Promise.resolve()

  run<T>(work: () => Promise<T> | T): Promise<T> {
    const turn = this.#queue.then(work)
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  /** What `stmt2_prepare` made; throws `Stmt API usage error` before. */
  get ready(): PreparedInsert | PreparedQuery {
    if (!this.prepared) throw new SqlError(MISUSE, 'Stmt API usage error')
    return this.prepared
  }

  async dropRows(): Promise<void> {
    const rows = this.rows
    this.rows = undefined
    await rows?.close()
  }

  async close(): Promise<void> {
    if (this.prepared instanceof PreparedQuery) this.prepared.close()
    await this.run(() => this.dropRows())
  }
}

function statement2(connection: Connection, id: Id): Statement2 {
  const statement = connection.statement(id)
  if (!(statement instanceof Statement2)) throw adapterError('stmt2 is nil')
  return statement
}

export const stmt2Init: Action = action('stmt2 init', { single_stb_insert: flag, single_table_bind_once: flag }, (connection) => {
  void connection.session
  return { stmt_id: connection.keepStatement(new Statement2()) }
})

export const stmt2Prepare: Action = action('stmt2 prepare', { stmt_id: u64, sql: text, get_fields: flag }, (connection, args) => {
  const statement = statement2(connection, args.stmt_id)
  return statement.run(async () => {
    await statement.dropRows()
    const kind = statementKind(args.sql)
    if (kind === undefined) throw new SqlError(0x2600, "stmt only support 'SELECT' or 'INSERT'")
    if (kind === 'select') {
      const query = new PreparedQuery(connection.session, args.sql)
      statement.prepared = query
      return { stmt_id: args.stmt_id, is_insert: false, fields: null, fields_count: args.get_fields ? query.parameterCount : 0 }
    }
    const insert = new PreparedInsert(connection.session, args.sql)
    const fields = args.get_fields ? insertFields(insert) : []
    statement.prepared = insert
    return { stmt_id: args.stmt_id, is_insert: true, fields: fields.length > 0 ? fields : null, fields_count: fields.length }
  })
})

function insertFields(insert: PreparedInsert): { readonly [key: string]: unknown }[] {
  if (insert.parameterCount === 0) return []
  try {
    return insert.fields().map(statement2Field)
  } catch (error) {
    if (error instanceof SqlError && error.code === NO_TABLE) throw new SqlError(TABLE_NAME_ERROR, error.message)
    throw error
  }
}

export const stmt2Bind: BinaryAction<'stmt2_bind'> = {
  statement: true,
  async run(connection, { resource, payload, columnIndex }) {
    const statement = statement2(connection, idOf(resource))
    await statement.run(async () => {
      const tables = readPayload(payload)
      const prepared = statement.ready
      if (prepared instanceof PreparedQuery) {
        await prepared.bind(tables[0]?.columns ?? [])
        return
      }
      if (columnIndex >= 0) prepared.bindColumn(tables, columnIndex)
      else prepared.bindAll(tables)
    })
    return { stmt_id: resource }
  },
}

function readPayload(payload: Uint8Array) {
  try {
    return decodeBind(payload)
  } catch (error) {
    if (error instanceof WireError) throw adapterError(error.reason)
    throw error
  }
}

export const stmt2Exec: Action = action('stmt2 exec', { stmt_id: u64 }, (connection, { stmt_id }) => {
  const statement = statement2(connection, stmt_id)
  return statement.run(async () => {
    const prepared = statement.ready
    await statement.dropRows()
    const affected = await connection.server.counted(async () => {
      if (prepared instanceof PreparedQuery) {
        statement.rows = await prepared.run()
        return 0
      }
      // The real library crashes or says 554 here; nothing was bound.
      if (!prepared.hasRows && prepared.parameterCount > 0) throw new SqlError(MISUSE, 'success')
      return prepared.write()
    })
    return { stmt_id, affected }
  })
})

export const stmt2Result: Action = action('stmt2 result', { stmt_id: u64 }, (connection, { stmt_id }) => {
  const statement = statement2(connection, stmt_id)
  return statement.run(() => {
    if (statement.ready instanceof PreparedInsert) throw adapterError('stmt is insert, no result set')
    const { rows } = statement
    if (!rows) throw new SqlError(MISUSE, 'Stmt API usage error')
    statement.rows = undefined
    return { stmt_id, id: connection.keepResult(rows), ...describeStatementColumns(rows) }
  })
})

/** Answers even for an id that is none. */
export const stmt2Close: Action = action('stmt2 close', { stmt_id: u64 }, async (connection, { stmt_id }) => {
  const statement = connection.statement(stmt_id)
  if (statement && !(statement instanceof Statement2)) throw adapterError('stmt type not match')
  await connection.freeStatement(stmt_id)
  return { stmt_id }
})
