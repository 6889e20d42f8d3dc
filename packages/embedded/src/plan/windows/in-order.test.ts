import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blockRows } from '../../../../../conformance/block-values.ts'
import { randomNumbers } from '../../../../../conformance/sql/mutations.ts'
import { Engine } from '../../engine.ts'

// Windows over random rows, held against loops over the same rows.

interface Row {
  readonly table: string
  readonly ts: number
  readonly v: number | null
  readonly s: number | null
}

const START = Date.UTC(2024, 0, 1)
const TABLES = ['a', 'b', 'c']
const rows: Row[] = []
let engine: Engine

beforeAll(async () => {
  const random = randomNumbers(7)
  engine = await Engine.open()
  const session = engine.session({})
  for (const sql of ['create database w', 'create table w.st (ts timestamp, v int, s int) tags (g int)']) await session.execute(sql)
  for (const [g, table] of TABLES.entries()) {
    let ts = START + random(5000)
    const values: string[] = []
    for (let i = 0; i < 5000; i++) {
      ts += 1 + random(random(10) === 0 ? 9000 : 900)
      const v = random(12) === 0 ? null : random(100)
      const s = random(15) === 0 ? null : random(8) === 0 ? random(3) : (rows.at(-1)?.s ?? 0)
      rows.push({ table, ts, v, s })
      values.push(`(${ts}, ${v}, ${s})`)
    }
    await session.execute(`insert into w.${table} using w.st tags (${g}) values ${values.join('')}`)
  }
})

afterAll(() => engine.close())

/** Table, first time, last time, number of rows of every window. */
async function windows(clause: string): Promise<unknown[][]> {
  const answer = await engine
    .session({})
    .execute(`select tbname, cast(_wstart as bigint), cast(_wend as bigint), count(*) from w.st partition by tbname ${clause}`)
  if (answer.kind !== 'rows') throw new Error('no rows')
  const found: unknown[][] = []
  for (let block = await answer.next(); block; block = await answer.next()) found.push(...blockRows(block, 'ms'))
  return found
}

/** The windows of a loop that says of each row whether it belongs to the open window, opens one, and closes it. */
function loop(
  step: (row: Row, open: Row[] | null) => { opens: boolean; joins: boolean; closes: boolean },
  unfinished: boolean,
): unknown[][] {
  const found: unknown[][] = []
  for (const table of TABLES) {
    let open: Row[] | null = null
    const end = (): void => {
      if (open?.length) found.push([table, open[0]!.ts, open.at(-1)!.ts, open.length])
      open = null
    }
    for (const row of rows.filter((candidate) => candidate.table === table)) {
      const { opens, joins, closes } = step(row, open)
      if (opens) {
        if (unfinished) end()
        open = []
      }
      if (joins) open?.push(row)
      if (closes && open) end()
    }
    if (unfinished) end()
  }
  return found
}

const byTable = (a: unknown[], b: unknown[]): number => String(a[0]).localeCompare(String(b[0])) || Number(a[1]) - Number(b[1])

describe('windows in one pass', () => {
  test('SESSION ends where the next row is further away than the gap', async () => {
    const want = loop((row, open) => ({ opens: !open || row.ts - open.at(-1)!.ts > 2000, joins: true, closes: false }), true)
    expect((await windows('session(ts, 2s)')).sort(byTable)).toEqual(want.sort(byTable))
    expect(want.length).toBeGreaterThan(100)
  })

  test('STATE_WINDOW holds a run of rows of one value, rows without a value aside', async () => {
    const want = loop(
      (row, open) => ({ opens: row.s !== null && (!open || open.at(-1)!.s !== row.s), joins: row.s !== null, closes: false }),
      true,
    )
    expect((await windows('state_window(s)')).sort(byTable)).toEqual(want.sort(byTable))
    expect(want.length).toBeGreaterThan(100)
  })

  test('EVENT_WINDOW reaches from a starting row to the next ending one, and counts only when it ends', async () => {
    const starts = (row: Row): boolean => row.v !== null && row.v > 80
    const ends = (row: Row): boolean => row.v !== null && (row.v < 10 || row.v > 95)
    const want = loop((row, open) => ({ opens: !open && starts(row), joins: true, closes: ends(row) }), false)
    expect((await windows('event_window start with v > 80 end with v < 10 or v > 95')).sort(byTable)).toEqual(want.sort(byTable))
    expect(want.length).toBeGreaterThan(100)
  })

  test('TRUE_FOR leaves shorter windows out', async () => {
    const all = await windows('event_window start with v > 80 end with v < 10')
    const long = await windows('event_window start with v > 80 end with v < 10 true_for(5s)')
    expect(long.sort(byTable)).toEqual(all.filter((row) => Number(row[2]) - Number(row[1]) >= 5000).sort(byTable))
  })
})
