import { InterfaceError, NotSupportedError, StatementError } from '../errors.ts'
import {
  type BoundColumn,
  boundToColumn,
  type Column,
  type ColumnSpec,
  decodeBind,
  encodeStmtBlockRequest,
  isDecimal,
  PRECISIONS,
  schemaBytes,
  TypeCode,
  typeOfName,
} from '../wire/index.ts'
import type { Channel, ReplyMessage, TextReply } from './channel.ts'
import type { Answer, CallOptions, DriverStatement, StatementField } from './driver.ts'
import { expectText, type RequestContext } from './session-error.ts'
import { afterResult, settled } from './wait-for.ts'
import { WebSocketAnswer } from './websocket-answer.ts'

/** What a statement needs of the session. */
type RunQuery = (sql: string, options: CallOptions) => Promise<Answer>

/** What is no `?` of the statement though it looks like one: texts, quoted names, comments. */
const TOKENS = /'(?:[^'\\]|\\.|'')*'?|"(?:[^"\\]|\\.|"")*"?|`[^`]*`?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\?/gs
const WORD = String.raw`(?:\x60[^\x60]+\x60|[A-Za-z_]\w*)`
/** An INSERT into a supertable whose rows name their subtables, which version 1 does not know. */
const TBNAME_COLUMN = new RegExp(
  String.raw`^(\s*INSERT\s+INTO\s+)(${WORD}(?:\s*\.\s*${WORD})?)(\s*\()\s*(?:tbname|\x60tbname\x60)\s*,([^()]*)\)(\s*VALUES\s*\(\s*)\?\s*,([?,\s]*\)\s*;?\s*)$`,
  'i',
)
/** `INSERT INTO ? …`: the table's name is open. */
const OPEN_NAME = /^\s*INSERT\s+INTO\s+\?/i
/** Any name will do to ask for the fields of a supertable's subtables: the table is made when rows are written, not before. */
const ANY_TABLE = 'taosts_fields'

/** Prepares a statement of version 1, for servers before 3.3.6. Its binds are blocks, one for the tags and one for the rows of each table. */
export async function prepareStatement1(
  channel: Channel,
  sql: string,
  context: RequestContext,
  options: CallOptions,
  query: RunQuery,
): Promise<DriverStatement> {
  const byName = TBNAME_COLUMN.exec(sql)
  const text = byName ? `${byName[1]}?${byName[3]}${byName[4]})${byName[5]}${byName[6]}` : sql
  const statement = new WebSocketStatement1(channel, text, { ...context, reqId: options.reqId, harmless: true }, query)
  try {
    await statement.prepare(options)
    if (statement.isInsert && byName) {
      const { reqId: _, ...call } = options
      const answer = await query(`SELECT ${byName[4]} FROM ${byName[2]} LIMIT 0`, call)
      answer.free()
      statement.fields = fieldsByName(answer)
    } else if (statement.isInsert) statement.fields = await statement.describe(options)
    return statement
  } catch (error) {
    void statement.close()
    throw error
  }
}

class WebSocketStatement1 implements DriverStatement {
  isInsert = false
  fields: readonly StatementField[] = []
  readonly count: number
  readonly #channel: Channel
  readonly #sql: string
  readonly #context: RequestContext
  readonly #query: RunQuery
  #id: number | bigint | undefined
  #bound = false
  #closed = false
  /** The result of the statement, which has to stay as it is until that is read. */
  #answer: WebSocketAnswer | undefined

  constructor(channel: Channel, sql: string, context: RequestContext, query: RunQuery) {
    this.#query = query
    this.#channel = channel
    this.#sql = sql
    this.#context = context
    this.count = [...sql.matchAll(TOKENS)].filter(([token]) => token === '?').length
  }

