import type { CreateIndex, CreateTopic, CreateView, DropConsumerGroup, DropIndex, DropTopic, DropView, Statement } from './ast.ts'
import { databaseName } from './database-statements.ts'
import { expression } from './expression.ts'
import type { Parser } from './parser.ts'
import { query } from './query.ts'

/** After CREATE [OR REPLACE] VIEW. */
export function createView(p: Parser, start: number, orReplace: boolean): CreateView {
  const name = p.tableName()
  p.expect('as')
  return { kind: 'create-view', orReplace, name, query: query(p), ...p.span(start) }
}

export function dropView(p: Parser, start: number): DropView {
  const ifExists = p.acceptAll('if', 'exists')
  return { kind: 'drop-view', ifExists, name: p.tableName(), ...p.span(start) }
}

/** After CREATE INDEX: an index on a tag. */
export function createIndex(p: Parser, start: number): CreateIndex {
  const ifNotExists = p.acceptAll('if', 'not', 'exists')
  const name = p.tableName()
  p.expect('on')
  const table = p.tableName()
  const columns = p.parenthesised(() => p.name('column'))
  return { kind: 'create-index', ifNotExists, name, table, columns, ...p.span(start) }
}

export function dropIndex(p: Parser, start: number): DropIndex {
  const ifExists = p.acceptAll('if', 'exists')
  return { kind: 'drop-index', ifExists, name: p.tableName(), ...p.span(start) }
}

/** After CREATE TOPIC. */
export function createTopic(p: Parser, start: number): CreateTopic {
  const ifNotExists = p.acceptAll('if', 'not', 'exists')
  const name = p.name('topic')
  let meta: CreateTopic['meta'] = 'no'
  if (p.is('with') || p.is('only')) {
    meta = p.word as 'with' | 'only'
    p.next()
    p.expect('meta')
  }
  p.expect('as')
  return { kind: 'create-topic', ifNotExists, name, meta, source: topicSource(p, meta), ...p.span(start) }
}

function topicSource(p: Parser, meta: CreateTopic['meta']): CreateTopic['source'] {
  if (p.accept('database')) return { kind: 'database', name: databaseName(p) }
  if (p.accept('stable')) {
    const table = p.tableName()
    return { kind: 'stable', table, where: p.accept('where') ? expression(p) : null }
  }
  if (meta !== 'no') throw p.unexpected()
  return { kind: 'query', query: query(p) }
}

export function dropTopic(p: Parser, start: number): DropTopic {
  const ifExists = p.acceptAll('if', 'exists')
  const force = p.accept('force')
  return { kind: 'drop-topic', ifExists, force, name: p.name('topic'), ...p.span(start) }
}

/** After DROP CONSUMER: `GROUP [IF EXISTS] [FORCE] name ON topic`. */
export function dropConsumerGroup(p: Parser, start: number): DropConsumerGroup {
  p.expect('group')
  const ifExists = p.acceptAll('if', 'exists')
  const force = p.accept('force')
  const group = p.name('group')
  p.expect('on')
  return { kind: 'drop-consumer-group', ifExists, force, group, topic: p.name('topic'), ...p.span(start) }
}

/** A statement the engine does not do, read to its end without looking at its inside. */
export function unsupported(p: Parser, start: number, feature: string): Statement {
  return { kind: 'unsupported', feature, text: p.sql.slice(start, p.lastEnd), ...p.span(start) }
}
