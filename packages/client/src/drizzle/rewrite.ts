import { NotSupportedError } from '../errors.ts'

/** Texts, names and comments, which are left alone. */
const QUOTED = /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`[^`]*`/gs

const PSEUDO = /^`(tbname|_rowts|_c0|_wstart|_wend|_wduration|_qstart|_qend|_qduration|_irowts|_isfilled)`$/

/** TDengine's clauses that `groupBy` takes and that are no part of GROUP BY: as its first, and behind a comma. */
const WINDOW = String.raw`interval\(|session\(|state_window\(|event_window |count_window\(|range\(|slimit `
const STARTS = new RegExp(` group by (?=partition by|${WINDOW})`, 'g')
const FOLLOWS = new RegExp(`, (?=${WINDOW})`, 'g')

/** What Drizzle writes for MySQL and TDengine has not; matched in the statement without its texts and names. */
const REFUSED: readonly (readonly [pattern: RegExp, what: string, instead: string])[] = [
  [/^\s*with\b/i, 'WITH', 'use a subquery in from()'],
  [/^\s*update\b/i, 'UPDATE', 'insert a row with the same timestamp: the columns that it gives are replaced, the others stay'],
  [/^\s*insert ignore\b/i, 'INSERT IGNORE', 'use insert(): a row with the same timestamp replaces the columns that it gives'],
  [
    /\bon duplicate key update\b/i,
    'ON DUPLICATE KEY UPDATE',
    'leave it out: a row with the same timestamp replaces the columns that it gives',
  ],
  [/\bfor (update|share)\b/i, 'row locks', 'leave them out: TDengine locks no rows'],
  [/\bjoin lateral\b|\bcross join\b/i, 'lateral and cross joins', 'join on the timestamps'],
  [/\) (intersect|except)( all)? \(/i, 'INTERSECT and EXCEPT', 'use union, or a join'],
  [/\b(use|force|ignore) index\b/i, 'index hints', 'leave them out'],
  [/\bover\s*\(/i, 'OVER', 'use partitionBy() with a time window, or functions such as diff, csum and mavg'],
  [/^\s*delete\b.*\b(limit|order by)\b/is, 'DELETE with LIMIT or ORDER BY', 'delete by a range of timestamps'],
]

/** Drizzle's MySQL as TDengine reads it. Throws a NotSupportedError that names the alternative for what TDengine has not. */
export function rewrite(statement: string): string {
  const bare = statement.replace(QUOTED, (quoted) => (quoted.startsWith('`') ? '`x`' : "'x'"))
  for (const [pattern, what, instead] of REFUSED) if (pattern.test(bare)) throw new NotSupportedError(`TDengine has no ${what}: ${instead}`)
  const windows = outside(statement, (text) =>
    text
      .replace(STARTS, ' ')
      .replace(FOLLOWS, ' ')
      // The name that Drizzle's $count gives is a word of TDengine's own.
      .replace(/ as count(?= |$)/g, ' as `count`'),
  )
  const named = windows.replace(QUOTED, (quoted, at: number) =>
    PSEUDO.test(quoted) && !/ as $/i.test(windows.slice(0, at)) ? quoted.slice(1, -1) : quoted,
  )
  return /^\s*insert into\b/i.test(named) ? withoutDefaults(named) : named
}

function outside(statement: string, change: (text: string) => string): string {
  let result = ''
  let from = 0
  for (const { 0: quoted, index } of statement.matchAll(QUOTED)) {
    result += change(statement.slice(from, index)) + quoted
    from = index + quoted.length
  }
  return result + change(statement.slice(from))
}

/**
 * Drizzle names every column of a table and writes `default` for those that a row leaves out. Columns that no row gives are left out; where some
 * rows give them, the others write NULL.
 */
function withoutDefaults(statement: string): string {
  const match = /^(\s*insert into [^(]*)\(([^)]*)\) values (\(.*\))$/is.exec(statement)
  if (!match) return statement
  const [, head, names, values] = match as unknown as [string, string, string, string]
  const columns = splitTop(names)
  const rows = splitTop(values).map((row) => splitTop(row.slice(1, -1)))
  const kept = columns.map((_, i) => rows.some((row) => row[i] !== 'default'))
  const pick = (items: readonly string[]) =>
    items
      .filter((_, i) => kept[i])
      .map((item) => (item === 'default' ? 'null' : item))
      .join(', ')
  return `${head}(${pick(columns)}) values ${rows.map((row) => `(${pick(row)})`).join(', ')}`
}

/** Parts between commas that stand in no parentheses and no quotes. */
function splitTop(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (const { 0: token, index } of text.matchAll(/'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`[^`]*`|[(),]/gs)) {
    if (token === '(') depth++
    else if (token === ')') depth--
    else if (token === ',' && depth === 0) {
      parts.push(text.slice(from, index).trim())
      from = index + 1
    }
  }
  parts.push(text.slice(from).trim())
  return parts
}
