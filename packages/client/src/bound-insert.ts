/** An INSERT with a `?` for each value: the statement to prepare, for one row, and the rows to bind. */
export interface BoundInsert {
  readonly sql: string
  readonly rows: readonly (readonly unknown[])[]
}

const WORD = String.raw`(?:\x60[^\x60]+\x60|[A-Za-z_]\w*)`
const NAME = String.raw`${WORD}(?:\s*\.\s*${WORD})?`
const LIST = String.raw`\(\s*${WORD}(?:\s*,\s*${WORD})*\s*\)`
const MARKS = String.raw`\(\s*\?(?:\s*,\s*\?)*\s*\)`
const INSERT = new RegExp(
  String.raw`^(\s*INSERT\s+INTO\s+${NAME}\s*(?:${LIST}\s*)?VALUES\s*)(${MARKS}(?:\s*(?:,\s*)?${MARKS})*)\s*;?\s*$`,
  'i',
)

/** Whether every value of a statement goes into the rows of an INSERT into one table that exists. */
export function isBindableInsert(sql: string): boolean {
  return sql.length < 100_000 && INSERT.test(sql)
}

/** Takes such an INSERT apart; undefined when rows differ in length, or a value stands for several. */
export function boundInsert(sql: string, values: readonly unknown[]): BoundInsert | undefined {
  const [, head, tuples] = INSERT.exec(sql) ?? []
  if (head === undefined || tuples === undefined || values.some((value) => Array.isArray(value))) return undefined
  const widths = tuples.split(')').flatMap((tuple) => (tuple.includes('?') ? [tuple.split('?').length - 1] : []))
  const width = widths[0]!
  if (widths.some((each) => each !== width)) return undefined
  const rows = widths.map((_, i) => values.slice(i * width, (i + 1) * width))
  return { sql: `${head}(${new Array(width).fill('?').join(', ')})`, rows }
}

/** The table that an INSERT names first, as SQL has it. */
export function tableOfInsert(sql: string): string | undefined {
  return new RegExp(String.raw`^\s*INSERT\s+INTO\s+(${NAME})`, 'i').exec(sql)?.[1]?.replace(/\s*\.\s*/, '.')
}
