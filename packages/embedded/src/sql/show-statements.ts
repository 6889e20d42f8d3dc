import type { Describe, Name, Show, ShowCreate, ShowTarget, Statement, TableName } from './ast.ts'
import { databaseName } from './database-statements.ts'
import { selectItem } from './expression.ts'
import type { Parser } from './parser.ts'

type Facts = Partial<Pick<Show, 'database' | 'table' | 'filter' | 'like' | 'tags' | 'number'>>

/** SHOW and one word. */
const WORDS: Readonly<Record<string, ShowTarget>> = {
  databases: 'databases',
  functions: 'functions',
  topics: 'topics',
  consumers: 'consumers',
  subscriptions: 'subscriptions',
  streams: 'streams',
  accounts: 'accounts',
  apps: 'apps',
  connections: 'connections',
  queries: 'queries',
  scores: 'scores',
  transactions: 'transactions',
  dnodes: 'dnodes',
  mnodes: 'mnodes',
  qnodes: 'qnodes',
  snodes: 'snodes',
  bnodes: 'bnodes',
  arbgroups: 'arbgroups',
  compacts: 'compacts',
  ssmigrates: 'ssmigrates',
  encryptions: 'encryptions',
  licences: 'licences',
}

/** What may stand after `SHOW db.` as well as alone, with LIKE or without. */
const OF_DATABASE: Readonly<Record<string, { target: ShowTarget; like: boolean }>> = {
  tables: { target: 'tables', like: true },
  stables: { target: 'stables', like: true },
  vtables: { target: 'vtables', like: true },
  views: { target: 'views', like: true },
  vgroups: { target: 'vgroups', like: false },
  alive: { target: 'alive', like: false },
  disk_info: { target: 'disk-info', like: false },
  streams: { target: 'streams', like: false },
  tsmas: { target: 'tsmas', like: false },
}

export function show(p: Parser): Statement {
  const { start } = p
  p.next()
  if (p.accept('create')) return showCreate(p, start)
  const target = (target: ShowTarget, facts: Facts = {}): Show => ({
    kind: 'show',
    target,
    database: null,
    table: null,
    filter: null,
    like: null,
    tags: null,
    number: null,
    ...facts,
    ...p.span(start),
  })
  const { word } = p
  if (p.isAnyName()) {
    const database = databaseName(p)
    p.expect('.')
    return ofDatabase(p, target, database, null)
  }
  if (OF_DATABASE[word] && word !== 'alive' && word !== 'disk_info') return ofDatabase(p, target, null, null)
  const simple = WORDS[word]
  if (simple) {
    p.next()
    return target(simple)
  }
  switch (word) {
    case 'user':
    case 'system': {
      p.next()
      if (word === 'user' && p.accept('privileges')) return target('user-privileges')
      p.expect('databases')
      return target('databases', { filter: word })
    }
    case 'normal':
    case 'child':
    case 'virtual':
      p.next()
      return filtered(p, target, word)
    case 'users':
      p.next()
      return target(p.accept('full') ? 'users-full' : 'users')
    case 'anodes':
      p.next()
      return target(p.accept('full') ? 'anodes-full' : 'anodes')
    case 'grants':
      p.next()
      return target(p.accept('full') ? 'grants-full' : p.accept('logs') ? 'grants-logs' : 'grants')
    case 'cluster':
      p.next()
      if (p.accept('alive')) return target('cluster-alive')
      if (p.accept('machines')) return target('cluster-machines')
      if (p.accept('variables')) return target('variables', like(p))
      return target('cluster')
    case 'variables':
      p.next()
      return target('variables', like(p))
    case 'local':
      p.next()
      p.expect('variables')
      return target('local-variables', like(p))
    case 'dnode': {
      p.next()
      const number = p.integer().text
      p.expect('variables')
      return target('dnode-variables', { number, ...like(p) })
    }
    case 'vnodes': {
      p.next()
      const number = p.acceptAll('on', 'dnode') ? p.integer().text : null
      return target('vnodes', { number })
    }
    case 'compact':
    case 'transaction': {
      p.next()
      return target(word === 'compact' ? 'compact' : 'transactions', { number: p.integer().text })
    }
    case 'indexes':
    case 'index':
      p.next()
      return target('indexes', tableAndDatabase(p))
    case 'tags':
      p.next()
      return target('tags', tableAndDatabase(p))
    case 'table':
      p.next()
      if (p.accept('distributed')) return target('table-distributed', { table: p.tableName() })
      p.expect('tags')
      return target('table-tags', { tags: p.is('from') ? null : p.list(() => selectItem(p)), ...tableAndDatabase(p) })
    default:
      throw p.unexpected()
  }
}

type Target = (target: ShowTarget, facts?: Facts) => Show

function ofDatabase(p: Parser, target: Target, database: Name | null, filter: Show['filter']): Show {
  const what = OF_DATABASE[p.word]
  if (!what) throw p.unexpected()
  p.next()
  return target(what.target, { database, filter, ...(what.like ? like(p) : {}) })
}

/** After NORMAL, CHILD or VIRTUAL: `[db.]TABLES`, `[db.]STABLES`, `[db.]VTABLES`. */
function filtered(p: Parser, target: Target, filter: 'normal' | 'child' | 'virtual'): Show {
  let database: Name | null = null
  if (p.isAnyName()) {
    database = databaseName(p)
    p.expect('.')
  }
  const fits = filter === 'virtual' ? p.is('stables') : p.is('tables') || p.is('vtables') || (filter === 'normal' && p.is('stables'))
  if (!fits) throw p.unexpected()
  return ofDatabase(p, target, database, filter)
}

function like(p: Parser): { like: string | null } {
  return { like: p.accept('like') ? p.string() : null }
}

/** `FROM table [FROM db]` or `FROM db.table`. */
function tableAndDatabase(p: Parser): { table: TableName; database: Name | null } {
  p.expect('from')
  const table = p.tableName()
  return { table, database: table.database === null && p.accept('from') ? databaseName(p) : null }
}

const CREATED: ReadonlySet<string> = new Set(['database', 'table', 'stable', 'view', 'vtable'])

function showCreate(p: Parser, start: number): ShowCreate {
  if (!CREATED.has(p.word)) throw p.unexpected()
  const object = p.word as ShowCreate['object']
  p.next()
  if (object === 'database') {
    const name = databaseName(p)
    return { kind: 'show-create', object, name: { database: null, name, start: name.start, end: name.end }, ...p.span(start) }
  }
  return { kind: 'show-create', object, name: p.tableName(), ...p.span(start) }
}

/** `DESCRIBE t`, `DESC t`. */
export function describeTable(p: Parser): Describe {
  const { start } = p
  p.next()
  return { kind: 'describe', table: p.tableName(), ...p.span(start) }
}
