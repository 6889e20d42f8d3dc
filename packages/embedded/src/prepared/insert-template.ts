import { SqlError } from '../errors.ts'
import type { Name, Span, TableName } from '../sql/ast.ts'
import { InsertReader } from '../sql/insert.ts'
import { Lexer, T } from '../sql/lexer.ts'

/** A place in VALUES or TAGS: a `?`, or a literal that every row shares. */
export type Slot = { readonly kind: 'parameter' } | { readonly kind: 'literal' /** Offset of its text. */; readonly at: number }

/** An INSERT with `?` as it is written, before its tables are looked up. */
export interface InsertTemplate {
  readonly sql: string
  /** null for `INSERT INTO ?`. */
  readonly table: TableName | null
  readonly using: { readonly stable: TableName; readonly tagNames: readonly Name[] | null; readonly tags: readonly Slot[] } | null
  readonly columns: readonly Name[] | null
  readonly values: readonly Slot[]
}

/** How many `?` there are. */
export function parameterCount({ table, using, values }: InsertTemplate): number {
  const slots = [...(using?.tags ?? []), ...values]
  return slots.filter(({ kind }) => kind === 'parameter').length + (table === null ? 1 : 0)
}

/** Reads `INSERT INTO table|? [USING stable [(tags)] TAGS (…)] [(columns)] VALUES (…)`: one table and one row of places. Throws a SqlError 0x0216. */
export function readTemplate(sql: string): InsertTemplate {
  const reader = new InsertReader(sql, startOf(sql))
  const clause = reader.next()
  if (clause?.rows.kind !== 'values') throw new SqlError(0x0216, 'Syntax error in SQL')
  const { table, using, columns } = clause
  return {
    sql,
    table: sql[table.start] === '?' ? null : table,
    using: using && { stable: using.stable, tagNames: using.tagNames, tags: using.tagValues.map((span) => slotAt(sql, span)) },
    columns,
    values: readSlots(sql, clause.rows.at),
  }
}

function startOf(sql: string): number {
  const lexer = new Lexer(sql, 0)
  lexer.next()
  return lexer.start
}

function slotAt(sql: string, { start }: Span): Slot {
  return sql[start] === '?' ? { kind: 'parameter' } : { kind: 'literal', at: start }
}

/** The places of `(…)` at an offset. */
function readSlots(sql: string, at: number): Slot[] {
  const lexer = new Lexer(sql, at)
  const is = (word: string): boolean => lexer.word === word
  const slots: Slot[] = []
  lexer.next()
  if (!is('(')) throw new SqlError(0x0216, 'Syntax error in SQL', lexer.start)
  do {
    lexer.next()
    slots.push(lexer.type === T.placeholder ? { kind: 'parameter' } : { kind: 'literal', at: lexer.start })
    skipValue(lexer)
  } while (is(','))
  lexer.next()
  if (lexer.type !== T.end) throw new SqlError(0x0216, 'Syntax error in SQL', lexer.start)
  return slots
}

/** Moves to the comma or parenthesis behind a value. */
function skipValue(lexer: Lexer): void {
  const is = (word: string): boolean => lexer.word === word
  for (let depth = 0; depth > 0 || !(is(',') || is(')')); lexer.next()) {
    if (lexer.type === T.end) throw new SqlError(0x0216, 'Syntax error in SQL', lexer.start)
    if (is('(')) depth++
    else if (is(')')) depth--
  }
}
