import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Asked, askEngine } from '../../../../conformance/sql/ask-engine.ts'

let asked: Asked

beforeAll(async () => {
  asked = await askEngine(
    'create database j keep 36500',
    'create table j.a (ts timestamp, v int, k int)',
    'create table j.b (ts timestamp, w int, k int)',
    'create table j.void (ts timestamp, w int, k int)',
    'insert into j.a values (-10, 1, 1) (0, 2, 2) (10, 3, null) (20, 4, 1)',
    'insert into j.b values (-15, 10, 1) (-10, 11, 2) (0, 12, 2) (5, 13, null) (20, 14, 1)',
  )
})
afterAll(() => asked.close())

const pairs = async (join: string, rest = '') => (await asked.rows(`select a.v, b.w from j.a a ${join} ${rest}`)).map((row) => row.join())

describe('joins by time', () => {
  test.each([
    ['join j.b b on a.ts = b.ts', ['1,11', '2,12', '4,14']],
    [', j.b b where a.ts = b.ts and a.k = b.k', ['2,12', '4,14']],
    ['left join j.b b on a.ts = b.ts', ['1,11', '2,12', '3,', '4,14']],
    ['right join j.b b on a.ts = b.ts', [',10', '1,11', '2,12', ',13', '4,14']],
    ['full join j.b b on a.ts = b.ts', [',10', '1,11', '2,12', ',13', '3,', '4,14']],
    ['left join j.void b on a.ts = b.ts', ['1,', '2,', '3,', '4,']],
    ['left semi join j.b b on a.ts = b.ts', ['1,11', '2,12', '4,14']],
    ['left anti join j.b b on a.ts = b.ts', ['3,']],
    ['right anti join j.b b on a.ts = b.ts', [',10', ',13']],
    ['left asof join j.b b', ['1,11', '2,12', '3,13', '4,14']],
    ['left asof join j.b b on a.ts > b.ts', ['1,10', '2,11', '3,13', '4,13']],
    ['left asof join j.b b on a.ts <= b.ts', ['1,11', '2,12', '3,14', '4,14']],
    ['left asof join j.b b on a.ts >= b.ts and a.k = b.k', ['1,10', '2,12', '3,13', '4,14']],
    ['left asof join j.b b on a.ts >= b.ts jlimit 2', ['1,10', '1,11', '2,11', '2,12', '3,12', '3,13', '4,13', '4,14']],
    ['right asof join j.b b on a.ts >= b.ts', ['1,10', '1,11', '2,12', '3,13', '4,14']],
    ['left window join j.b b window_offset(-5a, 5a)', ['1,10', '1,11', '2,12', '2,13', '3,13', '4,14']],
    ['left window join j.b b on a.ts = b.ts window_offset(-5a, 5a)', ['1,11', '2,12', '3,', '4,14']],
    ['left window join j.b b window_offset(-5a, 5a) jlimit 1', ['1,10', '2,12', '3,13', '4,14']],
  ])('%s', async (join, expected) => {
    expect(await pairs(join)).toEqual(expected)
  })

  test('a window join with aggregates has a group for each row of its first table', async () => {
    expect(
      await asked.rows(
        'select a.ts, a.v, count(b.w), sum(b.w) from j.a a left window join j.b b window_offset(-5a, 5a) having count(b.w) > 1',
      ),
    ).toEqual([
      ['1969-12-31T23:59:59.990Z', 1, 2, 21],
      ['1970-01-01T00:00:00.000Z', 2, 2, 25],
    ])
  })

  test('functions that give several rows do so for each row of its first table', async () => {
    expect(await asked.rows('select a.v, top(b.w, 1) from j.a a left window join j.b b window_offset(-5a, 5a)')).toEqual([
      [1, 11],
      [2, 13],
      [3, 13],
      [4, 14],
    ])
  })

  test('what is joined has windows, groups and order like a table', async () => {
    expect(await asked.rows('select _wstart, count(*), sum(b.w) from j.a a join j.b b on a.ts = b.ts interval(15a)')).toEqual([
      ['1969-12-31T23:59:59.985Z', 1, 11],
      ['1970-01-01T00:00:00.000Z', 1, 12],
      ['1970-01-01T00:00:00.015Z', 1, 14],
    ])
    expect(await asked.rows('select a.k, count(*) from j.a a join j.b b on a.ts = b.ts group by a.k order by a.k')).toEqual([
      [1, 2],
      [2, 1],
    ])
  })
})

