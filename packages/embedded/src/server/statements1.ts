import { type BoundColumn, decodeBlock, type JsonValue, stringifyJson, WireError } from 'taosts/wire'
import { SqlError } from '../errors.ts'
import { boundOfColumn } from '../prepared/block-column.ts'
import { boundOfJson, JsonBindError } from '../prepared/json-column.ts'
import { type Action, action, type Id } from './action.ts'
import { integer, raw, text, u64 } from './arguments.ts'
import { type BinaryAction, idOf } from './binary-actions.ts'
import type { Connection } from './connection.ts'
import { adapterError } from './failure.ts'
import { goJsonError } from './go-json-error.ts'
import { describeStatementColumns, statementField } from './statement-fields.ts'
import { type ColumnField, misuse, Statement1 } from './statement1.ts'

function statement1(connection: Connection, id: Id): Statement1 {
  const statement = connection.statement(id)
  if (!(statement instanceof Statement1)) throw adapterError('stmt is nil')
  return statement
}

export const init: Action = action('init', {}, (connection) => {
  void connection.session
  return { stmt_id: connection.keepStatement(new Statement1()) }
})

export const prepare: Action = action('prepare', { stmt_id: u64, sql: text }, (connection, { stmt_id, sql }) => {
  const statement = statement1(connection, stmt_id)
  return statement.run(async () => {
    await statement.dropRows()
    return { stmt_id, is_insert: statement.prepare(sql) }
  })
})

export const setTableName: Action = action('set table name', { stmt_id: u64, name: text }, (connection, { stmt_id, name }) => {
  const statement = statement1(connection, stmt_id)
  return statement.run(() => {
    statement.nameTable(connection, name)
    return { stmt_id }
  })
})

export const setTags: Action = action('set tags', { stmt_id: u64, tags: raw }, (connection, { stmt_id, tags }) => {
  const statement = statement1(connection, stmt_id)
  return statement.look(() => {
    const fields = statement.fields(connection, 'tag')
    if (fields.length === 0) return { stmt_id }
    const given = jsonLists(tags, 'tag')
    // Tags that are left out are NULL.
    const values = Array.from({ length: Math.max(given.length, fields.length) }, (_, i) => [given[i] ?? null])
    statement.setTags(boundOf(values, fields, tags ?? null, 'tag'))
    return { stmt_id }
  })
})

export const bind: Action = action('bind', { stmt_id: u64, columns: raw }, (connection, { stmt_id, columns }) => {
  const statement = statement1(connection, stmt_id)
  return statement.look(async () => {
    if (!statement.isInsert) throw misuse()
    const fields = statement.fields(connection, 'column')
    if (fields.length === 0) return { stmt_id }
    const lists = jsonLists(columns, 'column').map((list) => jsonLists(list, 'column'))
    await statement.bind(connection, boundOf(lists, fields, columns ?? null, 'column'))
    return { stmt_id }
  })
})

