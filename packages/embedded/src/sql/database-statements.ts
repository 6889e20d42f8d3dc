import { SqlError } from '../errors.ts'
import type { AlterDatabase, CreateDatabase, DatabaseOption, DropDatabase, Literal, MaintainDatabase, Name, Statement } from './ast.ts'
import { T } from './lexer.ts'
import type { Parser } from './parser.ts'
import { CODE } from './syntax-error.ts'

/** What an option takes: an integer, one with a sign, a string, a number of days or a duration, a list of such. */
type OptionValue = 'integer' | 'signed' | 'string' | 'duration' | 'durations' | 'durationOrString'

const CREATE_OPTIONS: Readonly<Record<string, OptionValue>> = {
  buffer: 'integer',
  cachemodel: 'string',
  cachesize: 'integer',
  comp: 'integer',
  duration: 'duration',
  maxrows: 'integer',
  minrows: 'integer',
  keep: 'durations',
  pages: 'integer',
  pagesize: 'integer',
  tsdb_pagesize: 'integer',
  precision: 'string',
  replica: 'integer',
  replicas: 'integer',
  vgroups: 'integer',
  single_stable: 'integer',
  schemaless: 'integer',
  strict: 'string',
  wal_level: 'integer',
  wal_fsync_period: 'integer',
  wal_retention_period: 'signed',
  wal_retention_size: 'signed',
  wal_roll_period: 'integer',
  wal_segment_size: 'integer',
  stt_trigger: 'integer',
  table_prefix: 'signed',
  table_suffix: 'signed',
  ss_chunkpages: 'integer',
  ss_keeplocal: 'duration',
  ss_compact: 'integer',
  keep_time_offset: 'duration',
  encrypt_algorithm: 'string',
  dnodes: 'string',
  compact_interval: 'duration',
  compact_time_range: 'durations',
  compact_time_offset: 'duration',
}
const ALTERABLE: ReadonlySet<string> = new Set([
  'cachemodel',
  'cachesize',
  'wal_fsync_period',
  'keep',
  'pages',
  'replica',
  'replicas',
  'wal_level',
  'stt_trigger',
  'minrows',
  'wal_retention_period',
  'wal_retention_size',
  'buffer',
  'ss_keeplocal',
  'ss_compact',
  'keep_time_offset',
  'encrypt_algorithm',
  'compact_interval',
  'compact_time_range',
  'compact_time_offset',
])

/** After CREATE DATABASE. */
export function createDatabase(p: Parser, start: number): CreateDatabase {
  const ifNotExists = p.acceptAll('if', 'not', 'exists')
  const name = databaseName(p)
  refuseDot(name, 'database')
  const options: DatabaseOption[] = []
  while (p.type === T.keyword && CREATE_OPTIONS[p.word]) options.push(option(p))
  return { kind: 'create-database', ifNotExists, name, options, ...p.span(start) }
}

/** After ALTER DATABASE: at least one option that may be changed. */
export function alterDatabase(p: Parser, start: number): AlterDatabase {
  const name = databaseName(p)
  const options: DatabaseOption[] = []
  while (p.type === T.keyword && ALTERABLE.has(p.word)) options.push(option(p))
  if (options.length === 0) throw p.unexpected()
  return { kind: 'alter-database', name, options, ...p.span(start) }
}

/** After DROP DATABASE. */
export function dropDatabase(p: Parser, start: number): DropDatabase {
  const ifExists = p.acceptAll('if', 'exists')
  const name = databaseName(p)
  const force = p.accept('force')
  return { kind: 'drop-database', ifExists, force, name, ...p.span(start) }
}

/** `USE db`. */
export function useDatabase(p: Parser): Statement {
  const { start } = p
  p.next()
  return { kind: 'use', name: databaseName(p), ...p.span(start) }
}

/** `FLUSH DATABASE db`, `TRIM DATABASE db [BWLIMIT n]`, `TRIM DATABASE db WAL`, `SSMIGRATE DATABASE db`. */
export function maintainDatabase(p: Parser): MaintainDatabase {
  const { start } = p
  let command = p.word as MaintainDatabase['command']
  p.next()
  p.expect('database')
  const name = databaseName(p)
  if (command === 'trim') {
    if (p.accept('wal')) command = 'trim-wal'
    else if (p.accept('bwlimit')) p.integer()
  }
  return { kind: 'maintain-database', command, name, ...p.span(start) }
}

export function databaseName(p: Parser): Name {
  return p.name('database')
}

/** A new database's or table's name may be anything in backquotes but for a point. */
export function refuseDot(name: Name, what: 'database' | 'table'): void {
  if (name.text.includes('.')) throw new SqlError(CODE.identifier, `The ${what} name cannot contain '.'`, name.start)
}

function option(p: Parser): DatabaseOption {
  const { start, word } = p
  const takes = CREATE_OPTIONS[word]!
  p.next()
  const name = word === 'replicas' ? 'REPLICA' : word.toUpperCase()
  return { name, values: takes === 'durations' ? p.list(() => days(p)) : [single(p, takes)], ...p.span(start) }
}

function single(p: Parser, takes: OptionValue): Literal {
  if (takes === 'string') {
    if (p.type !== T.string) throw p.unexpected()
    return p.literal('string')
  }
  if (takes === 'duration') return days(p)
  return takes === 'signed' ? p.signedInteger() : p.integer()
}

/** `10` (days) or `10d`; COMPACT_TIME_RANGE takes signed ones. */
function days(p: Parser): Literal {
  const { start } = p
  const negative = p.accept('-')
  const literal = p.type === T.duration ? p.duration() : p.integer()
  return negative ? { ...literal, text: `-${literal.text}`, start } : literal
}
