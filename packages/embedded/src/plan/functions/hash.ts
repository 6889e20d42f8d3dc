import type { SqlType } from '../../catalog/model.ts'
import { textSql } from './cast.ts'
import { at } from './check.ts'
import { orNull, scalar } from './scalar.ts'
import type { ScalarFunction } from './spec.ts'
import {
  isBool,
  isGeometry,
  isJson,
  isNchar,
  isNull,
  isText,
  isTimestamp,
  isVarbinary,
  quote,
  storedBytes,
  textOfBytes,
  UINT,
  varchar,
} from './types.ts'

const text = orNull(isText)

const hashable = (t: SqlType): boolean => !isJson(t)

export const HASH: readonly ScalarFunction[] = [
  scalar({ name: 'md5', usage: 'MD5(text)', least: 1, params: [text], type: () => varchar(32), sql: (args) => `md5(${at(args, 0).sql})` }),
  scalar({
    name: 'to_base64',
    usage: 'TO_BASE64(text)',
    least: 1,
    params: [text],
    type(args) {
      const t = at(args, 0).type
      return isNull(t) ? t : textOfBytes(varchar(0).code, 4 * Math.ceil(storedBytes(t) / 3))
    },
    sql: (args) => `to_base64(encode(${at(args, 0).sql}))`,
  }),
  // Numbers are hashed as text, BOOL as 1 and 0, times as local time to the second, NCHAR as UTF-32.
  scalar({
    name: 'crc32',
    usage: 'CRC32(value)',
    least: 1,
    params: [hashable],
    type: () => UINT,
    sql(args, context) {
      const { sql, type } = at(args, 0)
      if (isNchar(type)) return `td_crc32_wide(${sql})`
      if (isVarbinary(type) || isGeometry(type)) return `td_crc32(${sql})`
      if (isBool(type)) return `td_crc32(encode(CAST(CAST(${sql} AS TINYINT) AS VARCHAR)))`
      if (isTimestamp(type))
        return `td_crc32(encode(td_to_char(${sql}, 'yyyy-mm-dd hh24:mi:ss', ${quote(context.precision)}, ${quote(context.timezone)})))`
      return `td_crc32(encode(${textSql(sql, type)}))`
    },
  }),
]
