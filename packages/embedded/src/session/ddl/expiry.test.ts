import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Asked, askEngine } from '../../../../../conformance/sql/ask-engine.ts'
import { Engine } from '../../engine.ts'
import { dropExpired } from './drop-table.ts'

const DAY = 86_400_000
let asked: Asked

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  asked = await askEngine("create database d keep 40d duration 10d precision 'us'")
})
afterEach(async () => {
  await asked.close()
  vi.useRealTimers()
})

test('a table is dropped as many days after it was made as its TTL says', async () => {
  await asked.run(
    'create stable d.st (ts timestamp, v int) tags (t int)',
    'create table d.c1 using d.st tags (1) ttl 3',
    'create table d.c2 using d.st tags (2)',
    'create table d.n (ts timestamp, v int) ttl 5',
    'insert into d.c1 values (now, 1) d.c2 values (now, 2) d.n values (now, 3)',
    "insert into d.c3 using d.st tags (3) comment 'made on the way' ttl 1 values (now, 4)",
  )
  const names = async () => (await asked.rows("select table_name from information_schema.ins_tables where db_name = 'd'")).flat().sort()
  expect(await asked.rows("select `ttl`, table_comment from information_schema.ins_tables where table_name = 'c3'")).toEqual([
    [1, 'made on the way'],
  ])
  expect(await dropExpired(asked.engine, Date.now() + 3 * DAY - 1)).toBe(1)
  expect(await dropExpired(asked.engine, Date.now() + 3 * DAY)).toBe(1)
  expect(await names()).toEqual(['c2', 'n'])
  expect(await asked.error('select * from d.c1')).toBe('0x2603 Table does not exist')
  expect(await asked.rows('select v from d.st')).toEqual([[2]])
  await asked.run('alter table d.n ttl 0')
  expect(await dropExpired(asked.engine, Date.now() + 100 * DAY)).toBe(0)
  expect(await names()).toEqual(['c2', 'n'])
})

test('rows that KEEP has passed are not read any more', async () => {
  await asked.run(
    'create stable d.st (ts timestamp, v int) tags (t int)',
    'insert into d.c1 using d.st tags (1) values (now - 30d, 1) (now, 2)',
    'create table d.n (ts timestamp, v int)',
    'insert into d.n values (now - 30d, 1)',
  )
  expect(await asked.rows('select v from d.st order by ts')).toEqual([[1], [2]])
  vi.setSystemTime(Date.now() + 11 * DAY)
  expect(await asked.rows('select v from d.st')).toEqual([[2]])
  expect(await asked.rows('select v from d.c1')).toEqual([[2]])
  expect(await asked.rows('select first(v), count(*) from d.st partition by tbname')).toEqual([[2, 1]])
  expect(await asked.rows('select count(*) from d.n')).toEqual([[0]])
  expect(await asked.rows('select last_row(v) from d.n')).toEqual([])
  await asked.run('alter database d keep 400d')
  expect(await asked.rows('select last_row(v) from d.n')).toEqual([[1]])
})

test('nor after the directory was opened again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'taosts-keep-'))
  const count = async (engine: Engine): Promise<number> => {
    const answer = await engine.session().execute('select v from k.n')
    let rows = 0
    if (answer.kind === 'rows') for (let block = await answer.next(); block; block = await answer.next()) rows += block.rows
    return rows
  }
  const first = await Engine.open({ directory })
  for (const sql of [
    'create database k keep 40d duration 10d',
    'create table k.n (ts timestamp, v int)',
    'insert into k.n values (now - 30d, 1) (now, 2)',
  ])
    await first.session().execute(sql)
  expect(await count(first)).toBe(2)
  await first.close()
  vi.setSystemTime(Date.now() + 11 * DAY)
  const again = await Engine.open({ directory })
  expect(await count(again)).toBe(1)
  await again.close()
  rmSync(directory, { recursive: true })
})
