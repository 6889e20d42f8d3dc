import type { AlterAction, AlterTable, CreateSubtables, CreateTable, DropTable, Statement, SubtableSpec, TableName } from './ast.ts'
import { columnOption, columnSource, columnSpec, tagSpec } from './column-spec.ts'
import { refuseDot } from './database-statements.ts'
import { T } from './lexer.ts'
import type { Parser } from './parser.ts'
import { alterTableOptions, isAlterTableOption, subtableOptions, tableOptions } from './table-options.ts'
import { tagLiteral } from './tag-literal.ts'
import { columnTypeName } from './type-name.ts'

/** After CREATE TABLE: a normal table, a supertable, or subtables. */
export function createTable(p: Parser, start: number): Statement {
  const ifNotExists = p.acceptAll('if', 'not', 'exists')
  if (ifNotExists && p.is('using')) return createFromFile(p, start)
  const name = newTableName(p)
  if (p.is('using')) return createSubtables(p, start, { ifNotExists, name })
  return tableBody(p, start, false, ifNotExists, name)
}

/** After CREATE STABLE: TAGS are needed. */
export function createStable(p: Parser, start: number): CreateTable {
  const ifNotExists = p.acceptAll('if', 'not', 'exists')
  return tableBody(p, start, true, ifNotExists, newTableName(p))
}

export function newTableName(p: Parser): TableName {
  const name = p.tableName()
  refuseDot(name.name, 'table')
  return name
}

function tableBody(p: Parser, start: number, stable: boolean, ifNotExists: boolean, name: TableName): CreateTable {
  const columns = p.parenthesised(() => columnSpec(p))
  let tags: CreateTable['tags'] = null
  if (stable || p.is('tags')) {
    p.expect('tags')
    tags = p.parenthesised(() => tagSpec(p))
  }
  const options = tableOptions(p)
  return { kind: 'create-table', stable, ifNotExists, name, columns, tags, options, ...p.span(start) }
}

function createSubtables(p: Parser, start: number, first: { ifNotExists: boolean; name: TableName }): CreateSubtables {
  const tables: SubtableSpec[] = [subtable(p, first.name.start, first.ifNotExists, first.name)]
  while (p.is('if') || p.isAnyName()) {
    const at = p.start
    const ifNotExists = p.acceptAll('if', 'not', 'exists')
    tables.push(subtable(p, at, ifNotExists, newTableName(p)))
  }
  return { kind: 'create-subtables', tables, ...p.span(start) }
}

function subtable(p: Parser, start: number, ifNotExists: boolean, name: TableName): SubtableSpec {
  p.expect('using')
  const using = p.tableName()
  const tagNames = p.is('(') ? p.parenthesised(() => p.name('column')) : null
  p.expect('tags')
  const tagValues = p.parenthesised(() => tagLiteral(p))
  return { ifNotExists, name, using, tagNames, tagValues, options: subtableOptions(p), ...p.span(start) }
}

/** `CREATE TABLE IF NOT EXISTS USING stable (tags) FILE 'path'`: reads the server's files. */
function createFromFile(p: Parser, start: number): Statement {
  p.expect('using')
  p.tableName()
  p.parenthesised(() => (p.accept('tbname') ? null : p.name('column')))
  p.expect('file')
  p.string()
  return { kind: 'unsupported', feature: 'CREATE TABLE … FILE', text: p.sql.slice(start, p.lastEnd), ...p.span(start) }
}

/** After DROP TABLE or DROP STABLE. */
export function dropTable(p: Parser, start: number, stable: boolean): DropTable {
  const withUid = p.accept('with')
  const one = () => ({ ifExists: p.acceptAll('if', 'exists'), name: p.tableName() })
  const tables = stable ? [one()] : p.list(one)
  return { kind: 'drop-table', stable, withUid, tables, ...p.span(start) }
}

/** After ALTER TABLE, ALTER STABLE or ALTER VTABLE. */
export function alterTable(p: Parser, start: number, object: AlterTable['object']): AlterTable {
  const name = p.tableName()
  return { kind: 'alter-table', object, name, action: alterAction(p, object), ...p.span(start) }
}

function alterAction(p: Parser, object: AlterTable['object']): AlterAction {
  if (isAlterTableOption(p)) return { kind: 'options', options: alterTableOptions(p) }
  if (p.accept('add')) {
    if (p.accept('tag')) return { kind: 'add-tag', column: columnSpec(p) }
    p.expect('column')
    return { kind: 'add-column', column: columnSpec(p) }
  }
  if (p.accept('drop')) {
    if (p.accept('tag')) return { kind: 'drop-tag', name: p.name('column') }
    p.expect('column')
    return { kind: 'drop-column', name: p.name('column') }
  }
  if (p.accept('modify')) return modify(p)
  if (p.accept('rename')) {
    const tag = p.accept('tag')
    if (!tag) p.expect('column')
    return { kind: tag ? 'rename-tag' : 'rename-column', name: p.name('column'), to: p.name('column') }
  }
  if (p.accept('set')) {
    p.expect('tag')
    return { kind: 'set-tags', tags: p.list(() => tagValue(p)) }
  }
  if (object === 'vtable' && p.accept('alter')) {
    p.expect('column')
    const name = p.name('column')
    p.expect('set')
    const source = p.accept('null') ? null : columnSource(p)
    return { kind: 'set-source', name, source }
  }
  throw p.unexpected()
}

function tagValue(p: Parser) {
  const name = p.name('column')
  p.expect('=')
  return { name, value: tagLiteral(p) }
}

function modify(p: Parser): AlterAction {
  if (p.accept('tag')) return { kind: 'modify-tag', name: p.name('column'), type: columnTypeName(p) }
  p.expect('column')
  const name = p.name('column')
  if (p.type !== T.name) return { kind: 'modify-column', name, type: columnTypeName(p) }
  const options: Record<string, string> = {}
  while (p.type === T.name) {
    const option = columnOption(p)
    options[option.name] = option.value
  }
  const { encode = null, compress = null, level = null } = options
  return { kind: 'modify-column-options', name, encode, compress, level }
}
