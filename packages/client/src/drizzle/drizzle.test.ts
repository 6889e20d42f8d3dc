import {
  and,
  asc,
  between,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  like,
  lt,
  lte,
  max,
  ne,
  not,
  notBetween,
  notInArray,
  notLike,
  or,
  sql,
} from 'drizzle-orm'
import { alias, foreignKey, mysqlTable, union, unionAll } from 'drizzle-orm/mysql-core'
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import { connect } from '../connect.ts'
import type { Connection } from '../connection.ts'
import { NotSupportedError, ProgrammingError } from '../errors.ts'
import {
  bigint,
  count,
  createTable,
  decimal,
  drizzle,
  event,
  float,
  int,
  interval,
  nchar,
  partitionBy,
  session,
  state,
  supertable,
  type TaosDrizzle,
  table,
  tableName,
  timestamp,
  varchar,
  windowDuration,
  windowEnd,
  windowStart,
} from './index.ts'
import { rewrite } from './rewrite.ts'

const meters = supertable(
  'meters',
  { ts: timestamp('ts').notNull(), current: float('current'), voltage: int('voltage') },
  { location: varchar('location', { length: 64 }), groupId: int('groupid') },
)
const d1 = table('d1', { ts: timestamp('ts').notNull(), current: float('current'), voltage: int('voltage') })
const d2 = table('d2', { ts: timestamp('ts').notNull(), current: float('current'), voltage: int('voltage') })
const events = table('events', {
  ts: timestamp('ts').notNull(),
  code: int('code').primaryKey(),
  note: nchar('note', { length: 20 }),
  size: bigint('size'),
  price: decimal('price', { precision: 10, scale: 2 }),
})

let connection: Connection
let db: TaosDrizzle
const T = 1_700_000_000_000
const at = (seconds: number) => new Date(T + seconds * 1000)
const iso = (seconds: number) => at(seconds).toISOString()

beforeAll(async () => {
  connection = await connect('embedded:')
  await connection.execute('CREATE DATABASE power KEEP 36500')
  await connection.selectDb('power')
  db = drizzle(connection)
  await createTable(db, meters)
  await createTable(db, events, { ifNotExists: true })
  for (const [tbname, location, groupId] of [
    ['d1', 'Paris', 1],
    ['d2', 'Rome', 2],
  ] as const) {
    const rows = Array.from({ length: 20 }, (_, i) => ({
      tbname,
      location,
      groupId,
      ts: at(i * 30),
      current: groupId + i,
      ...(i % 4 === 3 ? {} : { voltage: 210 + (i % 5) }),
    }))
    expect(await db.insert(meters).values(rows)).toEqual([{ affectedRows: 20, insertId: 0 }, []])
  }
  await db.insert(events).values([
    { ts: at(10), code: 1, note: "it's `here`, default", size: 2n ** 60n, price: '1.50' },
    { ts: at(100), code: 2 },
  ])
})

afterAll(() => connection.close())

interface Query extends PromiseLike<Record<string, unknown>[]> {
  toSQL(): { sql: string }
}

