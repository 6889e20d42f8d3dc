import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Asked, askEngine } from '../../../../conformance/sql/ask-engine.ts'

let asked: Asked

beforeAll(async () => {
  asked = await askEngine(
    'create database x keep 36500',
    'create table x.t (ts timestamp, i int, l bigint, u bigint unsigned, f float, d double, b bool, s varchar(10), n nchar(5), dc decimal(10,2), dd decimal(38,10))',
    "insert into x.t values (0, 7, 9223372036854775807, 18446744073709551615, 10.1, -2.5, true, '12abc', 'né', 10.25, 1.5)",
    'insert into x.t (ts) values (1000)',
    'create stable x.j (ts timestamp, v int) tags (info json)',
    `insert into x.j1 using x.j tags ('{"k": "a", "n": 1.5, "t": true, "z": null}') values (0, 1)`,
    'insert into x.j2 using x.j tags (null) values (1, 2)',
  )
})
afterAll(() => asked.close())

const one = async (expression: string) => (await asked.rows(`select ${expression} from x.t where ts = 0`))[0]![0]

describe('values and types of operators', () => {
  test.each([
    ['i + 1', 'DOUBLE', 8],
    ['i / 2', 'DOUBLE', 3.5],
    ['-i % 3', 'DOUBLE', -1],
    ['i / 0', 'DOUBLE', null],
    ['i % 0', 'DOUBLE', null],
    ['-i', 'DOUBLE', -7],
    ['- -5', 'BIGINT', 5],
    ['i & 3', 'BIGINT', 3],
    ['i | 8', 'BIGINT', 15],
    ['u & 255', 'BIGINT', 255],
    ['ts + 1', 'TIMESTAMP', '1970-01-01T00:00:00.001Z'],
    ['ts - 1d', 'TIMESTAMP', '1969-12-31T00:00:00.000Z'],
    ['ts + 1n', 'TIMESTAMP', '1970-02-01T00:00:00.000Z'],
    ['ts - 1y', 'TIMESTAMP', '1969-01-01T00:00:00.000Z'],
    ['ts + 1.5', 'DOUBLE', 1.5],
    ['s + 1', 'DOUBLE', 13],
    ["'3' * '4'", 'DOUBLE', 12],
    ['null + 1', 'DOUBLE', null],
    ['b + 1', 'DOUBLE', 2],
    ['dc + 1', 'DECIMAL(22,2)', '11.25'],
    ['dc * 2', 'DECIMAL(30,2)', '20.50'],
    ['dc / 3', 'DECIMAL(30,22)', '3.4166666666666666666667'],
    ['-dc', 'DECIMAL(10,2)', '-10.25'],
    ['dc / 0', 'DECIMAL(30,22)', null],
    ['dc + d', 'DOUBLE', 7.75],
    ['9223372036854775808', 'BIGINT UNSIGNED', 9223372036854775808n],
    ["case when i > 5 then 'yes' else 'no' end", 'VARCHAR(3)', 'yes'],
    ['case i when 7 then 1.5 else 2 end', 'VARCHAR(63)', '1.5'],
    ['case when i > 5 then i else l end', 'BIGINT', 7],
    ['case when i > 9 then 1 end', 'BIGINT', null],
  ])('%s', async (expression, type, value) => {
    const [column] = await asked.columns(`select ${expression} from x.t`)
    expect(column).toBe(`${expression} ${type}`)
    expect(await one(expression)).toEqual(value)
  })

  test('a comparison with NULL is false, and true under NOT', async () => {
    expect(await asked.rows('select i = 7, not (i = 7), i <> 7, i is null, i = null from x.t')).toEqual([
      [true, false, false, false, false],
      [false, true, false, true, false],
    ])
  })
})

describe('comparisons between types', () => {
  test.each([
    ["i = '7x'", true],
    ['s = 12', true],
    ['f = 10.1', true],
    ['f > 10.1', false],
    ['u > l', true],
    ['u > 9223372036854775807', true],
    ["d = '-2.5'", true],
    ["dc = '10.25'", true],
    ['dc > dd', true],
    ["ts = '1970-01-01 00:00:00'", true],
    ['ts < 1', true],
    ["n > 's'", false],
    ['b = 1', true],
    ["s like '12A%'", true],
    ["s like '12\\_bc'", false],
    ["s match '^[0-9]+a'", true],
    ["s nmatch 'z'", true],
    ["i in (1, '7')", true],
    ['i not in (1, 2)', true],
    ['i between 7 and 8', true],
    ['i not between 7 and 8', false],
  ])('%s', async (condition, holds) => {
    const [[count]] = (await asked.rows(`select count(*) from x.t where ts = 0 and ${condition}`)) as [[number]]
    expect(count === 1).toBe(holds)
  })

  test('NULL is in no list and outside of none', async () => {
    expect(await asked.rows('select count(*) from x.t where i in (7) or i not in (7)')).toEqual([[1]])
    expect(await asked.rows("select count(*) from x.t where s like '%' or s not like '%'")).toEqual([[1]])
  })
})

