import koffi from 'koffi'
import { layOutBindings } from './bind.ts'
import {
  FIELD_ALL_SIZE,
  FIELD_E_SIZE,
  type NativeField,
  type NativeStatementField,
  readFields,
  readStatementFields,
  withoutScale,
} from './fields.ts'
import { type Foreign, type Library, type Pointer, TextError } from './library.ts'
import { type FunctionName, lacking, SIGNATURES } from './signatures.ts'

/**
 * What the session asks of libtaos, each a sequence of foreign calls that belongs together: libtaos keeps the reason of a failure without
 * a result per thread, so it has to be asked for in the thread that failed. Everything here blocks, and runs in a worker thread.
 */

/** A failure as libtaos reports it. */
export interface NativeFailure {
  readonly code: number
  readonly message: string
  /** Nothing was asked of a server: the library lacks a function, or an argument is none that it can take. */
  readonly refused?: boolean
}

export class NativeError extends Error {
  override readonly name = 'NativeError'
  readonly code: number
  readonly refused: boolean

  constructor({ code, message, refused = false }: NativeFailure) {
    super(message)
    this.code = code
    this.refused = refused
  }
}

export interface OpenRequest {
  readonly host: string | null
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  readonly bearerToken?: string
  readonly totpCode?: string
  /** Connection options in the order to set them: taos.h's numbers (0 charset, 1 time zone, 2 ip, 3 application). */
  readonly options: readonly { readonly option: number; readonly value: string }[]
  readonly bi: boolean
}

export interface QueryReply {
  readonly handle: Pointer
  readonly isUpdate: boolean
  readonly affectedRows: number
  readonly precision: number
  readonly fields: readonly NativeField[]
}

export interface PrepareReply {
  readonly handle: Pointer
  readonly isInsert: boolean
  readonly count: number
  readonly fields: readonly NativeStatementField[]
}

export interface PollReply {
  readonly handle: Pointer
  /** 1 data, 2 changes of tables, 3 both. */
  readonly type: number
  readonly topic: string
  readonly database: string
  readonly vgroup: number
  readonly offset: bigint
}

/** What libtaos gives where nothing is committed: 0x80004011. */
const NO_OFFSET = -2147467247n

export interface SchemalessCall {
  readonly data: Uint8Array
  readonly protocol: number
  readonly precision: number
  readonly ttl: number
  readonly reqId: bigint
  readonly tableNameKey: string | null
}

/** The calls on one loaded library. Every method throws a NativeError when libtaos says no. */
export class Calls {
  readonly #library: Library

  constructor(library: Library) {
    this.#library = library
  }

  /** The function, or an error that names what the library lacks. */
  #f(name: FunctionName): Foreign {
    const found = this.#library.functions[name]
    if (found !== undefined) return found
    const { need } = SIGNATURES[name]
    const message = need === 'core' || need === 'optional' ? `this libtaos has no ${name}` : lacking(need, this.#library.missing)
    throw new NativeError({ code: 0, message, refused: true })
  }