const CASES: readonly (readonly [name: string, query: () => Query, byHand: string])[] = [
  [
    'everything of a supertable',
    () => db.select().from(meters).orderBy(meters.tbname, meters.ts),
    'SELECT ts, current, voltage, location, groupid AS `groupId`, tbname FROM meters ORDER BY tbname, ts',
  ],
  [
    'some columns',
    () => db.select({ time: meters.ts, current: meters.current }).from(meters).where(eq(meters.groupId, 1)),
    'SELECT ts AS `time`, current FROM meters WHERE groupid = 1',
  ],
  [
    'conditions',
    () =>
      db
        .select({ ts: meters.ts })
        .from(meters)
        .where(and(gte(meters.ts, at(60)), lt(meters.ts, at(120)), like(meters.location, 'P%'))),
    `SELECT ts FROM meters WHERE ts >= '${iso(60)}' AND ts < '${iso(120)}' AND location LIKE 'P%'`,
  ],
  [
    'in and null',
    () =>
      db
        .select({ ts: meters.ts })
        .from(meters)
        .where(and(inArray(meters.groupId, [1, 3]), isNull(meters.voltage))),
    'SELECT ts FROM meters WHERE groupid IN (1, 3) AND voltage IS NULL',
  ],
  [
    'tbname',
    () => db.select({ name: meters.tbname, ts: meters.ts }).from(meters).where(eq(meters.tbname, 'd2')),
    "SELECT tbname AS name, ts FROM meters WHERE tbname = 'd2'",
  ],
  [
    'order, limit, offset',
    () => db.select({ ts: meters.ts }).from(meters).where(eq(meters.tbname, 'd1')).orderBy(desc(meters.ts)).limit(3).offset(2),
    "SELECT ts FROM meters WHERE tbname = 'd1' ORDER BY ts DESC LIMIT 3 OFFSET 2",
  ],
  [
    'distinct',
    () => db.selectDistinct({ location: meters.location }).from(meters).orderBy(asc(meters.location)),
    'SELECT DISTINCT location FROM meters ORDER BY location',
  ],
  [
    'group by',
    () =>
      db
        .select({ location: meters.location, top: max(meters.current) })
        .from(meters)
        .groupBy(meters.location)
        .orderBy(meters.location),
    'SELECT location, MAX(current) AS top FROM meters GROUP BY location ORDER BY location',
  ],
  [
    'having',
    () =>
      db
        .select({ location: meters.location, n: sql<bigint>`count(*)` })
        .from(meters)
        .groupBy(meters.location)
        .having(sql`count(*) > ${5}`)
        .orderBy(meters.location),
    'SELECT location, COUNT(*) AS n FROM meters GROUP BY location HAVING COUNT(*) > 5 ORDER BY location',
  ],
  [
    'interval',
    () =>
      db
        .select({ start: windowStart().as('start'), n: sql<bigint>`count(*)` })
        .from(meters)
        .groupBy(interval('1m')),
    'SELECT _wstart AS `start`, COUNT(*) AS n FROM meters INTERVAL(1m)',
  ],
  [
    'partition by and interval',
    () =>
      db
        .select({ location: meters.location, start: windowStart().as('start'), c: sql<number>`avg(${meters.current})` })
        .from(meters)
        .where(gte(meters.ts, at(0)))
        .groupBy(partitionBy(meters.location, meters.tbname), interval('1m', { sliding: '30s' }))
        .orderBy(meters.location, sql`\`start\``),
    `SELECT location, _wstart AS \`start\`, AVG(current) AS c FROM meters WHERE ts >= '${iso(0)}' PARTITION BY location, tbname INTERVAL(1m) SLIDING(30s) ORDER BY location, \`start\``,
  ],
  [
    'fill',
    () =>
      db
        .select({ start: windowStart(), v: sql<number | null>`max(${events.code})` })
        .from(events)
        .where(and(gte(events.ts, at(0)), lt(events.ts, at(200))))
        .groupBy(interval('30s', { fill: 'prev' })),
    `SELECT _wstart AS \`start\`, MAX(code) AS v FROM events WHERE ts >= '${iso(0)}' AND ts < '${iso(200)}' INTERVAL(30s) FILL(PREV)`,
  ],
  [
    'partition alone',
    () =>
      db
        .select({ name: tableName().as('name'), last: sql<number>`last(${meters.current})`.as('last') })
        .from(meters)
        .groupBy(partitionBy(tableName()))
        .orderBy(sql`name`),
    'SELECT tbname AS name, LAST(current) AS `last` FROM meters PARTITION BY tbname ORDER BY name',
  ],
  [
    'session',
    () => db.select({ s: windowStart(), e: windowEnd(), n: sql<bigint>`count(*)` }).from(events).groupBy(session(events.ts, '1m')),
    'SELECT _wstart AS s, _wend AS e, COUNT(*) AS n FROM events SESSION(ts, 1m)',
  ],
  [
    'state window',
    () =>
      db
        .select({ s: windowStart(), n: sql<bigint>`count(*)` })
        .from(meters)
        .where(eq(meters.tbname, 'd1'))
        .groupBy(partitionBy(meters.tbname), state(meters.voltage)),
    "SELECT _wstart AS s, COUNT(*) AS n FROM meters WHERE tbname = 'd1' PARTITION BY tbname STATE_WINDOW(voltage)",
  ],
  [
    'event window',
    () =>
      db
        .select({ n: sql<bigint>`count(*)` })
        .from(meters)
        .where(eq(meters.tbname, 'd1'))
        .groupBy(partitionBy(meters.tbname), event(sql`${meters.voltage} > 212`, sql`${meters.voltage} < ${211}`)),
    "SELECT COUNT(*) AS n FROM meters WHERE tbname = 'd1' PARTITION BY tbname EVENT_WINDOW START WITH voltage > 212 END WITH voltage < 211",
  ],
  [
    'count window',
    () => db.select({ n: sql<bigint>`count(*)` }).from(events).groupBy(count(2)),
    'SELECT COUNT(*) AS n FROM events COUNT_WINDOW(2)',
  ],
  [
    'subquery',
    () => {
      const inner = db
        .select({ ts: meters.ts, v: sql<number>`${meters.voltage} * 2`.as('v') })
        .from(meters)
        .where(eq(meters.tbname, 'd1'))
        .as('inner_q')
      return db.select({ m: sql<number>`max(${inner.v})` }).from(inner)
    },
    "SELECT MAX(q.v) AS m FROM (SELECT ts, voltage * 2 AS v FROM meters WHERE tbname = 'd1') q",
  ],
  [
    'a function of your own',
    () => db.select({ d: sql<number>`spread(${meters.current})` }).from(meters),
    'SELECT SPREAD(current) AS d FROM meters',
  ],
  ['exact values', () => db.select().from(events).orderBy(events.ts), 'SELECT * FROM events ORDER BY ts'],
  [
    'quotes within a value',
    () => db.select({ code: events.code }).from(events).where(eq(events.note, "it's `here`, default")),
    'SELECT code FROM events WHERE code = 1',
  ],
  ['not equal', () => db.select({ ts: events.ts }).from(events).where(ne(events.code, 1)), 'SELECT ts FROM events WHERE code <> 1'],
  ['greater', () => db.select({ ts: d1.ts }).from(d1).where(gt(d1.voltage, 212)), 'SELECT ts FROM d1 WHERE voltage > 212'],
  ['at most', () => db.select({ ts: d1.ts }).from(d1).where(lte(d1.voltage, 211)), 'SELECT ts FROM d1 WHERE voltage <= 211'],
  [
    'between',
    () =>
      db
        .select({ ts: d1.ts })
        .from(d1)
        .where(between(d1.ts, at(60), at(120))),
    `SELECT ts FROM d1 WHERE ts BETWEEN '${iso(60)}' AND '${iso(120)}'`,
  ],
  [
    'not between',
    () =>
      db
        .select({ v: d1.voltage })
        .from(d1)
        .where(notBetween(d1.voltage, 211, 213)),
    'SELECT voltage FROM d1 WHERE voltage NOT BETWEEN 211 AND 213',
  ],
  [
    'not in',
    () =>
      db
        .select({ v: d1.voltage })
        .from(d1)
        .where(notInArray(d1.voltage, [210, 211])),
    'SELECT voltage FROM d1 WHERE voltage NOT IN (210, 211)',
  ],
  [
    'or',
    () =>
      db
        .select({ v: d1.voltage })
        .from(d1)
        .where(or(eq(d1.voltage, 210), eq(d1.voltage, 214))),
    'SELECT voltage FROM d1 WHERE voltage = 210 OR voltage = 214',
  ],
  [
    'not',
    () =>
      db
        .select({ v: d1.voltage })
        .from(d1)
        .where(not(eq(d1.voltage, 210))),
    'SELECT voltage FROM d1 WHERE NOT voltage = 210',
  ],
  [
    'not null',
    () => db.select({ v: d1.voltage }).from(d1).where(isNotNull(d1.voltage)),
    'SELECT voltage FROM d1 WHERE voltage IS NOT NULL',
  ],
  [
    'not like',
    () => db.selectDistinct({ l: meters.location }).from(meters).where(notLike(meters.location, 'P%')),
    "SELECT DISTINCT location FROM meters WHERE location NOT LIKE 'P%'",
  ],
  [
    'several orders',
    () => db.select({ l: meters.location, ts: meters.ts }).from(meters).orderBy(desc(meters.location), asc(meters.ts)).limit(5),
    'SELECT location, ts FROM meters ORDER BY location DESC, ts LIMIT 5',
  ],
  [
    'arithmetic',
    () =>
      db
        .select({ w: sql<number>`${d1.current} * ${d1.voltage} + ${1}` })
        .from(d1)
        .where(isNotNull(d1.voltage)),
    'SELECT current * voltage + 1 FROM d1 WHERE voltage IS NOT NULL',
  ],
  [
    'a case',
    () => db.select({ k: sql<string>`case when ${d1.current} > ${10} then 'high' else 'low' end` }).from(d1),
    "SELECT CASE WHEN current > 10 THEN 'high' ELSE 'low' END FROM d1",
  ],
  ['a cast', () => db.select({ n: sql<bigint>`cast(${d1.current} as bigint)` }).from(d1), 'SELECT CAST(current AS BIGINT) FROM d1'],
  [
    'texts',
    () =>
      db
        .select({ t: sql<string>`concat(upper(${meters.location}), '-', ${meters.tbname})` })
        .from(meters)
        .where(eq(meters.groupId, 2)),
    "SELECT CONCAT(UPPER(location), '-', tbname) FROM meters WHERE groupid = 2",
  ],
  [
    'rounding',
    () =>
      db
        .select({ a: sql<number>`round(${d1.current} / 3)`, b: sql<number>`abs(-${d1.current})`, c: sql<number>`floor(${d1.current})` })
        .from(d1),
    'SELECT ROUND(current / 3) a, ABS(-current) b, FLOOR(current) c FROM d1',
  ],
  ['a truncated time', () => db.select({ t: sql<Date>`timetruncate(${d1.ts}, 1m)` }).from(d1), 'SELECT TIMETRUNCATE(ts, 1m) FROM d1'],
  [
    'a difference of times',
    () => db.select({ d: sql<bigint>`timediff(${d1.ts}, ${at(0)}, 1s)` }).from(d1),
    `SELECT TIMEDIFF(ts, '${iso(0)}', 1s) FROM d1`,
  ],
  [
    'first and last',
    () => db.select({ f: sql<number>`first(${d1.current})`, l: sql<number>`last(${d1.current})` }).from(d1),
    'SELECT FIRST(current) f, LAST(current) l FROM d1',
  ],
  ['the last row', () => db.select({ l: sql<number>`last_row(${d1.voltage})` }).from(d1), 'SELECT LAST_ROW(voltage) FROM d1'],
  ['time-weighted average', () => db.select({ v: sql<number>`twa(${d1.current})` }).from(d1), 'SELECT TWA(current) FROM d1'],
  [
    'percentiles',
    () => db.select({ p: sql<number>`percentile(${d1.current}, ${50})`, a: sql<number>`apercentile(${d1.current}, ${90})` }).from(d1),
    'SELECT PERCENTILE(current, 50) p, APERCENTILE(current, 90) a FROM d1',
  ],
  ['the highest', () => db.select({ t: sql<number>`top(${d1.current}, ${3})` }).from(d1), 'SELECT TOP(current, 3) FROM d1'],
  ['the lowest', () => db.select({ t: sql<number>`bottom(${d1.current}, ${2})` }).from(d1), 'SELECT BOTTOM(current, 2) FROM d1'],
  ['differences', () => db.select({ d: sql<number>`diff(${d1.current})` }).from(d1), 'SELECT DIFF(current) FROM d1'],
  [
    'a derivative',
    () => db.select({ d: sql<number>`derivative(${d1.current}, 1s, 0)` }).from(d1),
    'SELECT DERIVATIVE(current, 1s, 0) FROM d1',
  ],
  ['a running sum', () => db.select({ s: sql<number>`csum(${d1.current})` }).from(d1), 'SELECT CSUM(current) FROM d1'],
  ['a moving average', () => db.select({ m: sql<number>`mavg(${d1.current}, ${3})` }).from(d1), 'SELECT MAVG(current, 3) FROM d1'],
  ['deviation', () => db.select({ s: sql<number>`stddev(${d1.current})` }).from(d1), 'SELECT STDDEV(current) FROM d1'],
  [
    'distinct values, about',
    () => db.select({ h: sql<bigint>`hyperloglog(${d1.voltage})` }).from(d1),
    'SELECT HYPERLOGLOG(voltage) FROM d1',
  ],
  ['elapsed time', () => db.select({ e: sql<number>`elapsed(${d1.ts}, 1s)` }).from(d1), 'SELECT ELAPSED(ts, 1s) FROM d1'],
  [
    'counts of a state',
    () => db.select({ n: sql<bigint>`statecount(${d1.current}, 'GT', ${5})` }).from(d1),
    "SELECT STATECOUNT(current, 'GT', 5) FROM d1",
  ],
  ['the tail', () => db.select({ t: sql<number>`tail(${d1.current}, ${2})` }).from(d1), 'SELECT TAIL(current, 2) FROM d1'],
  [
    'an interval with an offset',
    () =>
      db
        .select({ s: windowStart(), n: sql<bigint>`count(*)` })
        .from(d1)
        .groupBy(interval('1m', { offset: '10s' })),
    'SELECT _wstart s, COUNT(*) n FROM d1 INTERVAL(1m, 10s)',
  ],
  [
    'fill with a value',
    () =>
      db
        .select({ s: windowStart(), v: sql<number>`max(${events.code})` })
        .from(events)
        .where(and(gte(events.ts, at(0)), lt(events.ts, at(200))))
        .groupBy(interval('30s', { fill: { value: [0] } })),
    `SELECT _wstart s, MAX(code) v FROM events WHERE ts >= '${iso(0)}' AND ts < '${iso(200)}' INTERVAL(30s) FILL(VALUE, 0)`,
  ],
  [
    'fill by a line',
    () =>
      db
        .select({ s: windowStart(), v: sql<number>`avg(${d1.current})` })
        .from(d1)
        .where(and(gte(d1.ts, at(0)), lt(d1.ts, at(90))))
        .groupBy(interval('10s', { fill: 'linear' })),
    `SELECT _wstart s, AVG(current) v FROM d1 WHERE ts >= '${iso(0)}' AND ts < '${iso(90)}' INTERVAL(10s) FILL(LINEAR)`,
  ],
  [
    'windows and their length',
    () => db.select({ s: windowStart(), e: windowEnd(), d: windowDuration(), n: sql<bigint>`count(*)` }).from(d1).groupBy(interval('2m')),
    'SELECT _wstart s, _wend e, _wduration d, COUNT(*) n FROM d1 INTERVAL(2m)',
  ],
  [
    'a count window that slides',
    () =>
      db
        .select({ n: sql<bigint>`count(*)`, f: sql<number>`first(${d1.current})` })
        .from(d1)
        .groupBy(count(4, 2)),
    'SELECT COUNT(*) n, FIRST(current) f FROM d1 COUNT_WINDOW(4, 2)',
  ],
  [
    'partitions that are limited',
    () =>
      db
        .select({ name: tableName().as('name'), n: sql<bigint>`count(*)` })
        .from(meters)
        .groupBy(partitionBy(tableName()), interval('1h'), sql`slimit ${1}`),
    'SELECT tbname name, COUNT(*) n FROM meters PARTITION BY tbname INTERVAL(1h) SLIMIT 1',
  ],
  [
    'interpolated values',
    () =>
      db
        .select({ t: sql<Date>`_irowts`, v: sql<number>`interp(${d1.current})` })
        .from(d1)
        .groupBy(sql`range(${at(0)}, ${at(60)}) every(15s) fill(linear)`),
    `SELECT _irowts t, INTERP(current) v FROM d1 RANGE('${iso(0)}', '${iso(60)}') EVERY(15s) FILL(LINEAR)`,
  ],
  [
    'an inner join',
    () => db.select({ a: d1.current, b: d2.current }).from(d1).innerJoin(d2, eq(d1.ts, d2.ts)).orderBy(d1.ts),
    'SELECT a.current x, b.current y FROM d1 a JOIN d2 b ON a.ts = b.ts ORDER BY a.ts',
  ],
  [
    'a left join',
    () => db.select({ a: d1.ts, b: events.code }).from(d1).leftJoin(events, eq(d1.ts, events.ts)).orderBy(d1.ts),
    'SELECT a.ts x, b.code y FROM d1 a LEFT JOIN events b ON a.ts = b.ts ORDER BY a.ts',
  ],
  [
    'an ASOF join',
    () =>
      db
        .select({ c: sql<number>`e.code`, v: sql<number>`m.current` })
        .from(sql`${events} e left asof join ${d1} m on e.ts >= m.ts jlimit 1`),
    'SELECT e.code, m.current FROM events e LEFT ASOF JOIN d1 m ON e.ts >= m.ts JLIMIT 1',
  ],
  [
    'a union within',
    () =>
      db
        .select({ n: sql<bigint>`count(*)` })
        .from(unionAll(db.select({ c: d1.current }).from(d1), db.select({ c: d2.current }).from(d2)).as('u')),
    'SELECT COUNT(*) FROM (SELECT current c FROM d1 UNION ALL SELECT current c FROM d2) u',
  ],
  [
    'each tag once',
    () => db.selectDistinct({ l: meters.location, g: meters.groupId }).from(meters).orderBy(meters.groupId),
    'SELECT DISTINCT location, groupid FROM meters ORDER BY groupid',
  ],
]

