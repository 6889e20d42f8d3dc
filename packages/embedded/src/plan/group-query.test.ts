import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Asked, askEngine } from '../../../../conformance/sql/ask-engine.ts'

let asked: Asked

beforeAll(async () => {
  asked = await askEngine(
    'create database g keep 36500',
    'create stable g.st (ts timestamp, v int, s varchar(8)) tags (a int, b varchar(8))',
    "create table g.t1 using g.st tags (1, 'x') g.t2 using g.st tags (1, 'y') g.t3 using g.st tags (2, null) g.t4 using g.st tags (null, 'empty')",
    "insert into g.t1 values (0, 1, 'p') (1000, 5, 'q') (2000, null, 'r')",
    "insert into g.t2 values (500, 3, 'p') (1500, null, null)",
    "insert into g.t3 values (10, 9, 'z')",
    'create table g.void (ts timestamp, v int)',
  )
})
afterAll(() => asked.close())

describe('groups', () => {
  test('no rows are one group only for what counts', async () => {
    expect(await asked.rows('select count(*), count(v) from g.void')).toEqual([[0, 0]])
    expect(await asked.rows('select count(*), sum(v) from g.void')).toEqual([[0, null]])
    expect(await asked.rows('select sum(v), max(v) from g.void')).toEqual([])
    expect(await asked.rows('select count(*) from g.void group by v')).toEqual([])
    expect(await asked.rows('select count(*), sum(v) from g.st where 1 = 0')).toEqual([])
  })

  test('counting by tags counts subtables without rows too', async () => {
    expect(await asked.rows('select tbname, count(*), sum(v) from g.st group by tbname')).toEqual([
      ['t1', 3, 6],
      ['t2', 2, 3],
      ['t3', 1, 9],
      ['t4', 0, null],
    ])
    expect(await asked.rows('select a, count(v) from g.st where b is not null group by a')).toEqual([
      [null, 0],
      [1, 3],
    ])
    expect(await asked.rows('select tbname, sum(v) from g.st group by tbname having sum(v) > 3')).toEqual([
      ['t1', 6],
      ['t3', 9],
    ])
  })

  test('keys may be numbers and aliases, HAVING an aggregate of its own', async () => {
    expect(await asked.rows('select v % 2 odd, count(*) from g.st group by odd order by odd')).toEqual([
      [null, 2],
      [1, 4],
    ])
    expect(await asked.rows('select s, count(*) c from g.st group by 1 having max(v) >= 3 order by c desc, s limit 1')).toEqual([['p', 2]])
  })

  test('PARTITION BY tbname lets tags stand beside aggregates', async () => {
    expect(await asked.rows('select b, max(v) from g.st partition by tbname order by b')).toEqual([
      [null, 9],
      ['x', 5],
      ['y', 3],
    ])
  })

  test('one selection function brings the other columns of its row', async () => {
    expect(await asked.rows('select ts, s, tbname, b, max(v) from g.st where a = 1')).toEqual([
      ['1970-01-01T00:00:01.000Z', 'q', 't1', 'x', 5],
    ])
    expect(await asked.rows('select a, first(v), ts from g.st group by a order by a')).toEqual([
      [1, 1, '1970-01-01T00:00:00.000Z'],
      [2, 9, '1970-01-01T00:00:00.010Z'],
    ])
    expect(await asked.rows('select cols(max(v), ts, s as top), cols(min(v), tbname) from g.st')).toEqual([
      ['1970-01-01T00:00:00.010Z', 'z', 't1'],
    ])
  })

  test('limits count inside partitions unless the rows are ordered', async () => {
    expect(await asked.rows('select tbname, v from g.st partition by tbname limit 1')).toEqual([
      ['t1', 1],
      ['t2', 3],
      ['t3', 9],
    ])
    expect(await asked.rows('select tbname, count(*) from g.st partition by tbname interval(1s) slimit 2 limit 1')).toEqual([
      ['t1', 1],
      ['t2', 1],
    ])
    expect(await asked.rows('select tbname, count(*) from g.st partition by tbname interval(1s) order by tbname slimit 1 limit 2')).toEqual(
      [
        ['t1', 1],
        ['t1', 1],
      ],
    )
  })
})

test('LAST of several values is named by each of them, over a join too', async () => {
  expect(await asked.columns("select last(v + 1, v, 'x') from g.st")).toEqual(['last(v + 1) DOUBLE', 'last(v) INT', "last('x') VARCHAR(1)"])
  expect(await asked.rows('select last(*) from g.t1 a join g.t1 b on a.ts = b.ts')).toEqual(
    await asked.rows('select last(a.*), last(b.*) from g.t1 a join g.t1 b on a.ts = b.ts'),
  )
})

describe('errors', () => {
  test.each([
    ['select v, sum(v) from g.st', '0x260c Not a single-group group function'],
    ['select max(v), min(v), ts from g.st', '0x260c Not a single-group group function'],
    ['select last_row(*), tbname from g.st', '0x260c Not a single-group group function'],
    ['select v from g.st group by a', '0x260a Not a GROUP BY expression'],
    ['select a from g.st group by a order by v', '0x260a Not a GROUP BY expression'],
    ['select count(*) from g.st group by sum(v)', "0x2608 There mustn't be aggregation"],
    ['select sum(max(v)) from g.st', '0x2627 Aggregate functions do not support nesting'],
    ['select v from g.st interval(1s)', '0x2667 Invalid usage of expr: v'],
    ['select _wstart from g.st interval(1s)', '0x265e No valid function in window query'],
    ['select count(*) from g.st interval(1s) group by a', "0x2624 GROUP BY and WINDOW-clause can't be used together"],
    ['select v from g.st slimit 1', '0x2638 slimit/soffset only available for PARTITION/GROUP BY query'],
    ['select distinct v from g.st order by s', '0x260b Not SELECTed expression'],
    ['select v from g.st order by 2', '0x2609 ORDER BY / GROUP BY item must be the number of a SELECT-list expression'],
    ['select v x, s x from g.st order by x', '0x266f ORDER BY "x" is ambiguous'],
    ['select top(v, 1), count(*) from g.st', /^0x264f Some functions are allowed only/],
    ['select diff(v) from g.st interval(1s)', '0x264f diff function is not supported in window query or group query'],
    ['select diff(x) from (select v x from g.st)', '0x264f diff function requires valid time series input'],
  ])('%s', async (sql, message) => {
    const error = await asked.error(sql)
    if (typeof message === 'string') expect(error).toBe(message)
    else expect(error).toMatch(message)
  })
})
