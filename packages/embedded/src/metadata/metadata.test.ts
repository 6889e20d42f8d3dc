import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blockToArrays, columnReader } from 'taosts/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Engine } from '../engine.ts'
import type { SqlError } from '../errors.ts'
import type { Session } from '../session/session.ts'

let engine: Engine
let session: Session

beforeAll(async () => {
  engine = await Engine.open()
  session = engine.session()
  for (const sql of [
    "create database m vgroups 2 precision 'us'",
    "create stable m.st (ts timestamp, v int, d double) tags (g int, h varchar(8), t timestamp) comment 'it''s'",
    "create table m.a using m.st tags (1, 'x', 1704067200000000) ttl 3",
    'create table m.b using m.st tags (null, null, null)',
    "create table m.n (ts timestamp, k int primary key, s nchar(4) compress 'xz') comment 'a \"b\"'",
    'insert into m.a values (1704067200000000, 1, 1.5) (1704067201000000, 2, 2.5)',
    "insert into m.n values (1704067201000000, 7, 'x')",
  ]) {
    await session.execute(sql)
  }
})

afterAll(() => engine.close())

async function rows(sql: string, on: Session = session): Promise<unknown[][]> {
  const answer = await on.execute(sql)
  if (answer.kind !== 'rows') return []
  const readers = answer.columns.map(({ type }) => columnReader(type.code, answer.precision))
  const all: unknown[][] = []
  for (let block = await answer.next(); block; block = await answer.next()) all.push(...blockToArrays(block, readers))
  return all
}

async function failure(sql: string): Promise<[number, string]> {
  const error = (await session.execute(sql).catch((caught: unknown) => caught)) as SqlError
  return [error.code, error.message]
}

describe('SHOW', () => {
  test('lists databases, the system ones first, and tells user and system ones apart', async () => {
    expect(await rows('show databases')).toEqual([['information_schema'], ['performance_schema'], ['m']])
    expect(await rows("select distinct `precision`, status from information_schema.ins_databases where name like '%schema'")).toEqual([
      ['ms', 'ready'],
    ])
    expect(await rows('show user databases')).toEqual([['m']])
    expect(await rows('show system databases')).toEqual([['information_schema'], ['performance_schema']])
  })

  test('takes LIKE, a database in front, and the current database', async () => {
    expect(await rows("show m.tables like 'A'")).toEqual([['a']])
    expect(await rows('show normal m.tables')).toEqual([['n']])
    expect(await rows('show child m.tables')).toEqual([['a'], ['b']])
    const inside = engine.session({ database: 'm' })
    expect(await rows('show stables', inside)).toEqual([['st']])
    expect(await rows('show tags from a', inside)).toEqual([
      ['a', 'm', 'st', 'g', 'INT', '1'],
      ['a', 'm', 'st', 'h', 'VARCHAR(8)', 'x'],
      ['a', 'm', 'st', 't', 'TIMESTAMP', '1704067200000000'],
    ])
    await inside.close()
  })

  test('gives tags as values of their types, in the precision of their database', async () => {
    expect(await rows('show table tags tbname, t, g as grp from m.st')).toEqual([
      ['a', 1704067200000000n, 1],
      ['b', null, null],
    ])
    expect(await rows('show table tags g from m.a')).toEqual([[1]])
  })

  test('knows every target', async () => {
    const targets =
      'users, users full, user privileges, grants, grants full, grants logs, licences, variables, cluster variables, local variables, dnode 1 variables, dnodes, mnodes, ' +
      'qnodes, snodes, bnodes, anodes, anodes full, vnodes, vnodes on dnode 1, m.vgroups, cluster, cluster alive, cluster machines, m.alive, apps, connections, queries, ' +
      'transactions, consumers, subscriptions, topics, m.streams, functions, indexes from m.st, m.views, encryptions, compacts, compact 1, arbgroups, table distributed m.st'
    for (const target of targets.split(', ')) await expect(rows(`show ${target}`), target).resolves.toBeInstanceOf(Array)
    expect(await rows('show vnodes on dnode 2')).toEqual([])
    expect(await rows('show m.vtables')).toEqual([])
    expect((await rows('show m.vgroups')).map((row) => row.slice(1, 5))).toHaveLength(2)
    expect(await rows('show cluster alive')).toEqual([[1]])
  })

  test('says what is missing as TDengine does', async () => {
    expect(await failure('show tables')).toEqual([0x2600, 'database not specified'])
    expect(await failure('show nodb.vgroups')).toEqual([0x0388, 'Database not exist'])
    expect(await failure('show tags from m.nosuch')).toEqual([0x2603, 'Table does not exist'])
    expect(await failure('show tags from m.n')).toEqual([0x2665, 'Tags can only applied to super table and child table'])
    expect(await failure('show accounts')).toEqual([0x2614, 'This statement is no longer supported'])
  })
})

describe('SHOW CREATE', () => {
  test('gives a statement that makes the object again', async () => {
    const [[, stable]] = (await rows('show create stable m.st')) as [[string, string]]
    expect(stable).toBe(
      "CREATE STABLE `st` (`ts` TIMESTAMP, `v` INT, `d` DOUBLE) TAGS (`g` INT, `h` VARCHAR(8), `t` TIMESTAMP) COMMENT 'it\\'s'",
    )
    expect(await rows('show create table m.a')).toEqual([
      ['a', 'CREATE TABLE `a` USING `st` (`g`, `h`, `t`) TAGS (1, "x", 1704067200000000) TTL 3'],
    ])
    const [[, normal]] = (await rows('show create table m.n')) as [[string, string]]
    expect(normal).toContain('`k` INT COMPOSITE KEY')
    await session.execute('create database m_again')
    await session.execute(stable.replace('`st`', 'm_again.`st`'))
    expect(await rows('show create stable m_again.st')).toEqual([['st', stable]])
    await session.execute('drop database m_again')
  })
})