/** What each query becomes on its way to TDengine. */
const STATEMENTS: Readonly<Record<string, string>> = {
  'everything of a supertable':
    'select `ts`, `current`, `voltage`, `location`, `groupid`, tbname from `meters` order by `meters`.tbname, `meters`.`ts`',
  'some columns': 'select `ts`, `current` from `meters` where `meters`.`groupid` = ?',
  conditions: 'select `ts` from `meters` where (`meters`.`ts` >= ? and `meters`.`ts` < ? and `meters`.`location` like ?)',
  'in and null': 'select `ts` from `meters` where (`meters`.`groupid` in (?, ?) and `meters`.`voltage` is null)',
  tbname: 'select tbname, `ts` from `meters` where `meters`.tbname = ?',
  'order, limit, offset': 'select `ts` from `meters` where `meters`.tbname = ? order by `meters`.`ts` desc limit ? offset ?',
  distinct: 'select distinct `location` from `meters` order by `meters`.`location` asc',
  'group by': 'select `location`, max(`current`) from `meters` group by `meters`.`location` order by `meters`.`location`',
  having: 'select `location`, count(*) from `meters` group by `meters`.`location` having count(*) > ? order by `meters`.`location`',
  interval: 'select _wstart as `start`, count(*) from `meters` interval(1m)',
  'partition by and interval':
    'select `location`, _wstart as `start`, avg(`current`) from `meters` where `meters`.`ts` >= ? partition by `meters`.`location`, `meters`.tbname interval(1m) sliding(30s) order by `meters`.`location`, `start`',
  fill: 'select _wstart, max(`code`) from `events` where (`events`.`ts` >= ? and `events`.`ts` < ?) interval(30s) fill(prev)',
  'partition alone': 'select tbname as `name`, last(`current`) as `last` from `meters` partition by tbname order by name',
  session: 'select _wstart, _wend, count(*) from `events` session(`events`.`ts`, 1m)',
  'state window':
    'select _wstart, count(*) from `meters` where `meters`.tbname = ? partition by `meters`.tbname state_window(`meters`.`voltage`)',
  'event window':
    'select count(*) from `meters` where `meters`.tbname = ? partition by `meters`.tbname event_window start with `meters`.`voltage` > 212 end with `meters`.`voltage` < ?',
  'count window': 'select count(*) from `events` count_window(2)',
  subquery: 'select max(`v`) from (select `ts`, `voltage` * 2 as `v` from `meters` where `meters`.tbname = ?) `inner_q`',
  'a function of your own': 'select spread(`current`) from `meters`',
  'exact values': 'select `ts`, `code`, `note`, `size`, `price` from `events` order by `events`.`ts`',
  'quotes within a value': 'select `code` from `events` where `events`.`note` = ?',
  'not equal': 'select `ts` from `events` where `events`.`code` <> ?',
  greater: 'select `ts` from `d1` where `d1`.`voltage` > ?',
  'at most': 'select `ts` from `d1` where `d1`.`voltage` <= ?',
  between: 'select `ts` from `d1` where `d1`.`ts` between ? and ?',
  'not between': 'select `voltage` from `d1` where `d1`.`voltage` not between ? and ?',
  'not in': 'select `voltage` from `d1` where `d1`.`voltage` not in (?, ?)',
  or: 'select `voltage` from `d1` where (`d1`.`voltage` = ? or `d1`.`voltage` = ?)',
  not: 'select `voltage` from `d1` where not `d1`.`voltage` = ?',
  'not null': 'select `voltage` from `d1` where `d1`.`voltage` is not null',
  'not like': 'select distinct `location` from `meters` where `meters`.`location` not like ?',
  'several orders': 'select `location`, `ts` from `meters` order by `meters`.`location` desc, `meters`.`ts` asc limit ?',
  arithmetic: 'select `current` * `voltage` + ? from `d1` where `d1`.`voltage` is not null',
  'a case': "select case when `current` > ? then 'high' else 'low' end from `d1`",
  'a cast': 'select cast(`current` as bigint) from `d1`',
  texts: "select concat(upper(`location`), '-', tbname) from `meters` where `meters`.`groupid` = ?",
  rounding: 'select round(`current` / 3), abs(-`current`), floor(`current`) from `d1`',
  'a truncated time': 'select timetruncate(`ts`, 1m) from `d1`',
  'a difference of times': 'select timediff(`ts`, ?, 1s) from `d1`',
  'first and last': 'select first(`current`), last(`current`) from `d1`',
  'the last row': 'select last_row(`voltage`) from `d1`',
  'time-weighted average': 'select twa(`current`) from `d1`',
  percentiles: 'select percentile(`current`, ?), apercentile(`current`, ?) from `d1`',
  'the highest': 'select top(`current`, ?) from `d1`',
  'the lowest': 'select bottom(`current`, ?) from `d1`',
  differences: 'select diff(`current`) from `d1`',
  'a derivative': 'select derivative(`current`, 1s, 0) from `d1`',
  'a running sum': 'select csum(`current`) from `d1`',
  'a moving average': 'select mavg(`current`, ?) from `d1`',
  deviation: 'select stddev(`current`) from `d1`',
  'distinct values, about': 'select hyperloglog(`voltage`) from `d1`',
  'elapsed time': 'select elapsed(`ts`, 1s) from `d1`',
  'counts of a state': "select statecount(`current`, 'GT', ?) from `d1`",
  'the tail': 'select tail(`current`, ?) from `d1`',
  'an interval with an offset': 'select _wstart, count(*) from `d1` interval(1m, 10s)',
  'fill with a value':
    'select _wstart, max(`code`) from `events` where (`events`.`ts` >= ? and `events`.`ts` < ?) interval(30s) fill(value, 0)',
  'fill by a line': 'select _wstart, avg(`current`) from `d1` where (`d1`.`ts` >= ? and `d1`.`ts` < ?) interval(10s) fill(linear)',
  'windows and their length': 'select _wstart, _wend, _wduration, count(*) from `d1` interval(2m)',
  'a count window that slides': 'select count(*), first(`current`) from `d1` count_window(4, 2)',
  'partitions that are limited': 'select tbname as `name`, count(*) from `meters` partition by tbname interval(1h) slimit ?',
  'interpolated values': 'select _irowts, interp(`current`) from `d1` range(?, ?) every(15s) fill(linear)',
  'an inner join': 'select `d1`.`current`, `d2`.`current` from `d1` inner join `d2` on `d1`.`ts` = `d2`.`ts` order by `d1`.`ts`',
  'a left join': 'select `d1`.`ts`, `events`.`code` from `d1` left join `events` on `d1`.`ts` = `events`.`ts` order by `d1`.`ts`',
  'an ASOF join': 'select e.code, m.current from `events` e left asof join `d1` m on e.ts >= m.ts jlimit 1',
  'a union within': 'select count(*) from ((select `current` from `d1`) union all (select `current` from `d2`)) `u`',
  'each tag once': 'select distinct `location`, `groupid` from `meters` order by `meters`.`groupid`',
}

