import type { AlterVariable, Kill, Statement } from './ast.ts'
import { databaseName } from './database-statements.ts'
import { T } from './lexer.ts'
import { unsupported } from './object-statements.ts'
import type { Parser } from './parser.ts'

// What belongs to a cluster, to streams or to functions of the user's own: read rightly, so that a wrong statement is a syntax error,
// and handed on as one node that says what it would be.

const NODES: ReadonlySet<string> = new Set(['qnode', 'snode', 'bnode', 'mnode'])

/** After CREATE: nodes, functions, streams and the like; null when the word is none of them. */
export function createUnsupported(p: Parser, start: number, orReplace: boolean): Statement | null {
  const { word } = p
  if (!orReplace) {
    if (NODES.has(word)) {
      p.next()
      p.expectAll('on', 'dnode')
      p.integer()
      return unsupported(p, start, `CREATE ${word.toUpperCase()}`)
    }
    if (word === 'dnode' || word === 'anode') {
      p.next()
      endpoint(p, word === 'dnode')
      return unsupported(p, start, `CREATE ${word.toUpperCase()}`)
    }
    if (word === 'stream') return stream(p, start)
    if (word === 'encrypt_key') {
      p.next()
      p.string()
      return unsupported(p, start, 'CREATE ENCRYPT_KEY')
    }
    if (word === 'sma') {
      p.next()
      p.expect('index')
      p.acceptAll('if', 'not', 'exists')
      p.tableName()
      p.expect('on')
      p.tableName()
      p.expect('function')
      restOfStatement(p)
      return unsupported(p, start, 'CREATE SMA INDEX')
    }
    if (word === 'tsma' || word === 'recursive') return timeRangeSma(p, start)
    if (word === 'account') {
      p.next()
      p.anyName()
      p.expect('pass')
      p.string()
      return unsupported(p, start, 'CREATE ACCOUNT')
    }
  }
  if (word === 'function' || word === 'aggregate') return userFunction(p, start)
  return null
}

/** `'host:port'`, or `host PORT n`. */
function endpoint(p: Parser, named: boolean): void {
  if (p.type === T.string) p.next()
  else if (named) {
    p.anyName()
    while (p.accept('.')) p.anyName()
  } else throw p.unexpected()
  if (named && p.accept('port')) p.integer()
}

/** `[AGGREGATE] FUNCTION [IF NOT EXISTS] name AS 'path' OUTPUTTYPE type [BUFSIZE n] [LANGUAGE '…']`. */
function userFunction(p: Parser, start: number): Statement {
  const aggregate = p.accept('aggregate')
  p.expect('function')
  p.acceptAll('if', 'not', 'exists')
  p.anyName()
  p.expect('as')
  p.string()
  p.expect('outputtype')
  if (p.type !== T.keyword) throw p.unexpected()
  skipType(p)
  if (p.accept('bufsize')) p.integer()
  if (p.accept('language')) p.string()
  return unsupported(p, start, aggregate ? 'CREATE AGGREGATE FUNCTION' : 'CREATE FUNCTION')
}

function skipType(p: Parser): void {
  p.next()
  p.accept('unsigned')
  if (!p.accept('(')) return
  p.list(() => p.integer())
  p.expect(')')
}

/** A stream's definition is read to its end only as balanced text: name, then anything. */
function stream(p: Parser, start: number): Statement {
  p.next()
  p.acceptAll('if', 'not', 'exists')
  p.tableName()
  if (p.type === T.end) throw p.unexpected()
  restOfStatement(p)
  return unsupported(p, start, 'CREATE STREAM')
}

function timeRangeSma(p: Parser, start: number): Statement {
  const recursive = p.accept('recursive')
  p.expect('tsma')
  p.acceptAll('if', 'not', 'exists')
  p.anyName()
  p.expect('on')
  p.tableName()
  restOfStatement(p)
  return unsupported(p, start, recursive ? 'CREATE RECURSIVE TSMA' : 'CREATE TSMA')
}

function restOfStatement(p: Parser): void {
  while (p.type !== T.end) {
    if (p.type === T.illegal) throw p.unexpected()
    p.next()
  }
}

/** After DROP: nodes, functions, streams; null when the word is none of them. */
export function dropUnsupported(p: Parser, start: number): Statement | null {
  const { word } = p
  const feature = `DROP ${word.toUpperCase()}`
  if (NODES.has(word)) {
    p.next()
    p.expectAll('on', 'dnode')
    p.integer()
    return unsupported(p, start, feature)
  }
  if (word === 'dnode' || word === 'anode') {
    p.next()
    if (word === 'dnode' && p.type === T.string) p.next()
    else p.integer()
    if (!p.accept('force')) p.accept('unsafe')
    return unsupported(p, start, feature)
  }
  if (word === 'function' || word === 'stream' || word === 'tsma') {
    p.next()
    p.acceptAll('if', 'exists')
    p.tableName()
    return unsupported(p, start, feature)
  }
  return null
}

