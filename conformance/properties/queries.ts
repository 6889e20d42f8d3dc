import fc from 'fast-check'
import { DATA, type Data, FROM_MS, NORMAL_TABLES, SUBTABLES, TO_MS } from './dataset.ts'

/** Pieces of random queries over the data set; each is SQL that any of its tables can run. */

export const data: fc.Arbitrary<Data> = fc.constantFrom(...DATA)

const time = fc.integer({ min: FROM_MS / 500 - 4, max: TO_MS / 500 + 4 }).map((n) => n * 500)

/** A range of times, and nothing else. */
export const timeRange = ({ ticks }: Data): fc.Arbitrary<string> =>
  fc.tuple(time, time).map(([a, b]) => `ts >= ${BigInt(Math.min(a, b)) * ticks} and ts < ${BigInt(Math.max(a, b)) * ticks}`)

const compareOp = fc.constantFrom('=', '<>', '<', '<=', '>', '>=')
const word = fc.constantFrom("'a'", "'b'", "'ab'", "''", "'B'", "'né'")

const onColumn: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(compareOp, fc.integer({ min: -3, max: 3 })).map(([op, n]) => `i ${op} ${n}`),
  fc.tuple(compareOp, fc.constantFrom(-2_000_000_014, -1_000_000_007, 0, 1_000_000_007)).map(([op, n]) => `l ${op} ${n}`),
  fc.tuple(compareOp, fc.integer({ min: -4, max: 4 })).map(([op, n]) => `d ${op} ${n / 4}`),
  fc.tuple(fc.constantFrom('=', '<>', '<', '>'), word).map(([op, text]) => `s ${op} ${text}`),
  fc.constantFrom('b = true', 'b = false', 'i is null', 'i is not null', 's is null', 'd is not null', "s like 'a%'", "s like '_'"),
  fc.tuple(fc.integer({ min: -3, max: 0 }), fc.integer({ min: 0, max: 3 })).map(([low, high]) => `i between ${low} and ${high}`),
  fc.uniqueArray(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 3 }).map((list) => `i in (${list.join(', ')})`),
  fc.tuple(compareOp, fc.integer({ min: -3, max: 3 })).map(([op, n]) => `i + l % 3 ${op} ${n}`),
)

/** A condition on columns, nested at most twice. */
export const condition: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: onColumn },
  { weight: 1, arbitrary: fc.tuple(onColumn, fc.constantFrom('and', 'or'), onColumn).map(([a, op, b]) => `(${a} ${op} ${b})`) },
  { weight: 1, arbitrary: fc.tuple(onColumn, onColumn, onColumn).map(([a, b, c]) => `(${a} and (${b} or ${c}))`) },
)

/** `''`, or a WHERE of times, of columns or of both. */
export const where = (from: Data): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant(''),
    timeRange(from).map((range) => ` where ${range}`),
    condition.map((text) => ` where ${text}`),
    fc.tuple(timeRange(from), condition).map(([range, text]) => ` where ${range} and ${text}`),
  )

/** The supertable, a subtable or a normal table. */
export const anyTable: fc.Arbitrary<string> = fc.constantFrom('st', ...SUBTABLES, ...NORMAL_TABLES)

/** Aggregates that add up, with the way to add them. */
export const additive: fc.Arbitrary<string[]> = fc
  .uniqueArray(fc.constantFrom('count(i)', 'count(s)', 'sum(i)', 'sum(l)', 'sum(d)', 'sum(i * 2)'), { minLength: 1, maxLength: 4 })
  .map((items) => ['count(*)', ...items])

/** Aggregates and selections of which a value per table or window makes sense. */
export const aggregates: fc.Arbitrary<string[]> = fc
  .uniqueArray(
    fc.constantFrom(
      'sum(i)',
      'avg(i)',
      'min(i)',
      'max(d)',
      'min(s)',
      'count(b)',
      'first(i)',
      'last(s)',
      'last_row(d)',
      'spread(i)',
      'sum(l)',
      'stddev(i)',
      'first(ts)',
      'max(l)',
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((items) => ['count(*)', ...items])

const seconds = fc.constantFrom('500a', '1s', '7s', '10s', '1m', '3m', '1h', '1d')

/** `interval(10s)`, at times with an offset shorter than it. */
export const interval: fc.Arbitrary<string> = fc.oneof(
  seconds.map((width) => `interval(${width})`),
  fc.constantFrom('interval(10s, 3s)', 'interval(1m, 59s)', 'interval(1d, 8h)', 'interval(7s, 500a)'),
)

/** Columns that a list of rows may show. */
export const columns: fc.Arbitrary<string> = fc
  .uniqueArray(fc.constantFrom('i', 'l', 'd', 's', 'b', 'i + 1', 'd * 2', 'abs(i)', 'concat(s, s)', 'upper(s)', 'cast(i as varchar(8))'), {
    minLength: 1,
    maxLength: 4,
  })
  .map((items) => items.join(', '))

/** Queries of many shapes whose rows have one order only, for comparing ways to the engine. */
export const anyQuery: fc.Arbitrary<string> = data.chain((from) =>
  fc.oneof(
    fc
      .tuple(columns, anyTable, where(from))
      .map(([items, table, text]) => ({ text: `select ts, ${items} from ${from.database}.${table}${text}`, table }))
      .map(({ text, table }) => `${text} order by ts${table === 'st' ? ', tbname' : ''}`),
    fc
      .tuple(aggregates, anyTable, where(from))
      .map(([items, table, text]) => `select ${items.join(', ')} from ${from.database}.${table}${text}`),
    fc
      .tuple(aggregates, where(from), interval)
      .map(
        ([items, text, window]) => `select _wstart, _wend, ${items.join(', ')} from ${from.database}.st${text} ${window} order by _wstart`,
      ),
    fc
      .tuple(aggregates, where(from))
      .map(
        ([items, text]) => `select tbname, g, ${items.join(', ')} from ${from.database}.st${text} partition by tbname, g order by tbname`,
      ),
    fc
      .tuple(additive, where(from))
      .map(([items, text]) => `select s, ${items.join(', ')} from ${from.database}.n0${text} group by s order by s`),
    fc.constantFrom(
      `select distinct i, b from ${from.database}.st order by i, b`,
      `select _wstart, count(*), first(ts) from ${from.database}.t1 session(ts, 3s)`,
      `select _wstart, b, count(*) from ${from.database}.t2 state_window(b)`,
      `select _wstart, count(*) from ${from.database}.t2 count_window(5)`,
      `select diff(i) from ${from.database}.t3`,
      `select csum(i) from ${from.database}.n0`,
      `select ts, g, h, tbname from ${from.database}.st where h = 'a' order by ts, tbname`,
      `select tags tbname, g, h from ${from.database}.st order by tbname`,
      `select a.ts, a.i, b.i from ${from.database}.t1 a join ${from.database}.t2 b on a.ts = b.ts order by a.ts`,
      `select count(*) from (select ts, i from ${from.database}.st where i > 0)`,
      `select nope from ${from.database}.st`,
      `select sum(s) from ${from.database}.st`,
      `describe ${from.database}.st`,
      `show ${from.database}.tables`,
    ),
  ),
)
