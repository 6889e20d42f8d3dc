import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Asked, askEngine } from '../../../../../conformance/sql/ask-engine.ts'

let asked: Asked

beforeAll(async () => {
  asked = await askEngine(
    'create database d',
    'create database e',
    'create stable d.st (ts timestamp, v int) tags (g int, loc varchar(8))',
    "create table d.c1 using d.st tags (1, 'one')",
    'create table d.n (ts timestamp, v int)',
  )
})
afterAll(() => asked.close())

test('a supertable is dropped alone, and a list with one drops nothing', async () => {
  expect(await asked.error('drop table d.n, d.st')).toBe('0x263a Cannot drop super table in batch')
  expect(await asked.rows('select tbname from d.n limit 1')).toEqual([])
})

test('a subtable is made in the database of its supertable', async () => {
  expect(await asked.error("create table e.c2 using d.st tags (2, 'two')")).toBe('0x2618 Corresponding super table not in this db')
  expect(await asked.error("create table d.c2 using d.st tags (2, 'two') e.c3 using d.st tags (3, 'x')")).toMatch(/^0x2618 /)
  expect(await asked.rows('select tags tbname from d.st')).toEqual([['c1']])
})

test('a tag is set once in a statement', async () => {
  expect(await asked.error("alter table d.c1 set tag loc = 'a', g = 2, loc = 'b'")).toBe('0x267f Tag name duplicated')
  expect(await asked.rows('select tags g, loc from d.st')).toEqual([[1, 'one']])
})

test('a comment has at most 1024 bytes', async () => {
  const long = 'é'.repeat(512)
  for (const sql of [
    "create table d.t (ts timestamp, v int) comment '%'",
    "alter table d.n comment '%'",
    "create table d.c9 using d.st tags (9, '9') comment '%'",
  ]) {
    expect(await asked.error(sql.replace('%', `${long}x`))).toBe('0x264e Comment too long')
    await asked.run(sql.replace('%', long))
  }
  expect(await asked.rows("select table_comment from information_schema.ins_tables where table_name = 'n'")).toEqual([[long]])
})
