import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Asked, askEngine } from '../../../../conformance/sql/ask-engine.ts'

let asked: Asked

beforeAll(async () => {
  asked = await askEngine(
    'create database f keep 36500',
    'create stable f.st (ts timestamp, v int, d double, s varchar(4)) tags (g int)',
    "insert into f.a using f.st tags (1) values (-25, 1, 1.5, 'x') (5, 4, null, null) f.b using f.st tags (2) values (-5, 9, 3, 'y')",
  )
})
afterAll(() => asked.close())

const RANGE = 'where ts >= -40 and ts < 20'
const filled = (items: string, mode: string, by = '') =>
  asked.rows(`select cast(_wstart as bigint), ${items} from f.a ${RANGE} ${by} interval(10a) fill(${mode})`)

test('every mode fills windows of the range, from before 1970 on', async () => {
  expect(await filled('sum(v)', 'null')).toEqual([
    [-40, null],
    [-30, 1],
    [-20, null],
    [-10, null],
    [0, 4],
    [10, null],
  ])
  expect((await filled('sum(v), max(d)', 'prev')).map((row) => row.slice(1))).toEqual([
    [null, null],
    [1, 1.5],
    [1, 1.5],
    [1, 1.5],
    [4, null],
    [4, 1.5],
  ])
  expect((await filled('sum(v)', 'next')).map((row) => row[1])).toEqual([1, 1, 4, 4, 4, null])
  expect((await filled('sum(v), avg(v), last(s)', 'linear')).map((row) => row.slice(1))).toEqual([
    [null, null, null],
    [1, 1, 'x'],
    [2, 2, null],
    [3, 3, null],
    [4, 4, null],
    [null, null, null],
  ])
  expect((await filled('sum(v) + 1, 5, last(s)', "value, 7.9, 'none'")).map((row) => row.slice(1))).toEqual([
    [7.9, 5, 'none'],
    [2, 5, 'x'],
    [7.9, 5, 'none'],
    [7.9, 5, 'none'],
    [5, 5, null],
    [7.9, 5, 'none'],
  ])
  expect((await filled('sum(v)', 'none')).length).toBe(2)
})

test('partitions are filled each by itself, those without rows not at all', async () => {
  const rows = await asked.rows(
    `select tbname, g, _wstart, count(*) from f.st ${RANGE} partition by tbname interval(20a) fill(value, 0) order by tbname, _wstart`,
  )
  expect(rows.map(([name, g, , count]) => [name, g, count])).toEqual([
    ['a', 1, 1],
    ['a', 1, 0],
    ['a', 1, 1],
    ['b', 2, 0],
    ['b', 2, 1],
    ['b', 2, 0],
  ])
})

test('without rows only the forced modes answer', async () => {
  const none = 'where ts >= 1000 and ts < 1030'
  expect(await asked.rows(`select _wstart, sum(v) from f.a ${none} interval(10a) fill(value, 1)`)).toEqual([])
  expect((await asked.rows(`select _wstart, sum(v) from f.a ${none} interval(10a) fill(value_f, 1)`)).map((row) => row[1])).toEqual([
    1, 1, 1,
  ])
  expect((await asked.rows(`select _wstart, sum(v) from f.a ${none} interval(10a) fill(null_f)`)).length).toBe(3)
})

test.each([
  ['fill(value, 1)', '0x2605 Filled values number mismatch', 'sum(v), max(v)'],
  ['fill(prev)', '0x2657 top function is not supported in fill query', 'top(v, 1)'],
  ['fill(null)', '0x2657 histogram function is not supported in fill query', "histogram(v, 'user_input', '[1, 2]', 0)"],
  ['fill(null)', '0x263b Start(end) time of query range required or time range too large', 'sum(v)'],
])('%s: %s', async (fill, message, items) => {
  const where = message.startsWith('0x263b') ? 'where ts > 0' : RANGE
  expect(await asked.error(`select ${items} from f.a ${where} interval(10a) ${fill}`)).toBe(message)
})

test('filled windows are ordered by what is not shown, and show the tags of a picked row', async () => {
  expect(await asked.rows(`select sum(v) from f.a ${RANGE} interval(10a) fill(value, 5) order by sum(v) desc limit 2`)).toEqual([[5], [5]])
  expect(await asked.rows(`select sum(v) from f.a ${RANGE} interval(10a) fill(null) order by max(d) desc limit 1`)).toEqual([[1]])
  expect(
    await asked.rows(`select last_row(v), g, tbname from f.st ${RANGE} interval(10a) fill(null) order by last_row(v) desc limit 2`),
  ).toEqual([
    [9, 2, 'b'],
    [4, 1, 'a'],
  ])
})

test('a filled value looks at no row', async () => {
  for (const value of ['v', 'g', 'tbname']) {
    const refused = '0x2605 Filled values can only be constants'
    expect(await asked.error(`select sum(v) from f.st ${RANGE} interval(10a) fill(value, ${value})`), value).toBe(refused)
    expect(await asked.error(`select interp(v) from f.st range(0, 10) every(5a) fill(value, ${value})`), value).toBe(refused)
  }
})

test('the range of time goes by the calendar and by formats', async () => {
  const starts = async (from: string, to: string) =>
    (
      await asked.rows(`select to_char(_wstart, 'mm-dd'), count(*) from f.a where ts >= ${from} and ts < ${to} interval(1d) fill(null_f)`)
    ).map(([day]) => day)
  expect(await starts("cast('2024-03-31' as timestamp) - 1n", "to_timestamp('02/03/2024', 'dd/mm/yyyy')")).toEqual(['02-29', '03-01'])
  const noon = "cast('2024-03-02 12:00:00' as timestamp)"
  expect(await starts(`timetruncate(${noon}, 1w)`, `timetruncate(${noon}, 1d)`)).toEqual(['02-29', '03-01'])
  expect(await asked.error(`select sum(v) from f.a where ts > 0 and ts < 1e400 interval(1d) fill(null)`)).toMatch(/^0x263b /)
})