  /** What this thread's last failure without a handle was, or what the handle holds. */
  #fail(handle: Pointer | null, code?: number): never {
    // -1 says only that it failed.
    const number = code === undefined || code === -1 ? (this.#f('taos_errno')(handle) as number) : code
    throw new NativeError({ code: number & 0xffff, message: (this.#f('taos_errstr')(handle) as string | null) ?? 'unknown error' })
  }

  #check(code: number): void {
    if (code !== 0) this.#fail(null, code)
  }

  open({ host, port, user, password, database, bearerToken, totpCode, options, bi }: OpenRequest): { handle: Pointer; version: string } {
    const db = database === '' ? null : database
    // libtaos takes the process's locale for the truth about texts, which in containers is often ASCII; ours are UTF-8. 1: character set.
    this.#f('taos_options')(1, 'UTF-8')
    const handle = (
      bearerToken !== undefined
        ? this.#f('taos_connect_token')(host, bearerToken, db, port)
        : totpCode !== undefined
          ? this.#f('taos_connect_totp')(host, user, password, totpCode, db, port)
          : this.#f('taos_connect')(host, user, password, db, port)
    ) as Pointer | null
    if (handle === null || handle === 0n) this.#fail(null)
    try {
      for (const { option, value } of options) this.#check(this.#f('taos_options_connection')(handle, option, value) as number)
      if (bi) this.#check(this.#f('taos_set_conn_mode')(handle, 0, 1) as number)
      const version = (this.#f('taos_get_server_info')(handle) as string | null) ?? ''
      return { handle, version: /\d+(\.\d+)+[\w.]*/.exec(version)?.[0] ?? version }
    } catch (error) {
      this.#f('taos_close')(handle)
      throw error
    }
  }

  close(connection: Pointer): void {
    this.#f('taos_close')(connection)
  }

  query(connection: Pointer, sql: string, reqId: bigint): QueryReply {
    return this.#describe(this.#f('taos_query_with_reqid')(connection, sql, BigInt.asIntN(64, reqId)) as Pointer | null)
  }

  /** Takes a result apart, or frees it and throws what it says; an `owned` one belongs to its statement, which frees it. */
  #describe(handle: Pointer | null, owned = false): QueryReply {
    if (handle === null || handle === 0n) this.#fail(null)
    const code = this.#f('taos_errno')(handle) as number
    if (code !== 0) {
      const message = (this.#f('taos_errstr')(handle) as string | null) ?? 'unknown error'
      if (!owned) this.#f('taos_free_result')(handle)
      throw new NativeError({ code: code & 0xffff, message })
    }
    if (this.#f('taos_is_update_query')(handle) as boolean) {
      const affectedRows = this.#affectedRows(handle)
      if (!owned) this.#f('taos_free_result')(handle)
      return { handle: 0n, isUpdate: true, affectedRows, precision: 0, fields: [] }
    }
    const count = this.#f('taos_field_count')(handle) as number
    const extended = this.#library.functions.taos_fetch_fields_e
    const memory = this.#copy((extended ?? this.#f('taos_fetch_fields'))(handle) as Pointer | null, count * FIELD_E_SIZE)
    const precision = this.#f('taos_result_precision')(handle) as number
    const fields = readFields(memory, memory.length === 0 ? 0 : count)
    return { handle, isUpdate: false, affectedRows: 0, precision, fields: extended ? fields : withoutScale(fields) }
  }

  #affectedRows(handle: Pointer): number {
    return Number((this.#library.functions.taos_affected_rows64 ?? this.#f('taos_affected_rows'))(handle))
  }

  /** A copy of libtaos's memory, so that it may reuse its own. */
  #copy(pointer: Pointer | null, length: number): Uint8Array<ArrayBuffer> {
    if (pointer === null || pointer === 0n || length === 0) return new Uint8Array(0)
    return new Uint8Array(koffi.view(pointer, length)).slice()
  }

  /** The next raw block, copied, or null at the end. */
  fetch(result: Pointer): Uint8Array<ArrayBuffer> | null {
    const rows = new Int32Array(1)
    const data = new BigUint64Array(1)
    const code = this.#f('taos_fetch_raw_block')(result, rows, data) as number
    if (code !== 0) this.#fail(result, code)
    if (rows[0] === 0 || data[0] === 0n) return null
    // The block says its own length at byte 4 (protocol reference, section 5.1).
    const length = new DataView(koffi.view(data[0]!, 8)).getInt32(4, true)
    if (length < 28) throw new NativeError({ code: 0xffff, message: `libtaos gave a block of ${length} bytes, less than its header` })
    return this.#copy(data[0]!, length)
  }

  free(result: Pointer): void {
    this.#f('taos_free_result')(result)
  }

  selectDatabase(connection: Pointer, name: string): void {
    this.#check(this.#f('taos_select_db')(connection, name) as number)
  }

  currentDatabase(connection: Pointer): string {
    const name = Buffer.alloc(256)
    const needed = new Int32Array(1)
    this.#check(this.#f('taos_get_current_db')(connection, name, name.length, needed) as number)
    return name.toString('utf8', 0, name.indexOf(0))
  }

  /** Checks a statement without running it. */
  validate(connection: Pointer, sql: string): void {
    this.#check(this.#f('taos_validate_sql')(connection, sql) as number)
  }

  setOption(connection: Pointer, option: number, value: string | null): void {
    this.#check(this.#f('taos_options_connection')(connection, option, value) as number)
  }

  loadTableInfo(connection: Pointer, tables: string): void {
    this.#check(this.#f('taos_load_table_info')(connection, tables) as number)
  }

  tableVgroupId(connection: Pointer, database: string, table: string): number {
    const id = new Int32Array(1)
    this.#check(this.#f('taos_get_table_vgId')(connection, database, table, id) as number)
    return id[0]!
  }

  schemaless(connection: Pointer, call: SchemalessCall): { affectedRows: number; totalRows: number } {
    const total = new Int32Array(1)
    const { data, protocol, precision, ttl, reqId, tableNameKey } = call
    const insert = this.#f('taos_schemaless_insert_raw_ttl_with_reqid_tbname_key')
    const handle = insert(
      connection,
      data,
      data.length,
      total,
      protocol,
      precision,
      ttl,
      BigInt.asIntN(64, reqId),
      tableNameKey,
    ) as Pointer | null
    if (handle === null || handle === 0n) this.#fail(null)
    const code = this.#f('taos_errno')(handle) as number
    const message = code === 0 ? '' : ((this.#f('taos_errstr')(handle) as string | null) ?? 'unknown error')
    const affectedRows = this.#affectedRows(handle)
    this.#f('taos_free_result')(handle)
    if (code !== 0) throw new NativeError({ code: code & 0xffff, message })
    return { affectedRows, totalRows: total[0]! }
  }

  prepare(connection: Pointer, sql: string, reqId: bigint): PrepareReply {
    // TAOS_STMT2_OPTION: i64 request id, bool singleStbInsert, bool singleTableBindOnce, callback and its argument (both absent).
    const option = new BigInt64Array([BigInt.asIntN(64, reqId), 0n, 0n, 0n])
    const handle = this.#f('taos_stmt2_init')(connection, option) as Pointer | null
    if (handle === null || handle === 0n) this.#fail(null)
    try {
      if (sql.includes('\0')) throw new TextError('taos_stmt2_prepare')
      const text = Buffer.from(sql, 'utf8')
      this.#checkStatement(handle, this.#f('taos_stmt2_prepare')(handle, text, text.length) as number)
      const insert = new Int32Array(1)
      this.#checkStatement(handle, this.#f('taos_stmt2_is_insert')(handle, insert) as number)
      const count = new Int32Array(1)
      const fields = new BigUint64Array(1)
      this.#checkStatement(handle, this.#f('taos_stmt2_get_fields')(handle, count, fields) as number)
      const isInsert = insert[0] !== 0
      const memory = isInsert ? this.#copy(fields[0]!, count[0]! * FIELD_ALL_SIZE) : new Uint8Array(0)
      if (fields[0] !== 0n) this.#f('taos_stmt2_free_fields')(handle, fields[0]!)
      return { handle, isInsert, count: count[0]!, fields: isInsert ? readStatementFields(memory, count[0]!) : [] }
    } catch (error) {
      this.#f('taos_stmt2_close')(handle)
      throw error
    }
  }

  #checkStatement(statement: Pointer, code: number): void {
    if (code === 0) return
    throw new NativeError({ code: code & 0xffff, message: (this.#f('taos_stmt2_error')(statement) as string | null) ?? 'unknown error' })
  }

  /** Binds what a stmt2 payload holds (protocol reference, section 6). */
  bind(statement: Pointer, payload: Uint8Array): void {
    // The memory itself is the argument, so that it is not collected during the call.
    this.#checkStatement(statement, this.#f('taos_stmt2_bind_param')(statement, layOutBindings(payload), -1) as number)
  }

  execute(statement: Pointer): number {
    const affected = new Int32Array(1)
    this.#checkStatement(statement, this.#f('taos_stmt2_exec')(statement, affected) as number)
    return affected[0]!
  }

  /** The result of an executed query; it belongs to the statement, which frees it. */
  statementResult(statement: Pointer): QueryReply {
    const handle = this.#f('taos_stmt2_result')(statement) as Pointer | null
    if (handle === null || handle === 0n) {
      throw new NativeError({ code: 0xffff, message: (this.#f('taos_stmt2_error')(statement) as string | null) || 'no result' })
    }
    return this.#describe(handle, true)
  }

  closeStatement(statement: Pointer): void {
    this.#f('taos_stmt2_close')(statement)
  }

  /** Makes a consumer of native settings and of options for its connection (as in `open`), and subscribes it. */
  subscribe(settings: readonly (readonly [string, string])[], options: OpenRequest['options'], topics: readonly string[]): Pointer {
    this.#f('taos_options')(1, 'UTF-8')
    const conf = this.#f('tmq_conf_new')() as Pointer
    let consumer: Pointer | null = null
    try {
      for (const [key, value] of settings) {
        // 0 is right, -1 a wrong value, -2 an unknown key.
        const code = this.#f('tmq_conf_set')(conf, key, value) as number
        if (code !== 0) {
          const message = code === -2 ? `unknown configuration key: ${key}` : `invalid value for key '${key}'`
          throw new NativeError({ code: 0x0118, message })
        }
      }
      const text = Buffer.alloc(512)
      consumer = this.#f('tmq_consumer_new')(conf, text, text.length) as Pointer | null
      if (consumer === null || consumer === 0n) {
        const code = this.#f('taos_errno')(null) as number
        const message =
          text.toString('utf8', 0, text.indexOf(0)) || ((this.#f('taos_errstr')(null) as string | null) ?? 'the consumer could not be made')
        throw new NativeError({ code: code & 0xffff, message })
      }
    } finally {
      this.#f('tmq_conf_destroy')(conf)
    }
    const list = this.#f('tmq_list_new')() as Pointer
    try {
      if (options.length > 0) this.#setConsumerOptions(consumer, options)
      for (const topic of topics) this.#checkTmq(this.#f('tmq_list_append')(list, topic) as number)
      this.#checkTmq(this.#f('tmq_subscribe')(consumer, list) as number)
      return consumer
    } catch (error) {
      this.#f('tmq_consumer_close')(consumer)
      throw error
    } finally {
      this.#f('tmq_list_destroy')(list)
    }
  }

  /** What tells the server of the application: not every libtaos gives a consumer's connection, and nothing that is read depends on it. */
  #setConsumerOptions(consumer: Pointer, options: OpenRequest['options']): void {
    const { tmq_get_connect, taos_options_connection } = this.#library.functions
    const connection = tmq_get_connect?.(consumer) as Pointer | null | undefined
    if (!connection || taos_options_connection === undefined) return
    for (const { option, value } of options) this.#check(taos_options_connection(connection, option, value) as number)
  }

  #checkTmq(code: number): void {
    if (code !== 0)
      throw new NativeError({ code: code & 0xffff, message: (this.#f('tmq_err2str')(code) as string | null) ?? 'unknown error' })
  }

  /** Waits for a message; null when none came. */
  poll(consumer: Pointer, milliseconds: number): PollReply | null {
    const handle = this.#f('tmq_consumer_poll')(consumer, BigInt(milliseconds)) as Pointer | null
    if (handle === null || handle === 0n) {
      const code = this.#f('taos_errno')(null) as number
      if (code !== 0) this.#checkTmq(code)
      return null
    }
    return {
      handle,
      type: this.#f('tmq_get_res_type')(handle) as number,
      topic: (this.#f('tmq_get_topic_name')(handle) as string | null) ?? '',
      database: (this.#f('tmq_get_db_name')(handle) as string | null) ?? '',
      vgroup: this.#f('tmq_get_vgroup_id')(handle) as number,
      offset: BigInt(this.#f('tmq_get_vgroup_offset')(handle) as number | bigint),
    }
  }

  /** The message's bytes, copied, with its kind. */
  rawMessage(message: Pointer): { metaType: number; data: Uint8Array<ArrayBuffer> } {
    // tmq_raw_data: void *raw @0, u32 length @8, u16 type @12.
    const raw = new DataView(new ArrayBuffer(16))
    const bytes = new Uint8Array(raw.buffer)
    this.#checkTmq(this.#f('tmq_get_raw')(message, bytes) as number)
    const pointer = raw.getBigUint64(0, true)
    const length = raw.getUint32(8, true)
    const metaType = raw.getUint16(12, true)
    const data = this.#copy(pointer, length)
    this.#f('tmq_free_raw')({ raw: pointer, raw_len: length, raw_type: metaType })
    return { metaType, data }
  }

  /** Writes a raw message into the connection's database. */
  writeRaw(connection: Pointer, metaType: number, data: Uint8Array): void {
    const raw = { raw: data, raw_len: data.length, raw_type: metaType }
    this.#checkTmq(this.#f('tmq_write_raw')(connection, raw) as number)
  }

  /** The changes that a message tells, as JSON text; null for none. */
  jsonMeta(message: Pointer): string | null {
    const text = this.#f('tmq_get_json_meta')(message) as Pointer | null
    if (text === null || text === 0n) return null
    const json = koffi.decode(text, 'char', -1) as string
    this.#f('tmq_free_json_meta')(text)
    return json
  }

  /** Commits what was delivered; with a message, up to it. */
  commit(consumer: Pointer, message: Pointer | null): void {
    this.#checkTmq(this.#f('tmq_commit_sync')(consumer, message) as number)
  }

  commitOffset(consumer: Pointer, topic: string, vgroup: number, offset: bigint): void {
    this.#checkTmq(this.#f('tmq_commit_offset_sync')(consumer, topic, vgroup, offset) as number)
  }

  assignment(consumer: Pointer, topic: string): { vgroup: number; offset: bigint; begin: bigint; end: bigint }[] {
    const list = new BigUint64Array(1)
    const count = new Int32Array(1)
    this.#checkTmq(this.#f('tmq_get_topic_assignment')(consumer, topic, list, count) as number)
    if (list[0] === 0n || count[0] === 0) return []
    // tmq_topic_assignment: i32 vgroup @0, i64 offset @8, begin @16, end @24.
    const memory = this.#copy(list[0]!, count[0]! * 32)
    this.#f('tmq_free_assignment')(list[0]!)
    const view = new DataView(memory.buffer)
    return Array.from({ length: count[0]! }, (_, i) => ({
      vgroup: view.getInt32(32 * i, true),
      offset: view.getBigInt64(32 * i + 8, true),
      begin: view.getBigInt64(32 * i + 16, true),
      end: view.getBigInt64(32 * i + 24, true),
    }))
  }

  seek(consumer: Pointer, topic: string, vgroup: number, offset: bigint): void {
    this.#checkTmq(this.#f('tmq_offset_seek')(consumer, topic, vgroup, offset) as number)
  }

  /** Where the group (`committed`) or the consumer (`position`) stands; undefined for nowhere. */
  offset(consumer: Pointer, what: 'committed' | 'position', topic: string, vgroup: number): bigint | undefined {
    const offset = BigInt(this.#f(what === 'committed' ? 'tmq_committed' : 'tmq_position')(consumer, topic, vgroup) as number | bigint)
    if (offset === NO_OFFSET || offset === BigInt.asIntN(64, NO_OFFSET)) return undefined
    if (offset < 0n) this.#checkTmq(Number(offset))
    return offset
  }

  topics(consumer: Pointer): string[] {
    const list = new BigUint64Array(1)
    this.#checkTmq(this.#f('tmq_subscription')(consumer, list) as number)
    if (list[0] === 0n) return []
    try {
      const count = this.#f('tmq_list_get_size')(list[0]!) as number
      const names = new BigUint64Array(this.#copy(this.#f('tmq_list_to_c_array')(list[0]!) as Pointer, 8 * count).buffer)
      return Array.from(names, (name) => koffi.decode(name, 'char', -1) as string)
    } finally {
      this.#f('tmq_list_destroy')(list[0]!)
    }
  }

  unsubscribe(consumer: Pointer): void {
    this.#checkTmq(this.#f('tmq_unsubscribe')(consumer) as number)
  }

  closeConsumer(consumer: Pointer): void {
    this.#f('tmq_consumer_close')(consumer)
  }
}
