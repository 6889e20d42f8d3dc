import type { Span } from '../../sql/ast.ts'
import { Wrong } from '../errors.ts'
import type { Typed } from '../functions/spec.ts'
import { isJson, isText, quote } from '../functions/types.ts'

/** LIKE takes letters of both cases alike; a backslash makes `%` and `_` plain. */
export function likeSql(left: Typed, right: Typed, negated: boolean, near?: Span): string {
  const pattern = right.literal && isText(right.type) ? quote(evenBackslashes(right.literal.text)) : evenBackslashesSql(text(right, near))
  return `(${text(left, near, true)} ${negated ? 'NOT ILIKE' : 'ILIKE'} ${pattern} ESCAPE '\\')`
}

/** MATCH finds a regular expression anywhere in the text. */
export function matchSql(left: Typed, right: Typed, negated: boolean, near?: Span): string {
  if (right.literal && isText(right.type)) {
    try {
      new RegExp(right.literal.text)
    } catch {
      throw Wrong.pattern(near)
    }
  }
  const found = `regexp_matches(${text(left, near, true)}, ${text(right, near)})`
  return negated ? `(NOT ${found})` : found
}

function text(side: Typed, near: Span | undefined, subject = false): string {
  if (subject && isJson(side.type) && !side.column) return `json_extract_string(${side.sql}, '$')`
  if (isJson(side.type)) throw Wrong.json(near)
  if (!isText(side.type)) throw Wrong.operation(near)
  return side.sql
}

/** A pattern that ends in a lone backslash would end in the middle of an escape. */
const evenBackslashes = (pattern: string): string => (/(?:^|[^\\])(?:\\\\)*\\$/.test(pattern) ? `${pattern}\\` : pattern)

/** The same of a pattern that is no literal. */
const evenBackslashesSql = (sql: string): string => `(${sql} || repeat('\\', (length(${sql}) - length(rtrim(${sql}, '\\'))) % 2))`
