import { at, textLiteral } from './check.ts'
import { scalar } from './scalar.ts'
import type { ScalarFunction } from './spec.ts'
import { INT, isNull, isVarchar, JSON_TAG, quote, varchar } from './types.ts'

/** What `server_version()` and `client_version()` say: the TDengine whose answers these are. */
export const VERSION = '3.3.7.5.alpha'

/** The text of a JSON object with plain values, keys sorted, or undefined. An object without members is NULL. */
function jsonObject(text: string): string | null | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined
  const entries = Object.entries(parsed)
  if (entries.some(([, value]) => typeof value === 'object' && value !== null)) return undefined
  return entries.length === 0 ? null : JSON.stringify(parsed)
}

export const SYSTEM: readonly ScalarFunction[] = [
  scalar({
    name: 'server_version',
    usage: 'SERVER_VERSION()',
    least: 0,
    params: [],
    type: () => varchar(VERSION.length),
    sql: () => quote(VERSION),
  }),
  scalar({
    name: 'client_version',
    usage: 'CLIENT_VERSION()',
    least: 0,
    params: [],
    type: () => varchar(VERSION.length),
    sql: () => quote(VERSION),
  }),
  scalar({ name: 'server_status', usage: 'SERVER_STATUS()', least: 0, params: [], type: () => INT, sql: () => 'CAST(1 AS INTEGER)' }),
  scalar({
    name: 'database',
    usage: 'DATABASE()',
    least: 0,
    params: [],
    type: (_args, context) => varchar(context.database ? Buffer.byteLength(context.database) : 63),
    sql: (_args, context) => (context.database ? quote(context.database) : 'CAST(NULL AS VARCHAR)'),
  }),
  ...['user', 'current_user'].map((name) =>
    scalar({
      name,
      usage: `${name.toUpperCase()}()`,
      least: 0,
      params: [],
      type: (_args, context) => varchar(Buffer.byteLength(`${context.user}@localhost`)),
      sql: (_args, context) => quote(`${context.user}@localhost`),
    }),
  ),
  scalar({
    name: 'to_json',
    usage: 'TO_JSON(json)',
    least: 1,
    params: [{ argument: (arg) => arg.literal !== undefined && (isVarchar(arg.type) || isNull(arg.type)) }],
    type: () => JSON_TAG,
    // Text that is no object of plain values gives NULL, as an empty object does.
    sql(args) {
      const json = jsonObject(textLiteral(at(args, 0)) ?? '')
      return json ? quote(json) : 'CAST(NULL AS VARCHAR)'
    },
  }),
]
