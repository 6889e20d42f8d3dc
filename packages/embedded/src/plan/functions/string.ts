import { TypeCode } from 'taosts/wire'
import type { SqlType } from '../../catalog/model.ts'
import { castSql } from './cast.ts'
import { at, integerLiteral, wrongCount, wrongType } from './check.ts'
import { orNull, scalar } from './scalar.ts'
import type { ScalarFunction, Typed } from './spec.ts'
import {
  BIGINT,
  isBlob,
  isBool,
  isInteger,
  isNchar,
  isNull,
  isNumeric,
  isText,
  isVarbinary,
  NULL,
  nchar,
  quote,
  storedBytes,
  textOfBytes,
  UTINYINT,
  varchar,
} from './types.ts'

const text = orNull(isText)
const integer = orNull(isInteger)

/** Longest VARCHAR in bytes. */
const LONGEST = 65517

/** The result keeps the first argument's type; a NULL stays a bare NULL. */
const keep = (args: readonly Typed[]): SqlType => at(args, 0).type

const sqlOf = (args: readonly Typed[], i: number): string => at(args, i).sql

/** NCHAR when any argument is: VARCHAR arguments then count four bytes a byte. `times` is how often each argument appears. */
function joined(args: readonly Typed[], times: (i: number) => number): SqlType {
  if (args.some((arg) => isNull(arg.type))) return varchar(4294967294)
  const code = args.some((arg) => isNchar(arg.type)) ? TypeCode.NCHAR : TypeCode.VARCHAR
  const width = (t: SqlType): number => (code === TypeCode.NCHAR && !isNchar(t) ? storedBytes(t) * 4 : storedBytes(t))
  return textOfBytes(
    code,
    args.reduce((sum, arg, i) => sum + width(arg.type) * times(i), 0),
  )
}

/** Changes the case of ASCII letters alone, whatever the length. */
function letterCase(name: 'lower' | 'upper', from: string, to: string): ScalarFunction {
  return scalar({
    name,
    usage: `${name.toUpperCase()}(text)`,
    least: 1,
    params: [isText],
    type: keep,
    sql: (args) =>
      `CASE WHEN strlen(${sqlOf(args, 0)}) = length(${sqlOf(args, 0)}) THEN ${name}(${sqlOf(args, 0)}) ELSE translate(${sqlOf(args, 0)}, '${from}', '${to}') END`,
  })
}

const SMALL = 'abcdefghijklmnopqrstuvwxyz'
const LARGE = SMALL.toUpperCase()

/** The characters that C's isspace names. */
const BLANKS = "concat(' ', chr(9), chr(10), chr(11), chr(12), chr(13))"

function trimSide(name: 'ltrim' | 'rtrim'): ScalarFunction {
  return scalar({
    name,
    usage: `${name.toUpperCase()}(text)`,
    least: 1,
    params: [isText],
    type: keep,
    sql: (args) => `${name}(${sqlOf(args, 0)}, ${BLANKS})`,
  })
}

/** TRIM([side] [what FROM] text): whole repetitions of `what` go from the named ends. The side is in the entry's name. */
function trim(side: 'leading' | 'trailing' | 'both'): ScalarFunction {
  const plain = { leading: 'ltrim', trailing: 'rtrim', both: 'trim' }[side]
  const entry = scalar({
    name: 'trim',
    usage: 'TRIM([[LEADING | TRAILING | BOTH] [what] FROM] text)',
    least: 1,
    most: 2,
    params: [text],
    // TDengine counts an NCHAR's stored bytes as if each were a character.
    type: (args) => (isNchar(at(args, 0).type) ? nchar(Math.trunc((storedBytes(at(args, 0).type) * 4 - 2) / 4)) : at(args, 0).type),
    sql: (args) => (args.length === 1 ? `${plain}(${sqlOf(args, 0)}, ${BLANKS})` : `td_trim_${side}(${sqlOf(args, 0)}, ${sqlOf(args, 1)})`),
  })
  return side === 'both' ? entry : { ...entry, name: `trim ${side}` }
}

function substring(name: 'substr' | 'substring'): ScalarFunction {
  return scalar({
    name,
    usage: `${name.toUpperCase()}(text, from[, length])`,
    least: 2,
    most: 3,
    params: [text, integer],
    type: keep,
    sql(args, context) {
      const from = castSql(sqlOf(args, 1), at(args, 1).type, BIGINT, context)
      const length = args.length > 2 ? castSql(sqlOf(args, 2), at(args, 2).type, BIGINT, context) : '2147483647'
      return `td_substr(${sqlOf(args, 0)}, ${from}, ${length})`
    },
  })
}

/** Bytes of REPLACE's result: every place where `from` can stand holds `to`. In NCHAR a byte of VARCHAR may become four. */
function replacedType(args: readonly Typed[]): SqlType {
  const org = at(args, 0).type
  if (isNull(org)) return NULL
  const from = at(args, 1).type
  const to = at(args, 2).type
  const wide = isNchar(org)
  const orgBytes = storedBytes(org)
  const fromBytes = isNchar(from) ? Math.max(1, Math.trunc(storedBytes(from) / 4)) : storedBytes(from)
  const toBytes = wide && !isNchar(to) ? storedBytes(to) * 4 : storedBytes(to)
  return textOfBytes(org.code, toBytes > fromBytes ? orgBytes + Math.trunc(orgBytes / fromBytes) * (toBytes - fromBytes) : orgBytes)
}