function jsonLists(value: JsonValue | undefined, what: 'tag' | 'column'): readonly JsonValue[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value as readonly JsonValue[]
  const text = stringifyJson(value)
  throw adapterError(`stmt parse ${what} json:${goJsonError(`ReadArrayCB: expect [ or n, but found ${text[0]}`, text, 1)}`)
}

function boundOf(
  lists: readonly (readonly JsonValue[])[],
  fields: readonly ColumnField[],
  whole: JsonValue,
  what: 'tag' | 'column',
): BoundColumn[] {
  return lists.slice(0, Math.max(fields.length, 1)).map((values, i) => {
    const field = fields[i]
    if (!field) throw new SqlError(0x0216, 'Syntax error in SQL')
    try {
      return boundOfJson(values, field.column.type.code, field.database.precision)
    } catch (error) {
      if (!(error instanceof JsonBindError)) throw error
      const text = stringifyJson(whole)
      throw adapterError(
        `stmt parse ${what} json:${goJsonError(error.message, text, text.indexOf(stringifyJson(error.value)) + error.read)}`,
      )
    }
  })
}

function columnsOf(block: Uint8Array): BoundColumn[] {
  try {
    const { columns, rows } = decodeBlock(ofOwnLength(block))
    return columns.map((column) => boundOfColumn(column, rows))
  } catch (error) {
    if (error instanceof WireError) throw adapterError(error.reason)
    throw error
  }
}

/** Clients disagree on what a block's length (i32 @4) counts: one that runs past the message is cut to it. */
function ofOwnLength(block: Uint8Array): Uint8Array {
  if (block.length < 8 || new DataView(block.buffer, block.byteOffset).getInt32(4, true) <= block.length) return block
  const copy = new Uint8Array(block)
  new DataView(copy.buffer).setInt32(4, copy.length, true)
  return copy
}

/** Values of an INSERT have the types of its columns, whatever the block says of NULLs. */
function typed(columns: BoundColumn[], fields: readonly ColumnField[]): BoundColumn[] {
  return columns.map((column, i) => {
    const code = fields[i]?.column.type.code
    return code !== undefined && column.nulls.every((each) => each === 1) ? { ...column, type: code, lengths: null, data: NOTHING } : column
  })
}

const NOTHING = new Uint8Array(0)

export const binarySetTags: BinaryAction<'set_tags'> = {
  statement: true,
  async run(connection, { resource, block }) {
    const statement = statement1(connection, idOf(resource))
    await statement.look(() => {
      const tags = columnsOf(block)
      if (tags.some(({ rows }) => rows !== 1)) throw adapterError('rows not equal 1')
      const fields = statement.fields(connection, 'tag')
      if (fields.length === 0) return
      if (tags.length !== fields.length) throw adapterError('stmt tags count not match')
      statement.setTags(typed(tags, fields))
    })
    return { stmt_id: resource }
  },
}

export const binaryBind: BinaryAction<'bind'> = {
  statement: true,
  async run(connection, { resource, block }) {
    const statement = statement1(connection, idOf(resource))
    await statement.look(async () => {
      const columns = columnsOf(block)
      const fields = statement.isInsert ? statement.fields(connection, 'column') : undefined
      if (fields && columns.length !== fields.length) throw adapterError('stmt column count not match')
      await statement.bind(connection, fields ? typed(columns, fields) : columns)
    })
    return { stmt_id: resource }
  },
}

export const addBatch: Action = action('add batch', { stmt_id: u64 }, (connection, { stmt_id }) => {
  const statement = statement1(connection, stmt_id)
  return statement.run(() => {
    statement.addBatch()
    return { stmt_id }
  })
})

export const exec: Action = action('exec', { stmt_id: u64 }, (connection, { stmt_id }) => {
  const statement = statement1(connection, stmt_id)
  return statement.run(async () => ({ stmt_id, affected: await connection.server.counted(() => statement.execute(connection)) }))
})

export const getTagFields: Action = fieldsAction('get tag fields', 'tag')
export const getColumnFields: Action = fieldsAction('get col fields', 'column')

function fieldsAction(words: string, bind: 'tag' | 'column'): Action {
  return action(words, { stmt_id: u64 }, (connection, { stmt_id }) => {
    const statement = statement1(connection, stmt_id)
    return statement.look(() => {
      const fields = statement.fields(connection, bind).map(statementField)
      return { stmt_id, fields: fields.length > 0 ? fields : undefined }
    })
  })
}

export const numParams: Action = action('stmt num params', { stmt_id: u64 }, (connection, { stmt_id }) => {
  const statement = statement1(connection, stmt_id)
  return statement.look(() => {
    const count = statement.isInsert ? statement.fields(connection, 'column').length : statement.prepared(connection).parameterCount
    return { stmt_id, num_params: count }
  })
})

export const getParam: Action = action('stmt get param', { stmt_id: u64, index: integer }, (connection, { stmt_id, index }) => {
  const statement = statement1(connection, stmt_id)
  return statement.look(() => {
    if (!statement.isInsert) throw misuse()
    const field = statement.fields(connection, 'column')[index]
    if (!field) throw new SqlError(0x0118, 'Invalid parameters')
    const { field_type, bytes } = statementField(field)
    return { stmt_id, index, data_type: field_type, length: bytes }
  })
})

export const useResult: Action = action('use result', { stmt_id: u64 }, (connection, { stmt_id }) => {
  const statement = statement1(connection, stmt_id)
  return statement.run(() => {
    const { rows } = statement
    if (!rows) throw adapterError('success')
    statement.rows = undefined
    return { stmt_id, result_id: connection.keepResult(rows), ...describeStatementColumns(rows) }
  })
})

/** Answers only where the id is a version 2 statement's. */
export const close: Action = action('close', { stmt_id: u64 }, async (connection, { stmt_id }) => {
  const statement = connection.statement(stmt_id)
  if (statement && !(statement instanceof Statement1)) throw adapterError('stmt type not match')
  await connection.freeStatement(stmt_id)
  return undefined
})
