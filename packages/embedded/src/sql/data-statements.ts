import type { Delete, Explain, InsertSelect, Name } from './ast.ts'
import { expression } from './expression.ts'
import { Lexer, T } from './lexer.ts'
import type { Parser } from './parser.ts'
import { query } from './query.ts'

/** `DELETE FROM t [WHERE …]`. */
export function deleteRows(p: Parser): Delete {
  const { start } = p
  p.next()
  p.expect('from')
  const table = p.tableName()
  const where = p.accept('where') ? expression(p) : null
  return { kind: 'delete', table, where, ...p.span(start) }
}

/**
 * Whether a statement that begins with INSERT or IMPORT carries VALUES or a FILE: then it is read by insert.ts, not by the grammar.
 * A SELECT before either says that it is not.
 */
export function insertsValues(sql: string, start: number): boolean {
  const ahead = new Lexer(sql, start)
  for (;;) {
    ahead.next()
    if (ahead.type === T.end || ahead.word === 'select') return false
    if (ahead.type === T.illegal) return false
    if (ahead.word === 'values' || ahead.word === 'file') return true
  }
}

/** `INSERT INTO t [(columns)] SELECT …`. */
export function insertSelect(p: Parser): InsertSelect {
  const { start } = p
  p.next()
  p.expect('into')
  const table = p.tableName()
  const columns = p.is('(') && !opensQuery(p) ? p.parenthesised(() => insertColumn(p)) : null
  if (!p.is('select') && !p.is('(')) throw p.unexpected()
  return { kind: 'insert-select', table, columns, query: query(p), ...p.span(start) }
}

function opensQuery(p: Parser): boolean {
  const ahead = new Lexer(p.sql, p.end)
  ahead.next()
  return ahead.word === 'select' || ahead.word === '('
}

/** A column's name, or TBNAME. */
function insertColumn(p: Parser): Name {
  if (!p.is('tbname')) return p.name('column')
  const name: Name = { text: 'tbname', quoted: false, start: p.start, end: p.end }
  p.next()
  return name
}

/** `EXPLAIN [ANALYZE] [VERBOSE true|false] [RATIO n] query`. */
export function explain(p: Parser): Explain {
  const { start } = p
  p.next()
  const analyze = p.accept('analyze')
  let verbose = false
  let ratio: string | null = null
  for (;;) {
    if (p.accept('verbose')) {
      if (!p.is('true') && !p.is('false')) throw p.unexpected()
      verbose = p.is('true')
      p.next()
    } else if (p.accept('ratio')) {
      if (p.type !== T.float && p.type !== T.integer) throw p.unexpected()
      ratio = p.text()
      p.next()
    } else break
  }
  return { kind: 'explain', analyze, verbose, ratio, statement: explained(p), ...p.span(start) }
}

function explained(p: Parser): Explain['statement'] {
  if (p.is('insert')) return insertSelect(p)
  if (p.is('delete')) return deleteRows(p)
  return query(p)
}
