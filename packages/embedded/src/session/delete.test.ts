import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { type Asked, askEngine } from '../../../../conformance/sql/ask-engine.ts'

let asked: Asked

beforeEach(async () => {
  await asked?.close()
  asked = await askEngine(
    'create database d keep 36500',
    'create stable d.st (ts timestamp, v int) tags (g int, loc varchar(10))',
    "insert into d.a using d.st tags (1, 'x') values (10, 1) (20, 2) d.b using d.st tags (null, null) values (10, 3)",
    'create table d.n (ts timestamp, v int)',
  )
})
afterAll(() => asked.close())

const left = async (table: string) => (await asked.rows(`select v from ${table} order by ts`)).flat()

describe('a condition over tags', () => {
  test('holds for a subtable that the statement names', async () => {
    await asked.run('delete from d.a where g = 2', "delete from d.a where loc <> 'x' and ts < 15", 'delete from d.b where g is not null')
    expect(await left('d.a')).toEqual([1, 2])
    expect(await left('d.b')).toEqual([3])
    await asked.run('delete from d.a where g = 1 and ts < 15', 'delete from d.b where g is null')
    expect(await left('d.a')).toEqual([2])
    expect(await left('d.b')).toEqual([])
  })

  test('chooses the subtables of a supertable', async () => {
    await asked.run('delete from d.st where loc is null or g > 1')
    expect(await left('d.st')).toEqual([1, 2])
  })
})

describe('a range of time deletes what SELECT finds by it', () => {
  const days = ['2024-01-29', '2024-01-31', '2024-02-29', '2024-03-31']
  for (const [condition, kept] of [
    ['ts = 1706486400000.5', [0, 1, 2, 3]],
    ['ts < 1706486400000.5', [1, 2, 3]],
    ['ts >= 1706486400000.5', [0]],
    ["ts < cast('2024-03-31' as timestamp) - 1n", [2, 3]],
    ["ts <= 1n + cast('2024-01-31' as timestamp)", [3]],
    ["ts < to_timestamp('2024-01-02', 'yyyy-dd-mm')", [2, 3]],
    ["ts <= timetruncate(cast('2024-01-31 05:00:00' as timestamp), 1d)", [2, 3]],
    ["ts between timetruncate(now, 1d) and '2024-02-01'", [0, 1, 2, 3]],
    ["ts > cast('2024-01-01' as bigint)", []],
    ["ts between to_timestamp('29/02/2024', 'dd/mm/yyyy') and now", [0, 1]],
  ] as const) {
    test(condition, async () => {
      await asked.run(...days.map((day, v) => `insert into d.n values ('${day}', ${v})`))
      const found = (await asked.rows(`select v from d.n where ${condition}`)).flat()
      await asked.run(`delete from d.n where ${condition}`)
      expect(await left('d.n')).toEqual(kept)
      expect([...found, ...kept].sort()).toEqual([0, 1, 2, 3])
    })
  }

  test('what is no time is refused', async () => {
    const refused = '0x2655 The DELETE statement must only have a definite time window range'
    for (const condition of ['ts < 1e400', "ts > '2024-01-01' - 1d", 'ts < ts + 1', 'ts between null and now', 'ts > rand()'])
      expect(await asked.error(`delete from d.n where ${condition}`), condition).toBe(refused)
  })
})
