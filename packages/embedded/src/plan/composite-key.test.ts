import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Asked, askEngine } from '../../../../conformance/sql/ask-engine.ts'

let asked: Asked

beforeAll(async () => {
  asked = await askEngine(
    'create database c keep 36500',
    'create table c.t (ts timestamp, k int composite key, v int)',
    'insert into c.t values (0, 2, 20) (0, 1, 10) (1000, 3, 40) (1000, 1, 30) (3000, 1, 70)',
    'create table c.n (ts timestamp, v int, w double)',
    'insert into c.n values (0, 5, 1) (10000, 15, 2) (20000, null, 4) (30000, 25, null) (40000, 20, 8)',
  )
})
afterAll(() => asked.close())

describe('rows of one time with several keys', () => {
  test.each([
    ['select diff(v) from c.t', [[20], [40]]],
    ['select derivative(v, 1s, 0) from c.t', [[20], [20]]],
    ['select irate(v) from c.t', [[20]]],
    ['select interp(v) from c.t range(0, 3000) every(1s) fill(linear)', [[10], [30], [50], [70]]],
    ['select csum(v) from c.t', [[10], [30], [60], [100], [170]]],
    [
      'select k, v from c.t order by ts desc',
      [
        [1, 70],
        [3, 40],
        [1, 30],
        [2, 20],
        [1, 10],
      ],
    ],
    ['select k from c.t order by ts limit 3', [[1], [2], [1]]],
    ['select k, count(*) from c.t state_window(k)', [1, 2, 1, 3, 1].map((k) => [k, 1])],
  ])('%s', async (sql, rows) => {
    expect(await asked.rows(sql)).toEqual(rows)
  })
})

describe('series functions beside each other', () => {
  test('that answer the same rows, each with the values it looks at', async () => {
    expect(await asked.rows('select ts, derivative(v, 1s, 0), derivative(w, 1s, 0) from c.n')).toEqual([
      ['1970-01-01T00:00:10.000Z', 1, 0.1],
      ['1970-01-01T00:00:20.000Z', null, 0.2],
      ['1970-01-01T00:00:30.000Z', 0.5, null],
      ['1970-01-01T00:00:40.000Z', -0.5, 0.2],
    ])
    expect(await asked.rows('select diff(v), diff(w, 2) from c.n')).toHaveLength(4)
  })

  test.each([
    'select diff(v), csum(v) from c.n',
    'select csum(v), diff(v) from c.n',
    'select derivative(v, 1s, 1), derivative(w, 1s, 1) from c.n',
    'select mavg(v, 2), mavg(w, 2) from c.n',
  ])('not those that answer unlike rows: %s', async (sql) => {
    expect(await asked.error(sql)).toMatch(/^0x264f Some functions/)
  })
})
