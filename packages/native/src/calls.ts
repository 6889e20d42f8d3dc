import koffi from 'koffi'
import { bindStatement } from './bind.ts'
import { FIELD_ALL_SIZE, FIELD_E_SIZE, type NativeField, type NativeStatementField, readFields, readStatementFields } from './fields.ts'
import type { Foreign, Library, Pointer } from './library.ts'
import type { FunctionName } from './signatures.ts'

/**
 * What the session asks of libtaos, each a sequence of foreign calls that belongs together: libtaos keeps the reason of a failure without
 * a result per thread, so it has to be asked for in the thread that failed. Everything here blocks, and runs in a worker thread.
 */

/** A failure as libtaos reports it. */
export interface NativeFailure {
  readonly code: number
  readonly message: string
}

export class NativeError extends Error {
  override readonly name = 'NativeError'
  readonly code: number

  constructor({ code, message }: NativeFailure) {
    super(message)
    this.code = code
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
  readonly options: readonly { readonly option: number; readonly value: string; readonly name: string }[]
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

export interface SchemalessCall {
  readonly data: Uint8Array
  readonly protocol: number
  readonly precision: number
  readonly ttl: number
  readonly reqId: bigint
  readonly tableNameKey: string | null
}

const CONNECTION_OPTIONS_CLEARED = 0n

/** The calls on one loaded library. Every method throws a NativeError when libtaos says no. */
export class Calls {
  readonly #library: Library

  constructor(library: Library) {
    this.#library = library
  }

  /** The function, or an error that names what the library lacks. */
  #f(name: FunctionName): Foreign {
    const found = this.#library.functions[name]
    if (found === undefined) {
      throw new NativeError({ code: 0x0100, message: `This libtaos has no ${name}: install a newer TDengine client` })
    }
    return found
  }

  /** What this thread's last failure without a handle was, or what the handle holds. */
  #fail(handle: Pointer | null, code?: number): never {
    const number = code ?? (this.#f('taos_errno')(handle) as number)
    throw new NativeError({ code: number & 0xffff, message: (this.#f('taos_errstr')(handle) as string | null) ?? 'unknown error' })
  }

  #check(code: number): void {
    if (code !== 0) this.#fail(null, code)
  }

  open({ host, port, user, password, database, bearerToken, totpCode, options, bi }: OpenRequest): { handle: Pointer; version: string } {
    const db = database === '' ? null : database
    const handle = (
      bearerToken !== undefined
        ? this.#f('taos_connect_token')(host, bearerToken, db, port)
        : totpCode !== undefined
          ? this.#f('taos_connect_totp')(host, user, password, totpCode, db, port)
          : this.#f('taos_connect')(host, user, password, db, port)
    ) as Pointer | null
    if (handle === null || handle === CONNECTION_OPTIONS_CLEARED) this.#fail(null)
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

  /** Takes a result apart, or frees it and throws what it says. */
  #describe(handle: Pointer | null): QueryReply {
    if (handle === null || handle === 0n) this.#fail(null)
    const code = this.#f('taos_errno')(handle) as number
    if (code !== 0) {
      const message = (this.#f('taos_errstr')(handle) as string | null) ?? 'unknown error'
      this.#f('taos_free_result')(handle)
      throw new NativeError({ code: code & 0xffff, message })
    }
    if (this.#f('taos_is_update_query')(handle) as boolean) {
      const affectedRows = this.#f('taos_affected_rows')(handle) as number
      this.#f('taos_free_result')(handle)
      return { handle: 0n, isUpdate: true, affectedRows, precision: 0, fields: [] }
    }
    const count = this.#f('taos_field_count')(handle) as number
    const memory = this.#copy(this.#f('taos_fetch_fields_e')(handle) as Pointer | null, count * FIELD_E_SIZE)
    const precision = this.#f('taos_result_precision')(handle) as number
    return { handle, isUpdate: false, affectedRows: 0, precision, fields: readFields(memory, count) }
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
    const affectedRows = this.#f('taos_affected_rows')(handle) as number
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
    bindStatement(payload, (bindings) =>
      this.#checkStatement(statement, this.#f('taos_stmt2_bind_param')(statement, bindings, -1) as number),
    )
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
      throw new NativeError({ code: 0xffff, message: (this.#f('taos_stmt2_error')(statement) as string | null) ?? 'no result' })
    }
    return this.#describe(handle)
  }

  closeStatement(statement: Pointer): void {
    this.#f('taos_stmt2_close')(statement)
  }
}
