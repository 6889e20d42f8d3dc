/**
 * The functions of libtaos that taosts uses, as TDengine's C API reference documents them: result type, argument types, and whether the
 * library must have it. What an older library lacks is reported by name; only the calls that need it fail.
 */
export interface Signature {
  readonly result: string
  readonly args: readonly string[]
  /** `core`: nothing works without it. Otherwise the feature that is missing without it. */
  readonly need: 'core' | 'statements' | 'schemaless' | 'subscription' | 'options' | 'token' | 'totp' | 'validate' | 'metadata'
}

const core = (result: string, ...args: string[]): Signature => ({ result, args, need: 'core' })
const feature = (need: Signature['need'], result: string, ...args: string[]): Signature => ({ result, args, need })

export const SIGNATURES = {
  taos_init: core('int'),
  taos_options: core('int', 'int', 'str'),
  taos_connect: core('void *', 'str', 'str', 'str', 'str', 'uint16'),
  taos_close: core('void', 'void *'),
  taos_query_with_reqid: core('void *', 'void *', 'str', 'int64'),
  taos_errno: core('int', 'void *'),
  taos_errstr: core('str', 'void *'),
  taos_is_update_query: core('bool', 'void *'),
  taos_affected_rows: core('int', 'void *'),
  taos_field_count: core('int', 'void *'),
  taos_fetch_fields_e: core('void *', 'void *'),
  taos_result_precision: core('int', 'void *'),
  taos_fetch_raw_block: core('int', 'void *', 'void *', 'void *'),
  taos_free_result: core('void', 'void *'),
  taos_stop_query: core('void', 'void *'),
  taos_select_db: core('int', 'void *', 'str'),
  taos_get_server_info: core('str', 'void *'),
  taos_get_client_info: core('str'),

  taos_connect_auth: feature('metadata', 'void *', 'str', 'str', 'str', 'str', 'uint16'),
  taos_connect_token: feature('token', 'void *', 'str', 'str', 'str', 'uint16'),
  taos_connect_totp: feature('totp', 'void *', 'str', 'str', 'str', 'str', 'str', 'uint16'),
  taos_options_connection: feature('options', 'int', 'void *', 'int', 'str'),
  taos_set_conn_mode: feature('options', 'int', 'void *', 'int', 'int'),
  taos_validate_sql: feature('validate', 'int', 'void *', 'str'),
  taos_get_current_db: feature('metadata', 'int', 'void *', 'void *', 'int', 'void *'),
  taos_load_table_info: feature('metadata', 'int', 'void *', 'str'),
  taos_get_table_vgId: feature('metadata', 'int', 'void *', 'str', 'str', 'void *'),
  taos_affected_rows64: feature('metadata', 'int64', 'void *'),

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
  tmq_commit_async: feature('subscription', 'void', 'void *', 'void *', 'void *', 'void *'),
  tmq_commit_offset_sync: feature('subscription', 'int32', 'void *', 'str', 'int32', 'int64'),
  tmq_commit_offset_async: feature('subscription', 'void', 'void *', 'str', 'int32', 'int64', 'void *', 'void *'),
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
  tmq_get_table_name: feature('subscription', 'str', 'void *'),
  tmq_err2str: feature('subscription', 'str', 'int32'),
  tmq_get_json_meta: feature('subscription', 'void *', 'void *'),
  tmq_free_json_meta: feature('subscription', 'void', 'void *'),
  tmq_get_raw: feature('subscription', 'int32', 'void *', 'void *'),
  tmq_write_raw: feature('subscription', 'int32', 'void *', 'tmq_raw_data'),
  tmq_free_raw: feature('subscription', 'void', 'tmq_raw_data'),
} as const satisfies Record<string, Signature>

export type FunctionName = keyof typeof SIGNATURES
