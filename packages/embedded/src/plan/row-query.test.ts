import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Asked, askEngine } from '../../../../conformance/sql/ask-engine.ts'

let asked: Asked

beforeAll(async () => {
  asked = await askEngine(
    'create database r keep 36500',
    'create table r.kept (ts timestamp, v int)',
    `insert into r.kept values ${Array.from({ length: 9000 }, (_, k) => `(${k * 10}, ${k})`).join('')}`,
    'create table r.mixed (ts timestamp, v int)',
    'insert into r.mixed values (10, 1) (30, 3)',
    'insert into r.mixed values (20, 2) (5, 0)',
    'create stable r.st (ts timestamp, v int) tags (g int, w varchar(4))',
    "create table r.a using r.st tags (1, 'x') r.b using r.st tags (2, 'y') r.c using r.st tags (2, null)",
    'insert into r.a values (10, 1) (20, 2) r.b values (5, 3) (15, 4) (25, 5)',
    'create table r.ck (ts timestamp, k int composite key, v int)',
    'insert into r.ck values (0, 2, 20) (0, 1, 10) (1, 1, 11)',
  )
})
afterAll(() => asked.close())

const column = async (sql: string, at = 0) => (await asked.rows(sql)).map((row) => row[at])

describe('order without ORDER BY', () => {
  test('a table gives its rows by time, whatever the order they were written in', async () => {
    expect(await column('select v from r.mixed')).toEqual([0, 1, 2, 3])
    expect(await column('select v from r.kept')).toEqual(Array.from({ length: 9000 }, (_, k) => k))
    expect(await column('select v from r.kept where v % 4000 = 7 limit 2 offset 1')).toEqual([4007, 8007])
    expect(await column('select v from r.ck')).toEqual([10, 20, 11])
  })

  test('a row behind newer ones ends the order in which rows were written', async () => {
    await asked.run('create table r.late (ts timestamp, v int)', 'insert into r.late values (10, 1) (20, 2)')
    expect(await column('select v from r.late')).toEqual([1, 2])
    await asked.run('insert into r.late values (5, 0)')
    expect(await column('select v from r.late')).toEqual([0, 1, 2])
    expect(await column('select v from r.late order by ts desc limit 2')).toEqual([2, 1])
  })

  test('pages of a supertable make up the whole', async () => {
    const pages = await Promise.all([0, 2, 4].map((offset) => asked.rows(`select tbname, v from r.st limit 2 offset ${offset}`)))
    expect(pages.flat()).toEqual([
      ['a', 1],
      ['a', 2],
      ['b', 3],
      ['b', 4],
      ['b', 5],
    ])
  })
})

test('ORDER BY takes aliases, numbers, expressions and NULLS; equal rows come by time', async () => {
  expect(await asked.rows('select g as x, v from r.st order by x desc, 2 desc limit 3')).toEqual([
    [2, 5],
    [2, 4],
    [2, 3],
  ])
  expect(await column('select v from r.st order by v % 2')).toEqual([4, 2, 3, 1, 5])
  expect(await column('select w from r.st order by w desc nulls first, ts')).toEqual(['y', 'y', 'y', 'x', 'x'])
  expect(await column('select abs(v) v from r.mixed order by -v limit 1')).toEqual([3])
})

test('tags are those of the rows that a limit leaves', async () => {
  expect(await asked.rows('select ts, tbname, g, w from r.st order by ts desc limit 2')).toEqual([
    ['1970-01-01T00:00:00.025Z', 'b', 2, 'y'],
    ['1970-01-01T00:00:00.020Z', 'a', 1, 'x'],
  ])
  expect(await asked.rows("select v, w from r.st where w = 'y' limit 1")).toEqual([[3, 'y']])
})

test('DISTINCT over tags with tbname asks for subtables, over tags alone for rows', async () => {
  expect(await asked.rows('select distinct tbname, g from r.st order by tbname')).toEqual([
    ['a', 1],
    ['b', 2],
    ['c', 2],
  ])
  expect(await column('select distinct w from r.st')).toEqual(['x', 'y'])
  expect(await column('select tags tbname from r.st where g = 2')).toEqual(['b', 'c'])
  // A condition on rows leaves the subtables that have such a row.
  expect(await column('select tags tbname from r.st where v > 2 and g > 0')).toEqual(['b'])
  expect(await asked.error('select tags tbname from r.st order by v')).toBe('0x260b Not SELECTed expression')
})

