/**
 * The functions of libtaos that taosts uses, as TDengine's C API reference documents them: result type, argument types, and whether the
 * library must have it. What an older library lacks is reported by name; only the calls that need it fail.
 */
export interface Signature {
  readonly result: string
  readonly args: readonly string[]
  readonly need: Need
}

/** `core`: nothing works without it; `optional`: something else serves as well. Otherwise what is missing without it. */
export type Need =
  | 'core'
  | 'optional'
  | 'statements'
  | 'schemaless'
  | 'subscription'
  | 'options'
  | 'bi'
  | 'token'
  | 'totp'
  | 'validate'
  | 'currentDatabase'
  | 'vgroupId'
  | 'loadTableInfo'

/** The version whose client library has what a need is about, and what to call that. */
const SINCE: Readonly<Record<Exclude<Need, 'core' | 'optional'>, readonly [what: string, version: string]>> = {
  statements: ['prepared statements (stmt2)', '3.3.5'],
  schemaless: ['schemaless writing with a key for table names', '3.2'],
  subscription: ['subscriptions with offsets', '3.2'],
  options: ['options of one connection', '3.3.6'],
  bi: ['BI mode', '3.2'],
  token: ['logging in with a token', '3.4'],
  totp: ['one-time passwords', '3.4'],
  validate: ['checking statements', '3.0'],
  currentDatabase: ['asking for the current database', '3.2'],
  vgroupId: ["a table's vgroup", '3.0'],
  loadTableInfo: ['loading what is known of tables', '3.0'],
}

/** Says that a library lacks something, which functions, and which version has them. */
export function lacking(need: Exclude<Need, 'core' | 'optional'>, missing: readonly FunctionName[]): string {
  const [what, version] = SINCE[need]
  const names = missing.filter((name) => SIGNATURES[name].need === need)
  return `this libtaos lacks ${what} (${names.join(', ')}): install the client of TDengine ${version} or newer`
}

const core = (result: string, ...args: string[]): Signature => ({ result, args, need: 'core' })
const feature = (need: Signature['need'], result: string, ...args: string[]): Signature => ({ result, args, need })

