import { describe, expect, test } from 'vitest'
import type { Select } from './ast.ts'
import { decodeString, encodeString } from './escapes.ts'
import { parse } from './statement.ts'
import { cutBytes, lowerOutsideQuotes, textOf } from './text.ts'

function names(sql: string): string[] {
  return (parse(sql) as Select).items.map((item) => textOf(item.expr, sql))
}

describe('the name of an expression', () => {
  test('is its text in lower case outside quotes, with its spaces and comments', () => {
    expect(names("SELECT COUNT(  V ), STATEDURATION(v, 'GT', 10), 1 /* two */ + 2, (A + 1) * 3, 'IT''S', \"Q\" FROM t")).toEqual([
      'count(  v )',
      "stateduration(v, 'GT', 10)",
      '1 /* two */ + 2',
      '(a + 1) * 3',
      "'IT''S'",
      '"Q"',
    ])
  })

  test('is cut to 64 bytes, never inside a character', () => {
    expect(names(`SELECT LENGTH('${'s'.repeat(100)}')`)).toEqual([`length('${'s'.repeat(56)}`])
    expect(cutBytes('a你好', 6)).toBe('a你')
    expect(cutBytes('😀😀', 7)).toBe('😀')
  })

  test('leaves non-ASCII letters as they are', () => {
    expect(lowerOutsideQuotes("ÉTAT 'ÉTAT' ABC `X` Ü")).toBe("État 'ÉTAT' abc `X` Ü")
  })
})

describe('string escapes', () => {
  test.each([
    ["'a\\nb'", 'a\nb'],
    ["'a\\\\b'", 'a\\b'],
    ["'a\\%b'", 'a\\%b'],
    ["'a\\_b'", 'a\\_b'],
    ["'\\x41'", '\\x41'],
    ["'a\\qb'", 'aqb'],
    ["'it''s'", "it's"],
    ['"a""b\\"c"', 'a"b"c'],
    ["''", ''],
  ])('%s', (literal, text) => {
    expect(decodeString(literal)).toBe(text)
    expect(decodeString(encodeString(text))).toBe(text)
  })
})
