import { afterAll, beforeAll, expect, test } from 'vitest'
import { Engine } from '../../engine.ts'
import type { EngineAnswer } from '../answer.ts'
import type { Session } from '../session.ts'

let engine: Engine
let session: Session
beforeAll(async () => {
  engine = await Engine.open()
  session = engine.session()
  await session.execute('create database i keep 36500 duration 100d')
  await session.execute("create database u precision 'us' keep 36500 duration 100d")
  await session.execute("create database n precision 'ns' keep 36500 duration 100d")
  await session.execute('use i')
})
afterAll(() => engine.close())

/** The rows of a table as DuckDB holds them, `ts` first. */
async function stored(database: string, name: string): Promise<unknown[][]> {
  const found = engine.catalog.databases.get(database)!.tables.get(name)!
  const reader = await engine.storage.lease()
  try {
    const [table, where] = found.kind === 'subtable' ? [`s${found.supertable.id}`, `where uid = ${found.uid}`] : [`n${found.id}`, '']
    return await reader.all(`select * exclude (_seq${found.kind === 'subtable' ? ', uid' : ''}) from ${table} ${where} order by ts`)
  } finally {
    await reader.release()
  }
}

async function affected(sql: string): Promise<number> {
  const answer: EngineAnswer = await session.execute(sql)
  return answer.kind === 'update' ? answer.affectedRows : -1
}

test.each([
  ['INT', '-12'],
  ['INT', '2147483647'],
  ['TINYINT', '-128'],
  ['BIGINT', '9223372036854775807'],
  ['BIGINT', '-9223372036854775808'],
  ['BIGINT', '999999999999999'],
  ['BIGINT', '-9007199254740993'],
  ['BIGINT UNSIGNED', '18446744073709551615'],
  ['FLOAT', '0.1'],
  ['FLOAT', '-16777217'],
  ['DOUBLE', '123456.789012345'],
  ['DOUBLE', '-0.0'],
  ['DOUBLE', '1.7976931348623157e308'],
  ['DOUBLE', '0.000000000000001'],
  ['VARCHAR(40)', "'twelve chars'"],
  ['VARCHAR(40)', "'thirteen char'"],
  ['VARCHAR(40)', "'it''s \\'so\\''"],
  ['VARCHAR(40)', '"中文 and ascii that is long"'],
  ['NCHAR(20)', "'😀 smile'"],
  ['BOOL', 'true'],
  ['TIMESTAMP', "'2024-02-29 23:59:59.999'"],
  ['TIMESTAMP', '1700000000000'],
  ['DECIMAL(20,4)', '-12345.67891'],
])('%s reads %s alike, however it is written', async (type, value) => {
  await session.execute('drop table if exists v')
  await session.execute(`create table v (ts timestamp, v ${type})`)
  // The short way, blanks and comments, and text that says the same.
  const forms = [value, ` ${value} `, `/* c */ ${value} -- c\n`]
  if (/^-?[\d.e]+$/.test(value)) forms.push(`'${value}'`)
  await session.execute(`insert into v values ${forms.map((form, i) => `(${1700000000000 + i},${form})`).join(' ')}`)
  const rows = await stored('i', 'v')
  expect(rows).toHaveLength(forms.length)
  for (const [, read] of rows) expect(read).toEqual(rows[0]![1])
  expect(rows[0]![1]).not.toBeNull()
})

test('times of every precision and zone are exact', async () => {
  const cases: [string, string, string, bigint][] = [
    ['i', 'UTC', '2024-01-01 00:00:00.123', 1704067200123n],
    ['i', 'Asia/Shanghai', '2024-01-01 00:00:00.1', 1704038400100n],
    ['i', 'America/New_York', '2024-07-01 00:00:00', 1719806400000n],
    ['i', 'Europe/Berlin', '2024-03-31 03:00:00', 1711846800000n],
    ['i', '+05:30', '2024-01-01 05:30:00', 1704067200000n],
    ['u', 'UTC', '2024-01-01 00:00:00.123456', 1704067200123456n],
    ['u', 'UTC', '2255-12-31 23:59:59.999999', 9025257599999999n],
    ['n', 'UTC', '2024-01-01 00:00:00.123456789', 1704067200123456789n],
    ['n', 'UTC', '2261-12-31 23:59:59.999999999', 9214646399999999999n],
    ['n', 'Asia/Tokyo', '1970-01-02 00:00:00.000000001', 54000000000001n],
  ]
  for (const [database, timezone, text, ticks] of cases) {
    const local = engine.session({ database, timezone })
    for (const form of [`'${text}'`, ` '${text}' `, `'${text}' + 0s`]) {
      await local.execute('drop table if exists t')
      await local.execute('create table t (ts timestamp, v int)')
      await local.execute(`insert into t values (${form}, 1)`)
      expect([text, timezone, await stored(database, 't')]).toEqual([text, timezone, [[ticks, 1]]])
    }
  }
})

test('the last of equal timestamps in a statement stays, and counts once', async () => {
  await session.execute('create table dup (ts timestamp, a int, b varchar(20))')
  expect(await affected("insert into dup values (5, 1, 'a') (3, 2, 'b') (5, 3, 'c') (4, 4, 'd')")).toBe(3)
  expect(await stored('i', 'dup')).toEqual([
    [3n, 2, 'b'],
    [4n, 4, 'd'],
    [5n, 3, 'c'],
  ])
  expect(await affected('insert into dup (ts, a) values (5, 9) (4, 8) (6, 7)')).toBe(3)
  expect(await stored('i', 'dup')).toEqual([
    [3n, 2, 'b'],
    [4n, 8, 'd'],
    [5n, 9, 'c'],
    [6n, 7, null],
  ])
  // A table that is named twice counts as one.
  expect(await affected("insert into dup values (7, 1, 'x') dup values (7, 2, 'y') dup (ts, b) values (7, 'z')")).toBe(2)
  expect((await stored('i', 'dup')).at(-1)).toEqual([7n, 2, 'z'])
})

