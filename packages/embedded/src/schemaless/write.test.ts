import { blockToArrays, columnReader } from 'taosts/wire'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Engine } from '../engine.ts'
import type { Session } from '../session/session.ts'
import { writeRecords } from './write.ts'

let engine: Engine
let session: Session

beforeAll(async () => {
  engine = await Engine.open()
  session = engine.session()
  await session.execute("create database d precision 'ms' keep 36500")
  await session.execute('use d')
})

afterAll(async () => {
  await session.close()
  await engine.close()
})

const write = (data: string, options: { protocol?: number; precision?: string; ttl?: number; tableNameKey?: string } = {}) =>
  writeRecords(
    { database: engine.catalog.databases.get('d')!, sequence: 10, execute: (sql) => session.execute(sql) },
    { protocol: 1, precision: 'ms', ttl: 0, tableNameKey: '', data, ...options },
  )

async function rows(sql: string): Promise<unknown[][]> {
  const answer = await session.execute(sql)
  if (answer.kind === 'update') return []
  const readers = answer.columns.map(({ type }) => columnReader(type.code, answer.precision, { timestamp: 'string' }))
  const all: unknown[][] = []
  for (let block = await answer.next(); block; block = await answer.next()) all.push(...blockToArrays(block, readers))
  return all
}

test('a supertable is made, then columns and tags are added and text is widened', async () => {
  expect(await write('m,host=h1 v=1,s="abc" 1700000000000')).toEqual({ affectedRows: 1, totalRows: 1 })
  expect(await write('m,host=h2,region=eu v=2,s="a much longer text",w=3i 1700000000001\nm,host=h1 v=4 1700000000002')).toMatchObject({
    affectedRows: 2,
  })
  expect((await rows('describe m')).map(([name, type, length, note]) => [name, type, length, note])).toEqual([
    ['_ts', 'TIMESTAMP', 8, ''],
    ['v', 'DOUBLE', 8, ''],
    ['s', 'VARCHAR', 32, ''],
    ['w', 'BIGINT', 8, ''],
    ['host', 'NCHAR', 4, 'TAG'],
    ['region', 'NCHAR', 4, 'TAG'],
  ])
  expect(await rows('select v, s, w, `host`, region from m order by _ts')).toEqual([
    [1, 'abc', null, 'h1', null],
    [2, 'a much longer text', 3n, 'h2', 'eu'],
    [4, null, null, 'h1', null],
  ])
  expect(await rows("select distinct tbname from m where `host` = 'h1'")).toEqual([[expect.stringMatching(/^t_[0-9a-f]{32}$/)]])
})

test('another type than the column has is refused, and nothing of the batch is written', async () => {
  await expect(write('m,host=h1 v=5 1700000000009\nm,host=h1 v=t 1700000000010')).rejects.toMatchObject({ code: 0x3002 })
  await expect(write('m,host=h1 v=t 1700000000010')).rejects.toMatchObject({
    message: 'SML:0xa, smlGenerateSchemaAction point type and db type mismatch, db type:DOUBLE, point type:BOOL, key:v=t 1700000000010',
  })
  expect(await rows('select count(*) from m where _ts > 1700000000005')).toEqual([[0n]])
})

test('a tag can name the subtable and is then not kept; without tags there is one that is NULL', async () => {
  await write('k,host=mine v=1 1700000000000', { tableNameKey: 'host' })
  expect(await rows('select tbname, _tag_null from k')).toEqual([['mine', null]])
  expect(engine.catalog.databases.get('d')!.tables.get('mine')).toMatchObject({ kind: 'subtable' })
})

test('telnet and JSON tell the unit by the digits, and name their value', async () => {
  await write('sys.mem 1700000000 1.5 host=a\nsys.mem 1700000001000 2 host=a', { protocol: 2, precision: '' })
  expect(await rows('select _ts, _value from sys_mem')).toEqual([
    ['2023-11-14T22:13:20.000Z', 1.5],
    ['2023-11-14T22:13:21.000Z', 2],
  ])
  const json =
    '[{"metric":"j","timestamp":{"value":1700000000,"type":"s"},"value":{"value":3,"type":"int"},"tags":{"a":{"value":"b","type":"nchar"},"c":"d"}}]'
  expect(await write(json, { protocol: 3, precision: '' })).toEqual({ affectedRows: 1, totalRows: 1 })
  expect(await rows('select _value, a, c from j')).toEqual([[3, 'b', 'd']])
})

test.each([
  [1, '', 0x3002, 'line num is invalid'],
  [9, 'x', 0x3000, 'protocol invalidate'],
  [2, 'sys.mem', 0x020a, 'SML telnet invalid measure:'],
  [2, 'sys.mem never 1 host=a', 0x0127, 'SML telnet parse timestamp failed: 1 host=a'],
  [3, '{"metric":', 0x0221, 'Invalid JSON format'],
  [3, '[]', 0x070f, 'invalid input'],
])('protocol %i: %j is refused with the words of TDengine', async (protocol, data, code, message) => {
  await expect(write(data, { protocol })).rejects.toMatchObject({ code, message })
})

test('a time beyond 64-bit nanoseconds stops there, as TDengine does', async () => {
  await write('far v=1 170000000000200')
  expect(await rows('select cast(_ts as bigint) from far')).toEqual([[9223372036854n]])
})
