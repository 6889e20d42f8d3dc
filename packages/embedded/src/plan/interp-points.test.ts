import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blockRows } from '../../../../conformance/block-values.ts'
import { randomNumbers } from '../../../../conformance/sql/mutations.ts'
import { Engine } from '../engine.ts'

// INTERP over random rows, held against looking for the rows around every point.

interface Row {
  readonly table: string
  readonly ts: number
  readonly v: number | null
}

const START = Date.UTC(2024, 0, 1)
const rows: Row[] = []
let engine: Engine

beforeAll(async () => {
  const random = randomNumbers(5)
  engine = await Engine.open()
  const session = engine.session({})
  for (const sql of [
    'create database d',
    'create table d.st (ts timestamp, v double) tags (t int)',
    'create table d.void (ts timestamp, v double)',
  ])
    await session.execute(sql)
  for (const [t, table] of ['a', 'b', 'c', 'd'].entries()) {
    // The third table's rows lie before the range, the fourth's after it.
    let ts = START + t + (table === 'c' ? -3_000_000 : table === 'd' ? 400_000 : 0)
    const values: string[] = []
    for (let i = 0; i < 300; i++) {
      ts += random(5) === 0 ? 4 * random(2000) + 4 : 1000 - ((ts - START) % 1000) + (random(2) ? t : 4 + t)
      const row = { table, ts, v: random(6) === 0 ? null : random(1000) }
      rows.push(row)
      values.push(`(${ts}, ${row.v})`)
    }
    await session.execute(`insert into d.${table} using d.st tags (${t}) values ${values.join('')}`)
  }
})

afterAll(() => engine.close())

async function ask(sql: string): Promise<string[]> {
  const answer = await engine.session({}).execute(sql)
  if (answer.kind !== 'rows') throw new Error('no rows')
  const found: unknown[][] = []
  for (let block = await answer.next(); block; block = await answer.next()) found.push(...blockRows(block, 'ms'))
  return found.map((row) => row.map((cell) => (typeof cell === 'number' ? Number(cell.toPrecision(10)) : cell)).join(' ')).sort()
}

/** The value at a point from the rows before and after it, `undefined` for no row. */
function valueAt(mode: string, at: number, p: Row | undefined, n: Row | undefined): number | null | undefined {
  if (p?.ts === at) return p.v
  if (mode === 'prev') return p?.v
  if (mode === 'next') return n?.v
  if (mode === 'null') return null
  if (mode === 'value, 7') return 7
  if (mode === 'near') return p && (!n || at - p.ts <= n.ts - at) ? p.v : n?.v
  if (!p || !n) return undefined
  return p.v === null || n.v === null ? null : p.v + ((n.v - p.v) * (at - p.ts)) / (n.ts - p.ts)
}

function expected(mode: string, all: readonly Row[], label: (row: Row) => string, first: number, last: number, step: number): string[] {
  const found: string[] = []
  for (const name of new Set(all.map(label))) {
    const own = all.filter((row) => label(row) === name).sort((a, b) => a.ts - b.ts)
    for (let at = first; at <= last; at += step) {
      const p = own.findLast((row) => row.ts <= at)
      const value = valueAt(
        mode,
        at,
        p,
        own.find((row) => row.ts >= at),
      )
      if (value === undefined) continue
      const filled = p?.ts !== at
      found.push(
        [...(name ? [name] : []), new Date(at).toISOString(), filled, value === null ? null : Number(value.toPrecision(10))].join(' '),
      )
    }
  }
  return found.sort()
}

describe.each(['prev', 'next', 'near', 'linear', 'null', 'value, 7'])('FILL(%s)', (mode) => {
  const [first, last, step] = [START - 20_000, START + 500_000, 700]
  const range = `range(${first}, ${last}) every(${step}a) fill(${mode})`

  test('in every table', async () => {
    const want = expected(mode, rows, (row) => row.table, first, last, step)
    expect(await ask(`select tbname, _irowts, _isfilled, interp(v) from d.st partition by tbname ${range}`)).toEqual(want)
    expect(want.length).toBeGreaterThan(500)
  })

  test('over all tables, rows without a value left out', async () => {
    const valued = rows.filter((row) => row.v !== null)
    expect(await ask(`select _irowts, _isfilled, interp(v, 1) from d.st ${range}`)).toEqual(
      expected(mode, valued, () => '', first, last, step),
    )
  })

  test('nothing from no rows, and nothing for a range that ends before it begins', async () => {
    expect(await ask(`select _irowts, interp(v) from d.void ${range}`)).toEqual([])
    expect(await ask(`select _irowts, interp(v) from d.a range(${last}, ${first}) every(1s) fill(${mode})`)).toEqual([])
  })
})

test('FILL(VALUE_F) answers even where there is no row', async () => {
  const range = `range(${START}, ${START + 2000}) every(1s) fill(value_f, 3)`
  expect(await ask(`select _irowts, interp(v) from d.void ${range}`)).toEqual([0, 1, 2].map((i) => `2024-01-01T00:00:0${i}.000Z 3`))
})
