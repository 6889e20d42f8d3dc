import { expect, test } from 'vitest'
import { parameterCount, readTemplate } from './insert-template.ts'
import { statementKind } from './prepared-statement.ts'

test('places for the table, tags and values, with literals between them', () => {
  const template = readTemplate("insert into ? using st (a, b) tags(?, 'x') (ts, v) values (now, ?)")
  expect(template.table).toBeNull()
  expect(template.using!.tags.map(({ kind }) => kind)).toEqual(['parameter', 'literal'])
  expect(template.columns!.map(({ text }) => text)).toEqual(['ts', 'v'])
  expect(template.values.map(({ kind }) => kind)).toEqual(['literal', 'parameter'])
  expect(parameterCount(template)).toBe(3)
})

test.each(['insert into t', 'insert into t values', 'insert into t values (?', 'insert into t values (?) (?)', "insert into t file 'x'"])(
  '%s is refused',
  (sql) => {
    expect(() => readTemplate(sql)).toThrow(expect.objectContaining({ code: 0x0216 }))
  },
)

test('only INSERT and SELECT with a FROM can be prepared', () => {
  expect(['insert into t values(?)', 'SELECT * FROM t', 'select 1', 'delete from t', '', 'selec ? from t'].map(statementKind)).toEqual([
    'insert',
    'select',
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})