/** After ALTER: LOCAL, DNODE, ALL DNODES, CLUSTER; null when the word is none of them. */
export function alterVariable(p: Parser, start: number): AlterVariable | null {
  const { word } = p
  let dnode: string | null = null
  if (word === 'all') {
    p.next()
    p.expect('dnodes')
  } else if (word === 'dnode') {
    p.next()
    dnode = p.integer().text
  } else if (word === 'local' || word === 'cluster') p.next()
  else return null
  const name = p.string()
  const value = p.type === T.string ? p.string() : null
  return { kind: 'alter-variable', scope: word === 'all' ? 'all-dnodes' : word, dnode, name, value, ...p.span(start) }
}

/** `KILL CONNECTION n`, `KILL QUERY 'id'`, `KILL TRANSACTION n`, `KILL COMPACT n`, `KILL SSMIGRATE n`. */
export function kill(p: Parser): Kill {
  const { start } = p
  p.next()
  const what = p.word
  if (what !== 'connection' && what !== 'query' && what !== 'transaction' && what !== 'compact' && what !== 'ssmigrate')
    throw p.unexpected()
  p.next()
  const id = what === 'query' ? p.string() : p.integer().text
  return { kind: 'kill', what, id, ...p.span(start) }
}

/** Statements of one cluster command each, by their first word. */
export const CLUSTER_COMMANDS: Readonly<Record<string, (p: Parser) => Statement>> = {
  balance: (p) => {
    const { start } = p
    p.next()
    p.expect('vgroup')
    if (p.accept('leader')) {
      if (p.accept('on')) p.integer()
      else if (p.accept('database')) databaseName(p)
      return unsupported(p, start, 'BALANCE VGROUP')
    }
    return unsupported(p, start, 'BALANCE VGROUP')
  },
  merge: (p) => {
    const { start } = p
    p.next()
    p.expect('vgroup')
    p.integer()
    p.integer()
    return unsupported(p, start, 'MERGE VGROUP')
  },
  redistribute: (p) => {
    const { start } = p
    p.next()
    p.expect('vgroup')
    p.integer()
    do {
      p.expect('dnode')
      p.integer()
    } while (p.is('dnode'))
    return unsupported(p, start, 'REDISTRIBUTE VGROUP')
  },
  split: (p) => {
    const { start } = p
    p.next()
    p.expect('vgroup')
    p.integer()
    p.accept('force')
    return unsupported(p, start, 'SPLIT VGROUP')
  },
  compact: (p) => {
    const { start } = p
    p.next()
    if (p.accept('database')) databaseName(p)
    else {
      if (p.isAnyName()) {
        databaseName(p)
        p.expect('.')
      }
      p.expectAll('vgroups', 'in')
      p.parenthesised(() => p.integer())
    }
    restOfStatement(p)
    return unsupported(p, start, 'COMPACT')
  },
  restore: (p) => {
    const { start } = p
    p.next()
    const node = p.word
    if (node !== 'dnode' && node !== 'mnode' && node !== 'vnode' && node !== 'qnode') throw p.unexpected()
    p.next()
    if (node !== 'dnode') p.expectAll('on', 'dnode')
    p.integer()
    return unsupported(p, start, `RESTORE ${node.toUpperCase()}`)
  },
  pause: (p) => streamCommand(p),
  resume: (p) => streamCommand(p),
  stop: (p) => streamCommand(p),
  start: (p) => streamCommand(p),
  update: (p) => {
    const { start } = p
    p.next()
    if (p.accept('all')) p.expect('anodes')
    else {
      p.expect('anode')
      p.integer()
    }
    return unsupported(p, start, 'UPDATE ANODE')
  },
}

/** Commands whose first word is no keyword. */
export const NAMED_COMMANDS: Readonly<Record<string, (p: Parser) => Statement>> = {
  recalculate: (p) => {
    const { start } = p
    p.next()
    p.expect('stream')
    p.tableName()
    p.expect('from')
    restOfStatement(p)
    return unsupported(p, start, 'RECALCULATE STREAM')
  },
}

function streamCommand(p: Parser): Statement {
  const { start, word } = p
  p.next()
  p.expect('stream')
  p.acceptAll('if', 'exists')
  if (word === 'resume') p.acceptAll('ignore', 'untreated')
  p.tableName()
  return unsupported(p, start, `${word.toUpperCase()} STREAM`)
}
