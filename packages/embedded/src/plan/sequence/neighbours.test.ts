import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blockRows } from '../../../../../conformance/block-values.ts'
import { randomNumbers } from '../../../../../conformance/sql/mutations.ts'
import { Engine } from '../../engine.ts'

// Functions over neighbouring rows, held against loops over the same rows: per table, per value of a column with NULLs, and over all.

interface Row {
  readonly table: string
  readonly ts: number
  readonly v: number | null
  readonly w: number | null
  readonly g: number | null
}
type Cell = number | null

const START = Date.UTC(2024, 0, 1)
const TABLES = ['a', 'b', 'c']
const rows: Row[] = []
let engine: Engine

beforeAll(async () => {
  const random = randomNumbers(11)
  engine = await Engine.open()
  const session = engine.session({})
  for (const sql of ['create database d', 'create table d.st (ts timestamp, v int, w double, g int) tags (t int)'])
    await session.execute(sql)
  for (const [t, table] of TABLES.entries()) {
    let ts = START + t
    const values: string[] = []
    for (let i = 0; i < 3000; i++) {
      // Times of the three tables never meet.
      ts += 3 * (1 + random(400))
      const row: Row = {
        table,
        ts,
        v: random(9) === 0 ? null : random(200) - 100,
        w: random(9) === 0 ? null : random(1000) / 8,
        g: random(4) === 0 ? null : random(3),
      }
      rows.push(row)
      values.push(`(${ts}, ${row.v}, ${row.w}, ${row.g})`)
    }
    await session.execute(`insert into d.${table} using d.st tags (${t}) values ${values.join('')}`)
  }
})

afterAll(() => engine.close())

const PARTITIONS: Readonly<Record<string, (row: Row) => unknown>> = {
  'partition by tbname': (row) => row.table,
  'partition by g': (row) => row.g,
  '': () => 0,
}

/** The function's values with their times, in time order; rows of one partition are kept together in the order of the times. */
async function ask(call: string, clause: string): Promise<string[]> {
  const answer = await engine.session({}).execute(`select cast(ts as bigint), ${call} from d.st ${clause}`)
  if (answer.kind !== 'rows') throw new Error('no rows')
  const found: unknown[][] = []
  for (let block = await answer.next(); block; block = await answer.next()) found.push(...blockRows(block, 'ms'))
  return found
    .sort((a, b) => Number(a[0]) - Number(b[0]))
    .map(([ts, value]) => `${ts} ${typeof value === 'number' ? Number(value.toPrecision(12)) : value}`)
}

/** Runs a loop over every partition; `undefined` is no row. */
function loop(key: (row: Row) => unknown, make: () => (row: Row, index: number) => Cell | undefined): string[] {
  const steps = new Map<unknown, { step: (row: Row, index: number) => Cell | undefined; count: number }>()
  const found: string[] = []
  for (const row of [...rows].sort((a, b) => a.ts - b.ts)) {
    let state = steps.get(key(row))
    if (!state) steps.set(key(row), (state = { step: make(), count: 0 }))
    const value = state.step(row, state.count++)
    if (value !== undefined) found.push(`${row.ts} ${value === null ? null : Number(value.toPrecision(12))}`)
  }
  return found
}

function differences(pick: (row: Row) => Cell, option: number) {
  return () => {
    let last: Cell = null
    return (row: Row, index: number): Cell | undefined => {
      const value = pick(row)
      let result = value === null || last === null ? null : value - last
      if (option % 2 === 1 && result !== null && result < 0) result = null
      if (value !== null) last = value
      return index === 0 || (option >= 2 && result === null) ? undefined : result
    }
  }
}

function slopes(pick: (row: Row) => Cell, unit: number, positive: boolean) {
  return () => {
    let last: { ts: number; value: number } | null = null
    return (row: Row): Cell | undefined => {
      const value = pick(row)
      if (value === null) return undefined
      const slope = last ? (value - last.value) / ((row.ts - last.ts) / unit) : undefined
      last = { ts: row.ts, value }
      return slope === undefined || (positive && slope < 0) ? undefined : slope
    }
  }
}

function sums(pick: (row: Row) => Cell) {
  return () => {
    let sum = 0
    return (row: Row): Cell | undefined => {
      const value = pick(row)
      return value === null ? undefined : (sum += value)
    }
  }
}

function means(pick: (row: Row) => Cell, k: number) {
  return () => {
    const last: number[] = []
    return (row: Row): Cell | undefined => {
      const value = pick(row)
      if (value === null) return undefined
      last.push(value)
      if (last.length > k) last.shift()
      return last.length < k ? undefined : last.reduce((a, b) => a + b) / k
    }
  }
}

function runs(hit: (value: number) => boolean, unit: number | null) {
  return () => {
    let count = 0
    let began = 0
    return (row: Row): Cell | undefined => {
      if (row.v === null) return null
      if (!hit(row.v)) {
        count = 0
        return -1
      }
      if (count++ === 0) began = row.ts
      return unit === null ? count : Math.trunc((row.ts - began) / unit)
    }
  }
}

const v = (row: Row): Cell => row.v
const w = (row: Row): Cell => row.w
const CASES: readonly [string, () => (row: Row, index: number) => Cell | undefined][] = [
  ['diff(v)', differences(v, 0)],
  ['diff(v, 1)', differences(v, 1)],
  ['diff(v, 2)', differences(v, 2)],
  ['diff(w, 3)', differences(w, 3)],
  ['derivative(v, 1s, 0)', slopes(v, 1000, false)],
  ['derivative(w, 1m, 1)', slopes(w, 60_000, true)],
  ['csum(v)', sums(v)],
  ['csum(w)', sums(w)],
  ['mavg(v, 4)', means(v, 4)],
  ['mavg(w, 7)', means(w, 7)],
  ["statecount(v, 'GT', 0)", runs((value) => value > 0, null)],
  ["stateduration(v, 'LE', 30)", runs((value) => value <= 30, 1)],
  ["stateduration(v, 'GE', -50, 1s)", runs((value) => value >= -50, 1000)],
]

describe.each(Object.keys(PARTITIONS))('over neighbours %s', (clause) => {
  test.each(CASES)('%s', async (call, make) => {
    const want = loop(PARTITIONS[clause]!, make)
    expect(await ask(call, clause)).toEqual(want)
    expect(want.length).toBeGreaterThan(1000)
  })
})