describe('system tables', () => {
  test('are queried like any other table, with joins, filters and aggregates', async () => {
    expect(await rows("select type, count(*) from information_schema.ins_tables where db_name = 'm' group by type order by type")).toEqual([
      ['CHILD_TABLE', 2n],
      ['NORMAL_TABLE', 1n],
    ])
    expect(
      await rows(
        "select table_name from information_schema.ins_tables where 'm' = db_name and (table_name = 'a' or table_name = 'n') order by 1",
      ),
    ).toEqual([['a'], ['n']])
    expect(
      await rows(
        "select `columns`, ttl from information_schema.ins_tables t where t.table_name = 'a' and t.db_name = 'm'".replace('ttl', '`ttl`'),
      ),
    ).toEqual([[3, 3]])
    expect(
      await rows("select count(*) from information_schema.ins_columns where db_name = 'information_schema' and table_name = 'ins_tables'"),
    ).toEqual([[10n]])
  })

  test('show who is connected and what runs', async () => {
    const other = engine.session({ user: 'root', app: 'probe', pid: 42, endpoint: '10.0.0.1:5000' })
    const sql = "select `user`, app, pid, end_point from performance_schema.perf_connections where app = 'probe'"
    expect(await rows(sql)).toEqual([['root', 'probe', 42, '10.0.0.1:5000']])
    const running = await other.execute('select ts from m.st')
    const [[killId, text]] = (await rows("select kill_id, sql from performance_schema.perf_queries where app = 'probe'")) as [
      [string, string],
    ]
    expect(text).toBe('select ts from m.st')
    await session.execute(`kill query '${killId}'`)
    if (running.kind === 'rows') await running.close()
    expect(await rows("select kill_id from performance_schema.perf_queries where app = 'probe'")).toEqual([])
    await other.close()
    expect(await rows(sql)).toEqual([])
    expect(await failure("kill query 'ff:ff'")).toEqual([0x030c, 'Invalid query id'])
    expect(await failure('kill connection 999999')).toEqual([0x030e, 'Invalid connection id'])
  })
})

describe('virtual tables', () => {
  test('show columns of other tables by their time, and nothing can be written to them', async () => {
    await session.execute('create vtable m.v (ts timestamp, x int from m.a.v, y int, z nchar(4) from m.n.s)')
    expect(await rows('select * from m.v order by ts')).toEqual([
      [1704067200000000n, 1, null, null],
      [1704067201000000n, 2, null, 'x'],
    ])
    expect(await rows("select table_name, col_name, col_source from information_schema.ins_columns where table_name = 'v'")).toEqual([
      ['v', 'ts', null],
      ['v', 'x', 'm.a.v'],
      ['v', 'y', null],
      ['v', 'z', 'm.n.s'],
    ])
    for (const sql of ['insert into m.v values (1704067200000000, 1, 1, null)', 'delete from m.v', 'alter table m.v add column w int']) {
      expect((await failure(sql))[0], sql).toBe(0x0100)
    }
    expect(await failure('create vtable m.w (ts timestamp, x double from m.a.v)')).toEqual([0x268f, expect.stringContaining('x')])
    expect(await failure('create vtable m.w (ts timestamp, x int from m.a.nosuch)')).toEqual([0x2602, 'Invalid column name: nosuch'])
    await session.execute('drop vtable m.v')
    expect(await failure('drop vtable m.v')).toEqual([0x2603, 'Table does not exist'])
    await session.execute('drop vtable if exists m.v')
  })
})

test('topics, indexes and virtual tables are there again when the directory is opened again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'taosts-metadata-'))
  const statements = [
    'select topic_name, sql, `schema` from information_schema.ins_topics',
    'select index_name, column_name from information_schema.ins_indexes order by index_name',
    'show create vtable k.v',
    'select * from k.v',
    'show create database k',
    'show create stable k.st',
    'select name, super from information_schema.ins_users order by name',
    'select * from information_schema.ins_user_privileges',
  ]
  try {
    const first = await Engine.open({ directory })
    const writing = first.session()
    for (const sql of [
      "create database k keep 100d duration 5d cachemodel 'both'",
      'create stable k.st (ts timestamp, v int) tags (g int, h int)',
      'create table k.a using k.st tags (1, 2)',
      'insert into k.a values (now, 1)',
      'create topic k_all as select ts, v from k.st where g > 0',
      'create index k_h on k.st (h)',
      'create vtable k.v (ts timestamp, w int from k.a.v)',
      "create user u1 pass 'Abcdef12!'",
      'grant read on k.* to u1',
      'alter stable k.st add column x double',
    ]) {
      await writing.execute(sql)
    }
    const before = await Promise.all(statements.map((sql) => rows(sql, writing)))
    await first.close()
    const second = await Engine.open({ directory })
    const reading = second.session()
    expect(await Promise.all(statements.map((sql) => rows(sql, reading)))).toEqual(before)
    expect(before.every((result) => result.length > 0)).toBe(true)
    await second.close()
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
