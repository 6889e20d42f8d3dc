import type { TypeKeyword, TypeName } from './ast.ts'
import { T } from './lexer.ts'
import type { Parser } from './parser.ts'

const PLAIN: Readonly<Record<string, TypeKeyword>> = {
  bool: 'BOOL',
  float: 'FLOAT',
  double: 'DOUBLE',
  timestamp: 'TIMESTAMP',
  json: 'JSON',
  blob: 'BLOB',
  mediumblob: 'MEDIUMBLOB',
}
const WHOLE: Readonly<Record<string, 'TINYINT' | 'SMALLINT' | 'INT' | 'BIGINT'>> = {
  tinyint: 'TINYINT',
  smallint: 'SMALLINT',
  int: 'INT',
  integer: 'INT',
  bigint: 'BIGINT',
}
const SIZED: Readonly<Record<string, TypeKeyword>> = {
  binary: 'VARCHAR',
  varchar: 'VARCHAR',
  nchar: 'NCHAR',
  varbinary: 'VARBINARY',
  geometry: 'GEOMETRY',
}

/** The type of a column: strings must say their length. */
export function columnTypeName(p: Parser): TypeName {
  return typeName(p, true)
}

/** The type of a CAST: strings may leave their length out. */
export function castTypeName(p: Parser): TypeName {
  return typeName(p, false)
}

function typeName(p: Parser, sized: boolean): TypeName {
  const { start, word } = p
  if (p.type !== T.keyword) throw p.unexpected()
  let name: TypeKeyword | undefined = PLAIN[word] ?? SIZED[word]
  let length: number | null = null
  let precision: number | null = null
  let scale: number | null = null
  if (WHOLE[word]) {
    p.next()
    name = p.accept('unsigned') ? `${WHOLE[word]} UNSIGNED` : WHOLE[word]
  } else if (SIZED[word]) {
    p.next()
    if (sized && word !== 'geometry' ? true : p.is('(')) length = size(p)
    else if (word === 'geometry') throw p.unexpected()
  } else if (word === 'decimal') {
    name = 'DECIMAL'
    p.next()
    p.expect('(')
    precision = Number(p.integer().text)
    scale = p.accept(',') ? Number(p.integer().text) : 0
    p.expect(')')
  } else if (name) p.next()
  if (!name) throw p.unexpected()
  return { name, length, precision, scale, ...p.span(start) }
}

function size(p: Parser): number {
  p.expect('(')
  const length = Number(p.integer().text)
  p.expect(')')
  return length
}
