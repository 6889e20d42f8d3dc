/** Which class of the error tree a code belongs to. */
export type ErrorKind =
  | 'database'
  | 'operational'
  | 'connection'
  | 'timeout'
  | 'programming'
  | 'data'
  | 'integrity'
  | 'internal'
  | 'notSupported'
  | 'statement'
  | 'schemaless'
  | 'tmq'

/** What is known of one of TDengine's error numbers. */
export interface CodeInfo {
  /** The meaning in capitals, such as `SYNTAX_ERROR`. */
  readonly name: string
  readonly kind: ErrorKind
  /** The same request may well succeed later, unchanged. */
  readonly retryable: boolean
}

/** What to do about some of them, where TDengine's words do not say. */
const HINTS: Readonly<Record<number, string>> = {
  535: 'choose a database: the option database, selectDb(), USE, or database.table in the statement',
  904: 'make it with CREATE DATABASE; on TDengine Cloud, in its console',
  9750: 'choose a database: the option database, selectDb(), USE, or database.table in the statement',
}

/** What a user may do about an error of this number, if there is more to say than its words do. */
export function hintOf(code: number): string | undefined {
  return HINTS[code]
}

type Entry = readonly [name: string, kind: ErrorKind, retryable?: true]

/** TDengine's numbers (low 16 bits), as its error-code documentation describes them. */
const CODES: Readonly<Record<number, Entry>> = {
  3: ['RPC_AUTHENTICATION_FAILURE', 'connection'],
  11: ['UNABLE_TO_ESTABLISH_CONNECTION', 'connection', true],
  19: ['TIME_UNSYNCED', 'operational'],
  21: ['FQDN_NOT_RESOLVED', 'connection'],
  22: ['INVALID_ARGUMENT', 'programming'],
  24: ['CONNECTION_BROKEN', 'connection', true],
  25: ['CONNECTION_READ_TIMEOUT', 'timeout', true],
  32: ['SERVICE_UNAVAILABLE', 'operational', true],
  33: ['SERVER_CONNECTION_BROKEN', 'connection', true],
  34: ['TOO_MANY_SESSIONS', 'operational', true],
  35: ['NETWORK_ERROR', 'connection', true],
  36: ['NETWORK_BUSY', 'operational', true],
  256: ['OPERATION_NOT_SUPPORTED', 'notSupported'],
  258: ['OUT_OF_MEMORY', 'operational'],
  273: ['ACTION_IN_PROGRESS', 'operational', true],
  277: ['INVALID_MESSAGE', 'internal'],
  280: ['INVALID_PARAMETERS', 'programming'],
  293: ['RETRY_NEEDED', 'operational', true],
  295: ['INVALID_TIMESTAMP', 'data'],
  300: ['OPERATION_TIMEOUT', 'timeout', true],
  304: ['DATABASE_STARTING', 'operational', true],
  305: ['DATABASE_CLOSING', 'operational', true],
  308: ['NOT_ALLOWED_TO_CONNECT', 'connection'],
  317: ['DECIMAL_OVERFLOW', 'data'],
  512: ['INVALID_OPERATION', 'programming'],
  515: ['INVALID_DATA', 'data'],
  519: ['INVALID_USER_LENGTH', 'programming'],
  520: ['INVALID_PASSWORD_LENGTH', 'programming'],
  522: ['INVALID_LINE', 'schemaless'],
  523: ['INVALID_CONNECTION', 'connection', true],
  527: ['QUERY_TERMINATED', 'operational'],
  531: ['DISCONNECTED', 'connection', true],
  534: ['SQL_SYNTAX_ERROR', 'programming'],
  535: ['DATABASE_NOT_SPECIFIED', 'programming'],
  536: ['TABLE_NOT_EXIST', 'programming'],
  537: ['SQL_TOO_LONG', 'programming'],
  539: ['LINE_SYNTAX_ERROR', 'schemaless'],
  545: ['INVALID_JSON', 'data'],
  548: ['VALUE_OUT_OF_RANGE', 'data'],
  554: ['STATEMENT_API_ERROR', 'statement'],
  555: ['STATEMENT_TABLE_NAME_ERROR', 'statement'],
  557: ['QUERY_KILLED', 'operational'],
  559: ['NOT_A_SUPERTABLE', 'programming'],
  561: ['INVALID_ENCODE', 'programming'],
  566: ['BIND_NUMBER_ERROR', 'statement'],
  771: ['INSUFFICIENT_PRIVILEGE', 'programming'],
  780: ['INVALID_QUERY_ID', 'programming'],
  789: ['USER_DISABLED', 'connection'],
  848: ['USER_ALREADY_EXISTS', 'programming'],
  849: ['INVALID_USER', 'programming'],
  855: ['AUTHENTICATION_FAILURE', 'connection'],
  864: ['SUPERTABLE_ALREADY_EXISTS', 'programming'],
  866: ['SUPERTABLE_NOT_EXIST', 'programming'],
  873: ['TAG_ALREADY_EXISTS', 'programming'],
  874: ['TAG_NOT_EXIST', 'programming'],
  875: ['COLUMN_ALREADY_EXISTS', 'programming'],
  876: ['COLUMN_NOT_EXIST', 'programming'],
  884: ['FUNCTION_NOT_EXIST', 'programming'],
  896: ['DATABASE_NOT_AVAILABLE', 'programming'],
  897: ['DATABASE_ALREADY_EXISTS', 'programming'],
  899: ['INVALID_DATABASE_NAME', 'programming'],
  902: ['DATABASE_DROPPING', 'operational', true],
  904: ['DATABASE_NOT_EXIST', 'programming'],
  908: ['WAL_RETENTION_ZERO', 'programming'],
  918: ['DATABASE_CREATING', 'operational', true],
  962: ['INVALID_SUPERTABLE_OPTIONS', 'programming'],
  964: ['FIELD_USED_BY_TOPIC', 'integrity'],
  965: ['SINGLE_SUPERTABLE_MODE', 'programming'],
  979: ['TRANSACTION_CONFLICT', 'operational', true],
  992: ['TOPIC_ALREADY_EXISTS', 'programming'],
  993: ['TOPIC_NOT_EXIST', 'tmq'],
  998: ['CONSUMER_NOT_EXIST', 'tmq'],
  1000: ['SUBSCRIPTION_NOT_EXIST', 'tmq'],
  1002: ['CONSUMER_NOT_READY', 'tmq', true],
  1003: ['TOPIC_SUBSCRIBED', 'tmq'],
  1005: ['TOPIC_MUST_BE_DROPPED', 'integrity'],
  1155: ['INDEX_ALREADY_EXISTS', 'programming'],
  1156: ['INDEX_NOT_EXIST', 'programming'],
  1298: ['WRITE_DENIED', 'operational'],
  1312: ['VNODE_NOT_EXIST', 'operational', true],
  1329: ['QUERY_BUSY', 'operational', true],
  1536: ['INVALID_TABLE_ID', 'programming'],
  1539: ['TABLE_ALREADY_EXISTS', 'programming'],
  1547: ['TIMESTAMP_OUT_OF_RANGE', 'data'],
  1560: ['TABLE_NOT_EXIST', 'programming'],
  1807: ['INVALID_INPUT', 'programming'],
  2048: ['LICENSE_EXPIRED', 'operational'],
  2307: ['SYNC_TIMEOUT', 'operational', true],
  2316: ['SYNC_LEADER_UNREACHABLE', 'operational', true],
  2321: ['SYNC_NOT_READY', 'operational', true],
  2324: ['SYNC_RESTORING', 'operational', true],
  4099: ['WAL_VERSION_GONE', 'tmq'],
  4357: ['NO_AUTHORIZATION', 'connection'],
  4358: ['REQUEST_EMPTY', 'programming'],
  4359: ['NO_SQL', 'programming'],
  4362: ['TOKEN_ERROR', 'connection'],
  4385: ['INVALID_CONTENT_LENGTH', 'internal'],
  4386: ['INVALID_AUTHORIZATION_TYPE', 'connection'],
  4388: ['INVALID_BASIC_AUTHORIZATION', 'connection'],
  4389: ['INVALID_TAOSD_AUTHORIZATION', 'connection'],
  9220: ['DATABASE_DROPPED', 'programming'],
  9476: ['TASK_TIMEOUT', 'timeout', true],
  9478: ['JOB_NOT_EXIST', 'operational'],
  9728: ['SYNTAX_ERROR', 'programming'],
  9729: ['INCOMPLETE_SQL', 'programming'],
  9730: ['INVALID_COLUMN_NAME', 'programming'],
  9731: ['TABLE_NOT_EXIST', 'programming'],
  9732: ['AMBIGUOUS_COLUMN', 'programming'],
  9733: ['INVALID_VALUE_TYPE', 'data'],
  9736: ['AGGREGATE_NOT_ALLOWED', 'programming'],
  9737: ['WRONG_NUMBER_OF_SELECT', 'programming'],
  9738: ['NOT_GROUP_BY_EXPRESSION', 'programming'],
  9739: ['NOT_SELECTED_EXPRESSION', 'programming'],
  9740: ['NOT_SINGLE_GROUP', 'programming'],
  9741: ['TAGS_NOT_MATCHED', 'programming'],
  9742: ['INVALID_TAG_NAME', 'programming'],
  9744: ['NAME_OR_PASSWORD_TOO_LONG', 'programming'],
  9745: ['PASSWORD_TOO_SHORT', 'programming'],
  9748: ['NO_LONGER_SUPPORTED', 'notSupported'],
  9750: ['DATABASE_NOT_SPECIFIED', 'programming'],
  9751: ['INVALID_IDENTIFIER', 'programming'],
  9753: ['INVALID_OPTION', 'programming'],
  9785: ['INVALID_TOPIC_QUERY', 'programming'],
  9787: ['INVALID_TIME_RANGE', 'programming'],
  9788: ['DUPLICATED_COLUMN', 'programming'],
  9790: ['ROW_TOO_LONG', 'programming'],
  9791: ['TOO_MANY_COLUMNS', 'programming'],
  9796: ['PERMISSION_DENIED', 'programming'],
  9811: ['VALUE_TOO_LONG', 'data'],
  9813: ['INVALID_DELETE', 'programming'],
  9826: ['GET_META_ERROR', 'operational'],
  9850: ['INVALID_VARBINARY', 'data'],
  9851: ['PRIMARY_KEY_NULL', 'integrity'],
  9984: ['PLANNER_ERROR', 'internal'],
  10240: ['FUNCTION_ERROR', 'programming'],
  10241: ['FUNCTION_PARAMETER_NUMBER', 'programming'],
  10242: ['FUNCTION_PARAMETER_TYPE', 'programming'],
  10243: ['FUNCTION_PARAMETER_VALUE', 'programming'],
  10244: ['FUNCTION_NOT_BUILTIN', 'programming'],
  10245: ['DUPLICATE_TIMESTAMP', 'data'],
  12288: ['SCHEMALESS_PROTOCOL_ERROR', 'schemaless'],
  12289: ['SCHEMALESS_PRECISION_ERROR', 'schemaless'],
  12290: ['SCHEMALESS_INVALID_DATA', 'schemaless'],
  12291: ['SCHEMALESS_INVALID_DATABASE', 'schemaless'],
  12292: ['SCHEMALESS_TYPE_CHANGED', 'schemaless'],
  12293: ['SCHEMALESS_INTERNAL_ERROR', 'schemaless'],
  12294: ['SCHEMALESS_PRIMARY_KEY_TABLE', 'schemaless'],
  12880: ['CANNOT_CONVERT', 'data'],
  16384: ['TMQ_INVALID_MESSAGE', 'tmq'],
  16385: ['TMQ_CONSUMER_MISMATCH', 'tmq'],
  16386: ['TMQ_CONSUMER_CLOSED', 'tmq'],
  16391: ['TMQ_OFFSET_OUT_OF_RANGE', 'tmq'],
  16392: ['TMQ_INVALID_VGROUP', 'tmq'],
  16393: ['TMQ_INVALID_TOPIC', 'tmq'],
  16400: ['TMQ_NOT_INITIALISED', 'tmq'],
  16401: ['TMQ_NO_COMMITTED_OFFSET', 'tmq'],
  16402: ['TMQ_SAME_COMMITTED_OFFSET', 'tmq'],
  16407: ['TMQ_INVALID_STATUS', 'tmq'],
  25345: ['BLOB_NOT_ALLOWED_ON_TAG', 'programming'],
  25350: ['TOO_MANY_BLOB_COLUMNS', 'programming'],
  65533: ['SQL_FORBIDDEN', 'programming'],
  65534: ['OVER_LIMIT', 'operational', true],
  65535: ['ADAPTER_ERROR', 'database'],
}