describe('queries', () => {
  it('are at least sixty', () => expect(CASES.length).toBeGreaterThanOrEqual(60))

  it.each(CASES)('%s', async (name, query, byHand) => {
    expect(rewrite(query().toSQL().sql)).toBe(STATEMENTS[name])
    const rows = await query()
    const expected = await (await connection.query(byHand)).rows()
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.map((row) => Object.values(row))).toEqual(expected.map((row) => Object.values(row)))
  })

  it('joins tables on their timestamps', async () => {
    await connection.execute(`INSERT INTO events VALUES (${T + 30_000}, 9, 'join', NULL, NULL)`)
    const d1 = alias(mysqlTable('d1', { ts: timestamp('ts').notNull(), current: float('current') }), 'd')
    const rows = await db.select({ code: events.code, current: d1.current }).from(events).innerJoin(d1, eq(events.ts, d1.ts))
    expect(rows).toEqual([{ code: 9, current: 2 }])
  })

  it('unites queries', async () => {
    const code = (value: number) => db.select({ v: events.code }).from(events).where(eq(events.code, value))
    expect(await unionAll(code(1), code(2))).toEqual(expect.arrayContaining([{ v: 1 }, { v: 2 }]))
    expect(await union(code(1), code(1))).toEqual([{ v: 1 }])
  })

  it('counts', async () => {
    expect(await db.$count(events)).toBe(3)
  })

  it('deletes, and runs statements as they are', async () => {
    await db.insert(events).values({ ts: at(900), code: 5 })
    expect(await db.delete(events).where(eq(events.ts, at(900)))).toEqual([{ affectedRows: 1, insertId: 0 }, []])
    const [rows] = (await db.execute(sql`select count(*) as n from ${meters}`)) as unknown as [unknown[]]
    expect(rows).toEqual([{ n: 40n }])
  })

  it('leaves out the columns that no row gives, and writes NULL where some do', () => {
    expect(
      db
        .insert(meters)
        .values({ ts: at(0), tbname: 'd1' })
        .toSQL().sql,
    ).toContain('default')
  })

  it('are typed', () => {
    const query = db.select({ ts: meters.ts, c: meters.current, name: meters.tbname, g: meters.groupId, start: windowStart() }).from(meters)
    expectTypeOf<Awaited<typeof query>>().toEqualTypeOf<{ ts: Date; c: number | null; name: string; g: number | null; start: Date }[]>()
    const windows = db
      .select({ start: windowStart().as('start'), place: meters.location, highest: max(meters.current), n: sql<bigint>`count(*)`.as('n') })
      .from(meters)
      .groupBy(partitionBy(meters.location), interval('1m'))
    expectTypeOf<Awaited<typeof windows>>().toEqualTypeOf<{ start: Date; place: string | null; highest: number | null; n: bigint }[]>()
    const joined = db.select({ at: d1.ts, code: events.code, note: events.note }).from(d1).leftJoin(events, eq(d1.ts, events.ts))
    expectTypeOf<Awaited<typeof joined>>().toEqualTypeOf<{ at: Date; code: number | null; note: string | null }[]>()
    const exact = windowStart<bigint>()
    expectTypeOf(db.select({ exact }).from(meters)).resolves.toEqualTypeOf<{ exact: bigint }[]>()
    // @ts-expect-error there is no such column
    void meters.missing
    // @ts-expect-error TDengine has no UPDATE
    void (() => db.update(meters))
    expectTypeOf<typeof meters.$inferInsert>().toEqualTypeOf<{
      ts: Date
      current?: number | null
      voltage?: number | null
      location?: string | null
      groupId?: number | null
      tbname?: string
    }>()
    expectTypeOf<typeof events.$inferSelect>().toEqualTypeOf<{
      ts: Date
      code: number
      note: string | null
      size: bigint | null
      price: string | null
    }>()
  })
})

