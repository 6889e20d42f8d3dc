import { describe, expect, test } from 'vitest'
import { parse } from '../sql/statement.ts'
import { NOT_SUPPORTED, notSupported } from './not-supported.ts'

const listed = NOT_SUPPORTED.flatMap(({ features }) => features)

describe('what the engine does not do', () => {
  test.each([
    "create dnode 'h:6030'",
    'create mnode on dnode 1',
    'drop qnode on dnode 1',
    'create stream s1 interval(1m) sliding(1m) from t into o as select count(*) from t',
    'drop stream if exists s1',
    'pause stream s1',
    "create function f as '/tmp/f.so' outputtype int",
    "create or replace aggregate function f as '/tmp/f.so' outputtype double bufsize 64",
    'drop function f',
    'create tsma a on b.t function(avg(v)) interval(1m)',
    'balance vgroup',
    'redistribute vgroup 2 dnode 1',
    'split vgroup 2',
    'compact database d',
    "create encrypt_key '1234567890'",
  ])('%s is parsed and its advice is listed', (sql) => {
    const statement = parse(sql)
    expect(statement.kind).toBe('unsupported')
    if (statement.kind === 'unsupported') expect(listed).toContain(statement.feature)
  })

  test('the error says what it is and what to use', () => {
    const error = notSupported('CREATE STREAM', 3)
    expect(error.code).toBe(0x0100)
    expect(error.position).toBe(3)
    expect(error.message).toMatch(/^CREATE STREAM is not supported by the embedded engine\. .*timer/)
    expect(notSupported('SOMETHING ELSE').message).toContain('SOMETHING ELSE is not supported by the embedded engine')
  })

  test('no feature is listed twice', () => {
    expect(new Set(listed).size).toBe(listed.length)
  })
})