export const SIGNATURES = {
  taos_options: core('int', 'int', 'str'),
  taos_connect: core('void *', 'str', 'str', 'str', 'str', 'uint16'),
  taos_close: core('void', 'void *'),
  taos_query_with_reqid: core('void *', 'void *', 'str', 'int64'),
  taos_errno: core('int', 'void *'),
  taos_errstr: core('str', 'void *'),
  taos_is_update_query: core('bool', 'void *'),
  taos_affected_rows: core('int', 'void *'),
  taos_field_count: core('int', 'void *'),
  taos_result_precision: core('int', 'void *'),
  taos_fetch_raw_block: core('int', 'void *', 'void *', 'void *'),
  taos_free_result: core('void', 'void *'),
  taos_stop_query: core('void', 'void *'),
  taos_select_db: core('int', 'void *', 'str'),
  taos_get_server_info: core('str', 'void *'),
  taos_get_client_info: core('str'),
  taos_fetch_fields: core('void *', 'void *'),

  // Before 3.3.6 results have no decimals, and their fields no precision and scale.
  taos_fetch_fields_e: feature('optional', 'void *', 'void *'),
  taos_affected_rows64: feature('optional', 'int64', 'void *'),
  tmq_get_connect: feature('optional', 'void *', 'void *'),
  taos_connect_token: feature('token', 'void *', 'str', 'str', 'str', 'uint16'),
  taos_connect_totp: feature('totp', 'void *', 'str', 'str', 'str', 'str', 'str', 'uint16'),
  taos_options_connection: feature('options', 'int', 'void *', 'int', 'str'),
  taos_set_conn_mode: feature('bi', 'int', 'void *', 'int', 'int'),
  taos_validate_sql: feature('validate', 'int', 'void *', 'str'),
  taos_get_current_db: feature('currentDatabase', 'int', 'void *', 'void *', 'int', 'void *'),
  taos_load_table_info: feature('loadTableInfo', 'int', 'void *', 'str'),
  taos_get_table_vgId: feature('vgroupId', 'int', 'void *', 'str', 'str', 'void *'),

  taos_schemaless_insert_raw_ttl_with_reqid_tbname_key: feature(
    'schemaless',
    'void *',
    'void *',
    'void *',
    'int',
    'void *',
    'int',
    'int',
    'int32',
    'int64',
    'str',
  ),

  taos_stmt2_init: feature('statements', 'void *', 'void *', 'void *'),
  taos_stmt2_prepare: feature('statements', 'int', 'void *', 'void *', 'ulong'),
  taos_stmt2_bind_param: feature('statements', 'int', 'void *', 'void *', 'int32'),
  taos_stmt2_exec: feature('statements', 'int', 'void *', 'void *'),
  taos_stmt2_close: feature('statements', 'int', 'void *'),
  taos_stmt2_is_insert: feature('statements', 'int', 'void *', 'void *'),
  taos_stmt2_get_fields: feature('statements', 'int', 'void *', 'void *', 'void *'),
  taos_stmt2_free_fields: feature('statements', 'void', 'void *', 'void *'),
  taos_stmt2_result: feature('statements', 'void *', 'void *'),
  taos_stmt2_error: feature('statements', 'str', 'void *'),

  tmq_conf_new: feature('subscription', 'void *'),
  tmq_conf_set: feature('subscription', 'int', 'void *', 'str', 'str'),
  tmq_conf_destroy: feature('subscription', 'void', 'void *'),
  tmq_list_new: feature('subscription', 'void *'),
  tmq_list_append: feature('subscription', 'int32', 'void *', 'str'),
  tmq_list_get_size: feature('subscription', 'int32', 'void *'),
  tmq_list_to_c_array: feature('subscription', 'void *', 'void *'),
  tmq_list_destroy: feature('subscription', 'void', 'void *'),
  tmq_consumer_new: feature('subscription', 'void *', 'void *', 'void *', 'int32'),
  tmq_subscribe: feature('subscription', 'int32', 'void *', 'void *'),
  tmq_unsubscribe: feature('subscription', 'int32', 'void *'),
  tmq_subscription: feature('subscription', 'int32', 'void *', 'void *'),
  tmq_consumer_poll: feature('subscription', 'void *', 'void *', 'int64'),
  tmq_consumer_close: feature('subscription', 'int32', 'void *'),
  tmq_commit_sync: feature('subscription', 'int32', 'void *', 'void *'),
  tmq_commit_offset_sync: feature('subscription', 'int32', 'void *', 'str', 'int32', 'int64'),
  tmq_get_topic_assignment: feature('subscription', 'int32', 'void *', 'str', 'void *', 'void *'),
  tmq_free_assignment: feature('subscription', 'void', 'void *'),
  tmq_offset_seek: feature('subscription', 'int32', 'void *', 'str', 'int32', 'int64'),
  tmq_position: feature('subscription', 'int64', 'void *', 'str', 'int32'),
  tmq_committed: feature('subscription', 'int64', 'void *', 'str', 'int32'),
  tmq_get_res_type: feature('subscription', 'int', 'void *'),
  tmq_get_topic_name: feature('subscription', 'str', 'void *'),
  tmq_get_db_name: feature('subscription', 'str', 'void *'),
  tmq_get_vgroup_id: feature('subscription', 'int32', 'void *'),
  tmq_get_vgroup_offset: feature('subscription', 'int64', 'void *'),
  tmq_err2str: feature('subscription', 'str', 'int32'),
  tmq_get_json_meta: feature('subscription', 'void *', 'void *'),
  tmq_free_json_meta: feature('subscription', 'void', 'void *'),
  tmq_get_raw: feature('subscription', 'int32', 'void *', 'void *'),
  tmq_write_raw: feature('subscription', 'int32', 'void *', 'tmq_raw_data'),
  tmq_free_raw: feature('subscription', 'void', 'tmq_raw_data'),
} as const satisfies Record<string, Signature>

export type FunctionName = keyof typeof SIGNATURES
