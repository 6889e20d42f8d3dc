import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../connect.ts'
import type { Connection } from '../connection.ts'
import { InterfaceError } from '../errors.ts'
import { generateTypesCommand } from './command.ts'
import { generateTypes } from './index.ts'

const directory = mkdtempSync(join(tmpdir(), 'taosts-schema-'))
const url = 'embedded:?name=schema-test'
let connection: Connection

beforeAll(async () => {
  connection = await connect(url)
  // The schema of taospy's reflection tests, and what those leave out.
  for (const statement of [
    'CREATE DATABASE test_db KEEP 36500',
    "CREATE DATABASE exact PRECISION 'ns'",
    `CREATE STABLE test_db.meters (ts TIMESTAMP, c1 INT, c2 DOUBLE, \`Note of it\` NCHAR(20), price DECIMAL(10,2)) TAGS (t1 INT, t2 VARCHAR(30)) COMMENT 'the meters'`,
    'CREATE TABLE test_db.ntb (ts TIMESTAMP, k INT PRIMARY KEY, b BOOL, i1 TINYINT, i2 SMALLINT UNSIGNED, i8 BIGINT, f FLOAT, s VARCHAR(8), v VARBINARY(9), g GEOMETRY(64), big BLOB)',
    "CREATE TABLE test_db.d0 USING test_db.meters TAGS (1, 'Paris')",
    "CREATE TABLE test_db.d1 USING test_db.meters TAGS (NULL, 'Rome')",
    'CREATE INDEX by_t2 ON test_db.meters (t2)',
    'CREATE TABLE exact.`Odd-Name` (ts TIMESTAMP, class INT)',
    'CREATE TOPIC readings AS SELECT ts, c1 FROM test_db.meters',
  ])
    await connection.execute(statement)
  await connection.selectDb('test_db')
})

afterAll(async () => {
  await connection.close()
  rmSync(directory, { recursive: true, force: true })
})

describe('connection.schema', () => {
  it('lists databases without the system’s own', async () => {
    const databases = await connection.schema.databases()
    expect(databases.map(({ name, precision }) => [name, precision])).toEqual(
      expect.arrayContaining([
        ['test_db', 'ms'],
        ['exact', 'ns'],
      ]),
    )
    expect(databases.map(({ name }) => name)).not.toContain('information_schema')
    expect((await connection.schema.databases({ system: true })).map(({ name }) => name)).toContain('information_schema')
  })

  it('lists supertables and normal tables, and subtables apart', async () => {
    expect((await connection.schema.tables()).map(({ name, kind, comment }) => [name, kind, comment])).toEqual([
      ['meters', 'supertable', 'the meters'],
      ['ntb', 'table', undefined],
    ])
    expect((await connection.schema.subtables({ supertable: 'meters' })).map(({ name, supertable }) => [name, supertable])).toEqual([
      ['d0', 'meters'],
      ['d1', 'meters'],
    ])
    expect(await connection.schema.tables('exact')).toMatchObject([{ name: 'Odd-Name', kind: 'table' }])
  })

  it('tells whether a table is there', async () => {
    expect(await connection.schema.hasTable('meters')).toBe(true)
    expect(await connection.schema.hasTable('d0')).toBe(true)
    expect(await connection.schema.hasTable('Odd-Name', 'exact')).toBe(true)
    expect(await connection.schema.hasTable('odd-name', 'exact')).toBe(false)
    expect(await connection.schema.hasTable('missing')).toBe(false)
  })

  it('describes columns: type, length, digits, keys and tags', async () => {
    const facts = (await connection.schema.columns('meters')).map(({ name, type, sqlType, length, precision, scale, isKey, isTag }) => ({
      name,
      type,
      sqlType,
      length,
      precision,
      scale,
      isKey,
      isTag,
    }))
    const plain = { precision: undefined, scale: undefined, isKey: false, isTag: false }
    expect(facts).toEqual([
      { name: 'ts', type: 'TIMESTAMP', sqlType: 'TIMESTAMP', length: 8, ...plain, isKey: true },
      { name: 'c1', type: 'INT', sqlType: 'INT', length: 4, ...plain },
      { name: 'c2', type: 'DOUBLE', sqlType: 'DOUBLE', length: 8, ...plain },
      { name: 'Note of it', type: 'NCHAR', sqlType: 'NCHAR(20)', length: 20, ...plain },
      { name: 'price', type: 'DECIMAL', sqlType: 'DECIMAL(10, 2)', length: 8, ...plain, precision: 10, scale: 2 },
      { name: 't1', type: 'INT', sqlType: 'INT', length: 4, ...plain, isTag: true },
      { name: 't2', type: 'VARCHAR', sqlType: 'VARCHAR(30)', length: 30, ...plain, isTag: true },
    ])
    expect((await connection.schema.columns('ntb')).filter(({ isKey }) => isKey).map(({ name }) => name)).toEqual(['ts', 'k'])
    expect((await connection.schema.columns('ntb'))[0]).toMatchObject({ encode: 'delta-i', compress: 'lz4', level: 'medium' })
  })

  it('gives the values of tags', async () => {
    const byTable = (a: { table: string }, b: { table: string }) => a.table.localeCompare(b.table)
    expect((await connection.schema.tagValues('meters')).sort(byTable)).toEqual([
      { table: 'd0', tags: { t1: 1, t2: 'Paris' } },
      { table: 'd1', tags: { t1: null, t2: 'Rome' } },
    ])
    expect(await connection.schema.tagValues('d1')).toEqual([{ table: 'd1', tags: { t1: null, t2: 'Rome' } }])
    expect(await connection.schema.tagValues('ntb')).toEqual([])
  })

  it('lists topics, views and indexes', async () => {
    expect(await connection.schema.topics('test_db')).toMatchObject([{ name: 'readings', database: 'test_db', kind: 'column' }])
    expect(await connection.schema.views()).toEqual([])
    expect(await connection.schema.indexes('meters')).toEqual([
      { name: 'by_t2', table: 'meters', column: 't2', kind: 'tag_index' },
      { name: 't1_meters', table: 'meters', column: 't1', kind: 'tag_index' },
    ])
  })

  it('asks for a database where there is none', async () => {
    await using bare = await connect(url)
    await expect(bare.schema.tables()).rejects.toThrow(InterfaceError)
  })
})

