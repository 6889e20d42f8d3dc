/** The database that a USE statement selects, as TDengine stores its name; undefined for any other statement. */
export function databaseOfUse(sql: string): string | undefined {
  const match = /^\s*use\s+(?:`([^`]+)`|([A-Za-z_]\w*))\s*;?\s*$/i.exec(sql)
  return match ? (match[1] ?? match[2]!.toLowerCase()) : undefined
}

/** The stored name of a database as users write it: a plain name in lower case, as TDengine folds it; in back quotes as it is. */
export function storedName(name: string): string {
  if (/^`[^`]+`$/.test(name)) return name.slice(1, -1)
  return /^[A-Za-z_]\w*$/.test(name) ? name.toLowerCase() : name
}

/** The first word of a statement in lower case, comments and brackets skipped. */
export function verbOf(sql: string): string {
  const match = /^(?:\s|\(|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*([A-Za-z]+)/.exec(sql)
  return match?.[1]?.toLowerCase() ?? ''
}

const READING: readonly string[] = ['select', 'show', 'describe', 'desc', 'explain', 'with']

/** Whether a statement only reads, so that running it twice does no harm. */
export function readsOnly(sql: string): boolean {
  return READING.includes(verbOf(sql))
}

/** What is no word of the statement: texts, quoted names, comments. */
const QUOTED = /'(?:[^'\\]|\\.|'')*'?|"(?:[^"\\]|\\.|"")*"?|`[^`]*`?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/gs

/** Whether an INSERT gives every row its own timestamp, so that a second run writes the same rows over themselves. */
export function repeatableInsert(sql: string): boolean {
  return verbOf(sql) === 'insert' && !/\b(now|today|select|file)\b/i.test(sql.replace(QUOTED, "''"))
}
