import { TypeCode } from 'taosts/wire'
import type { CompareOp, Span } from '../../sql/ast.ts'
import { Wrong } from '../errors.ts'
import { castSql } from '../functions/cast.ts'
import { parseTime } from '../functions/parse-time.ts'
import type { FunctionContext, Typed } from '../functions/spec.ts'
import {
  BIGINT,
  DOUBLE,
  isBlob,
  isBool,
  isDecimal,
  isFloating,
  isGeometry,
  isInteger,
  isJson,
  isNull,
  isText,
  isTimestamp,
  isVarbinary,
  quote,
  TIMESTAMP,
  UBIGINT,
  varbinary,
} from '../functions/types.ts'
import type { ZoneCache } from '../functions/zone.ts'
import { jsonHas, jsonKnown, jsonValue } from './json.ts'
import { likeSql, matchSql } from './pattern.ts'

export type Comparing = FunctionContext & { readonly zones: ZoneCache }

type Order = '=' | '<>' | '<' | '<=' | '>' | '>='

/** DuckDB SQL of a comparison; NULL where an operand is. Throws where TDengine cannot compare the two types. */
export function compareSql(op: CompareOp, left: Typed, right: Typed, context: Comparing, near?: Span): string {
  if (op === 'contains') return containsSql(left, right, near)
  if (op === 'like' || op === 'not like') return likeSql(left, right, op === 'not like', near)
  if (op === 'match' || op === 'nmatch' || op === 'regexp' || op === 'not regexp')
    return matchSql(left, right, op === 'nmatch' || op === 'not regexp', near)
  if (isBlob(left.type) || isBlob(right.type)) throw Wrong.operation(near)
  if (isNull(left.type) || isNull(right.type)) return 'NULL::BOOLEAN'
  if (isJson(left.type) || isJson(right.type)) return compareJson(op, left, right, near)
  const [l, r] = alike(left, right, context, near)
  return `(${l} ${op} ${r})`
}

/** `value IN (list)`: every element is compared as `=` compares it. */
export function inSql(value: Typed, list: readonly Typed[], negated: boolean, context: Comparing, near?: Span): string {
  // JSON knows no IN, says the documentation.
  if ([value, ...list].some((item) => isBlob(item.type) || isJson(item.type))) throw Wrong.operation(near)
  const sides = list.filter((item) => !isNull(item.type)).map((item) => alike(value, item, context, near))
  const first = sides[0]
  if (first && sides.every(([side]) => side === first[0])) {
    return `(${first[0]} ${negated ? 'NOT IN' : 'IN'} (${sides.map(([, side]) => side).join(', ')}))`
  }
  if (sides.length === 0) return 'NULL::BOOLEAN'
  const any = list.map((item) => compareSql('=', value, item, context, near)).join(' OR ')
  return negated ? `(${value.sql} IS NOT NULL AND NOT coalesce((${any}), false))` : `(${any})`
}

/** The two sides of an equality as values of one type, so that rows may be matched by them. */
export function equalSides(left: Typed, right: Typed, context: Comparing, near?: Span): [string, string] {
  if (isBlob(left.type) || isBlob(right.type)) throw Wrong.operation(near)
  if (isJson(left.type) || isJson(right.type)) throw Wrong.json(near)
  return alike(left, right, context, near)
}

/** Both operands brought to one type. */
function alike(left: Typed, right: Typed, context: Comparing, near?: Span): [string, string] {
  const [l, r] = [left.type, right.type]
  if (isText(l) && isText(r)) return [left.sql, right.sql]
  if (isTimestamp(l) && isText(r)) return [left.sql, timeOf(right, context, near)]
  if (isText(l) && isTimestamp(r)) return [timeOf(left, context, near), right.sql]
  if (isVarbinary(l) || isVarbinary(r)) return [binaryOf(left, context, near), binaryOf(right, context, near)]
  if (isGeometry(l) || isGeometry(r)) {
    for (const side of [left, right]) if (!isText(side.type) && !isGeometry(side.type)) throw Wrong.operation(near)
    return [castSql(left.sql, l, isGeometry(l) ? l : r, context), castSql(right.sql, r, isGeometry(l) ? l : r, context)]
  }
  if (isText(l) || isText(r)) {
    const other = isText(l) ? r : l
    const target = isInteger(other) || isBool(other) ? (other.code === TypeCode.UBIGINT ? UBIGINT : BIGINT) : DOUBLE
    const side = (s: Typed) => (isText(s.type) || isDecimal(s.type) || isBool(s.type) ? castSql(s.sql, s.type, target, context) : s.sql)
    return [side(left), side(right)]
  }
  if (l.code === TypeCode.FLOAT && r.code === TypeCode.DOUBLE && right.literal) return [left.sql, castSql(right.sql, r, l, context)]
  if (r.code === TypeCode.FLOAT && l.code === TypeCode.DOUBLE && left.literal) return [castSql(left.sql, l, r, context), right.sql]
  if (isFloating(l) !== isFloating(r) || isBool(l) !== isBool(r)) {
    const target = isFloating(l) || isFloating(r) ? DOUBLE : BIGINT
    const side = (s: Typed) =>
      s.literal && isInteger(s.type) ? s.sql : isDecimal(s.type) && target === BIGINT ? s.sql : castSql(s.sql, s.type, target, context)
    return [side(left), side(right)]
  }
  return [left.sql, right.sql]
}

/** The ticks of text beside a timestamp: read now when it is a literal. */
function timeOf(text: Typed, context: Comparing, near?: Span): string {
  if (text.literal?.kind !== 'string') return castSql(text.sql, text.type, TIMESTAMP, context)
  const ticks = parseTime(text.literal.text, context.precision, context.timezone, context.zones)
  if (ticks === undefined) throw Wrong.timestamp(near)
  return `${ticks}`
}

/** The bytes of a value beside a VARBINARY: `\x0aff` in a literal is hexadecimal. */
function binaryOf(value: Typed, context: Comparing, near?: Span): string {
  if (isVarbinary(value.type)) return value.sql
  if (!isText(value.type)) throw Wrong.operation(near)
  const hex = value.literal && /^\\x((?:[0-9a-f]{2})*)$/i.exec(value.literal.text)
  return hex ? `unhex(${quote(hex[1] ?? '')})` : castSql(value.sql, value.type, varbinary(65517), context)
}

function compareJson(op: Order, left: Typed, right: Typed, near?: Span): string {
  for (const side of [left, right]) if (isJson(side.type) && side.column) throw Wrong.json(near)
  if (isJson(left.type) && isJson(right.type)) return `(${jsonKnown(left.sql)} ${op} ${jsonKnown(right.sql)})`
  const [json, other] = isJson(left.type) ? [left, right] : [right, left]
  const value = jsonValue(json.sql, other)
  if (value === undefined) throw Wrong.operation(near)
  return json === left ? `(${value} ${op} ${other.sql})` : `(${other.sql} ${op} ${value})`
}

function containsSql(left: Typed, right: Typed, near?: Span): string {
  if (!isJson(left.type) || right.literal?.kind !== 'string') throw Wrong.operation(near)
  return jsonHas(left.sql, right.literal.text)
}
