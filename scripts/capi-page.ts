import { SIGNATURES } from '../packages/native/src/signatures.ts'

/** What taosts does with a function of taos.h that it does not call, and why. */
const STMT = 'prepared statements are stmt2 (`taos_stmt2_*`), as over WebSocket'
const ROWS = 'results are read as whole blocks (`taos_fetch_raw_block`)'
const ASYNC = 'blocking calls run in threads, where no callback into JavaScript is needed'
const SML = '`taos_schemaless_insert_raw_ttl_with_reqid_tbname_key` does all that the shorter forms do'
const COMMIT = 'commits run in the consumer’s thread and are awaited: a commit that is not awaited tells nobody that it failed'
const WHITELIST = 'a server’s own tool'

/** The public functions of taos.h, as TDengine's C API reference and its connectors' declarations name them, and why one is not called. */
const FUNCTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Life cycle and connection': {
    taos_init: 'the first connection does it',
    taos_cleanup: 'it would end the library for everything else in the process',
    taos_options: '',
    taos_set_config: 'the file taos.cfg and `taos_options` say the same',
    taos_connect: '',
    taos_connect_auth: 'a password is given as such, or a token',
    taos_connect_token: '',
    taos_connect_totp: '',
    taos_connect_with: 'the other forms of connecting and `taos_options_connection` say the same, in older libraries too',
    taos_set_option: 'goes with `taos_connect_with`',
    taos_close: '',
    taos_options_connection: '',
    taos_set_conn_mode: '',
    taos_get_connection_info: '`SELECT USER()` says it on every transport',
    taos_get_server_info: '',
    taos_get_client_info: '',
    taos_select_db: '',
    taos_get_current_db: '',
    taos_set_notify_cb: ASYNC,
    taos_kill_query: "`cancel: 'kill'` issues KILL QUERY for one statement, not for all of a connection",
    taos_check_server_status: 'connecting tells',
    taos_fetch_whitelist_a: WHITELIST,
    taos_data_type: 'types are named by taosts',
  },
  Queries: {
    taos_query: '`taos_query_with_reqid` carries the request’s id as well',
    taos_query_with_reqid: '',
    taos_query_a: ASYNC,
    taos_query_a_with_reqid: ASYNC,
    taos_fetch_raw_block: '',
    taos_fetch_raw_block_a: ASYNC,
    taos_fetch_rows_a: ASYNC,
    taos_fetch_row: ROWS,
    taos_fetch_block: ROWS,
    taos_fetch_block_s: ROWS,
    taos_fetch_lengths: ROWS,
    taos_get_column_data_offset: ROWS,
    taos_get_raw_block: ROWS,
    taos_is_null: ROWS,
    taos_is_null_by_column: ROWS,
    taos_print_row: 'values are shown by taosts',
    taos_print_row_with_size: 'values are shown by taosts',
    taos_field_count: '',
    taos_num_fields: 'the same as `taos_field_count`',
    taos_fetch_fields: '',
    taos_fetch_fields_e: '',
    taos_result_precision: '',
    taos_is_update_query: '',
    taos_affected_rows: '',
    taos_affected_rows64: '',
    taos_stop_query: '',
    taos_free_result: '',
    taos_errno: '',
    taos_errstr: '',
    taos_validate_sql: '',
    taos_reset_current_db: 'no transport but this one could do it',
    taos_load_table_info: '',
    taos_get_table_vgId: '',
    taos_get_tables_vgId: '`tableVgroupId` asks for one',
    taos_write_raw_block: 'raw messages are written by `tmq_write_raw`',
    taos_write_raw_block_with_reqid: 'raw messages are written by `tmq_write_raw`',
    taos_write_raw_block_with_fields: 'raw messages are written by `tmq_write_raw`',
    taos_write_raw_block_with_fields_with_reqid: 'raw messages are written by `tmq_write_raw`',
  },
  'Prepared statements': {
    taos_stmt2_init: '',
    taos_stmt2_prepare: '',
    taos_stmt2_bind_param: '',
    taos_stmt2_bind_param_a: ASYNC,
    taos_stmt2_exec: '',
    taos_stmt2_close: '',
    taos_stmt2_is_insert: '',
    taos_stmt2_get_fields: '',
    taos_stmt2_free_fields: '',
    taos_stmt2_result: '',
    taos_stmt2_error: '',
    taos_stmt_init: STMT,
    taos_stmt_init_with_reqid: STMT,
    taos_stmt_init_with_options: STMT,
    taos_stmt_prepare: STMT,
    taos_stmt_set_tbname: STMT,
    taos_stmt_set_tbname_tags: STMT,
    taos_stmt_set_sub_tbname: STMT,
    taos_stmt_set_tags: STMT,
    taos_stmt_get_tag_fields: STMT,
    taos_stmt_get_col_fields: STMT,
    taos_stmt_reclaim_fields: STMT,
    taos_stmt_is_insert: STMT,
    taos_stmt_num_params: STMT,
    taos_stmt_get_param: STMT,
    taos_stmt_bind_param: STMT,
    taos_stmt_bind_param_batch: STMT,
    taos_stmt_bind_single_param_batch: STMT,
    taos_stmt_add_batch: STMT,
    taos_stmt_execute: STMT,
    taos_stmt_affected_rows: STMT,
    taos_stmt_affected_rows_once: STMT,
    taos_stmt_use_result: STMT,
    taos_stmt_errstr: STMT,
    taos_stmt_close: STMT,
  },
  'Schemaless writing': {
    taos_schemaless_insert: SML,
    taos_schemaless_insert_with_reqid: SML,
    taos_schemaless_insert_ttl: SML,
    taos_schemaless_insert_ttl_with_reqid: SML,
    taos_schemaless_insert_ttl_with_reqid_tbname_key: SML,
    taos_schemaless_insert_raw: SML,
    taos_schemaless_insert_raw_with_reqid: SML,
    taos_schemaless_insert_raw_ttl: SML,
    taos_schemaless_insert_raw_ttl_with_reqid: SML,
    taos_schemaless_insert_raw_ttl_with_reqid_tbname_key: '',
  },
  Subscription: {
    tmq_conf_new: '',
    tmq_conf_set: '',
    tmq_conf_destroy: '',
    tmq_conf_set_auto_commit_cb: 'the consumer commits what the application is done with',
    tmq_list_new: '',
    tmq_list_append: '',
    tmq_list_get_size: '',
    tmq_list_to_c_array: '',
    tmq_list_destroy: '',
    tmq_consumer_new: '',
    tmq_consumer_poll: '',
    tmq_consumer_close: '',
    tmq_subscribe: '',
    tmq_unsubscribe: '',
    tmq_subscription: '',
    tmq_commit_sync: '',
    tmq_commit_async: COMMIT,
    tmq_commit_offset_sync: '',
    tmq_commit_offset_async: COMMIT,
    tmq_get_topic_assignment: '',
    tmq_free_assignment: '',
    tmq_offset_seek: '',
    tmq_position: '',
    tmq_committed: '',
    tmq_get_connect: '',
    tmq_get_res_type: '',
    tmq_get_topic_name: '',
    tmq_get_db_name: '',
    tmq_get_vgroup_id: '',
    tmq_get_vgroup_offset: '',
    tmq_get_table_name: 'the raw message has the name of each block’s table',
    tmq_err2str: '',
    tmq_get_raw: '',
    tmq_free_raw: '',
    tmq_write_raw: '',
    tmq_get_json_meta: '',
    tmq_free_json_meta: '',
  },
}

