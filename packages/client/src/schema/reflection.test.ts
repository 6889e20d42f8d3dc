import { Kysely } from 'kysely'
import { startServer, type TestServer } from 'taosts-embedded/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../connect.ts'
import type { Connection } from '../connection.ts'
import { TaosDialect } from '../kysely/index.ts'

/** What taospy's SQLAlchemy tests ask of a database (`check_basic`), on their two schemas and over each connection. */

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

const METERS = 'create table test.meters (ts timestamp, c1 int, c2 double) tags(t1 int)'
const FILLED: readonly string[] = [
  METERS,
  'insert into test.d0 using test.meters tags(0) values (1733189403001, 1, 1.11) (1733189403002, 2, 2.22)',
  'insert into test.d1 using test.meters tags(1) values (1733189403003, 3, 3.33) (1733189403004, 4, 4.44)',
  'create table test.ntb(ts timestamp, age int)',
  'insert into test.ntb values(now, 23)',
]
const BY_TBNAME: readonly string[] = [
  METERS,
  "insert into test.meters (ts, c1, c2, t1, tbname) values (1626861392589, 1, 2.0, 1, 'tb1') (1626861392590, 2, 2.5, 2, 'tb2') (1626861392591, 3, 3.0, 3, 'tb3')",
]

describe.each([
  ['WebSocket', (): string => server.url],
  ['REST', (): string => server.restUrl],
  ['embedded', (): string => 'embedded:'],
] as const)('over %s', (_, url) => {
  const withSchema = async (statements: readonly string[], check: (connection: Connection) => Promise<void>): Promise<void> => {
    await using connection = await connect({ url: url() })
    for (const statement of ['drop database if exists test', 'create database if not exists test keep 36500', ...statements])
      await connection.execute(statement)
    await check(connection)
  }

  it.each([
    ['meters and a normal table', FILLED, ['meters', 'ntb']],
    ['meters whose rows name their tables', BY_TBNAME, ['meters']],
  ] as const)('reflects %s', async (_what, statements, tables) => {
    await withSchema(statements, async ({ schema }) => {
      // get_schema_names, has_schema
      const databases = (await schema.databases()).map(({ name }) => name)
      expect(databases).toContain('test')
      expect(databases).not.toContain('information_schema')
      // get_table_names, has_table
      expect((await schema.tables('test')).map(({ name }) => name)).toEqual(tables)
      expect([await schema.hasTable('meters', 'test'), await schema.hasTable('nothing', 'test')]).toEqual([true, false])
      // get_columns, and what SQLAlchemy's lack: which are tags
      const columns = await schema.columns('meters', 'test')
      expect(columns.map(({ name, type, isTag }) => [name, type, isTag])).toEqual([
        ['ts', 'TIMESTAMP', false],
        ['c1', 'INT', false],
        ['c2', 'DOUBLE', false],
        ['t1', 'INT', true],
      ])
      // get_pk_constraint
      expect(columns.filter(({ isKey }) => isKey).map(({ name }) => name)).toEqual(['ts'])
      // get_view_names, get_indexes
      expect(await schema.views('test')).toEqual([])
      expect((await schema.indexes('meters', 'test')).map(({ table, column }) => [table, column])).toEqual([['meters', 't1']])
    })
  })

  it('reflects the same through Kysely', async () => {
    await withSchema(FILLED, async (connection) => {
      await connection.selectDb('test')
      const db = new Kysely<unknown>({ dialect: new TaosDialect({ connection }) })
      const tables = await db.introspection.getTables()
      expect(tables.map(({ name, isView }) => [name, isView])).toEqual([
        ['meters', false],
        ['ntb', false],
      ])
      expect(tables[0]!.columns.map(({ name, dataType, isNullable, comment }) => [name, dataType, isNullable, comment])).toEqual([
        ['ts', 'TIMESTAMP', false, undefined],
        ['c1', 'INT', true, undefined],
        ['c2', 'DOUBLE', true, undefined],
        ['t1', 'INT', true, 'TAG'],
      ])
    })
  })
})