describe('errors', () => {
  const NEEDS_TIME = "0x2664 Not supported join since 'Join requires valid time series input and primary timestamp equal condition'"
  test.each([
    ['select a.v from j.a a join j.b b', '0x2702 not support cross join'],
    ['select a.v from j.a a, j.b b where a.v > 1', '0x2702 not support cross join'],
    ['select a.v from j.a a join j.b b on a.v = b.w', NEEDS_TIME],
    ['select a.v from j.a a join j.b b on a.ts > b.ts', NEEDS_TIME],
    ['select a.v from j.a a join j.b b on a.ts = b.ts or a.k = b.k', '0x2703 Not supported join conditions'],
    ['select ts from j.a a join j.b b on a.ts = b.ts', '0x2604 Column ambiguously defined: ts'],
    ['select a.v from j.a a join j.b a on a.ts = a.ts', "0x2663 Not unique table/alias: 'a'"],
    [
      'select a.v from j.a a left asof join (select ts, w from j.b) b on a.ts >= b.ts',
      '0x2664 Only support ASOF/WINDOW join between tables',
    ],
    ['select a.v from j.a a left join j.b b on a.ts = b.ts left join j.void c on a.ts = c.ts', '0x2664 unsupported nested join type'],
    ['select a.v from j.a a left asof join j.b b on a.ts >= b.ts and a.k + 1 = b.k', '0x2703 Not supported join conditions'],
    ['select a.v from j.a a left window join j.b b on abs(a.k) = b.k window_offset(-5a, 5a)', '0x2703 Not supported join conditions'],
    ['select a.v from j.a a left asof join j.b b on a.ts >= b.ts and a.ts < b.ts', '0x2703 Not supported join conditions'],
    ['select a.v from j.a a left window join j.b b on a.ts > b.ts window_offset(-5a, 5a)', '0x2703 Not supported join conditions'],
    ['select a.v from j.a a left asof join j.b b jlimit 1025', '0x200 JLIMIT value is out of valid range [0, 1024]'],
    ["select a.v from j.a a left window join j.b b window_offset('-1s', '1s')", `0x2600 syntax error near "'-1s', '1s')"`],
    ['select a.v from j.a a left window join j.b b window_offset(-1n, 1n)', '0x2673 Invalid WINDOW_OFFSET unit "n"'],
  ])('%s', async (sql, message) => {
    expect(await asked.error(sql)).toBe(message)
  })
})

test('columns of unlike types match as they compare elsewhere', async () => {
  await asked.run(
    'create table j.words (ts timestamp, w int, k varchar(8))',
    "insert into j.words values (-15, 10, '1') (0, 12, 'two') (5, 13, '2.0')",
  )
  expect(await asked.rows('select a.v, b.w from j.a a left asof join j.words b on a.ts >= b.ts and a.k = b.k')).toEqual([
    [1, 10],
    [2, null],
    [3, null],
    [4, 10],
  ])
  expect(await asked.rows('select a.v, b.w from j.a a left window join j.words b on a.k = b.k window_offset(-5a, 5a)')).toEqual([
    [1, 10],
    [2, 13],
    [3, null],
    [4, null],
  ])
})

test('DISTINCT over table names and tags of a join looks at the joined rows', async () => {
  await asked.run(
    'create stable j.sa (ts timestamp, v int) tags (g int)',
    'insert into j.sa1 using j.sa tags (1) values (0, 1) j.sa2 using j.sa tags (2) values (100, 2)',
  )
  expect(await asked.rows('select distinct a.tbname, a.g from j.sa a join j.b b on a.ts = b.ts')).toEqual([['sa1', 1]])
  expect(await asked.rows('select distinct b.tbname from j.sa a left join j.b b on a.ts = b.ts')).toEqual([[null], ['b']])
})
