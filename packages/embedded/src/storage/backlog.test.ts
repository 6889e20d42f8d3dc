import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Engine } from '../engine.ts'
import type { Session } from '../session/session.ts'
import { TableAppender } from './appender.ts'
import { Backlog } from './backlog.ts'
import { Instance } from './instance.ts'
import type { Layout } from './layout.ts'
import { ColumnBuffer } from './row-buffer.ts'
import { readAll } from './small-result.ts'

let engine: Engine
let session: Session
beforeEach(async () => {
  engine = await Engine.open()
  session = engine.session()
  await session.execute('create database d keep 36500')
  await session.execute('create stable d.s (ts timestamp, v int, n varchar(40)) tags (g int)')
})
afterEach(() => engine.close())

async function read(sql: string): Promise<unknown[][]> {
  const reader = await engine.storage.lease()
  try {
    return await reader.all(sql)
  } finally {
    await reader.release()
  }
}

const rows = (from: number, count: number): string =>
  Array.from({ length: count }, (_, i) => `(${1_700_000_000_000 + from + i}, ${from + i}, 'the value of row ${from + i}')`).join(' ')
const table = () => `s${engine.catalog.databases.get('d')!.supertables.get('s')!.id}`
const numbers = async () => (await read(`select c2 from ${table()}`)).map(([v]) => v)
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

test('what was acknowledged is read, in the order of its writing, whatever the sizes of the statements', async () => {
  let next = 0
  for (const count of [1, 3, 700, 2, 5000, 1]) {
    await session.execute(`insert into d.t using d.s tags (1) values ${rows(next, count)}`)
    next += count
    if (count === 700) expect(await numbers()).toEqual(upTo(next))
  }
  expect(await numbers()).toEqual(upTo(next))
  expect(await read(`select c3 from ${table()} where c2 in (0, 703, ${next - 1}) order by c2`)).toEqual([
    ['the value of row 0'],
    ['the value of row 703'],
    [`the value of row ${next - 1}`],
  ])
})

test('more rows than are kept back reach DuckDB without a reader', async () => {
  for (let i = 0; i < 14; i++) await session.execute(`insert into d.t using d.s tags (1) values ${rows(i * 10_000, 10_000)}`)
  expect(await numbers()).toEqual(upTo(140_000))
})

test('rows written twice, deleted rows and altered tables find those acknowledged just before', async () => {
  await session.execute(`insert into d.t using d.s tags (1) values ${rows(0, 4)}`)
  await session.execute("insert into d.t values (1700000000001, 100, 'again')")
  expect(await read(`select c2, c3 from ${table()} order by ts`)).toEqual([
    [0, 'the value of row 0'],
    [100, 'again'],
    [2, 'the value of row 2'],
    [3, 'the value of row 3'],
  ])
  await session.execute(`insert into d.t values ${rows(4, 2)}`)
  await session.execute('delete from d.t where ts < 1700000000002')
  expect(await numbers()).toEqual([2, 3, 4, 5])
  await session.execute(`insert into d.t values ${rows(6, 1)}`)
  await session.execute('alter stable d.s add column w double')
  await session.execute('insert into d.t (ts, w) values (1700000000100, 2.5)')
  expect((await read(`select c2, c5 from ${table()} order by ts`)).slice(-2)).toEqual([
    [6, null],
    [null, 2.5],
  ])
})

test('a statement that fails beside others in their transaction takes nothing of theirs along', async () => {
  const many = Array.from({ length: 20 }, (_, i) => session.execute(`insert into d.t${i} using d.s tags (${i}) values ${rows(i, 1)}`))
  const late = session.execute("insert into d.late using d.s tags (1) values (99999999999999, 1, 'too late')")
  await expect(late).rejects.toMatchObject({ code: 0x060b })
  await Promise.all(many)
  expect((await numbers()).toSorted((a, b) => Number(a) - Number(b))).toEqual(upTo(20))
  expect([...(await engine.readTags(engine.catalog.databases.get('d')!.supertables.get('s')!)).values()]).toHaveLength(20)
})

test('rows that DuckDB does not take stay, and later ones are refused when there are too many', async () => {
  const instance = await Instance.open(undefined, {}, { notBefore: 0 })
  const connection = instance.writing
  const layout: Layout = {
    name: 'small',
    hasUid: false,
    columns: [{ name: 'ts', physical: { sql: 'BIGINT', width: 8, kind: 'fixed' }, column: undefined }],
  }
  await connection.run('create table small (ts bigint)')
  let full = true
  const appender = (name: string): TableAppender => {
    if (full) throw new Error('Out of Memory')
    return new TableAppender(connection, name)
  }
  const backlog = new Backlog(connection, appender, () => {})
  const part = (rows: number) => {
    const column = new ColumnBuffer(layout.columns[0]!.physical, rows)
    for (let row = 0; row < rows; row++) column.view.setBigInt64(row * 8, BigInt(row), true)
    return { layout, columns: [column], rows }
  }
  await backlog.take([part(100_000)])
  await expect(backlog.write()).rejects.toThrow('Out of Memory')
  await expect(backlog.take([part(40_000)])).rejects.toThrow('Out of Memory')
  await backlog.take([part(5)])
  full = false
  await backlog.write()
  expect(await readAll(connection, 'select count(*), sum(ts) from small')).toEqual([[100_005n, expect.anything()]])
  expect(await readAll(connection, 'select count(*) from small where ts >= 5')).toEqual([[99_995n]])
  await instance.close()
})

test('where DuckDB has no room left, dropping a table makes some, and no other row is lost', async () => {
  const small = await Engine.open({ memory: '40MB' })
  const session = small.session()
  await small.writer.alone((transaction) => transaction.run("set max_temp_directory_size = '1MB'"))
  await session.execute('create database d keep 36500')
  await session.execute('create table d.long (ts timestamp, v varchar(2000))')
  await session.execute('create table d.other (ts timestamp, v int)')
  const insert = (first: number): string => {
    const values = Array.from({ length: 400 }, (_, i) => `(${1_700_000_000_000 + first + i}, '${randomBytes(700).toString('hex')}')`)
    return `insert into d.other values (${1_700_000_000_000 + first}, 1) d.long values ${values.join(' ')}`
  }
  let written = 0
  const full = async (): Promise<void> => {
    for (; written < 500; written++) await session.execute(insert(400 * written))
  }
  await expect(full()).rejects.toMatchObject({ message: expect.stringMatching(/memory|space/i) })
  await expect(session.execute('select count(*) from d.other')).rejects.toMatchObject({ message: expect.stringMatching(/memory|space/i) })
  await session.execute('drop table d.long')
  const answer = await session.execute('select count(*) from d.other')
  if (answer.kind !== 'rows') throw new Error('no rows')
  expect((await answer.next())?.columns[0]).toMatchObject({ values: BigInt64Array.of(BigInt(written)) })
  await session.execute('drop database d')
  await small.close()
})
