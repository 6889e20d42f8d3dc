import { InterfaceError, InternalError } from '../errors.ts'
import { BIND_HEAD, encodeBindRequest } from '../wire/index.ts'
import { type Channel, NoAnswer, type ReplyMessage, type RequestId, type TextReply } from './channel.ts'
import type { Answer, CallOptions, DriverStatement, StatementField } from './driver.ts'
import { expectText, type RequestContext } from './session-error.ts'
import { afterResult, settled } from './wait-for.ts'
import { freeLate, WebSocketAnswer } from './websocket-answer.ts'

/** Meaning of `bind_type` in the fields of a prepared statement. */
const BIND_TYPES: readonly (StatementField['bindType'] | undefined)[] = [undefined, 'column', 'tag', 'parameter', 'tbname']

/** Prepares a statement (stmt2) on the server; every step waits for the reply of the one before. */
export async function prepareStatement(
  channel: Channel,
  sql: string,
  context: RequestContext,
  options: CallOptions,
): Promise<DriverStatement> {
  const opened = await open(channel, sql, context, options)
  return new WebSocketStatement(channel, sql, opened.id, opened.reply, opened.context)
}

async function open(channel: Channel, sql: string, context: RequestContext, options: CallOptions) {
  const initId = channel.nextId()
  // Preparing changes nothing on the server; what is done with the statement may.
  const statementContext: RequestContext = { ...context, reqId: options.reqId ?? initId, harmless: true }
  const late = (reply: ReplyMessage): void => {
    if (!(reply instanceof Uint8Array) && reply.code === 0) channel.post('stmt2_close', { stmt_id: reply['stmt_id'] })
  }
  // Hints only: neither limits what may be bound.
  const hints = { single_stb_insert: false, single_table_bind_once: false }
  const init = expectText(await channel.call('stmt2_init', hints, initId, { ...options, late }), statementContext)
  const id = init['stmt_id'] as number | bigint
  try {
    const prepared = await channel.call('stmt2_prepare', { stmt_id: id, sql, get_fields: true }, channel.nextId(), options)
    return { id, reply: expectText(prepared, statementContext), context: statementContext }
  } catch (error) {
    channel.post('stmt2_close', { stmt_id: id })
    throw error
  }
}

/** What TDengine 3.3.7 answers to the second execution of `INSERT INTO ? USING …`: `[0x022A]: success`. */
const MISUSED = 0x022a

class WebSocketStatement implements DriverStatement {
  readonly isInsert: boolean
  readonly fields: readonly StatementField[]
  readonly count: number
  readonly #channel: Channel
  readonly #sql: string
  readonly #context: RequestContext
  #id: number | bigint
  #closed = false
  /** What is bound and not executed yet. */
  #payload: Uint8Array | undefined
  #executions = 0
  /** The server executes it once only: it is prepared anew for each bind. */
  #once = false
  /** The result of the statement, which has to stay as it is until that is read: servers before 3.4.1 read it from there. */
  #answer: WebSocketAnswer | undefined

  constructor(channel: Channel, sql: string, id: number | bigint, reply: TextReply, context: RequestContext) {
    this.#channel = channel
    this.#sql = sql
    this.#id = id
    this.isInsert = reply['is_insert'] === true
    this.#context = { ...context, harmless: !this.isInsert }
    this.count = Number(reply['fields_count'] ?? 0)
    const fields = reply['fields']
    // Of a query 3.4.1.8 tells one field for all of its ?, and others none.
    this.fields =
      this.isInsert && Array.isArray(fields) ? fields.map((field) => readField(field as Readonly<Record<string, unknown>>, context)) : []
  }

  async bind(payload: Uint8Array, options: CallOptions = {}): Promise<void> {
    this.#payload = undefined
    if ((this.#once && this.#executions > 0) || !(await settled(this.#answer, options))) await this.#renew(options)
    const id = this.#begin()
    const message = encodeBindRequest(BigInt(id), BigInt(this.#id), payload, -1, payload.byteOffset >= BIND_HEAD)
    expectText(await this.#channel.send(message, id, options), { ...this.#contextOf(options), harmless: true, kind: 'statement' })
    this.#payload = payload
  }

  async execute(options: CallOptions = {}): Promise<number> {
    const id = this.#begin(options)
    const payload = this.#payload
    const reply = await this.#channel.call('stmt2_exec', { stmt_id: this.#id }, id, options)
    const misused = !(reply instanceof NoAnswer || reply instanceof Uint8Array) && reply.code === MISUSED
    if (misused && this.isInsert && this.#executions > 0 && payload !== undefined) {
      this.#once = true
      await this.#renew(options)
      await this.bind(payload, options)
      return await this.execute(options)
    }
    const affected = Number(expectText(reply, { ...this.#contextOf(options), reqId: id })['affected'] ?? 0)
    this.#payload = undefined
    this.#executions++
    return affected
  }

  async #renew({ signal, timeoutMs }: CallOptions): Promise<void> {
    const id = this.#id
    afterResult(this.#answer, () => this.#channel.post('stmt2_close', { stmt_id: id }))
    this.#answer = undefined
    const options = { ...(signal === undefined ? {} : { signal }), ...(timeoutMs === undefined ? {} : { timeoutMs }) }
    this.#id = (await open(this.#channel, this.#sql, this.#context, options)).id
    this.#executions = 0
  }

  async result(options: CallOptions = {}): Promise<Answer> {
    const context = this.#contextOf(options)
    const late = freeLate(this.#channel)
    const reply = expectText(await this.#channel.call('stmt2_result', { stmt_id: this.#id }, this.#begin(), { ...options, late }), context)
    this.#answer = new WebSocketAnswer(this.#channel, reply, context)
    return this.#answer
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    // A lost connection has closed it already.
    const close = () => this.#channel.call('stmt2_close', { stmt_id: this.#id }, this.#channel.nextId())
    if (await settled(this.#answer, {})) await close()
    else afterResult(this.#answer, close)
  }

  #begin({ reqId }: CallOptions = {}): RequestId {
    if (this.#closed) throw new InterfaceError('the statement is closed')
    return this.#channel.idOf(reqId) ?? this.#channel.nextId()
  }

  #contextOf({ signal, timeoutMs, harmless }: CallOptions): RequestContext {
    return { ...this.#context, signal, timeoutMs, harmless: harmless === true || this.#context.harmless }
  }
}

function readField(field: Readonly<Record<string, unknown>>, context: RequestContext): StatementField {
  const bindType = BIND_TYPES[Number(field['bind_type'])]
  if (!bindType) throw new InternalError(`${context.where} described a parameter of the unknown kind ${String(field['bind_type'])}`)
  return {
    name: String(field['name']),
    type: Number(field['field_type']),
    precision: Number(field['precision'] ?? 0),
    scale: Number(field['scale'] ?? 0),
    bytes: Number(field['bytes'] ?? 0),
    bindType,
  }
}
