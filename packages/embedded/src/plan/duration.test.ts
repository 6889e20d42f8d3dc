import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Asked, askEngine } from '../../../../conformance/sql/ask-engine.ts'

let asked: Asked

beforeAll(async () => {
  asked = await askEngine(
    'create database ms keep 36500',
    "create database ns keep 36500 precision 'ns'",
    'create table ms.t (ts timestamp, s varchar(4))',
    "insert into ms.t values (0, 'a')",
    'create table ns.t (ts timestamp, v int)',
    'insert into ns.t values (1700000000000000000, 1)',
  )
})
afterAll(() => asked.close())

test('a length of time has at most 64 bits of ticks', async () => {
  for (const sql of [
    'select 999999999999w',
    'select ts + 99999999999999999999s from ms.t',
    'select substr(s, 999999999999w) from ms.t',
    'select count(*) from ms.t interval(999999999999w)',
    'select now + 9999999999999y',
    'select ts + 500y from ns.t',
  ])
    expect(await asked.error(sql), sql).toMatch(/^0x2605 Invalid value type: \d+[wsy]$/)
})

test('a time beyond 64 bits wraps around, one beyond the calendar is refused', async () => {
  expect(await asked.rows('select cast(ts + 9223372036854775807b as bigint), cast(ts + 300y as bigint) from ns.t')).toEqual([
    [-7523372036854775809n, -7279723273709551616n],
  ])
  expect(await asked.rows('select cast(ts + 100y as bigint) from ns.t where ts > now - 290y')).toEqual([[4855673600000000000n]])
  for (const sql of ['select now + 1000000y', 'select now - 200000000y', 'select ts from ms.t where ts > now - 3000000y'])
    expect(await asked.error(sql), sql).toBe('0x127 Invalid timestamp format')
})

test('RANGE holds times of 64 bits', async () => {
  for (const at of ['99999999999999999999', '18446744073709551615'])
    expect(await asked.error(`select interp(v) from ns.t range(${at}) fill(prev)`), at).toBe('0x127 Invalid timestamp format')
})

test('* stands for the columns of a table', async () => {
  for (const sql of ['select *', 'select *, 1', 'select distinct *'])
    expect(await asked.error(sql), sql).toBe('0x2602 Invalid column name: *')
})