/** The page of the manual that shows which functions of taos.h the native connection calls. Throws where the list and the signatures contradict each other. */
export function capiPage(): string {
  const used = new Set<string>(Object.keys(SIGNATURES))
  const listed = Object.values(FUNCTIONS).flatMap((functions) => Object.entries(functions))
  const unlisted = [...used].filter((name) => !listed.some(([each]) => each === name))
  if (unlisted.length > 0) throw new Error(`called and not listed: ${unlisted.join(', ')}`)
  for (const [name, why] of listed) {
    if (used.has(name) !== (why === ''))
      throw new Error(`${name} is ${used.has(name) ? 'called, and says why not' : 'not called, and does not say why'}`)
  }
  const tables = Object.entries(FUNCTIONS).map(([family, functions]) => {
    const rows = Object.entries(functions).map(([name, why]) => {
      const need = (SIGNATURES as Readonly<Record<string, { need: string }>>)[name]?.need
      return `| \`${name}\` | ${need === undefined ? 'no' : need === 'core' ? 'yes, needed' : 'yes'} | ${why === '' ? '' : `${why[0]!.toUpperCase()}${why.slice(1)}.`} |`
    })
    return `## ${family}\n\n| Function | Called | Why not |\n| --- | --- | --- |\n${rows.join('\n')}\n`
  })
  const called = listed.filter(([name]) => used.has(name)).length
  return `# Functions of taos.h that taosts-native calls

Of the ${listed.length} public functions of TDengine's client library, the native connection calls ${called}. A library without one that is
needed is refused when it is loaded; one without another of them lacks what the function is for, which the error says with the version that has it.

${tables.join('\n')}
This page is made from \`packages/native/src/signatures.ts\` by \`scripts/write-capi-coverage.ts\`.
`
}
