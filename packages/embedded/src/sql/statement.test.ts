import { describe, expect, test } from 'vitest'
import { SqlError } from '../errors.ts'
import { parse } from './statement.ts'

function errorOf(sql: string): string {
  try {
    parse(sql)
  } catch (error) {
    if (error instanceof SqlError) return `${error.code.toString(16)} ${error.message}`
    throw error
  }
  return 'none'
}

describe('parse', () => {
  test('only the first statement counts', () => {
    expect(parse('select 1; select').kind).toBe('select')
    expect(errorOf(';')).toBe('2601 Incomplete SQL statement')
  })

  test('an error says where it is', () => {
    try {
      parse('select a from t wher b = 1')
      expect.unreachable()
    } catch (error) {
      expect((error as SqlError).position).toBe('select a from t wher '.length)
    }
  })

  test('values and conditions are different things', () => {
    expect(errorOf('select v from t where (a > 1) + 1 = 2')).toBe('2600 syntax error near "+ 1 = 2"')
    expect(errorOf('select a and b from t')).toBe('2600 syntax error near "and b from t"')
    expect(errorOf('select v from t group by a > 1')).toBe('2600 syntax error near "> 1"')
    expect(errorOf('select abs(a > 1) from t')).toBe('2600 syntax error near "> 1) from t"')
    expect(errorOf('select (a > 1), a is null, not (a > b and c like d) from t')).toBe('none')
  })

  test('too long a statement is refused', () => {
    expect(errorOf(`select '${'x'.repeat(2_000_000)}'`)).toBe('219 SQL statement too long')
    expect(parse(`select '${'x'.repeat(2_000_000)}'`, { maxLength: 3_000_000 }).kind).toBe('select')
  })

  test('a long rest of the statement is cut in messages, as TDengine cuts it', () => {
    expect(new TextEncoder().encode(errorOf(`select 1 from t 'é${'é'.repeat(1000)}'`).slice(5)).length).toBeLessThanOrEqual(511)
  })

  test('placeholders are read in prepared statements only', () => {
    expect(errorOf('select ? from t')).toBe('2600 syntax error near "? from t"')
    expect(parse('select * from t where a = ? limit ?', { placeholders: true })).toMatchObject({
      where: { right: { type: 'placeholder' } },
    })
  })

  test.each([
    ['create stream s interval(1m) sliding(1m) from t into o as select 1', 'CREATE STREAM'],
    ["create aggregate function f as '/x.so' outputtype double bufsize 8", 'CREATE AGGREGATE FUNCTION'],
    ['create recursive tsma a on t interval(1h)', 'CREATE RECURSIVE TSMA'],
    ['balance vgroup leader', 'BALANCE VGROUP'],
    ['redistribute vgroup 1 dnode 2 dnode 3', 'REDISTRIBUTE VGROUP'],
    ["create dnode 'h:6030'", 'CREATE DNODE'],
    ['restore mnode on dnode 1', 'RESTORE MNODE'],
    ['recalculate stream s from 1', 'RECALCULATE STREAM'],
  ])('%s is read and named as what it is', (sql, feature) => {
    expect(parse(sql)).toMatchObject({ kind: 'unsupported', feature, text: sql })
  })

  test('a wrong cluster command is a syntax error', () => {
    expect(errorOf('balance vgroups')).toBe('2600 syntax error near "vgroups"')
    expect(errorOf('split vgroup x')).toBe('2600 syntax error near "x"')
    expect(errorOf('create dnode')).toBe('2601 Incomplete SQL statement')
  })
})
