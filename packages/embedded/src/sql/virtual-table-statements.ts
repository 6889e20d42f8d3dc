import type { ColumnSource, DropVirtualTable, Name, Statement } from './ast.ts'
import { columnSource, virtualColumnSpec } from './column-spec.ts'
import { Lexer, T } from './lexer.ts'
import type { Parser } from './parser.ts'
import { newTableName } from './table-statements.ts'
import { tagLiteral } from './tag-literal.ts'

/** After CREATE VTABLE: a table of its own, or a child of a virtual supertable. */
export function createVirtualTable(p: Parser, start: number): Statement {
  const ifNotExists = p.acceptAll('if', 'not', 'exists')
  const name = newTableName(p)
  if (p.is('using') || (p.is('(') && !opensColumns(p))) {
    const columns = p.is('(') ? p.parenthesised(() => reference(p)) : []
    p.expect('using')
    const using = p.tableName()
    const tagNames = p.is('(') ? p.parenthesised(() => p.name('column')) : null
    p.expect('tags')
    const tagValues = p.parenthesised(() => tagLiteral(p))
    return { kind: 'create-vsubtable', ifNotExists, name, columns, using, tagNames, tagValues, ...p.span(start) }
  }
  const columns = p.parenthesised(() => virtualColumnSpec(p))
  return { kind: 'create-vtable', ifNotExists, name, columns, ...p.span(start) }
}

/** `column FROM db.table.column`, or the source alone. */
function reference(p: Parser): { name: Name | null; source: ColumnSource } {
  const ahead = new Lexer(p.sql, p.end)
  ahead.next()
  if (ahead.word !== 'from') return { name: null, source: columnSource(p) }
  const name = p.name('column')
  p.next()
  return { name, source: columnSource(p) }
}

/** Whether `(name TYPE …` follows rather than references. */
function opensColumns(p: Parser): boolean {
  const ahead = new Lexer(p.sql, p.end)
  ahead.next()
  ahead.next()
  return ahead.word !== '.' && ahead.word !== 'from' && ahead.type !== T.end
}

/** After DROP VTABLE. */
export function dropVirtualTable(p: Parser, start: number): DropVirtualTable {
  const ifExists = p.acceptAll('if', 'exists')
  return { kind: 'drop-vtable', ifExists, name: p.tableName(), ...p.span(start) }
}
