import type { ColumnSource, ColumnSpec } from './ast.ts'
import { T } from './lexer.ts'
import type { Parser } from './parser.ts'
import { lowerAscii } from './text.ts'
import { columnTypeName } from './type-name.ts'

/** `name TYPE [PRIMARY KEY | COMPOSITE KEY] [ENCODE '…'] [COMPRESS '…'] [LEVEL '…']`, in any order. */
export function columnSpec(p: Parser): ColumnSpec {
  const { start } = p
  const name = p.name('column')
  const type = columnTypeName(p)
  let primaryKey = false
  const options: Record<string, string> = {}
  const unknownOptions: { name: string; value: string }[] = []
  for (;;) {
    if (p.accept('primary') || p.accept('composite')) {
      p.expect('key')
      primaryKey = true
    } else if (p.type === T.name) {
      const option = columnOption(p)
      if (KNOWN.has(option.name)) options[option.name] = option.value
      else unknownOptions.push(option)
    } else break
  }
  return {
    name,
    type,
    primaryKey,
    encode: options.encode ?? null,
    compress: options.compress ?? null,
    level: options.level ?? null,
    unknownOptions,
    source: null,
    ...p.span(start),
  }
}

const KNOWN: ReadonlySet<string> = new Set(['encode', 'compress', 'level'])

/** Any word with a string: the server's grammar takes every name here and judges it later. */
export function columnOption(p: Parser): { name: string; value: string } {
  const name = lowerAscii(p.text())
  p.next()
  return { name, value: p.string() }
}

/** A tag of a supertable: a name and a type. */
export function tagSpec(p: Parser): ColumnSpec {
  return columnSpec(p)
}

/** A column of a virtual table: `name TYPE [FROM [db.]table.column]`. */
export function virtualColumnSpec(p: Parser): ColumnSpec {
  const { start } = p
  const spec = columnSpec(p)
  const source = p.accept('from') ? columnSource(p) : null
  return { ...spec, source, ...p.span(start) }
}

/** `table.column` or `db.table.column`. */
export function columnSource(p: Parser): ColumnSource {
  const { start } = p
  const first = p.anyName()
  p.expect('.')
  const second = p.anyName()
  if (!p.accept('.')) return { database: null, table: first, column: second, ...p.span(start) }
  return { database: first, table: second, column: p.name('column'), ...p.span(start) }
}
