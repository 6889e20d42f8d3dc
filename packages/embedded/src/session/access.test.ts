import { afterAll, beforeAll, expect, test } from 'vitest'
import { Engine } from '../engine.ts'
import { SqlError } from '../errors.ts'

let engine: Engine

beforeAll(async () => {
  engine = await Engine.open()
  for (const sql of [
    'create database mine',
    'create database other',
    'create stable mine.st (ts timestamp, v int) tags (t int)',
    'create table other.n (ts timestamp, v int)',
    "create user reader pass 'Read_1234'",
    "create user writer pass 'Write_1234'",
    'grant read on mine.* to reader',
    'grant write on mine.* to writer',
  ]) {
    await run('root', sql)
  }
})

afterAll(() => engine.close())

async function run(user: string, sql: string): Promise<number> {
  const session = engine.session({ user })
  try {
    const answer = await session.execute(sql)
    if (answer.kind === 'rows') await answer.close()
    return 0
  } catch (error) {
    if (error instanceof SqlError) return error.code
    throw error
  } finally {
    await session.close()
  }
}

test('reading takes READ on every table, in subqueries too', async () => {
  expect(await run('reader', 'select * from mine.st')).toBe(0)
  expect(await run('reader', 'select * from other.n')).toBe(0x2644)
  expect(await run('reader', 'select * from (select * from other.n)')).toBe(0x2644)
  expect(await run('writer', 'select * from mine.st')).toBe(0x2644)
  expect(await run('reader', 'select * from information_schema.ins_databases')).toBe(0)
})

test('writing rows and tables takes WRITE', async () => {
  expect(await run('writer', 'insert into mine.a using mine.st tags(1) values (now, 1)')).toBe(0)
  expect(await run('writer', 'insert into mine.a values (now, 1) other.n values (now, 1)')).toBe(0x2644)
  expect(await run('reader', 'insert into mine.a values (now, 1)')).toBe(0x2644)
  expect(await run('reader', 'delete from mine.a')).toBe(0x2644)
  expect(await run('reader', 'create table mine.b using mine.st tags(2)')).toBe(0x2644)
  expect(await run('writer', 'create table mine.b using mine.st tags(2)')).toBe(0)
})

test('users and databases are for root, a password for its owner', async () => {
  expect(await run('reader', 'create database d')).toBe(0x0303)
  expect(await run('reader', 'drop database mine')).toBe(0x0303)
  expect(await run('reader', "create user u pass 'Aa_123456'")).toBe(0x0303)
  expect(await run('reader', 'grant read on other.* to reader')).toBe(0x0303)
  expect(await run('reader', 'use other')).toBe(0x0303)
  expect(await run('reader', 'use mine')).toBe(0)
  expect(await run('reader', "alter user reader pass 'Other_1234'")).toBe(0)
  expect(await run('reader', "alter user writer pass 'Other_1234'")).toBe(0x0303)
})

test('a database is used by those who hold something on it, also from the login on', async () => {
  expect(() => engine.session({ user: 'reader', database: 'other' })).toThrow('Insufficient privilege for operation')
  expect(() => engine.session({ user: 'reader', database: 'nowhere' })).toThrow('Database not exist')
  for (const database of ['mine', 'information_schema']) await engine.session({ user: 'reader', database }).close()
})

test('who makes a database may do everything with it, and nothing with a later one of that name', async () => {
  await run('root', "create user maker pass 'Maker_1234' createdb 1")
  expect(await run('maker', 'create database made')).toBe(0)
  expect(await run('maker', 'create table made.t (ts timestamp, v int)')).toBe(0)
  expect(await run('maker', 'insert into made.t values (now, 1)')).toBe(0)
  expect(await run('maker', 'select * from made.t')).toBe(0)
  expect(await run('maker', 'alter database made keep 100')).toBe(0)
  expect(await run('reader', 'select * from made.t')).toBe(0x2644)
  expect(await run('maker', 'drop database mine')).toBe(0x0303)
  expect(await run('maker', 'drop database made')).toBe(0)
  expect(await run('root', 'create database made')).toBe(0)
  expect(await run('root', 'create table made.t (ts timestamp, v int)')).toBe(0)
  expect(await run('maker', 'select * from made.t')).toBe(0x2644)
})

test('what is revoked is gone at once', async () => {
  expect(await run('root', 'revoke read on mine.* from reader')).toBe(0)
  expect(await run('reader', 'select * from mine.st')).toBe(0x2644)
})

test('of root nothing changes but the password, so that nobody is locked out', async () => {
  for (const change of ['enable 0', 'sysinfo 0', 'createdb 0', "add host '10.0.0.1'"])
    expect(await run('root', `alter user root ${change}`)).toBe(0x0303)
  expect(await run('root', 'grant read on mine.* to root')).toBe(0x0303)
  expect(await run('root', "alter user root pass 'Root_12345'")).toBe(0)
  expect(await run('root', 'show users')).toBe(0)
})

test('without SYSINFO what is told of the server and its users is hidden, and the rest is not', async () => {
  await run('root', "create user blind pass 'Blind_1234' sysinfo 0")
  for (const sql of ['show dnodes', 'show users', 'show mnodes', 'show grants', 'select * from information_schema.ins_user_privileges']) {
    expect(await run('blind', sql)).toBe(0x2644)
    expect(await run('reader', sql)).toBe(0)
  }
  for (const sql of ['show databases', 'show mine.tables', 'select * from information_schema.ins_tags'])
    expect(await run('blind', sql)).toBe(0)
  await run('root', 'alter user blind sysinfo 1')
  expect(await run('blind', 'show dnodes')).toBe(0)
})
