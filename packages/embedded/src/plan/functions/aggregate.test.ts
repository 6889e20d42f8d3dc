import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FunctionContext, Typed } from './index.ts'
import { openTrial, type Trial } from './try-sql.ts'
import { BIGINT, BOOL, DOUBLE, decimal, INT, TIMESTAMP, UBIGINT, varchar } from './types.ts'

let trial: Trial
beforeAll(async () => {
  trial = await openTrial()
})
afterAll(() => trial.close())

const column = (name: string, type: Typed['type'], kind: Typed['column'] = 'column'): Typed => ({
  type,
  sql: name,
  text: name,
  column: kind,
})

const COLUMNS: Readonly<Record<string, Typed>> = {
  t: column('t', TIMESTAMP, 'primary'),
  i: column('i', INT),
  big: column('big', BIGINT),
  ubig: column('ubig', UBIGINT),
  d: column('d', DOUBLE),
  dc: column('dc', decimal(4, 2)),
  s: column('s', varchar(8)),
  b: column('b', BOOL),
}

const CASTS: Readonly<Record<string, string>> = {
  t: 'BIGINT',
  i: 'INTEGER',
  big: 'BIGINT',
  ubig: 'UBIGINT',
  d: 'DOUBLE',
  dc: 'DECIMAL(4,2)',
  s: 'VARCHAR',
  b: 'BOOLEAN',
}

/** The aggregates of a SELECT list over rows given column by column; times are a second apart unless given. */
async function over(data: Readonly<Record<string, readonly unknown[]>>, list: string, context: Partial<FunctionContext> = {}) {
  const rows = Object.values(data)[0]?.length ?? 0
  const all = { t: Array.from({ length: rows }, (_, i) => i * 1000), ...data }
  const text = (value: unknown): string => (value === null ? 'NULL' : typeof value === 'string' ? `'${value}'` : String(value))
  const selects = Array.from(
    { length: rows },
    (_, row) =>
      `SELECT ${Object.entries(all)
        .map(([name, values]) => `CAST(${text(values[row])} AS ${CASTS[name]}) AS ${name}`)
        .join(', ')}`,
  )
  const none = `SELECT ${Object.keys(all)
    .map((name) => `CAST(NULL AS ${CASTS[name]}) AS ${name}`)
    .join(', ')} WHERE false`
  return trial.evaluate(list, COLUMNS, { ts: 't', from: `(${[none, ...selects].join(' UNION ALL ')})`, ...context })
}

const values = async (...args: Parameters<typeof over>): Promise<unknown[]> =>
  (await over(...args)).map(({ value }) => (typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value))

const failure = (list: string) =>
  over({ i: [1] }, list).then(
    () => undefined,
    (error: unknown) => error,
  )

describe('sums and means', () => {
  it('wrap at 64 bits where they are integers, not where they are means', async () => {
    const most = 9223372036854775807n
    expect(await values({ big: [most, most], ubig: [most * 2n + 1n, most * 2n + 1n] }, 'sum(big), avg(big), sum(ubig), avg(ubig)')).toEqual(
      [-2, 2 ** 63, 18446744073709551614n, 2 ** 64],
    )
  })
  it('give types by the argument', async () => {
    const types = (
      await over({ i: [1], big: [1], ubig: [1], d: [1], dc: [1] }, 'sum(i), sum(ubig), sum(d), sum(dc), avg(i), avg(dc), count(*)')
    ).map(({ type }) => type)
    expect(types).toEqual(['BIGINT', 'BIGINT UNSIGNED', 'DOUBLE', 'DECIMAL(38,2)', 'DOUBLE', 'DECIMAL(38,6)', 'BIGINT'])
  })
  it('are exact for DECIMAL, rounded half away from zero', async () => {
    expect(await values({ dc: [10.99, -10.99, 0, null, 1.5] }, 'sum(dc), avg(dc), min(dc), count(dc)')).toEqual([
      '1.50',
      '0.375000',
      '-10.99',
      4,
    ])
    expect(await values({ dc: [0.01, 0, 0] }, 'avg(dc)')).toEqual(['0.003333'])
    expect(await values({ dc: [-0.02, 0, 0] }, 'avg(dc)')).toEqual(['-0.006667'])
  })
  it('are NULL over nothing but NULL', async () => {
    expect(
      await values(
        { i: [null, null] },
        'sum(i), avg(i), min(i), stddev(i), spread(i), apercentile(i, 50), mode(i), first(i), count(i), hyperloglog(i)',
      ),
    ).toEqual([null, null, null, null, null, null, null, null, 0, 0])
  })
})