  async prepare(options: CallOptions): Promise<void> {
    const late = (reply: ReplyMessage): void => {
      if (!(reply instanceof Uint8Array) && reply.code === 0) this.#channel.post('close', { stmt_id: reply['stmt_id'] })
    }
    const id = this.#channel.nextId()
    this.#id = expectText(await this.#channel.call('init', {}, id, { ...options, late }), this.#context)['stmt_id'] as number | bigint
    this.#bound = false
    this.isInsert = (await this.#call('prepare', { sql: this.#sql }, options))['is_insert'] === true
  }

  /** What each `?` of an INSERT is. */
  async describe(options: CallOptions): Promise<StatementField[]> {
    const open = OPEN_NAME.test(this.#sql)
    if (open) await this.#call('set_table_name', { name: ANY_TABLE }, options)
    const columns = read(await this.#call('get_col_fields', {}, options), 'column')
    const tagCount = this.count - columns.length - (open ? 1 : 0)
    const tags = tagCount > 0 ? read(await this.#call('get_tag_fields', {}, options), 'tag') : []
    if (tagCount !== tags.length)
      throw new NotSupportedError(`a statement of this server needs a ? for every tag and column, or for none: upgrade to TDengine 3.3.6`, {
        sql: this.#sql,
      })
    return [...(open ? [TABLE_NAME] : []), ...tags, ...columns]
  }

  async bind(payload: Uint8Array, options: CallOptions = {}): Promise<void> {
    if (this.#closed) throw new InterfaceError('the statement is closed')
    if (this.#isPlain) return
    // After a failed call every other one fails as well; what was bound and not written would be written with the next rows.
    if (this.#bound || this.#id === undefined || !(await settled(this.#answer, options))) await this.#again(options)
    const columns = this.fields.filter(({ bindType }) => bindType === 'column')
    const tags = this.fields.filter(({ bindType }) => bindType === 'tag')
    this.#bound = true
    try {
      for (const table of decodeBind(payload)) {
        if (table.name !== undefined) await this.#call('set_table_name', { name: table.name }, options)
        if (table.tags.length > 0) await this.#send(1, table.tags, tags, options)
        await this.#send(2, table.columns, columns, options)
        await this.#call('add_batch', {}, options)
      }
    } catch (error) {
      this.#spoil()
      throw error
    }
  }

  async execute(options: CallOptions = {}): Promise<number> {
    if (this.#closed) throw new InterfaceError('the statement is closed')
    if (this.#isPlain) return 0
    // Servers crash when a statement is executed after a bind that failed.
    if (this.#id === undefined || !this.#bound) throw new StatementError('nothing is bound', { sql: this.#sql })
    const harmless = options.harmless === true || !this.isInsert
    try {
      const affected = Number((await this.#call('exec', {}, options, harmless))['affected'] ?? 0)
      this.#bound = false
      return affected
    } catch (error) {
      this.#spoil()
      throw error
    }
  }

  async result(options: CallOptions = {}): Promise<Answer> {
    if (this.#isPlain) return await this.#query(this.#sql, { ...options, harmless: true })
    const reply = await this.#call('use_result', {}, options)
    this.#answer = new WebSocketAnswer(this.#channel, { ...reply, id: reply['result_id'] }, this.#contextOf(options))
    return this.#answer
  }

  /** A query without a `?`: version 1 executes nothing that nothing was bound to. */
  get #isPlain(): boolean {
    return this.count === 0 && !this.isInsert
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#spoil()
  }

  async #again(options: CallOptions): Promise<void> {
    this.#spoil()
    await this.prepare(options)
  }

  /** Closes the server's statement, which it does not answer; after its result. */
  #spoil(): void {
    const id = this.#id
    const answer = this.#answer
    this.#id = undefined
    this.#answer = undefined
    this.#bound = false
    if (id === undefined) return
    afterResult(answer, () => this.#channel.post('close', { stmt_id: id }))
  }

  async #call(action: string, args: Readonly<Record<string, unknown>>, options: CallOptions, harmless = true): Promise<TextReply> {
    const id = this.#channel.idOf(action === 'exec' ? options.reqId : undefined) ?? this.#channel.nextId()
    const reply = await this.#channel.call(action, { stmt_id: this.#id, ...args }, id, options)
    return expectText(reply, { ...this.#contextOf(options), harmless })
  }

  /** Sends a block of tags (action 1) or of rows (2). */
  async #send(action: 1 | 2, bound: readonly BoundColumn[], fields: readonly StatementField[], options: CallOptions): Promise<void> {
    const id = this.#channel.nextId()
    const columns = bound.map((column, i) => columnOf(column, fields[i]))
    const message = encodeStmtBlockRequest(BigInt(id), BigInt(this.#id!), action, { rows: bound[0]?.rows ?? 0, columns })
    expectText(await this.#channel.send(message, id, options), { ...this.#contextOf(options), kind: 'statement' })
  }

  #contextOf({ signal, timeoutMs }: CallOptions): RequestContext {
    return { ...this.#context, signal, timeoutMs }
  }
}

const TABLE_NAME: StatementField = { name: 'tbname', type: TypeCode.VARCHAR, precision: 0, scale: 0, bytes: 271, bindType: 'tbname' }

function read(reply: TextReply, bindType: 'tag' | 'column'): StatementField[] {
  const fields = reply['fields']
  if (!Array.isArray(fields)) return []
  return (fields as Readonly<Record<string, unknown>>[]).map((field) => ({
    name: String(field['name']),
    type: Number(field['field_type']),
    precision: Number(field['precision'] ?? 0),
    scale: Number(field['scale'] ?? 0),
    bytes: Number(field['bytes'] ?? 0),
    bindType,
  }))
}

/** The fields of rows that name their tables, from the header of a query for the same columns. */
function fieldsByName({ fields, precision }: Answer): StatementField[] {
  const columns = fields.map(({ name, type, bytes }): StatementField => {
    const code = typeOfName(type)!.code
    return { name, type: code, precision: PRECISIONS.indexOf(precision), scale: 0, bytes: schemaBytes(code, bytes), bindType: 'column' }
  })
  return [TABLE_NAME, ...columns]
}

/** A block's column from what the common encoder wrote. */
function columnOf(bound: BoundColumn, field: StatementField | undefined): Column {
  const spec: ColumnSpec = { type: bound.type, bytes: field?.bytes ?? 0, precision: field?.precision ?? 0, scale: field?.scale ?? 0 }
  const lacking = isDecimal(bound.type) || bound.type === TypeCode.BLOB || bound.type === TypeCode.MEDIUMBLOB
  if (lacking)
    throw new NotSupportedError(`${field?.name ?? 'a parameter'}: servers before 3.3.6 bind neither DECIMAL nor BLOB; write it as text`)
  return boundToColumn(bound, spec)
}
