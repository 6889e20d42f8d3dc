import type { Action } from './action.ts'
import { type BinaryActions, binaryQuery, fetchRawBlock, validateSql } from './binary-actions.ts'
import { checkServerStatus, connect, getCurrentDatabase, getServerInfo, optionsConnection, version } from './connect-actions.ts'
import { fetch, fetchBlock, freeResult, numFields, query } from './query-actions.ts'
import { writeRaw, writeRawBlock, writeRawBlockWithFields } from './raw-block-actions.ts'
import { schemalessInsert } from './schemaless-action.ts'
import {
  addBatch,
  binaryBind,
  binarySetTags,
  bind,
  close,
  exec,
  getColumnFields,
  getParam,
  getTagFields,
  init,
  numParams,
  prepare,
  setTableName,
  setTags,
  useResult,
} from './statements1.ts'
import { stmt2Bind, stmt2Close, stmt2Exec, stmt2Init, stmt2Prepare, stmt2Result } from './statements2.ts'

/** What a WebSocket path understands. */
export interface Endpoint {
  /** JSON actions by name: a new action is a new line here. */
  readonly actions: ReadonlyMap<string, Action>
  readonly binary: BinaryActions
  /** Text that is no request and unknown actions are not answered. */
  readonly silent: boolean
  /** Keys that the replies of older endpoints lack, by action. */
  readonly omitted: { readonly [action: string]: readonly string[] }
}

const JSON_ACTIONS: { readonly [name: string]: Action } = {
  version,
  conn: connect,
  check_server_status: checkServerStatus,
  query,
  fetch,
  fetch_block: fetchBlock,
  free_result: freeResult,
  num_fields: numFields,
  get_current_db: getCurrentDatabase,
  get_server_info: getServerInfo,
  options_connection: optionsConnection,
  insert: schemalessInsert,
  init,
  prepare,
  set_table_name: setTableName,
  set_tags: setTags,
  bind,
  add_batch: addBatch,
  exec,
  get_tag_fields: getTagFields,
  get_col_fields: getColumnFields,
  stmt_num_params: numParams,
  stmt_get_param: getParam,
  use_result: useResult,
  close,
  stmt2_init: stmt2Init,
  stmt2_prepare: stmt2Prepare,
  stmt2_exec: stmt2Exec,
  stmt2_result: stmt2Result,
  stmt2_close: stmt2Close,
}

const BINARY_ACTIONS: BinaryActions = {
  binary_query: binaryQuery,
  fetch_raw_block: fetchRawBlock,
  validate_sql: validateSql,
  set_tags: binarySetTags,
  bind: binaryBind,
  write_raw: writeRaw,
  write_raw_block: writeRawBlock,
  write_raw_block_with_fields: writeRawBlockWithFields,
  stmt2_bind: stmt2Bind,
}

function only(...names: readonly string[]): ReadonlyMap<string, Action> {
  return new Map(names.flatMap((name) => (JSON_ACTIONS[name] ? [[name, JSON_ACTIONS[name]] as const] : [])))
}

/** Older replies: no version after a login, no request id or timing after `version`, no digits of decimals. */
const OLD_REPLIES = {
  version: ['req_id', 'timing'],
  conn: ['version'],
  query: ['fields_precisions', 'fields_scales'],
  prepare: ['is_insert'],
}

/** The WebSocket paths; subscriptions have a way of their own. */
export const ENDPOINTS: ReadonlyMap<string, Endpoint | 'tmq'> = new Map<string, Endpoint | 'tmq'>([
  ['/rest/tmq', 'tmq'],
  ['/ws', { actions: new Map(Object.entries(JSON_ACTIONS)), binary: BINARY_ACTIONS, silent: false, omitted: {} }],
  [
    '/rest/ws',
    {
      actions: only('version', 'conn', 'query', 'fetch', 'fetch_block', 'free_result'),
      binary: { write_raw: writeRaw, write_raw_block: writeRawBlock, write_raw_block_with_fields: writeRawBlockWithFields },
      silent: true,
      omitted: OLD_REPLIES,
    },
  ],
  [
    '/rest/stmt',
    {
      actions: only(
        'version',
        'conn',
        'init',
        'prepare',
        'set_table_name',
        'set_tags',
        'bind',
        'add_batch',
        'exec',
        'get_tag_fields',
        'get_col_fields',
        'close',
      ),
      binary: { set_tags: binarySetTags, bind: binaryBind },
      silent: true,
      omitted: OLD_REPLIES,
    },
  ],
  ['/rest/schemaless', { actions: only('version', 'conn', 'insert'), binary: {}, silent: true, omitted: OLD_REPLIES }],
])