test('members of a JSON tag have the kind that they are compared with', async () => {
  const found = async (condition: string) => (await asked.rows(`select v from x.j where ${condition} order by ts`)).map(([v]) => v)
  expect(await found("info->'k' = 'a'")).toEqual([1])
  expect(await found("info->'n' > 1")).toEqual([1])
  expect(await found("info->'t' = true")).toEqual([1])
  expect(await found("info->'k' > 1")).toEqual([])
  expect(await found("info contains 'z'")).toEqual([1])
  expect(await found("info->'z' is null")).toEqual([1, 2])
})

describe('errors', () => {
  test.each([
    ['select ts - ts from x.t', '0x200 Invalid operation'],
    ["select i -> 'k' from x.t", '0x200 Invalid operation'],
    ['select nope from x.t', '0x2602 Invalid column name: nope'],
    ['select y.i from x.t', '0x2603 Table does not exist: y'],
    ['select nope(i) from x.t', '0x374 Func not exists'],
    ["select i from x.t where s match '['", '0x2681 Syntax error in regular expression'],
    ["select i from x.t where ts > 'soon'", '0x127 Invalid timestamp format'],
    ["select v from x.j where info->'k' in ('a')", '0x200 Invalid operation'],
    ["select v from x.j where 'a' not in (info->'k')", '0x200 Invalid operation'],
    ["select v from x.j where info = 'x'", '0x72d Json not support in this place'],
    ['select i from x.t where s like 1', '0x200 Invalid operation'],
    ['select i from x.t where sum(i) > 1', "0x2608 There mustn't be aggregation"],
    ['select i from x.t where diff(i) > 1', /^0x264f Some functions are allowed only in the SELECT list/],
    ['select _wstart from x.t', /^0x2658 _WSTART, _WEND/],
    ["select timestamp 'never'", '0x2605 Invalid value type: never'],
  ])('%s', async (sql, message) => {
    const error = await asked.error(sql)
    if (typeof message === 'string') expect(error).toBe(message)
    else expect(error).toMatch(message)
  })
})

test('a number that is a member of a JSON tag reads as a double with nine decimals, and compares as it is', async () => {
  await asked.run('create database jm keep 36500', 'create table jm.s (ts timestamp, v int) tags (j json)')
  const tags = ['{"n":1,"s":"1"}', '{"n":-1.5e-10}', '{"n":1e22}', '{"n":123456789.123456789}', '{"n":true}', '{"n":null}']
  await asked.run(...tags.map((json, i) => `insert into jm.c${i} using jm.s tags ('${json}') values (${i}, ${i})`))
  const texts = await textsOf("select j->'n' from jm.s order by v")
  expect(texts).toEqual(['1.000000000', '-0.000000000', '10000000000000000000000.000000000', '123456789.123456791', 'true', 'null'])
  expect(await textsOf("select j from jm.s where j->'n' = 1")).toEqual(['{"n":1,"s":"1"}'])
  expect(await textsOf("select j->'s' from jm.s where j->'n' > -0.0000000002 and j->'n' < 0")).toEqual([null])
})

test('a key of a JSON tag is a name, whatever characters it has', async () => {
  await asked.run('create database jk keep 36500', 'create table jk.s (ts timestamp, v int) tags (j json)')
  await asked.run(`insert into jk.c using jk.s tags ('{"*": 1, "a.b": 2, "c/d~": 3, "[0]": 4, "n": 5}') values (0, 0)`)
  const all = await asked.rows(`select j->'*', j->'a.b', j->'c/d~', j->'[0]', j->'', j->'$.n', j->'n' from jk.s`)
  expect(all).toEqual([[1, 2, 3, 4, null, null, 5]])
  const has = `j contains '*' and j contains 'c/d~' and not (j contains 'x*')`
  expect(await asked.rows(`select count(*) from jk.s where ${has} and not (j contains '')`)).toEqual([[1]])
})

/** The first column of a query's only block, as the texts that travel. */
async function textsOf(sql: string): Promise<(string | null)[]> {
  const answer = await asked.session().execute(sql)
  if (answer.kind !== 'rows') throw new Error(`no rows: ${sql}`)
  const block = (await answer.next())!
  await answer.close()
  const [column] = block.columns
  if (column?.layout !== 'variable') throw new Error('no column of texts')
  const data = Buffer.from(column.data)
  return Array.from(column.offsets, (at) => (at < 0 ? null : data.toString('utf8', at + 2, at + 2 + data.readUInt16LE(at))))
}
