import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compare, type GoldenCase } from './golden-compare.ts'
import { parseLossless } from './lossless-json.ts'

const directory = new URL('golden/sql/', import.meta.url)

describe('parseLossless', () => {
  test('keeps 64-bit integers exact and reads the rest as JSON.parse', () => {
    expect(
      parseLossless('{"a": [9223372036854775807, -9007199254740993, 1.5e-7, 12], "b": {"c\\n": null}, "d": "\\u00e9\\"", "e": []}'),
    ).toEqual({
      a: [9223372036854775807n, -9007199254740993n, 1.5e-7, 12],
      b: { 'c\n': null },
      d: 'é"',
      e: [],
    })
  })

  test.each(['', '{', '[1,]', '{"a" 1}', '"abc', 'nul', '1 2', '[1 2]'])('refuses %j', (text) => {
    expect(() => parseLossless(text)).toThrow(SyntaxError)
  })
})

describe('compare', () => {
  test('every recording equals itself, and not itself without a row or with another code', () => {
    for (const name of readdirSync(directory)) {
      for (const line of readFileSync(new URL(name, directory), 'utf8').split('\n').filter(Boolean)) {
        const { sql, response } = parseLossless(line) as GoldenCase
        expect(compare(sql, response, response)).toBe('')
        expect(compare(sql, response, { ...response, code: response.code + 1 })).not.toBe('')
        if (response.data && response.data.length > 0)
          expect(compare(sql, response, { ...response, data: response.data.slice(1) })).not.toBe('')
      }
    }
  })

  const answer = (type: string, ...data: unknown[][]) => ({ code: 0, column_meta: [['v', type, 8]] as const, data, rows: data.length })

  test('allows rounding by type and another order where none is asked for', () => {
    expect(compare('select v from t', answer('DOUBLE', [1]), answer('DOUBLE', [1 + 1e-10]))).toBe('')
    expect(compare('select v from t', answer('DOUBLE', [1]), answer('DOUBLE', [1 + 1e-8]))).not.toBe('')
    expect(compare('select v from t', answer('FLOAT', [1]), answer('FLOAT', [1 + 1e-7]))).toBe('')
    expect(compare('select v from t', answer('INT', [1], [2], [2]), answer('INT', [2], [1], [2]))).toBe('')
    expect(compare('select v from t', answer('INT', [1], [2], [2]), answer('INT', [2], [1], [1]))).not.toBe('')
    expect(compare('select v from t order by v', answer('INT', [1], [2]), answer('INT', [2], [1]))).toContain('row 0')
  })

  test('tells booleans, strings, numbers and NULL apart, and names and lengths of columns', () => {
    expect(compare('select v', answer('BOOL', [true]), answer('BOOL', [1]))).not.toBe('')
    expect(compare('select v', answer('INT', [0]), answer('INT', [null]))).not.toBe('')
    expect(compare('select v', answer('INT', [1]), answer('INT', ['1']))).not.toBe('')
    expect(compare('select v', answer('INT'), { ...answer('INT'), column_meta: [['v', 'INT', 4]] })).toContain('column_meta')
  })
})
