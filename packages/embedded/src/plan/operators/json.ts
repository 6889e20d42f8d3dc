import type { Typed } from '../functions/spec.ts'
import { isBool, isNumeric, isText, quote } from '../functions/types.ts'

/** `tag->'key'`: the value's JSON text; NULL where the key is missing or its value null. */
export function jsonMember(json: string, key: string): string {
  return `nullif(CAST(json_extract(${json}, ${quote(`$."${key.replaceAll('"', '\\"')}"`)}) AS VARCHAR), 'null')`
}

/** A JSON value as the other operand's kind, NULL where it is of another kind; undefined when JSON has no such kind. */
export function jsonValue(json: string, other: Typed): string | undefined {
  if (isText(other.type)) return `CASE WHEN json_type(${json}) = 'VARCHAR' THEN json_extract_string(${json}, '$') END`
  if (isBool(other.type)) return `CASE WHEN json_type(${json}) = 'BOOLEAN' THEN CAST(${json} AS BOOLEAN) END`
  if (isNumeric(other.type)) return `CASE WHEN json_type(${json}) IN ('BIGINT', 'UBIGINT', 'DOUBLE') THEN CAST(${json} AS DOUBLE) END`
  return undefined
}