/** LENGTH counts bytes: four a character of NCHAR. */
function bytesSql(arg: Typed): string {
  if (isNchar(arg.type)) return `(length(${arg.sql}) * 4)`
  return isVarbinary(arg.type) || isBlob(arg.type) ? `octet_length(${arg.sql})` : `strlen(${arg.sql})`
}

export const STRING: readonly ScalarFunction[] = [
  scalar({
    name: 'length',
    usage: 'LENGTH(text)',
    least: 1,
    params: [(t) => text(t) || isVarbinary(t) || isBlob(t)],
    type: () => BIGINT,
    sql: (args) => bytesSql(at(args, 0)),
  }),
  scalar({
    name: 'char_length',
    usage: 'CHAR_LENGTH(text)',
    least: 1,
    params: [text],
    type: () => BIGINT,
    sql: (args) => `length(${sqlOf(args, 0)})`,
  }),
  scalar({
    name: 'concat',
    usage: 'CONCAT(text, text[, …])',
    least: 2,
    most: 8,
    params: [text],
    type: (args) => joined(args, () => 1),
    sql: (args) => `(${args.map((arg) => arg.sql).join(' || ')})`,
  }),
  {
    ...scalar({
      name: 'concat_ws',
      usage: 'CONCAT_WS(separator, text, text[, …])',
      least: 3,
      most: 9,
      params: [{ argument: (arg) => text(arg.type) && arg.literal !== undefined }, text],
      type: (args) => joined(args, (i) => (i === 0 ? args.length - 2 : 1)),
      sql: (args) =>
        `(${args
          .slice(1)
          .map((arg) => arg.sql)
          .join(` || ${sqlOf(args, 0)} || `)})`,
    }),
  },
  letterCase('lower', LARGE, SMALL),
  letterCase('upper', SMALL, LARGE),
  trimSide('ltrim'),
  trimSide('rtrim'),
  trim('both'),
  trim('leading'),
  trim('trailing'),
  substring('substr'),
  substring('substring'),
  scalar({
    name: 'substring_index',
    usage: 'SUBSTRING_INDEX(text, delimiter, count)',
    least: 3,
    params: [text, text, integer],
    type: keep,
    sql(args, context) {
      // DuckDB joins with constant separators only.
      const name = at(args, 1).literal ? 'td_substring_index' : 'td_substring_index_of'
      return `${name}(${sqlOf(args, 0)}, ${sqlOf(args, 1)}, ${castSql(sqlOf(args, 2), at(args, 2).type, BIGINT, context)})`
    },
  }),
  scalar({
    name: 'replace',
    usage: 'REPLACE(text, from, to)',
    least: 3,
    params: [text],
    type: replacedType,
    sql: (args) => `replace(${sqlOf(args, 0)}, ${sqlOf(args, 1)}, ${sqlOf(args, 2)})`,
  }),
  scalar({
    name: 'repeat',
    usage: 'REPEAT(text, count)',
    least: 2,
    params: [text, integer],
    type(args) {
      const t = at(args, 0).type
      if (isNull(t)) return NULL
      const times = integerLiteral(at(args, 1))
      if (times === undefined) return isNchar(t) ? nchar(Math.trunc(LONGEST / 4)) : varchar(LONGEST)
      return textOfBytes(t.code, Math.max(2, storedBytes(t) * Number(times < 1n ? 0n : times > 65535n ? 65535n : times)))
    },
    sql: (args, context) => `repeat(${sqlOf(args, 0)}, td_times(${castSql(sqlOf(args, 1), at(args, 1).type, BIGINT, context)}))`,
  }),
  scalar({
    name: 'position',
    usage: 'POSITION(text IN text)',
    least: 2,
    params: [text],
    type: () => BIGINT,
    sql: (args) => `td_position(${sqlOf(args, 0)}, ${sqlOf(args, 1)})`,
  }),
  scalar({
    name: 'ascii',
    usage: 'ASCII(text)',
    least: 1,
    params: [text],
    type: () => UTINYINT,
    sql: (args) => `td_ascii(${sqlOf(args, 0)})`,
  }),
  {
    kind: 'scalar',
    name: 'char',
    usage: 'CHAR(number[, …])',
    type(args) {
      if (args.length < 1) throw wrongCount('char')
      for (const { type } of args) if (!isNumeric(type) && !isText(type) && !isNull(type) && !isBool(type)) throw wrongType('char')
      return varchar(4 * args.length)
    },
    // Each number is its bytes, the first one highest; NULL adds nothing; bytes that make no text make none.
    sql(args, context) {
      const codes = args.filter((arg) => !isNull(arg.type)).map((arg) => `td_char_hex(${castSql(arg.sql, arg.type, BIGINT, context)})`)
      return codes.length === 0
        ? quote('')
        : `list_transform([unhex(concat(${codes.join(', ')}, ''))], lambda x: coalesce(try(decode(x)), ''))[1]`
    },
  },
]
