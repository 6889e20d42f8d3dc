import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { sameJson } from '../golden-compare.ts'
import { openWay, type Way } from '../ways.ts'
import { type Data, loadData, NORMAL_TABLES, SUBTABLES } from './dataset.ts'
import { additive, aggregates, anyTable, columns, condition, data, interval, where } from './queries.ts'

/** SELECTs held against each other: what must be true of any data, whatever the right answer is. */

type Rows = readonly (readonly unknown[])[]

vi.setConfig({ testTimeout: 180_000 })

let way: Way
let queries = 0

beforeAll(async () => {
  way = await openWay('embedded')
  await loadData(way)
}, 60_000)

afterAll(() => way.close())

async function rowsOf(sql: string): Promise<Rows> {
  queries++
  const { code, desc, data: rows } = await way.run(sql)
  if (code !== 0) throw new Error(`${sql}\n${code} ${desc}`)
  return rows ?? []
}

const key = (row: unknown) => JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))

/** Numbers within rounding, everything else exactly. */
function sameValue(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))
  return sameJson(a, b)
}

function expectRows(actual: Rows, expected: Rows, ...statements: string[]): void {
  const same = actual.length === expected.length && actual.every((row, i) => row.every((cell, j) => sameValue(cell, expected[i]![j])))
  if (!same) expect(actual, statements.join('\n')).toEqual(expected)
}

