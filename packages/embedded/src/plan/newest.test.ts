import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Asked, askEngine } from '../../../../conformance/sql/ask-engine.ts'

let asked: Asked

beforeAll(async () => {
  asked = await askEngine(
    'create database l keep 36500',
    'create stable l.st (ts timestamp, v int, s varchar(8)) tags (g int)',
    "insert into l.a using l.st tags (1) values (10, 1, 'x') (20, null, 'y') l.b using l.st tags (2) values (15, 2, null)",
    'create table l.e using l.st tags (3)',
    'create table l.n (ts timestamp, v int)',
  )
})
afterAll(() => asked.close())

const lastRow = 'select last_row(*) from l.st'
const byTable = 'select tbname, last_row(v), last(s), last(v) from l.st partition by tbname order by tbname'

test('the newest row follows writes behind it, over it, before it and deletes', async () => {
  expect(await asked.rows(lastRow)).toEqual([['1970-01-01T00:00:00.020Z', null, 'y']])
  expect(await asked.rows(byTable)).toEqual([
    ['a', null, 'y', 1],
    ['b', 2, null, 2],
  ])
  await asked.run("insert into l.b values (14, 7, 'old') (30, 3, null)")
  expect(await asked.rows(lastRow)).toEqual([['1970-01-01T00:00:00.030Z', 3, null]])
  await asked.run("insert into l.b values (30, 4, 'z')")
  expect(await asked.rows('select last_row(v), ts, tbname, g from l.st')).toEqual([[4, '1970-01-01T00:00:00.030Z', 'b', 2]])
  expect(await asked.rows(byTable)).toEqual([
    ['a', null, 'y', 1],
    ['b', 4, 'z', 4],
  ])
  await asked.run('delete from l.b where ts >= 15')
  expect(await asked.rows(lastRow)).toEqual([['1970-01-01T00:00:00.020Z', null, 'y']])
  expect(await asked.rows('select last(*) from l.st')).toEqual([['1970-01-01T00:00:00.020Z', 7, 'y']])
})

test('tables without rows have no newest one', async () => {
  expect(await asked.rows('select last_row(*) from l.n')).toEqual([])
  expect(await asked.rows('select last_row(*) from l.e')).toEqual([])
  await asked.run('insert into l.n values (1, 1)')
  expect(await asked.rows('select last_row(*), last(v) from l.n')).toEqual([['1970-01-01T00:00:00.001Z', 1, 1]])
})

test('readers beside a writer always find a newest row', async () => {
  const session = asked.session({ database: 'l' })
  let ts = 1000
  const writing = (async () => {
    for (let i = 0; i < 40; i++) await session.execute(`insert into n values (${++ts}, ${i})`)
  })()
  const read = async () => {
    const answers: number[] = []
    for (let i = 0; i < 40; i++) answers.push((await asked.rows('select last_row(v) from l.n')).length)
    return answers
  }
  const [lengths] = await Promise.all([read(), writing])
  expect(new Set(lengths)).toEqual(new Set([1]))
})