/** Families of numbers, for those that the table lacks: first code past the family, its kind. */
const FAMILIES: readonly (readonly [end: number, kind: ErrorKind])[] = [
  [0x0100, 'connection'],
  [0x0200, 'operational'],
  [0x0400, 'programming'],
  [0x0600, 'operational'],
  [0x0700, 'programming'],
  [0x0a00, 'operational'],
  [0x0b00, 'tmq'],
  [0x1100, 'operational'],
  [0x1200, 'programming'],
  [0x2600, 'operational'],
  [0x2700, 'programming'],
  [0x2800, 'internal'],
  [0x2900, 'programming'],
  [0x3000, 'operational'],
  [0x3100, 'schemaless'],
  [0x4000, 'database'],
  [0x4100, 'tmq'],
]

/** What is known of `code` (the low 16 bits of TDengine's number); unknown codes are named by their number. */
export function codeInfo(code: number): CodeInfo {
  const entry = CODES[code]
  if (entry) return { name: entry[0], kind: entry[1], retryable: entry[2] ?? false }
  const kind = FAMILIES.find(([end]) => code < end)?.[1] ?? 'database'
  return { name: formatCode(code), kind, retryable: false }
}

/** `9728` → `0x2600`, as TDengine prints its numbers. */
export function formatCode(code: number): string {
  return `0x${code.toString(16).padStart(4, '0')}`
}