describe('what TDengine has not', () => {
  const any = () => db as unknown as Record<string, (...args: unknown[]) => unknown>

  it.each(['update', 'transaction', 'with', '$with'])('%s is refused when it is called', (name) => {
    expect(() => any()[name]!(meters)).toThrow(NotSupportedError)
  })

  it.each([
    [
      'ON DUPLICATE KEY',
      () =>
        db
          .insert(events)
          .values({ ts: at(0), code: 1 })
          .onDuplicateKeyUpdate({ set: { code: 2 } }),
    ],
    [
      'INSERT IGNORE',
      () =>
        db
          .insert(events)
          .ignore()
          .values({ ts: at(0), code: 1 }),
    ],
    ['row locks', () => db.select().from(events).for('update')],
    ['OVER', () => db.select({ x: sql`avg(code) over ()` }).from(events)],
  ] as const)('%s is refused before it is sent', async (what, query) => {
    const error: unknown = await Promise.resolve(query()).catch((cause: unknown) => cause)
    expect((error as Error).cause).toBeInstanceOf(NotSupportedError)
    expect(((error as Error).cause as Error).message).toContain(what)
  })

  it('RETURNING is refused before anything is written', async () => {
    const before = await db.select().from(events)
    expect(() =>
      db
        .insert(events)
        .values({ ts: at(700), code: 7 })
        .$returningId(),
    ).toThrow(NotSupportedError)
    expect(await db.select().from(events)).toEqual(before)
  })

  it('foreign keys and checks are refused when the table is made', async () => {
    const bad = mysqlTable('bad', { ts: timestamp('ts'), code: int('code') }, (own) => [
      foreignKey({ columns: [own.code], foreignColumns: [events.code] }),
    ])
    await expect(createTable(db, bad)).rejects.toThrow(NotSupportedError)
  })

  it('errors of the server are the cause of Drizzle’s', async () => {
    const missing = mysqlTable('missing', { ts: timestamp('ts') })
    const error: unknown = await db
      .select()
      .from(missing)
      .catch((cause: unknown) => cause)
    expect((error as Error).cause).toBeInstanceOf(ProgrammingError)
    expect((error as Error).cause).toMatchObject({ code: 0x2603 })
  })
})
