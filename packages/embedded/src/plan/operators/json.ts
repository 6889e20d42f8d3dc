import type { Typed } from '../functions/spec.ts'
import { isBool, isNumeric, isText, quote } from '../functions/types.ts'

/** `tag->'key'`: the value's JSON text; NULL where the key is missing. A JSON null is the text `null`, and a group of its own. */
export function jsonMember(json: string, key: string): string {
  return `CAST(json_extract(${json}, ${pointer(key)}) AS VARCHAR)`
}

/** A member of a tag where a JSON null is as good as none: in conditions. */
export function jsonKnown(member: string): string {
  return `nullif(${member}, 'null')`
}

/** `tag contains 'key'`. */
export function jsonHas(json: string, key: string): string {
  return `json_exists(${json}, ${pointer(key)})`
}

/** A key as a JSON pointer (RFC 6901): in a path, `*` would stand for every key. */
function pointer(key: string): string {
  return quote(`/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
}

/** A JSON value as the other operand's kind, NULL where it is of another kind; undefined when JSON has no such kind. */
export function jsonValue(json: string, other: Typed): string | undefined {
  if (isText(other.type)) return `CASE WHEN json_type(${json}) = 'VARCHAR' THEN json_extract_string(${json}, '$') END`
  if (isBool(other.type)) return `CASE WHEN json_type(${json}) = 'BOOLEAN' THEN CAST(${json} AS BOOLEAN) END`
  if (isNumeric(other.type)) return `CASE WHEN json_type(${json}) IN ('BIGINT', 'UBIGINT', 'DOUBLE') THEN CAST(${json} AS DOUBLE) END`
  return undefined
}