test('a JSON tag makes no groups, its members do', async () => {
  await asked.run('create stable r.js (ts timestamp, v int) tags (j json)', `insert into r.j1 using r.js tags ('{"k": 1}') values (1, 1)`)
  const refused = '0x72e Json not support in group/partition by'
  for (const sql of ['select distinct j from r.js', 'select j from r.js group by j', 'select count(*) from r.js partition by j'])
    expect(await asked.error(sql), sql).toBe(refused)
  expect(await asked.rows("select j->'k', count(*) from r.js group by j->'k'")).toEqual([[1, 1]])
  await asked.run(`insert into r.j2 using r.js tags ('{"k": 10}') values (1, 2) r.j3 using r.js tags ('{"k": -2.5}') values (1, 3)`)
  expect(await column("select v from r.js order by j->'k' desc")).toEqual([2, 1, 3])
  expect(await column("select j->'k' from r.js group by j->'k' order by j->'k'")).toEqual([-2.5, 1, 10])
  // A null in the JSON is a value of its own beside the tags that have no such key.
  await asked.run(`insert into r.j4 using r.js tags ('{"k": null}') values (1, 4) r.j5 using r.js tags ('{"z": 1}') values (1, 5)`)
  expect(await column("select count(*) from (select distinct j->'k' from r.js)")).toEqual([5])
  expect(await column("select count(*) from r.js group by j->'k'")).toEqual([1, 1, 1, 1, 1])
  expect(await column("select v from r.js where j->'k' is null order by v")).toEqual([4, 5])
  expect(await column("select v from r.js where j->'k' is not null order by v")).toEqual([1, 2, 3])
  expect(await column("select v from r.js where j->'k' = j->'k' order by v")).toEqual([1, 2, 3])
})

test('HAVING sees tags of the groups, and filters what series functions choose', async () => {
  expect(await asked.rows('select tbname, count(*) from r.st group by tbname, g having g > 1 order by tbname')).toEqual([
    ['b', 3],
    ['c', 0],
  ])
  expect(await asked.rows('select g, top(v, 1) from r.st group by g having g > 1')).toEqual([[2, 5]])
  expect(await asked.error('select g from r.st group by g having top(v, 1) > 1')).toMatch(/^0x264f Some functions are allowed only/)
})

test('with a second key one row of each time counts for FIRST and LAST', async () => {
  await asked.run(
    'create table r.lk (ts timestamp, k int composite key, v int)',
    'insert into r.lk values (0, 1, 10) (0, 2, 20) (1, 1, 11) (1, 2, null)',
  )
  expect(await asked.rows('select first(v), last(v), last_row(v), last(k) from r.lk')).toEqual([[10, 20, null, 2]])
  expect(await asked.rows('select last(v), k from r.lk')).toEqual([[20, 2]])
})

test('UNION takes names and types of its first query', async () => {
  expect(await asked.columns('select v from r.mixed union select 1.5 order by v')).toEqual(['v INT'])
  expect(await column('select v from r.mixed union select 1.9 union all select 2 order by 1')).toEqual([0, 1, 2, 2, 3])
  expect(await asked.error('select v from r.mixed union select v, ts from r.mixed')).toBe(
    '0x2634 Query block has incorrect number of result columns',
  )
})

test('durations may be numbers of ticks and text; a position names what to partition by', async () => {
  expect(await asked.rows('select cast(_wstart as bigint), count(*) from r.a interval(10, 5)')).toEqual(
    await asked.rows("select cast(_wstart as bigint), count(*) from r.a interval('10a', '5a')"),
  )
  expect(await asked.rows('select count(*) from r.a session(ts, 10)')).toEqual([[2]])
  expect(await asked.error("select count(*) from r.a interval('soon')")).toBe('0x2605 Invalid value type: soon')
  expect(await asked.error('select count(*) from r.a state_window(v) true_for(1n)')).toBe(
    "0x2688 Cannot use 'year' or 'month' as true_for duration",
  )
  expect(await asked.error('select count(*) from r.a interval(2n, 1y)')).toBe("0x262e Cannot use 'year' as offset when interval is 'month'")
  expect(await asked.rows('select tbname, count(*) from r.st partition by 1 order by 1')).toEqual([
    ['a', 2],
    ['b', 3],
    ['c', 0],
  ])
})

test.each([
  ['cols(avg(v), ts)', "0x268a Cols function's first param must be a select function that output a single row"],
  ['cols(top(v, 1), ts)', "0x268a Cols function's first param must be a select function that output a single row"],
  ['cols(max(v), ts) + 1', '0x2689 Invalid using cols function'],
  ['cols(max(v), ts, v) as x', '0x268b Invalid using alias for cols function'],
])('%s: %s', async (item, message) => {
  expect(await asked.error(`select ${item} from r.a`)).toBe(message)
})

test('values that change from call to call, and texts that may not convert, are cut like others', async () => {
  expect(await asked.rows('select length(cast(rand() as varchar(5))), length(cast(cast(rand() as varchar(30)) as nchar(3)))')).toEqual([
    [5, 12],
  ])
  expect(
    await asked.rows(
      "select cast('你好' as varchar(5)), cast('aé' as varchar(2)), cast('𝄞x' as varchar(4)), char(cast(rand() * 0 as int) + 65)",
    ),
  ).toEqual([['你', 'a', '𝄞', 'A']])
  await asked.run(
    'create table r.txt (ts timestamp, s varchar(8), n nchar(4))',
    "insert into r.txt values (1, 'abc', '你好') (2, 'x', null)",
  )
  expect(await column("select cast(case when s = 'abc' then n else s end as varchar(4)) from r.txt")).toEqual(['你', 'x'])
  expect(await column('select cast(cast(s as nchar(2)) as varchar(3)) from r.txt')).toEqual(['ab', 'x'])
})