test('many tables, made on the way, in one statement', async () => {
  await session.execute('create stable m (ts timestamp, v int, s varchar(30)) tags (g int, name nchar(10))')
  const tables = Array.from(
    { length: 300 },
    (_, i) => `m${i} using m tags (${i}, 'n${i}') values (1, ${i}, 'short') (2, ${i + 1}, 'a string that is long')`,
  )
  expect(await affected(`insert into ${tables.join(' ')}`)).toBe(600)
  expect(await stored('i', 'm299')).toEqual([
    [1n, 299, 'short'],
    [2n, 300, 'a string that is long'],
  ])
  const stable = engine.catalog.databases.get('i')!.supertables.get('m')!
  expect(stable.subtables.size).toBe(300)
  expect((await engine.readTags(stable)).get(stable.subtables.get('m17')!.uid)).toEqual([17, 'n17'])
})

test('a wrong row writes nothing of its statement', async () => {
  await session.execute('create stable w (ts timestamp, v int) tags (g int)')
  await expect(session.execute("insert into w1 using w tags (1) values (1, 1) w2 using w tags (2) values (1, 'x')")).rejects.toMatchObject({
    code: 0x216,
  })
  await expect(session.execute('insert into w1 using w tags (1) values (1, 1) (99999999999999999, 2)')).rejects.toMatchObject({
    code: 0x60b,
  })
  expect(engine.catalog.databases.get('i')!.supertables.get('w')!.subtables.size).toBe(0)
})

test('statements at once: each row arrives, and a table is made once', async () => {
  await session.execute('create stable c (ts timestamp, v int) tags (g int)')
  await Promise.all(
    Array.from({ length: 200 }, (_, i) => {
      const each = engine.session({ database: 'i' })
      return each.execute(`insert into c${i % 7} using c tags (${i % 7}) values (${i}, ${i})`)
    }),
  )
  const all: unknown[][] = []
  for (let i = 0; i < 7; i++) all.push(...(await stored('i', `c${i}`)))
  expect(all.map(([ts]) => Number(ts)).sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i))
  expect(engine.catalog.databases.get('i')!.supertables.get('c')!.subtables.size).toBe(7)
})

test.each(['a int, b varchar(30)', 'k int composite key, a int, b varchar(30)'])(
  'statements that overwrite each other at once do what they do one by one (%s)',
  async (columns) => {
    await session.execute('drop table if exists once')
    await session.execute('drop table if exists each')
    await session.execute(`create table once (ts timestamp, ${columns})`)
    await session.execute(`create table each (ts timestamp, ${columns})`)
    const key = columns.startsWith('k') ? ['k'] : []
    let seed = 7
    const next = (below: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      return Math.floor((seed / 4294967296) * below)
    }
    const texts = Array.from({ length: 150 }, (_, i) => {
      const count = 1 + next(4)
      const given = [...key, ...[['a', 'b'], ['a'], ['b']][i % 3]!]
      const rows = Array.from(
        { length: count },
        () =>
          `(${next(12) + (next(10) === 0 ? i : 0)}, ${given.map((name) => (name === 'b' ? `'text ${i} of some length'` : name === 'k' ? next(3) : next(5) === 0 ? 'null' : i)).join(', ')})`,
      )
      return (table: string) => `insert into ${table} (ts, ${given.join(', ')}) values ${rows.join(' ')}`
    })
    await Promise.all(texts.map((text) => session.execute(text('once'))))
    for (const text of texts) await session.execute(text('each'))
    const sorted = (rows: unknown[][]) => rows.map(String).sort()
    expect(sorted(await stored('i', 'once'))).toEqual(sorted(await stored('i', 'each')))
  },
)

test('definitions between inserts that run at once lose nothing', async () => {
  await session.execute('create table alt (ts timestamp, v int)')
  const inserts = Array.from({ length: 60 }, (_, i) => session.execute(`insert into alt (ts, v) values (${i}, ${i})`))
  const alters = ['add column w int', 'add column x double', 'drop column w'].map((change) => session.execute(`alter table alt ${change}`))
  await Promise.all([...inserts, ...alters])
  expect((await stored('i', 'alt')).map(([ts, v]) => [Number(ts), v])).toEqual(Array.from({ length: 60 }, (_, i) => [i, i]))
})

test('a wide table takes rows', async () => {
  const columns = Array.from({ length: 1000 }, (_, i) => `c${i} int`)
  await session.execute(`create table wide (ts timestamp, ${columns.join(', ')})`)
  await session.execute(`insert into wide values (1, ${columns.map((_, i) => i).join(', ')})`)
  expect((await stored('i', 'wide'))[0]!.slice(0, 3)).toEqual([1n, 0, 1])
})

test('a placeholder has a place only in a prepared statement, and the message says so', async () => {
  await session.execute('create table i.q (ts timestamp, v int, s varchar(8))')
  for (const [values, rest] of [
    ['(?, 1, 2)', '?, 1, 2)'],
    ["(now, ?, 'a')", "?, 'a')"],
    ['(now, 1, ?)', '?)'],
  ])
    await expect(session.execute(`insert into i.q values ${values}`)).rejects.toMatchObject({
      code: 0x216,
      message: `syntax error near '${rest}' (? only used in stmt)`,
    })
})