describe('statistics', () => {
  it('are those of the whole population', async () => {
    const [stddev, variance, spread] = await values({ i: [1, 2, 3, null, -4] }, 'stddev(i), var_pop(i), spread(i)')
    expect(stddev).toBeCloseTo(2.692582403567252, 12)
    expect(variance).toBeCloseTo(7.25, 12)
    expect(spread).toBe(7)
  })
  it('interpolate percentiles', async () => {
    expect(await values({ d: [1, 2, 3, 4] }, 'percentile(d, 50), percentile(d, 0, 25, 100)')).toEqual([
      2.5,
      '[1.000000, 1.750000, 4.000000]',
    ])
  })
  it('estimate percentiles from counts of values', async () => {
    expect(await values({ i: [1, 2, 3, -4] }, 'apercentile(i, 50), apercentile(i, 20)')).toEqual([1, -4])
    expect(await values({ i: [1, 5, 5, 5, 7, 7] }, 'apercentile(i, 50), apercentile(i, 95)')).toEqual([5, expect.closeTo(6.26713617352, 9)])
  })
  it('fit a line through the values in time order', async () => {
    expect(await values({ i: [1, 2, 3, 4, 5, 6, 7, null, 9] }, 'leastsquares(i, 1, 1)')).toEqual(['{slop:1.083333, intercept:-0.250000}'])
    expect(await values({ i: [42] }, 'leastsquares(i, 1, 1)')).toEqual([null])
  })
  it('count bins above their lower edge up to their upper one', async () => {
    const d = [0, 1, 5, 10, 20]
    expect(await trialList(d, `histogram(d, 'user_input', '[0, 5, 10]', 0)`)).toEqual([
      '{"lower_bin":0, "upper_bin":5, "count":2}',
      '{"lower_bin":5, "upper_bin":10, "count":1}',
    ])
    expect(await trialList(d, `histogram(d, 'linear_bin', '{"start":0,"width":10,"count":1,"infinity":true}', 1)`)).toEqual([
      '{"lower_bin":-inf, "upper_bin":0, "count":0.200000}',
      '{"lower_bin":0, "upper_bin":10, "count":0.600000}',
      '{"lower_bin":10, "upper_bin":inf, "count":0.200000}',
    ])
  })
  it('refuse bins and shares that are none', async () => {
    expect(await failure(`histogram(i, 'user_input', '[2,1', 0)`)).toMatchObject({
      code: 0x2800,
      message: 'HISTOGRAM function invalid format for binDesc parameter',
    })
    expect(await failure(`histogram(i, 'user_input', '[1,2]', 2)`)).toMatchObject({
      code: 0x2803,
      message: 'Invalid parameter value : histogram',
    })
    expect(await failure('percentile(i, 101)')).toMatchObject({ code: 0x2811, message: 'Invalid parameter range : percentile' })
    expect(await failure("apercentile(i, 50, 'unknown')")).toMatchObject({ code: 0x2803 })
  })
  const trialList = async (d: readonly number[], call: string): Promise<unknown[]> =>
    (
      await trial.rows(
        `select unnest(string_split(x, '|')) from (select array_to_string(${(await trial.compile(call, COLUMNS, { ts: 't' })).sql}, '|') as x from (select unnest([${d.join(', ')}])::double as d))`,
      )
    ).map(([bin]) => bin)
})

describe('times', () => {
  it('ELAPSED asks for the primary timestamp and a unit', async () => {
    expect(await values({ i: [1, 2, 3] }, 'elapsed(t), elapsed(t, 1s), elapsed(t, 1m)')).toEqual([2000, 2, 2 / 60])
    expect(await failure('elapsed(i)')).toMatchObject({ code: 0x2802 })
    expect(await failure('elapsed(cast(1 as timestamp))')).toMatchObject({
      code: 0x2812,
      message: 'Parameter should be primary timestamp : elapsed',
    })
    expect(await failure('elapsed(t, 2s)')).toMatchObject({ code: 0x280a })
  })
  it('FIRST and LAST skip NULL, LAST_ROW does not', async () => {
    expect(await values({ i: [null, 1, 2, null] }, 'first(i), last(i), last_row(i), first(t), last(t)')).toEqual([1, 2, null, 0, 3000])
  })
  it('IRATE takes the last two values, TWA the area under them', async () => {
    expect(await values({ i: [5, 15, null, 30] }, 'irate(i)')).toEqual([7.5])
    expect(await values({ i: [5, 30, 10] }, 'irate(i)')).toEqual([10])
    expect(await values({ i: [5], t: [0] }, 'irate(i), twa(i)')).toEqual([0, 5])
    expect(await values({ i: [5, 15, 25, 12], t: [0, 10000, 20000, 40000] }, 'twa(i)')).toEqual([16.75])
  })
  it('of rows of one time the first by the second key counts', async () => {
    expect(
      await values({ i: [10, 20, 40, 30, 70], t: [0, 0, 1000, 1000, 3000], big: [1, 2, 3, 1, 1] }, 'irate(i), twa(i)', { key: 'big' }),
    ).toEqual([20, 40])
  })
})

describe('series functions', () => {
  const refused: readonly (readonly [string, number])[] = [
    ['top(i)', 0x2801],
    ['top(i, 101)', 0x2811],
    ['top(s, 1)', 0x2802],
    ['bottom(i, d)', 0x2802],
    ['tail(i, 0)', 0x2811],
    ['tail(i, 1, 101)', 0x2811],
    ['sample(i, 0)', 0x2811],
    ['diff(i, 4)', 0x2803],
    ['diff(dc)', 0x2802],
    ['csum(s)', 0x2802],
    ['mavg(i, 0)', 0x2811],
    ['mavg(i)', 0x2801],
    ['derivative(i, 1s)', 0x2801],
    ['derivative(i, 0s, 0)', 0x2811],
    ["statecount(s, 'EQ', 'low')", 0x2802],
    ["stateduration(i, 'GT', 1, 2s)", 0x280a],
    ["stateduration(i, 'GT', 1, 1u)", 0x280b],
    ['interp(i, 2)', 0x2803],
    ['twa(s)', 0x2802],
    ['irate(i, 1)', 0x2801],
  ]
  it.each(refused)('%s is refused', async (call, code) => {
    expect(await failure(call)).toMatchObject({ code })
  })
  it('have the types of their results', async () => {
    const types = async (list: string) => (await over({ i: [1] }, list)).map(({ type }) => type)
    expect(
      await types("diff(i), diff(d), diff(b), csum(i), csum(ubig), csum(d), mavg(i, 2), top(i, 1), unique(s), statecount(i, 'gt', 1)"),
    ).toEqual(['BIGINT', 'DOUBLE', 'BIGINT', 'BIGINT', 'BIGINT UNSIGNED', 'DOUBLE', 'DOUBLE', 'INT', 'VARCHAR(8)', 'BIGINT'])
  })
})
