import { InterfaceError } from './errors.ts'
import type { SqlValue } from './literal.ts'
import { Statement } from './statement.ts'

/** Values for `?` in their order, or for `:name` by name. */
export type Parameters = readonly SqlValue[] | { readonly [name: string]: SqlValue }

/** What is no placeholder though it looks like one: texts, quoted names, comments. */
const TOKENS = /'(?:[^'\\]|\\.|'')*'?|"(?:[^"\\]|\\.|"")*"?|`[^`]*`?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\?|:[A-Za-z_]\w*/gs

/**
 * Puts values where `?` (a list of values) or `:name` (an object) stand, as exact literals. Placeholders within texts, quoted names and comments
 * are left alone. Throws an InterfaceError when values and placeholders do not match, and a DataError for what is no SQL value.
 */
export function bindParameters(sql: string, parameters: Parameters): Statement {
  const positional = Array.isArray(parameters)
  if (typeof parameters !== 'object' || parameters === null)
    throw new InterfaceError('parameters have to be a list for ?, or an object for :name')
  const texts: string[] = []
  const values: unknown[] = []
  const names: string[] = []
  const used = new Set<string>()
  let from = 0
  for (const { 0: token, index } of sql.matchAll(TOKENS)) {
    if (positional ? token !== '?' : !token.startsWith(':')) {
      if (token === '?') throw new InterfaceError('the statement has ? placeholders, but its parameters are named; give a list')
      continue
    }
    texts.push(sql.slice(from, index))
    from = index + token.length
    names.push(positional ? String(values.length + 1) : token.slice(1))
    values.push(
      positional ? positionalValue(parameters, values.length) : namedValue(parameters as Record<string, SqlValue>, token.slice(1), used),
    )
  }
  texts.push(sql.slice(from))
  if (positional && parameters.length > values.length) {
    throw new InterfaceError(`${parameters.length} parameters are given, but the statement has ${values.length} placeholders`)
  }
  const unused = positional ? undefined : Object.keys(parameters).find((name) => !used.has(name))
  if (unused !== undefined) throw new InterfaceError(`parameter ${unused} has no placeholder :${unused} in the statement`)
  return Statement.join(texts, values, (at) => `parameter ${names[at]}`)
}

function positionalValue(parameters: readonly SqlValue[], at: number): unknown {
  if (at >= parameters.length) throw new InterfaceError(`placeholder ${at + 1} has no value: ${parameters.length} parameters are given`)
  return parameters[at]
}

function namedValue(parameters: Readonly<Record<string, SqlValue>>, name: string, used: Set<string>): unknown {
  if (!Object.hasOwn(parameters, name)) throw new InterfaceError(`placeholder :${name} has no value`)
  used.add(name)
  return parameters[name]
}