describe('generate-types', () => {
  it('writes interfaces for rows', async () => {
    expect(
      await generateTypes(connection.schema, { tables: ['meters'] }),
    ).toBe(`// Written by \`taosts generate-types\` from the database test_db; run it again when the schema changes.

/** Supertable meters: the meters. */
export interface Meters {
  ts: Date
  c1: number | null
  c2: number | null
  "Note of it": string | null
  price: string | null
  t1: number | null
  t2: string | null
  /** The subtable that the row is of; only where the query selects it. */
  tbname?: string
}
`)
  })

  it('writes tables for Kysely', async () => {
    const text = await generateTypes(connection.schema, { for: 'kysely' })
    expect(text).toContain("import type { TableName, Tag } from 'taosts/kysely'")
    expect(text).toContain('  t1: Tag<number>\n  t2: Tag<string>\n  tbname: TableName\n')
    expect(text).toContain('export interface Database {\n  meters: Meters\n  ntb: Ntb\n}\n')
    expect(text).toContain('  i8: bigint | null\n')
    expect(text).toContain('  v: Uint8Array | null\n')
  })

  it('writes definitions for Drizzle', async () => {
    const text = await generateTypes(connection.schema, { for: 'drizzle' })
    expect(text).toContain('export const meters = supertable(\n  "meters",\n  {\n    ts: timestamp("ts").notNull(),\n    c1: int("c1"),\n')
    expect(text).toContain('    price: decimal("price", { precision: 10, scale: 2 }),\n  },\n  {\n    t1: int("t1"),\n')
    expect(text).toContain('    k: int("k").primaryKey(),\n')
    expect(await generateTypes(connection.schema, { for: 'drizzle', database: 'exact' })).toContain(
      'ts: timestamp("ts").$type<bigint>().notNull()',
    )
  })

  it('is a command, which names what is wrong', async () => {
    const out = join(directory, 'types.ts')
    expect(await generateTypesCommand([url, '--database', 'exact', '--out', out])).toBe(0)
    expect(readFileSync(out, 'utf8')).toContain(
      '/** Table Odd-Name. */\nexport interface OddName {\n  ts: bigint\n  class: number | null\n}',
    )
    expect(await generateTypesCommand([url, '--database', 'test_db', '--tables', 'nothing'])).toBe(1)
    expect(await generateTypesCommand([url, '--for', 'prisma'])).toBe(1)
  })
})
