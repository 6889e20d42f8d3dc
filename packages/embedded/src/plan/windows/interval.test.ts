import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Asked, askEngine } from '../../../../../conformance/sql/ask-engine.ts'

let asked: Asked
const MINUTE = 60_000

beforeAll(async () => {
  asked = await askEngine(
    'create database i keep 36500',
    "create database n precision 'ns'",
    'create table i.t (ts timestamp, v int, d double)',
    `insert into i.t values ${Array.from({ length: 400 }, (_, k) => `(${-100 * MINUTE + k * 37_123}, ${k % 7 === 0 ? 'null' : k}, ${(k * 7919) % 100}.5)`).join('')}`,
    'create table i.days (ts timestamp, v int)',
    // Around the change to summer time in New York, 2024-03-10 07:00 UTC.
    "insert into i.days values ('2024-03-09 04:59:59', 1) ('2024-03-09 05:00:00', 2) ('2024-03-10 04:59:59', 3) ('2024-03-10 05:00:00', 4) ('2024-03-11 03:59:59', 5) ('2024-03-11 04:00:00', 6)",
    'create table n.t (ts timestamp, v int)',
    'insert into n.t values (1704067200000000001, 1) (1704067200000000999, 2) (1704067200000001000, 3)',
  )
})
afterAll(() => asked.close())

test('windows before 1970 begin before the rows that they hold', async () => {
  const rows = (await asked.rows(
    'select cast(_wstart as bigint), count(*), cast(first(ts) as bigint), cast(last(ts) as bigint) from i.t interval(7m, 2m)',
  )) as number[][]
  expect(rows.reduce((sum, [, count]) => sum + count!, 0)).toBe(400)
  for (const [start, , first, last] of rows) {
    expect((start! - 2 * MINUTE) % (7 * MINUTE)).toBe(start! < 2 * MINUTE ? -0 : 0)
    expect(first).toBeGreaterThanOrEqual(start!)
    expect(last).toBeLessThan(start! + 7 * MINUTE)
  }
})

test('windows put together from panes hold what windows of rows hold', async () => {
  // SPREAD cannot be put together, so that the second query looks at rows.
  const items = '_wstart, count(*), count(v), sum(v), avg(v), avg(d), min(d), max(v), first(v), last(v), last_row(v)'
  for (const window of [
    'interval(10m) sliding(4m)',
    'interval(10m, 1m) sliding(3m)',
    'interval(1h) sliding(1h)',
    'interval(90s) sliding(60s)',
  ]) {
    const panes = await asked.rows(`select ${items} from i.t ${window}`)
    const whole = await asked.rows(`select ${items}, spread(v) from i.t ${window}`)
    expect(panes.length).toBeGreaterThan(1)
    expect(panes).toEqual(whole.map((row) => row.slice(0, -1)))
  }
})

test('days begin at midnight of the session, also where it has 23 hours', async () => {
  const days = (timezone: string) => asked.rows('select _wstart, count(*), sum(v) from i.days interval(1d)', asked.session({ timezone }))
  expect(await days('America/New_York')).toEqual([
    ['2024-03-08T05:00:00.000Z', 1, 1],
    ['2024-03-09T05:00:00.000Z', 2, 5],
    ['2024-03-10T05:00:00.000Z', 2, 9],
    ['2024-03-11T04:00:00.000Z', 1, 6],
  ])
  expect(await days('+02:00')).toEqual([
    ['2024-03-08T22:00:00.000Z', 2, 3],
    ['2024-03-09T22:00:00.000Z', 2, 7],
    ['2024-03-10T22:00:00.000Z', 2, 11],
  ])
})

test('months and years are those of the calendar', async () => {
  expect(await asked.rows('select _wstart, _wend, count(*) from i.days interval(1n)')).toEqual([
    ['2024-03-01T00:00:00.000Z', '2024-04-01T00:00:00.000Z', 6],
  ])
  expect(await asked.rows('select _wstart, _wend from i.t interval(2y, 1n)').catch((error) => String(error))).toMatch(/No valid function/)
  expect(await asked.rows('select _wstart, _wduration, count(*) from i.t interval(1y)')).toEqual([
    ['1969-01-01T00:00:00.000Z', 365 * 86_400_000, 162],
    ['1970-01-01T00:00:00.000Z', 365 * 86_400_000, 238],
  ])
})

test('nanoseconds are exact', async () => {
  expect(await asked.rows('select _wstart, count(*) from n.t interval(1u)')).toEqual([
    ['2024-01-01T00:00:00.000000000Z', 2],
    ['2024-01-01T00:00:00.000001000Z', 1],
  ])
})

describe('errors', () => {
  test.each([
    ['interval(30s, 30s)', '0x262f Interval offset should be shorter than interval'],
    ['interval(6n) sliding(3n)', '0x2630 Does not support sliding when interval is natural month/year'],
    ['interval(1m) fill(prev)', '0x263b Start(end) time of query range required or time range too large'],
    ['session(v, 1s)', '0x262c Only support SESSION on primary timestamp column'],
    ['session(ts, 1n)', '0x262b SESSION gap should be fixed time window, and greater than 0'],
    ['state_window(d)', '0x2628 Only support STATE_WINDOW on integer/bool/varchar column'],
    ['count_window(3, 4)', '0x2645 sliding value no larger than the count value.'],
  ])('%s', async (window, message) => {
    expect(await asked.error(`select count(*) from i.t ${window}`)).toBe(message)
  })
})
