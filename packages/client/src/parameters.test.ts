import { describe, expect, test } from 'vitest'
import { DataError, InterfaceError } from './errors.ts'
import { quoteIdentifier, type SqlValue } from './literal.ts'
import { bindParameters } from './parameters.ts'

const bound = (sql: string, ...values: SqlValue[]): string => bindParameters(sql, values).text

describe('values become exact literals', () => {
  test.each<[SqlValue, string]>([
    [null, 'NULL'],
    [true, 'true'],
    [1.5, '1.5'],
    [1e-300, '1e-300'],
    [-3, '-3'],
    [9007199254740993n, '9007199254740993'],
    [18446744073709551615n, '18446744073709551615'],
    ["it's", "'it\\'s'"],
    ['a\\b\n', "'a\\\\b\\n'"],
    ['涛思 😀 ?', "'涛思 😀 ?'"],
    [new Date(-1), "'1969-12-31T23:59:59.999Z'"],
    [{ epochNanoseconds: 1_700_000_000_123_456_789n }, "'2023-11-14T22:13:20.123456789Z'"],
    [new Uint8Array([0, 255]), "'\\x00ff'"],
    [[1, 'a', null], "1, 'a', NULL"],
    [{ type: 'Point', coordinates: [1.5, -2e-7] }, "'POINT (1.5 -2e-7)'"],
    [{ type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [1, 2] }] }, "'GEOMETRYCOLLECTION (POINT (1 2))'"],
    [{ type: 'Point', note: 'a' }, '\'{"type":"Point","note":"a"}\''],
    [{ a: "it's", n: 1 }, '\'{"a":"it\\\'s","n":1}\''],
  ])('%s', (value, expected) => expect(bound('SELECT ?', value)).toBe(`SELECT ${expected}`))

  test('a negative number never makes a comment', () => {
    expect(bound('SELECT 5 -?, ?-?', -3, -1, -2)).toBe('SELECT 5 - -3, -1- -2')
  })

  test.each<[unknown, string]>([
    [undefined, 'parameter 1 is undefined; use null'],
    [Number.NaN, 'parameter 1 is NaN'],
    [2n ** 64n, 'does not fit 64 bits'],
    ['a\0b', 'contains a NUL'],
    ['\ud800', 'half a surrogate'],
    [new Date(Number.NaN), 'an invalid Date'],
    [[], 'an empty list'],
    [[1, undefined], 'item 2 of parameter 1 is undefined'],
    [Symbol('x'), 'is a symbol'],
    [new Map(), 'is a Map, which is no SQL value'],
    [{ a: 1n }, 'parameter 1 cannot be JSON'],
    ...[['x', 1], [Number.NaN, 1], [1, null], [[1, [{}]]], [undefined, 1], ["1'", 2]].map((coordinates): [unknown, string] => [
      { type: 'Point', coordinates },
      'parameter 1 is no geometry',
    ]),
  ])('%s is refused', (value, words) => {
    expect(() => bound('SELECT ?', value as SqlValue)).toThrow(words)
    expect(() => bound('SELECT ?', value as SqlValue)).toThrow(DataError)
  })
})

describe('placeholders', () => {
  test('are not looked for in texts, names and comments', () => {
    const sql = `SELECT '?', "it''s ?", \`?\`, 'a\\'?', ? -- ?\n /* ? :x */ FROM t WHERE a = ?`
    expect(bound(sql, 1, 2)).toBe(sql.replace(', ? --', ', 1 --').replace('= ?', '= 2'))
  })

  test('may be named and used again', () => {
    expect(bindParameters("SELECT :a, ':a', :b, :a", { a: 1, b: 'x' }).text).toBe("SELECT 1, ':a', 'x', 1")
  })

  test.each<[string, unknown, string]>([
    ['SELECT ?', [], 'placeholder 1 has no value: 0 parameters are given'],
    ['SELECT ?', [1, 2], '2 parameters are given, but the statement has 1'],
    ['SELECT :a', {}, 'placeholder :a has no value'],
    ['SELECT :a', { a: 1, b: 2 }, 'parameter b has no placeholder'],
    ['SELECT ?', { a: 1 }, 'give a list'],
    ['SELECT 1', 'x', 'parameters have to be'],
  ])('%s with %j is refused', (sql, parameters, words) => {
    expect(() => bindParameters(sql, parameters as SqlValue[])).toThrow(words)
    expect(() => bindParameters(sql, parameters as SqlValue[])).toThrow(InterfaceError)
  })
})

describe('what is shown of a statement', () => {
  const statement = bindParameters('SELECT * FROM t WHERE name = ? AND n > ? LIMT 3', ['hunter2', 5])

  test('has no values', () => {
    expect(statement.sql).toBe('SELECT * FROM t WHERE name = ? AND n > ? LIMT 3')
  })

  test('places in what was sent are found again', () => {
    const sent = statement.text
    expect(statement.sql.slice(statement.place(sent.indexOf('LIMT')))).toBe('LIMT 3')
    expect(statement.sql.slice(statement.place(sent.indexOf('hunter2')))).toBe('? AND n > ? LIMT 3')
    expect(statement.place(sent.length)).toBe(statement.sql.length)
  })

  test("the server's words lose the values that they repeat", () => {
    expect(statement.redact('syntax error near "unter2\' AND n > 5 LIMT 3"')).toBe('syntax error near "? AND n > ? LIMT 3"')
    expect(statement.redact('Invalid value: hunter2')).toBe('Invalid value: ?')
    expect(statement.redact("syntax error near 'hunter2' (invalid int data)")).toBe("syntax error near '?' (invalid int data)")
    expect(statement.redact('Table does not exist')).toBe('Table does not exist')
  })
})

test('identifiers are quoted part by part', () => {
  expect(quoteIdentifier('power', 'd 1')).toBe('`power`.`d 1`')
  expect(() => quoteIdentifier('a`b')).toThrow(DataError)
  expect(() => quoteIdentifier('')).toThrow(DataError)
})