function sorted(rows: Rows): Rows {
  return [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

/** Sums of each column, NULL where it has no value; the first column, COUNT(*), is 0 then. */
function sums(rows: Rows, width: number, from: number, isCount: (column: number) => boolean): unknown[] {
  return Array.from({ length: width }, (_, i) => {
    const given = rows.map((row) => row[from + i]).filter((cell) => cell !== null) as (number | bigint)[]
    if (given.length === 0) return isCount(i) ? 0 : null
    return given.some((cell) => typeof cell === 'bigint')
      ? Number(given.reduce<bigint>((total, cell) => total + BigInt(cell), 0n))
      : (given as number[]).reduce((a, b) => a + b, 0)
  })
}

const RUNS = { numRuns: Number(process.env['TAOSTS_RUNS'] ?? 60) }

const check = <T>(arbitrary: fc.Arbitrary<T>, predicate: (value: T) => Promise<void>) =>
  fc.assert(fc.asyncProperty(arbitrary, predicate), RUNS)
const named = (from: Data, table: string) => `${from.database}.${table}`

test('the windows of INTERVAL add up to the plain aggregate, whole and by partition', async () => {
  const partition = fc.constantFrom('', ' partition by tbname', ' partition by g', ' partition by g, h')
  const query = data.chain((from) =>
    fc.record({ from: fc.constant(from), items: additive, table: anyTable, text: where(from), window: interval, partition }),
  )
  await check(query, async ({ from, items, table, text, window, partition }) => {
    const source = `${named(from, table)}${text}`
    const part = table === 'st' ? partition : ''
    const plain = `select ${items.join(', ')} from ${source}`
    const windows = `select _wstart, ${items.join(', ')} from ${source}${part} ${window}`
    const isCount = (i: number) => items[i]!.startsWith('count')
    const [whole, parts] = [await rowsOf(plain), await rowsOf(windows)]
    expectRows([sums(parts, items.length, 1, isCount)], [sums(whole, items.length, 0, isCount)], plain, windows)
    for (const row of parts) expect(row[1], windows).toBeGreaterThan(0)
    if (part === '') expect(new Set(parts.map((row) => row[0])).size, windows).toBe(parts.length)
  })
})

test('PARTITION BY tbname gives what each table gives alone', async () => {
  const query = data.chain((from) =>
    fc.record({ from: fc.constant(from), items: aggregates, text: where(from), window: fc.option(interval, { nil: '' }) }),
  )
  await check(query, async ({ from, items, text, window }) => {
    const head = window === '' ? items : ['_wstart', ...items]
    const counted = head.indexOf('count(*)')
    const partitioned = `select tbname, ${head.join(', ')} from ${named(from, 'st')}${text} partition by tbname ${window}`
    const alone: unknown[][] = []
    for (const table of SUBTABLES) {
      for (const row of await rowsOf(`select ${head.join(', ')} from ${named(from, table)}${text} ${window}`)) alone.push([table, ...row])
    }
    // Whether an empty table has a row of its own depends on the functions beside COUNT; a row that counts something may not be missing.
    const full = (rows: Rows, at: number) => sorted(rows.filter((row) => row[at] !== 0))
    expectRows(full(await rowsOf(partitioned), counted + 1), full(alone, counted + 1), partitioned)
  })
})

test('pages by LIMIT and OFFSET join up to the whole', async () => {
  const query = data.chain((from) =>
    fc.record({
      from: fc.constant(from),
      table: anyTable,
      items: columns,
      text: where(from),
      size: fc.integer({ min: 7, max: 200 }),
      descending: fc.boolean(),
      comma: fc.boolean(),
    }),
  )
  await check(query, async ({ from, table, items, text, size, descending, comma }) => {
    const direction = descending ? ' desc' : ''
    const order = `order by ts${direction}${table === 'st' ? `, tbname${direction}` : ''}`
    const whole = `select ts, ${items} from ${named(from, table)}${text} ${order}`
    const rows = await rowsOf(whole)
    const pages: unknown[][] = []
    for (let offset = 0; offset <= rows.length; offset += size) {
      const page = await rowsOf(`${whole} limit ${comma ? `${offset}, ${size}` : `${size} offset ${offset}`}`)
      expect(page.length, `${whole} at ${offset}`).toBe(Math.min(size, rows.length - offset))
      pages.push(...page.map((row) => [...row]))
    }
    expectRows(pages, rows, whole, `by ${size}`)
  })
})

test('UNION ALL adds up, and UNION keeps each row once', async () => {
  const side = (from: Data) =>
    fc.tuple(fc.constantFrom('st', ...SUBTABLES, ...NORMAL_TABLES), where(from)).map(([table, text]) => `from ${named(from, table)}${text}`)
  const query = data.chain((from) => fc.record({ items: columns, left: side(from), right: side(from) }))
  await check(query, async ({ items, left, right }) => {
    const [a, b] = [`select ts, ${items} ${left}`, `select ts, ${items} ${right}`]
    const both = sorted([...(await rowsOf(a)), ...(await rowsOf(b))])
    expectRows(sorted(await rowsOf(`${a} union all ${b}`)), both, `${a} union all ${b}`)
    const once = [...new Map(both.map((row) => [key(row), row])).values()]
    expectRows(sorted(await rowsOf(`${a} union ${b}`)), once, `${a} union ${b}`)
  })
})

test('a condition and its complement in time cut the rows in two, and COUNT counts what SELECT lists', async () => {
  const query = data.chain((from) =>
    fc.record({ from: fc.constant(from), table: anyTable, text: condition, at: fc.integer({ min: -60, max: 120 }) }),
  )
  await check(query, async ({ from, table, text, at }) => {
    const source = `from ${named(from, table)} where ${text}`
    const border = BigInt(at) * 1000n * from.ticks
    const listed = await rowsOf(`select ts, tbname ${source}`)
    const counts = [
      `select count(*) ${source}`,
      `select count(*) ${source} and ts < ${border}`,
      `select count(*) ${source} and ts >= ${border}`,
    ]
    const [all, before, after] = [await rowsOf(counts[0]!), await rowsOf(counts[1]!), await rowsOf(counts[2]!)].map(
      (rows) => rows[0]?.[0] as number,
    )
    expect([all, before! + after!], counts.join('\n')).toEqual([listed.length, listed.length])
  })
})

test('a subquery, a window of the whole and a group of one change nothing', async () => {
  const query = data.chain((from) => fc.record({ from: fc.constant(from), table: anyTable, text: where(from), items: additive }))
  await check(query, async ({ from, table, text, items }) => {
    const plain = `select ${items.join(', ')} from ${named(from, table)}${text}`
    const nested = `select ${items.join(', ')} from (select ts, i, l, d, s from ${named(from, table)}${text})`
    expectRows(await rowsOf(nested), await rowsOf(plain), nested, plain)
  })
})

test('at least a thousand generated queries were asked', () => {
  expect(queries).toBeGreaterThanOrEqual(1000)
})
