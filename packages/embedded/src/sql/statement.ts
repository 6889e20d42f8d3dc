import { SqlError } from '../errors.ts'
import type { Statement } from './ast.ts'
import { alterVariable, CLUSTER_COMMANDS, createUnsupported, dropUnsupported, kill, NAMED_COMMANDS } from './cluster-statements.ts'
import { deleteRows, explain, insertSelect, insertsValues } from './data-statements.ts'
import { alterDatabase, createDatabase, dropDatabase, maintainDatabase, useDatabase } from './database-statements.ts'
import { T } from './lexer.ts'
import { createIndex, createTopic, createView, dropConsumerGroup, dropIndex, dropTopic, dropView } from './object-statements.ts'
import { Parser } from './parser.ts'
import { query } from './query.ts'
import { describeTable, show } from './show-statements.ts'
import { CODE, incomplete } from './syntax-error.ts'
import { alterTable, createStable, createTable, dropTable } from './table-statements.ts'
import { alterUser, createUser, dropUser, grant } from './user-statements.ts'
import { createVirtualTable, dropVirtualTable } from './virtual-table-statements.ts'

/** Longest statement in UTF-16 units of its text, unless the caller says otherwise (TDengine's `maxSQLLength`, in bytes). */
export const MAX_SQL_LENGTH = 1_048_576

export interface ParseOptions {
  /** Read `?` as a placeholder. */
  readonly placeholders?: boolean
  readonly maxLength?: number
}

/**
 * Reads one statement; what follows its first semicolon is not looked at. Throws a SqlError with TDengine's code and words.
 * An INSERT with VALUES is only recognised (`insert-values`): see insert.ts.
 */
export function parse(sql: string, options: ParseOptions = {}): Statement {
  if (sql.length > (options.maxLength ?? MAX_SQL_LENGTH)) throw new SqlError(CODE.tooLong, 'SQL statement too long')
  const p = new Parser(sql, options)
  const statement = readStatement(p)
  if (p.type !== T.end) throw p.unexpected()
  return statement
}

function readStatement(p: Parser): Statement {
  if (p.type === T.end) throw incomplete(p.sql)
  const { start } = p
  const read = STATEMENTS[p.word]
  if (p.type === T.keyword && read) return read(p, start)
  if (p.is('(')) return query(p)
  const named = p.type === T.name ? NAMED_COMMANDS[p.text().toLowerCase()] : undefined
  if (named) return named(p)
  throw p.unexpected()
}

const STATEMENTS: Readonly<Record<string, (p: Parser, start: number) => Statement>> = {
  select: query,
  show,
  describe: describeTable,
  desc: describeTable,
  use: useDatabase,
  create,
  drop,
  alter,
  insert,
  import: insert,
  delete: deleteRows,
  explain,
  grant,
  revoke: grant,
  kill,
  flush: maintainDatabase,
  trim: maintainDatabase,
  ssmigrate: maintainDatabase,
  reset: (p, start) => {
    p.next()
    p.expectAll('query', 'cache')
    return { kind: 'reset-query-cache', ...p.span(start) }
  },
  ...CLUSTER_COMMANDS,
}

function insert(p: Parser, start: number): Statement {
  if (!insertsValues(p.sql, p.end)) {
    if (p.is('import')) throw p.unexpected()
    return insertSelect(p)
  }
  p.type = T.end
  return { kind: 'insert-values', start, end: p.sql.length }
}

type Branch = (p: Parser, start: number) => Statement

const CREATE: Readonly<Record<string, Branch>> = {
  database: createDatabase,
  table: createTable,
  stable: createStable,
  vtable: createVirtualTable,
  index: createIndex,
  topic: createTopic,
  user: createUser,
  view: (p, start) => createView(p, start, false),
}

function create(p: Parser, start: number): Statement {
  p.next()
  const orReplace = p.acceptAll('or', 'replace')
  if (orReplace && p.accept('view')) return createView(p, start, true)
  const read = orReplace ? undefined : CREATE[p.word]
  if (read) {
    p.next()
    return read(p, start)
  }
  const other = createUnsupported(p, start, orReplace)
  if (other) return other
  throw p.unexpected()
}

const DROP: Readonly<Record<string, Branch>> = {
  database: dropDatabase,
  table: (p, start) => dropTable(p, start, false),
  stable: (p, start) => dropTable(p, start, true),
  vtable: dropVirtualTable,
  index: dropIndex,
  topic: dropTopic,
  consumer: dropConsumerGroup,
  user: dropUser,
  view: dropView,
}

function drop(p: Parser, start: number): Statement {
  p.next()
  const read = DROP[p.word]
  if (read) {
    p.next()
    return read(p, start)
  }
  const other = dropUnsupported(p, start)
  if (other) return other
  throw p.unexpected()
}

const ALTER: Readonly<Record<string, Branch>> = {
  database: alterDatabase,
  table: (p, start) => alterTable(p, start, 'table'),
  stable: (p, start) => alterTable(p, start, 'stable'),
  vtable: (p, start) => alterTable(p, start, 'vtable'),
  user: alterUser,
}

function alter(p: Parser, start: number): Statement {
  p.next()
  const read = ALTER[p.word]
  if (read) {
    p.next()
    return read(p, start)
  }
  const other = alterVariable(p, start)
  if (other) return other
  throw p.unexpected()
}
