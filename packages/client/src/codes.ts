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

/** What a user may do about an error of this number, if there is more to say than its words do. */
export function hintOf(code: number): string | undefined {
  if (code === 535 || code === 9750) return 'choose a database: the option database, selectDb(), USE, or database.table in the statement'
  if (code === 855 || code === 4357) return 'check user and password; TDengine Cloud takes a token instead'
  return code === 904 ? 'make it with CREATE DATABASE; on TDengine Cloud, in its console' : undefined
}

/**
 * TDengine's numbers (low 16 bits), as its error-code documentation describes them: the meaning, the kind where it is not that of the family, and `!`
 * where the same request may well succeed later. A text, as it is small, costs nothing before the first error, and errors are rare.
 */
const CODES = `
3 rpc authentication failure
11 unable to establish connection!
19 time unsynced, operational
21 fqdn not resolved
22 invalid argument, programming
24 connection broken!
25 connection read timeout, timeout!
32 service unavailable, operational!
33 server connection broken!
34 too many sessions, operational!
35 network error!
36 network busy, operational!
256 operation not supported, notSupported
258 out of memory
273 action in progress!
277 invalid message, internal
280 invalid parameters, programming
293 retry needed!
295 invalid timestamp, data
300 operation timeout, timeout!
304 database starting!
305 database closing!
308 not allowed to connect, connection
317 decimal overflow, data
512 invalid operation
515 invalid data, data
519 invalid user length
520 invalid password length
522 invalid line, schemaless
523 invalid connection, connection!
527 query terminated, operational
531 disconnected, connection!
534 sql syntax error
535 database not specified
536 table not exist
537 sql too long
539 line syntax error, schemaless
545 invalid json, data
548 value out of range, data
554 statement api error, statement
555 statement table name error, statement
557 query killed, operational
559 not a supertable
561 invalid encode
566 bind number error, statement
771 insufficient privilege
780 invalid query id
789 user disabled, connection
848 user already exists
849 invalid user
855 authentication failure, connection
864 supertable already exists
866 supertable not exist
873 tag already exists
874 tag not exist
875 column already exists
876 column not exist
884 function not exist
896 database not available
897 database already exists
899 invalid database name
902 database dropping, operational!
904 database not exist
908 wal retention zero
918 database creating, operational!
962 invalid supertable options
964 field used by topic, integrity
965 single supertable mode
979 transaction conflict, operational!
992 topic already exists
993 topic not exist, tmq
998 consumer not exist, tmq
1000 subscription not exist, tmq
1002 consumer not ready, tmq!
1003 topic subscribed, tmq
1005 topic must be dropped, integrity
1155 index already exists, programming
1156 index not exist, programming
1298 write denied
1312 vnode not exist!
1329 query busy!
1536 invalid table id
1539 table already exists
1547 timestamp out of range, data
1560 table not exist
1807 invalid input, programming
2048 license expired
2307 sync timeout!
2316 sync leader unreachable!
2321 sync not ready!
2324 sync restoring!
4099 wal version gone, tmq
4357 no authorization, connection
4358 request empty
4359 no sql
4362 token error, connection
4385 invalid content length, internal
4386 invalid authorization type, connection
4388 invalid basic authorization, connection
4389 invalid taosd authorization, connection
9220 database dropped, programming
9476 task timeout, timeout!
9478 job not exist
9728 syntax error
9729 incomplete sql
9730 invalid column name
9731 table not exist
9732 ambiguous column
9733 invalid value type, data
9736 aggregate not allowed
9737 wrong number of select
9738 not group by expression
9739 not selected expression
9740 not single group
9741 tags not matched
9742 invalid tag name
9744 name or password too long
9745 password too short
9748 no longer supported, notSupported
9750 database not specified
9751 invalid identifier
9753 invalid option
9785 invalid topic query
9787 invalid time range
9788 duplicated column
9790 row too long
9791 too many columns
9796 permission denied
9811 value too long, data
9813 invalid delete
9826 get meta error, operational
9850 invalid varbinary, data
9851 primary key null, integrity
9984 planner error
10240 function error
10241 function parameter number
10242 function parameter type
10243 function parameter value
10244 function not builtin
10245 duplicate timestamp, data
12288 schemaless protocol error
12289 schemaless precision error
12290 schemaless invalid data
12291 schemaless invalid database
12292 schemaless type changed
12293 schemaless internal error
12294 schemaless primary key table
12880 cannot convert, data
16384 tmq invalid message
16385 tmq consumer mismatch
16386 tmq consumer closed
16391 tmq offset out of range
16392 tmq invalid vgroup
16393 tmq invalid topic
16400 tmq not initialised
16401 tmq no committed offset
16402 tmq same committed offset
16403 tmq replay needs one vgroup
16404 tmq replay not supported
16407 tmq invalid status
25345 blob not allowed on tag, programming
25350 too many blob columns, programming
65533 sql forbidden, programming
65534 over limit, operational!
65535 adapter error
`

/** Families of numbers: first code past the family, its kind. */
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
  const at = CODES.indexOf(`\n${code} `) + 1
  const line = at === 0 ? '' : CODES.slice(CODES.indexOf(' ', at) + 1, CODES.indexOf('\n', at))
  const [, meaning, kind, again] = /^([^,!]+)(?:, (\w+))?(!?)$/.exec(line) ?? []
  return {
    name: meaning?.toUpperCase().replaceAll(' ', '_') ?? formatCode(code),
    kind: (kind as ErrorKind | undefined) ?? FAMILIES.find(([end]) => code < end)?.[1] ?? 'database',
    retryable: again === '!',
  }
}

/** `9728` → `0x2600`, as TDengine prints its numbers. */
export function formatCode(code: number): string {
  return `0x${code.toString(16).padStart(4, '0')}`
}
