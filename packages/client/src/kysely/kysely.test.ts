import { Kysely, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../connect.ts'
import type { Connection } from '../connection.ts'
import { NotSupportedError, ProgrammingError } from '../errors.ts'
import {
  anti,
  any,
  asof,
  count,
  createSubtable,
  createSupertable,
  event,
  interval,
  partitionBy,
  range,
  semi,
  series,
  session,
  slimit,
  state,
  subtable,
  type TableName,
  type Tag,
  TaosDialect,
  tableName,
  windowEnd,
  windowJoin,
  windowStart,
} from './index.ts'

interface Meters {
  ts: Date
  current: number | null
  voltage: number | null
  phase: number | null
  location: Tag<string>
  groupid: Tag<number>
  tbname: TableName
}

interface Database {
  meters: Meters
  d1: Omit<Meters, 'tbname' | 'location' | 'groupid'>
  d2: Omit<Meters, 'tbname' | 'location' | 'groupid'>
  events: { ts: Date; code: number | null; note: string | null }
  devices: { ts: Date; v: number | null; info: Tag<unknown> }
}

let connection: Connection
let db: Kysely<Database>
const T = 1_700_000_000_000
const at = (seconds: number) => new Date(T + seconds * 1000)
const iso = (seconds: number) => at(seconds).toISOString()

beforeAll(async () => {
  connection = await connect('embedded:')
  await connection.execute('CREATE DATABASE power KEEP 36500')
  await connection.selectDb('power')
  db = new Kysely<Database>({ dialect: new TaosDialect({ connection }) })
  await createSupertable(db, 'meters', {
    columns: { ts: 'TIMESTAMP', current: 'FLOAT', voltage: 'INT', phase: 'FLOAT' },
    tags: { location: 'VARCHAR(64)', groupid: 'INT' },
  }).execute()
  await createSupertable(db, 'devices', { columns: { ts: 'TIMESTAMP', v: 'INT' }, tags: { info: 'JSON' } }).execute()
  for (const [name, location, groupid] of [
    ['d1', 'Paris', 1],
    ['d2', 'Rome', 2],
    ['d3', 'Paris', 2],
  ] as const) {
    const rows = Array.from({ length: 20 }, (_, i) => ({
      ts: at(i * 30),
      current: groupid + i,
      voltage: 210 + (i % 5),
      phase: i % 4 === 3 ? null : i / 4,
    }))
    const { numInsertedOrUpdatedRows } = await db
      .insertInto('meters')
      .$call(subtable(name, { location, groupid }))
      .values(rows)
      .executeTakeFirstOrThrow()
    expect(numInsertedOrUpdatedRows).toBe(20n)
  }
  await db.schema.createTable('events').addColumn('ts', 'timestamp').addColumn('code', 'integer').addColumn('note', 'varchar(20)').execute()
  await db
    .insertInto('events')
    .values([
      { ts: at(10), code: 1, note: "it's" },
      { ts: at(100), code: 2, note: null },
      { ts: at(305), code: 3, note: 'back\\slash' },
    ])
    .execute()
  await connection.execute(`INSERT INTO dev1 USING devices TAGS ('{"model":"x","size":3}') VALUES (${T}, 1)`)
})

afterAll(async () => {
  await db.destroy()
  await connection.close()
})

interface Query {
  compile(): { readonly sql: string; readonly parameters: readonly unknown[] }
  execute(): Promise<unknown[]>
}

/** A query of the builder, the statement that it should become, its parameters, and the statement as one writes it by hand. */
type Case = readonly [name: string, query: () => Query, compiled: string, parameters: readonly unknown[], byHand: string]

const CASES: readonly Case[] = [
  ['all', () => db.selectFrom('d1').selectAll(), 'select * from `d1`', [], 'SELECT * FROM d1'],
  ['columns', () => db.selectFrom('d1').select(['ts', 'current']), 'select `ts`, `current` from `d1`', [], 'SELECT ts, current FROM d1'],
  ['alias', () => db.selectFrom('d1').select('current as c'), 'select `current` as `c` from `d1`', [], 'SELECT current AS c FROM d1'],
  [
    'table alias',
    () => db.selectFrom('d1 as a').select(['a.ts', 'a.voltage as v']),
    'select `a`.`ts`, `a`.`voltage` as `v` from `d1` as `a`',
    [],
    'SELECT a.ts, a.voltage v FROM d1 a',
  ],
  [
    'tbname',
    () => db.selectFrom('meters').select(['tbname', 'ts']).where('tbname', '=', 'd2'),
    'select tbname, `ts` from `meters` where tbname = ?',
    ['d2'],
    "SELECT tbname, ts FROM meters WHERE tbname = 'd2'",
  ],
  [
    'qualified tbname',
    () => db.selectFrom('meters as m').select(['m.tbname as name']).where('m.groupid', '=', 1),
    'select `m`.tbname as `name` from `meters` as `m` where `m`.`groupid` = ?',
    [1],
    'SELECT m.tbname name FROM meters m WHERE m.groupid = 1',
  ],
  [
    'where >',
    () => db.selectFrom('d1').select('ts').where('voltage', '>', 212),
    'select `ts` from `d1` where `voltage` > ?',
    [212],
    'SELECT ts FROM d1 WHERE voltage > 212',
  ],
  [
    'where Date',
    () => db.selectFrom('d1').select('voltage').where('ts', '>=', at(60)),
    'select `voltage` from `d1` where `ts` >= ?',
    [at(60)],
    `SELECT voltage FROM d1 WHERE ts >= '${iso(60)}'`,
  ],
  [
    'and',
    () => db.selectFrom('d1').select('ts').where('voltage', '=', 212).where('current', '<', 10),
    'select `ts` from `d1` where `voltage` = ? and `current` < ?',
    [212, 10],
    'SELECT ts FROM d1 WHERE voltage = 212 AND current < 10',
  ],
  [
    'or',
    () =>
      db
        .selectFrom('d1')
        .select('ts')
        .where((eb) => eb.or([eb('voltage', '=', 210), eb('voltage', '=', 214)])),
    'select `ts` from `d1` where (`voltage` = ? or `voltage` = ?)',
    [210, 214],
    'SELECT ts FROM d1 WHERE voltage = 210 OR voltage = 214',
  ],
  [
    'not',
    () =>
      db
        .selectFrom('d1')
        .select('ts')
        .where((eb) => eb.not(eb('voltage', '=', 210))),
    'select `ts` from `d1` where not `voltage` = ?',
    [210],
    'SELECT ts FROM d1 WHERE NOT voltage = 210',
  ],
  [
    'in',
    () => db.selectFrom('d1').select('ts').where('voltage', 'in', [210, 211]),
    'select `ts` from `d1` where `voltage` in (?, ?)',
    [210, 211],
    'SELECT ts FROM d1 WHERE voltage IN (210, 211)',
  ],
  [
    'not in',
    () => db.selectFrom('d1').select('ts').where('voltage', 'not in', [210, 211]),
    'select `ts` from `d1` where `voltage` not in (?, ?)',
    [210, 211],
    'SELECT ts FROM d1 WHERE voltage NOT IN (210, 211)',
  ],
  [
    'is null',
    () => db.selectFrom('d1').select('ts').where('phase', 'is', null),
    'select `ts` from `d1` where `phase` is null',
    [],
    'SELECT ts FROM d1 WHERE phase IS NULL',
  ],
  [
    'is not null',
    () => db.selectFrom('d1').select('phase').where('phase', 'is not', null),
    'select `phase` from `d1` where `phase` is not null',
    [],
    'SELECT phase FROM d1 WHERE phase IS NOT NULL',
  ],
  [
    'like',
    () => db.selectFrom('meters').select('current').where('location', 'like', 'Par%').where('voltage', '=', 210),
    'select `current` from `meters` where `location` like ? and `voltage` = ?',
    ['Par%', 210],
    "SELECT current FROM meters WHERE location LIKE 'Par%' AND voltage = 210",
  ],
  [
    'quote in a value',
    () => db.selectFrom('events').selectAll().where('note', '=', "it's"),
    'select * from `events` where `note` = ?',
    ["it's"],
    "SELECT * FROM events WHERE note = 'it\\'s'",
  ],
  [
    'backslash in a value',
    () => db.selectFrom('events').select('code').where('note', '=', 'back\\slash'),
    'select `code` from `events` where `note` = ?',
    ['back\\slash'],
    "SELECT code FROM events WHERE note = 'back\\\\slash'",
  ],
  [
    'between',
    () =>
      db
        .selectFrom('d1')
        .select('ts')
        .where((eb) => eb.between('voltage', 211, 213)),
    'select `ts` from `d1` where `voltage` between ? and ?',
    [211, 213],
    'SELECT ts FROM d1 WHERE voltage BETWEEN 211 AND 213',
  ],
  [
    'order',
    () => db.selectFrom('d1').select('ts').orderBy('ts', 'desc'),
    'select `ts` from `d1` order by `ts` desc',
    [],
    'SELECT ts FROM d1 ORDER BY ts DESC',
  ],
  [
    'order by two',
    () => db.selectFrom('meters').select(['tbname', 'ts']).orderBy('tbname').orderBy('ts', 'desc'),
    'select tbname, `ts` from `meters` order by tbname, `ts` desc',
    [],
    'SELECT tbname, ts FROM meters ORDER BY tbname, ts DESC',
  ],
  ['limit', () => db.selectFrom('d1').select('ts').limit(3), 'select `ts` from `d1` limit ?', [3], 'SELECT ts FROM d1 LIMIT 3'],
  [
    'limit offset',
    () => db.selectFrom('d1').select('ts').orderBy('ts').limit(3).offset(4),
    'select `ts` from `d1` order by `ts` limit ? offset ?',
    [3, 4],
    'SELECT ts FROM d1 ORDER BY ts LIMIT 3 OFFSET 4',
  ],
  [
    'distinct',
    () => db.selectFrom('meters').select('location').distinct().orderBy('location'),
    'select distinct `location` from `meters` order by `location`',
    [],
    'SELECT DISTINCT location FROM meters ORDER BY location',
  ],
  [
    'count',
    () => db.selectFrom('meters').select((eb) => eb.fn.countAll().as('n')),
    'select count(*) as `n` from `meters`',
    [],
    'SELECT COUNT(*) AS n FROM meters',
  ],
  [
    'count of a column',
    () => db.selectFrom('d1').select((eb) => eb.fn.count('phase').as('n')),
    'select count(`phase`) as `n` from `d1`',
    [],
    'SELECT COUNT(phase) AS n FROM d1',
  ],
  [
    'min max avg sum',
    () =>
      db
        .selectFrom('d1')
        .select(({ fn }) => [fn.min('voltage').as('a'), fn.max('voltage').as('b'), fn.avg('current').as('c'), fn.sum('voltage').as('d')]),
    'select min(`voltage`) as `a`, max(`voltage`) as `b`, avg(`current`) as `c`, sum(`voltage`) as `d` from `d1`',
    [],
    'SELECT MIN(voltage) a, MAX(voltage) b, AVG(current) c, SUM(voltage) d FROM d1',
  ],
  [
    'group by',
    () =>
      db
        .selectFrom('meters')
        .select(['location', (eb) => eb.fn.avg('voltage').as('v')])
        .groupBy('location')
        .orderBy('location'),
    'select `location`, avg(`voltage`) as `v` from `meters` group by `location` order by `location`',
    [],
    'SELECT location, AVG(voltage) v FROM meters GROUP BY location ORDER BY location',
  ],
  [
    'having',
    () =>
      db
        .selectFrom('meters')
        .select(['groupid', (eb) => eb.fn.countAll().as('n')])
        .groupBy('groupid')
        .having((eb) => eb.fn.countAll(), '>', 20),
    'select `groupid`, count(*) as `n` from `meters` group by `groupid` having count(*) > ?',
    [20],
    'SELECT groupid, COUNT(*) n FROM meters GROUP BY groupid HAVING COUNT(*) > 20',
  ],
  [
    'arithmetic',
    () => db.selectFrom('d1').select((eb) => eb('voltage', '*', 2).as('double')),
    'select `voltage` * ? as `double` from `d1`',
    [2],
    'SELECT voltage * 2 AS `double` FROM d1',
  ],
  [
    'function',
    () => db.selectFrom('d1').select((eb) => eb.fn<number>('abs', ['current']).as('a')),
    'select abs(`current`) as `a` from `d1`',
    [],
    'SELECT ABS(current) a FROM d1',
  ],
  [
    'cast',
    () => db.selectFrom('d1').select((eb) => eb.cast<string>('voltage', sql`varchar(10)`).as('t')),
    'select cast(`voltage` as varchar(10)) as `t` from `d1`',
    [],
    'SELECT CAST(voltage AS VARCHAR(10)) t FROM d1',
  ],
  [
    'case',
    () => db.selectFrom('d1').select((eb) => eb.case().when('voltage', '>', 212).then('high').else('low').end().as('level')),
    'select case when `voltage` > ? then ? else ? end as `level` from `d1`',
    [212, 'high', 'low'],
    "SELECT CASE WHEN voltage > 212 THEN 'high' ELSE 'low' END AS level FROM d1",
  ],
  [
    'JSON tag',
    () => db.selectFrom('devices').select((eb) => sql<string>`${eb.ref('info')}->'model'`.as('model')),
    "select `info`->'model' as `model` from `devices`",
    [],
    "SELECT info->'model' AS model FROM devices",
  ],
  [
    'query in from',
    () =>
      db
        .selectFrom(db.selectFrom('d1').select(['ts', 'voltage']).where('voltage', '>', 211).as('q'))
        .select((eb) => eb.fn.max('q.voltage').as('m')),
    'select max(`q`.`voltage`) as `m` from (select `ts`, `voltage` from `d1` where `voltage` > ?) as `q`',
    [211],
    'SELECT MAX(q.voltage) m FROM (SELECT ts, voltage FROM d1 WHERE voltage > 211) q',
  ],
  [
    'union all',
    () => db.selectFrom('d1').select('voltage').unionAll(db.selectFrom('d2').select('voltage')).orderBy('voltage'),
    'select `voltage` from `d1` union all select `voltage` from `d2` order by `voltage`',
    [],
    'SELECT voltage FROM d1 UNION ALL SELECT voltage FROM d2 ORDER BY voltage',
  ],
  [
    'union',
    () => db.selectFrom('d1').select('voltage').union(db.selectFrom('d2').select('voltage')).orderBy('voltage').limit(2),
    'select `voltage` from `d1` union select `voltage` from `d2` order by `voltage` limit ?',
    [2],
    'SELECT voltage FROM d1 UNION SELECT voltage FROM d2 ORDER BY voltage LIMIT 2',
  ],
  [
    'schema',
    () => (db.withSchema('power') as typeof db).selectFrom('d1').select('ts').limit(1),
    'select `ts` from `power`.`d1` limit ?',
    [1],
    'SELECT ts FROM power.d1 LIMIT 1',
  ],
  [
    'inner join',
    () => db.selectFrom('d1').innerJoin('d2', 'd1.ts', 'd2.ts').select(['d1.ts', 'd2.voltage as v']).where('d1.voltage', '=', 210),
    'select `d1`.`ts`, `d2`.`voltage` as `v` from `d1` inner join `d2` on `d1`.`ts` = `d2`.`ts` where `d1`.`voltage` = ?',
    [210],
    'SELECT d1.ts, d2.voltage AS v FROM d1 INNER JOIN d2 ON d1.ts = d2.ts WHERE d1.voltage = 210',
  ],
  [
    'left join',
    () => db.selectFrom('events as e').leftJoin('d1', 'd1.ts', 'e.ts').select(['e.code', 'd1.voltage']),
    'select `e`.`code`, `d1`.`voltage` from `events` as `e` left join `d1` on `d1`.`ts` = `e`.`ts`',
    [],
    'SELECT e.code, d1.voltage FROM events e LEFT JOIN d1 ON d1.ts = e.ts',
  ],
  [
    'full join',
    () => db.selectFrom('d1').fullJoin('d2', 'd1.ts', 'd2.ts').select(['d1.voltage as a', 'd2.voltage as b']),
    'select `d1`.`voltage` as `a`, `d2`.`voltage` as `b` from `d1` full join `d2` on `d1`.`ts` = `d2`.`ts`',
    [],
    'SELECT d1.voltage AS a, d2.voltage AS b FROM d1 FULL JOIN d2 ON d1.ts = d2.ts',
  ],
  [
    'asof join',
    () =>
      db
        .selectFrom('events as e')
        .leftJoin('d1', (join) => asof(join.onRef('e.ts', '>=', 'd1.ts'), { limit: 1 }))
        .select(['e.code', 'd1.voltage as v']),
    'select `e`.`code`, `d1`.`voltage` as `v` from `events` as `e` left asof join `d1` on `e`.`ts` >= `d1`.`ts` jlimit 1',
    [],
    'SELECT e.code, d1.voltage AS v FROM events e LEFT ASOF JOIN d1 ON e.ts >= d1.ts JLIMIT 1',
  ],
  [
    'asof join without a limit',
    () =>
      db
        .selectFrom('events as e')
        .leftJoin('d1', (join) => asof(join.onRef('e.ts', '>=', 'd1.ts')))
        .select(['d1.current']),
    'select `d1`.`current` from `events` as `e` left asof join `d1` on `e`.`ts` >= `d1`.`ts`',
    [],
    'SELECT d1.current FROM events e LEFT ASOF JOIN d1 ON e.ts >= d1.ts',
  ],
  [
    'window join',
    () =>
      db
        .selectFrom('events as e')
        .leftJoin('d1', (join) => windowJoin(join, { from: '-1m', to: '1m' }))
        .select(['e.code', 'd1.current']),
    'select `e`.`code`, `d1`.`current` from `events` as `e` left window join `d1` window_offset(-1m, 1m)',
    [],
    'SELECT e.code, d1.current FROM events e LEFT WINDOW JOIN d1 WINDOW_OFFSET(-1m, 1m)',
  ],
  [
    'window join with a limit',
    () =>
      db
        .selectFrom('events as e')
        .leftJoin('d1', (join) => windowJoin(join, { from: '-1m', to: '0s', limit: 1 }))
        .select(['e.code', 'd1.ts']),
    'select `e`.`code`, `d1`.`ts` from `events` as `e` left window join `d1` window_offset(-1m, 0s) jlimit 1',
    [],
    'SELECT e.code, d1.ts FROM events e LEFT WINDOW JOIN d1 WINDOW_OFFSET(-1m, 0s) JLIMIT 1',
  ],
  [
    'semi join',
    () =>
      db
        .selectFrom('d1')
        .leftJoin('d2', (join) => semi(join.onRef('d1.ts', '=', 'd2.ts')))
        .select('d1.ts'),
    'select `d1`.`ts` from `d1` left semi join `d2` on `d1`.`ts` = `d2`.`ts`',
    [],
    'SELECT d1.ts FROM d1 LEFT SEMI JOIN d2 ON d1.ts = d2.ts',
  ],
  [
    'anti join',
    () =>
      db
        .selectFrom('events as e')
        .leftJoin('d2', (join) => anti(join.onRef('e.ts', '=', 'd2.ts')))
        .select('e.code'),
    'select `e`.`code` from `events` as `e` left anti join `d2` on `e`.`ts` = `d2`.`ts`',
    [],
    'SELECT e.code FROM events e LEFT ANTI JOIN d2 ON e.ts = d2.ts',
  ],
  [
    'interval',
    () =>
      db
        .selectFrom('d1')
        .select((eb) => [windowStart().as('start'), eb.fn.avg('current').as('c')])
        .$call(interval('1m')),
    'select _wstart as `start`, avg(`current`) as `c` from `d1` interval(1m)',
    [],
    'SELECT _wstart AS `start`, AVG(current) c FROM d1 INTERVAL(1m)',
  ],
  [
    'interval in milliseconds',
    () =>
      db
        .selectFrom('d1')
        .select((eb) => eb.fn.countAll().as('c'))
        .$call(interval(90_000)),
    'select count(*) as `c` from `d1` interval(90000a)',
    [],
    'SELECT COUNT(*) c FROM d1 INTERVAL(90s)',
  ],
  [
    'offset',
    () =>
      db
        .selectFrom('d1')
        .select((eb) => [windowStart().as('s'), eb.fn.countAll().as('c')])
        .$call(interval('2m', { offset: '30s' })),
    'select _wstart as `s`, count(*) as `c` from `d1` interval(2m, 30s)',
    [],
    'SELECT _wstart AS s, COUNT(*) c FROM d1 INTERVAL(2m, 30s)',
  ],
  [
    'sliding',
    () =>
      db
        .selectFrom('d1')
        .select((eb) => [windowStart().as('s'), windowEnd().as('e'), eb.fn.sum('voltage').as('v')])
        .$call(interval('2m', { sliding: '1m' })),
    'select _wstart as `s`, _wend as `e`, sum(`voltage`) as `v` from `d1` interval(2m) sliding(1m)',
    [],
    'SELECT _wstart AS s, _wend AS e, SUM(voltage) v FROM d1 INTERVAL(2m) SLIDING(1m)',
  ],
  [
    'fill null',
    () =>
      db
        .selectFrom('events')
        .select((eb) => [windowStart().as('s'), eb.fn.max('code').as('m')])
        .where('ts', '>=', at(0))
        .where('ts', '<', at(400))
        .$call(interval('1m', { fill: 'null' })),
    'select _wstart as `s`, max(`code`) as `m` from `events` where `ts` >= ? and `ts` < ? interval(1m) fill(null)',
    [at(0), at(400)],
    `SELECT _wstart AS s, MAX(code) m FROM events WHERE ts >= '${iso(0)}' AND ts < '${iso(400)}' INTERVAL(1m) FILL(NULL)`,
  ],
  [
    'fill prev',
    () =>
      db
        .selectFrom('events')
        .select((eb) => eb.fn.max('code').as('m'))
        .where('ts', '>=', at(0))
        .where('ts', '<', at(400))
        .$call(interval('1m', { fill: 'prev' })),
    'select max(`code`) as `m` from `events` where `ts` >= ? and `ts` < ? interval(1m) fill(prev)',
    [at(0), at(400)],
    `SELECT MAX(code) m FROM events WHERE ts >= ${T} AND ts < ${T + 400_000} INTERVAL(1m) FILL(PREV)`,
  ],
  [
    'fill linear',
    () =>
      db
        .selectFrom('events')
        .select((eb) => eb.fn.avg('code').as('m'))
        .where('ts', '>=', at(0))
        .where('ts', '<', at(400))
        .$call(interval('1m', { fill: 'linear' })),
    'select avg(`code`) as `m` from `events` where `ts` >= ? and `ts` < ? interval(1m) fill(linear)',
    [at(0), at(400)],
    `SELECT AVG(code) m FROM events WHERE ts >= ${T} AND ts < ${T + 400_000} INTERVAL(1m) FILL(LINEAR)`,
  ],
  [
    'fill value',
    () =>
      db
        .selectFrom('events')
        .select((eb) => [eb.fn.max('code').as('m')])
        .where('ts', '>=', at(0))
        .where('ts', '<', at(400))
        .$call(interval('1m', { fill: { value: [-1] } })),
    'select max(`code`) as `m` from `events` where `ts` >= ? and `ts` < ? interval(1m) fill(value, -1)',
    [at(0), at(400)],
    `SELECT MAX(code) m FROM events WHERE ts >= ${T} AND ts < ${T + 400_000} INTERVAL(1m) FILL(VALUE, -1)`,
  ],
  [
    'partition by',
    () =>
      db
        .selectFrom('meters')
        .select((eb) => [tableName().as('name'), eb.fn.countAll().as('n')])
        .$call(partitionBy('tbname'))
        .orderBy('name'),
    'select tbname as `name`, count(*) as `n` from `meters` partition by tbname order by `name`',
    [],
    'SELECT tbname AS name, COUNT(*) n FROM meters PARTITION BY tbname ORDER BY name',
  ],
  [
    'partition by and interval',
    () =>
      db
        .selectFrom('meters')
        .select((eb) => ['location', windowStart().as('s'), eb.fn.avg('voltage').as('v')])
        .$call(partitionBy('location'))
        .$call(interval('5m'))
        .orderBy('location')
        .orderBy('s'),
    'select `location`, _wstart as `s`, avg(`voltage`) as `v` from `meters` partition by `location` interval(5m) order by `location`, `s`',
    [],
    'SELECT location, _wstart AS s, AVG(voltage) v FROM meters PARTITION BY location INTERVAL(5m) ORDER BY location, s',
  ],
  [
    'clauses in any order',
    () =>
      db
        .selectFrom('meters')
        .limit(2)
        .$call(interval('5m'))
        .select((eb) => [windowStart().as('s'), eb.fn.countAll().as('n')])
        .orderBy('s')
        .$call(partitionBy('location', 'groupid'))
        .where('voltage', '>', 0),
    'select _wstart as `s`, count(*) as `n` from `meters` where `voltage` > ? partition by `location`, `groupid` interval(5m) order by `s` limit ?',
    [0, 2],
    'SELECT _wstart AS s, COUNT(*) n FROM meters WHERE voltage > 0 PARTITION BY location, groupid INTERVAL(5m) ORDER BY s LIMIT 2',
  ],
  [
    'slimit',
    () =>
      db
        .selectFrom('meters')
        .select((eb) => eb.fn.countAll().as('n'))
        .$call(partitionBy('tbname'))
        .$call(slimit(2)),
    'select count(*) as `n` from `meters` partition by tbname slimit 2',
    [],
    'SELECT COUNT(*) n FROM meters PARTITION BY tbname SLIMIT 2',
  ],
  [
    'slimit soffset limit',
    () => db.selectFrom('meters').select('voltage').$call(partitionBy('tbname')).$call(slimit(2, 1)).limit(1),
    'select `voltage` from `meters` partition by tbname slimit 2 soffset 1 limit ?',
    [1],
    'SELECT voltage FROM meters PARTITION BY tbname SLIMIT 2 SOFFSET 1 LIMIT 1',
  ],
  [
    'session',
    () =>
      db
        .selectFrom('events')
        .select((eb) => [windowStart().as('s'), eb.fn.countAll().as('n')])
        .$call(session('ts', '2m')),
    'select _wstart as `s`, count(*) as `n` from `events` session(`ts`, 2m)',
    [],
    'SELECT _wstart AS s, COUNT(*) n FROM events SESSION(ts, 2m)',
  ],
  [
    'state window',
    () =>
      db
        .selectFrom('d1')
        .select((eb) => [windowStart().as('s'), eb.fn.countAll().as('n')])
        .$call(state('voltage')),
    'select _wstart as `s`, count(*) as `n` from `d1` state_window(`voltage`)',
    [],
    'SELECT _wstart AS s, COUNT(*) n FROM d1 STATE_WINDOW(voltage)',
  ],
  [
    'event window',
    () =>
      db
        .selectFrom('d1')
        .select((eb) => eb.fn.countAll().as('n'))
        .$call(
          event(
            (eb) => eb('voltage', '>', 212),
            (eb) => eb('voltage', '<', 211),
          ),
        ),
    'select count(*) as `n` from `d1` event_window start with `voltage` > ? end with `voltage` < ?',
    [212, 211],
    'SELECT COUNT(*) n FROM d1 EVENT_WINDOW START WITH voltage > 212 END WITH voltage < 211',
  ],
  [
    'count window',
    () =>
      db
        .selectFrom('d1')
        .select((eb) => eb.fn.sum('voltage').as('v'))
        .$call(count(7)),
    'select sum(`voltage`) as `v` from `d1` count_window(7)',
    [],
    'SELECT SUM(voltage) v FROM d1 COUNT_WINDOW(7)',
  ],
  [
    'count window sliding',
    () =>
      db
        .selectFrom('d1')
        .select((eb) => eb.fn.sum('voltage').as('v'))
        .$call(count(6, 3)),
    'select sum(`voltage`) as `v` from `d1` count_window(6, 3)',
    [],
    'SELECT SUM(voltage) v FROM d1 COUNT_WINDOW(6, 3)',
  ],
  [
    'last first',
    () =>
      db
        .selectFrom('meters')
        .select((eb) => [series(eb).last('voltage').as('l'), series(eb).first('voltage').as('f'), series(eb).lastRow('phase').as('p')]),
    'select last(`voltage`) as `l`, first(`voltage`) as `f`, last_row(`phase`) as `p` from `meters`',
    [],
    'SELECT LAST(voltage) l, FIRST(voltage) f, LAST_ROW(phase) p FROM meters',
  ],
  [
    'spread twa stddev',
    () =>
      db
        .selectFrom('d1')
        .select((eb) => [series(eb).spread('current').as('a'), series(eb).twa('current').as('b'), series(eb).stddev('current').as('c')]),
    'select spread(`current`) as `a`, twa(`current`) as `b`, stddev(`current`) as `c` from `d1`',
    [],
    'SELECT SPREAD(current) a, TWA(current) b, STDDEV(current) c FROM d1',
  ],
  [
    'percentile',
    () => db.selectFrom('d1').select((eb) => series(eb).percentile('current', 90).as('p')),
    'select percentile(`current`, 90) as `p` from `d1`',
    [],
    'SELECT PERCENTILE(current, 90) p FROM d1',
  ],
  [
    'diff',
    () => db.selectFrom('d1').select((eb) => series(eb).diff('voltage').as('d')),
    'select diff(`voltage`) as `d` from `d1`',
    [],
    'SELECT DIFF(voltage) d FROM d1',
  ],
  [
    'derivative',
    () => db.selectFrom('d1').select((eb) => series(eb).derivative('current', '1s', true).as('d')),
    'select derivative(`current`, 1s, 1) as `d` from `d1`',
    [],
    'SELECT DERIVATIVE(current, 1s, 1) d FROM d1',
  ],
  [
    'csum mavg',
    () => db.selectFrom('d1').select((eb) => series(eb).csum<bigint>('voltage').as('c')),
    'select csum(`voltage`) as `c` from `d1`',
    [],
    'SELECT CSUM(voltage) c FROM d1',
  ],
  [
    'mavg',
    () => db.selectFrom('d1').select((eb) => series(eb).mavg('voltage', 3).as('m')),
    'select mavg(`voltage`, 3) as `m` from `d1`',
    [],
    'SELECT MAVG(voltage, 3) m FROM d1',
  ],
  [
    'top',
    () => db.selectFrom('d1').select((eb) => series(eb).top('current', 3).as('t')),
    'select top(`current`, 3) as `t` from `d1`',
    [],
    'SELECT TOP(current, 3) t FROM d1',
  ],
  [
    'elapsed',
    () => db.selectFrom('d1').select((eb) => series(eb).elapsed('ts', '1s').as('e')),
    'select elapsed(`ts`, 1s) as `e` from `d1`',
    [],
    'SELECT ELAPSED(ts, 1s) e FROM d1',
  ],
  [
    'state count',
    () => db.selectFrom('d1').select((eb) => series(eb).stateCount('voltage', 'GT', 211).as('s')),
    'select statecount(`voltage`, "GT", 211) as `s` from `d1`',
    [],
    'SELECT STATECOUNT(voltage, "GT", 211) s FROM d1',
  ],
  [
    'time truncate',
    () => db.selectFrom('d1').select((eb) => series(eb).timeTruncate('ts', '1m').as('t')),
    'select timetruncate(`ts`, 1m) as `t` from `d1`',
    [],
    'SELECT TIMETRUNCATE(ts, 1m) t FROM d1',
  ],
  [
    'interp',
    () =>
      db
        .selectFrom('events')
        .select((eb) => [sql<Date>`_irowts`.as('t'), series(eb).interp('code').as('c')])
        .$call(range(at(0), at(300), { every: '1m', fill: 'prev' })),
    'select _irowts as `t`, interp(`code`) as `c` from `events` range(?, ?) every(1m) fill(prev)',
    [at(0), at(300)],
    `SELECT _irowts AS t, INTERP(code) c FROM events RANGE('${iso(0)}', '${iso(300)}') EVERY(1m) FILL(PREV)`,
  ],
  [
    'a clause of any kind',
    () =>
      db
        .selectFrom('d1')
        .select((eb) => eb.fn.countAll().as('n'))
        .orderBy('n')
        .$call(any(sql`interval(4m)`)),
    'select count(*) as `n` from `d1` interval(4m) order by `n`',
    [],
    'SELECT COUNT(*) n FROM d1 INTERVAL(4m) ORDER BY n',
  ],
  [
    'window over partition and having',
    () =>
      db
        .selectFrom('meters')
        .select((eb) => [windowStart().as('s'), eb.fn.countAll().as('n')])
        .$call(partitionBy('groupid'))
        .$call(interval('3m'))
        .having((eb) => eb.fn.countAll(), '>', 6)
        .orderBy('s'),
    'select _wstart as `s`, count(*) as `n` from `meters` partition by `groupid` interval(3m) having count(*) > ? order by `s`',
    [6],
    'SELECT _wstart AS s, COUNT(*) n FROM meters PARTITION BY groupid INTERVAL(3m) HAVING COUNT(*) > 6 ORDER BY s',
  ],
]

describe(`${CASES.length} queries`, () => {
  it('are at least sixty', () => expect(CASES.length).toBeGreaterThanOrEqual(60))

  it.each(CASES)('%s', async (_, query, compiled, parameters, byHand) => {
    const built = query().compile()
    expect(built.sql).toBe(compiled)
    expect(built.parameters).toEqual(parameters)
    const rows = await query().execute()
    const expected = await (await connection.query(byHand)).rows()
    expect(rows.length).toBeGreaterThan(0)
    expect(rows).toEqual(expected)
  })
})

describe('writing', () => {
  it('writes subtables through their supertable', () => {
    const query = db
      .insertInto('meters')
      .$call(subtable('d9', { groupid: 9, location: null }))
      .values({ ts: at(0), current: 1 })
    expect(query.compile().sql).toBe('insert into `d9` using `meters` (`groupid`, `location`) tags (?, ?) (`ts`, `current`) values (?, ?)')
    expect(query.compile().parameters).toEqual([9, null, at(0), 1])
  })

  it('writes rows with tbname into many subtables, and deletes by time', async () => {
    const inserted = await db
      .insertInto('meters')
      .values([
        { tbname: 'w1', location: 'Oslo', groupid: 7, ts: at(0), current: 1 },
        { tbname: 'w2', location: 'Oslo', groupid: 8, ts: at(0), current: 2 },
      ])
      .executeTakeFirstOrThrow()
    expect(inserted.numInsertedOrUpdatedRows).toBe(2n)
    expect(await db.selectFrom('meters').select(['tbname', 'groupid']).where('location', '=', 'Oslo').orderBy('tbname').execute()).toEqual([
      { tbname: 'w1', groupid: 7 },
      { tbname: 'w2', groupid: 8 },
    ])
    const deleted = await db.deleteFrom('meters').where('location', '=', 'Oslo').executeTakeFirstOrThrow()
    expect(deleted.numDeletedRows).toBe(2n)
  })

  it('makes tables, columns, indexes and databases', async () => {
    await db.schema.createSchema('other').ifNotExists().execute()
    await createSubtable(db, 'd4', { using: 'meters', tags: { location: "O'Hare", groupid: 4 }, ifNotExists: true }).execute()
    const table = db.schema
      .createTable('plain')
      .ifNotExists()
      .addColumn('ts', 'timestamp')
      .addColumn('k', 'integer', (column) => column.primaryKey())
      .addColumn('flag', 'boolean')
      .addColumn('size', 'double precision')
    expect(table.compile().sql).toBe('create table if not exists `plain` (`ts` timestamp, `k` int primary key, `flag` bool, `size` double)')
    await table.execute()
    await db.schema.alterTable('plain').addColumn('note', 'varchar(10)').execute()
    await db.schema.alterTable('plain').modifyColumn('note', 'varchar(20)').execute()
    await db.schema.alterTable('plain').renameColumn('note', 'text').execute()
    await db.schema.createIndex('by_group').on('meters').column('groupid').execute()
    expect((await connection.schema.columns('plain')).map(({ name, sqlType }) => `${name} ${sqlType}`)).toEqual([
      'ts TIMESTAMP',
      'k INT',
      'flag BOOL',
      'size DOUBLE',
      'text VARCHAR(20)',
    ])
    expect(await connection.schema.tagValues('d4')).toEqual([{ table: 'd4', tags: { location: "O'Hare", groupid: 4 } }])
    await db.schema.dropIndex('by_group').execute()
    await db.schema.dropTable('plain').execute()
    await db.schema.dropTable('d4').ifExists().execute()
    await db.schema.dropSchema('other').execute()
  })
})

describe('reading', () => {
  it('streams, and frees the result when the loop is left', async () => {
    const seen: number[] = []
    for await (const row of db.selectFrom('d1').select('current').orderBy('ts').stream(7)) seen.push(row.current!)
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
    for await (const _ of db.selectFrom('d1').selectAll().stream(3)) break
    expect(
      await db
        .selectFrom('d1')
        .select((eb) => eb.fn.countAll().as('n'))
        .executeTakeFirst(),
    ).toEqual({ n: 20n })
  })

  it('keeps the errors of the connection', async () => {
    const error = await db
      .selectFrom('missing' as 'd1')
      .selectAll()
      .execute()
      .catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(ProgrammingError)
    expect(error).toMatchObject({ code: 0x2603 })
  })

  it('reads the schema', async () => {
    const tables = await db.introspection.getTables()
    expect(tables.map(({ name }) => name).sort()).toEqual(['devices', 'events', 'meters'])
    expect(tables.find(({ name }) => name === 'meters')?.columns.map(({ name, dataType, comment }) => [name, dataType, comment])).toEqual([
      ['ts', 'TIMESTAMP', undefined],
      ['current', 'FLOAT', undefined],
      ['voltage', 'INT', undefined],
      ['phase', 'FLOAT', undefined],
      ['location', 'VARCHAR(64)', 'TAG'],
      ['groupid', 'INT', 'TAG'],
    ])
    expect(await db.introspection.getSchemas()).toEqual([{ name: 'power' }])
  })

  it('opens a pool of its own from a URL', async () => {
    await using own = new Kysely<Database>({ dialect: new TaosDialect('embedded:?name=kysely') })
    await sql`create database p keep 36500`.execute(own)
    await sql`create table p.n (ts timestamp, v int)`.execute(own)
    expect((await sql<{ n: bigint }>`select count(*) as n from p.n`.execute(own)).rows).toEqual([{ n: 0n }])
  })
})

describe('what TDengine has not', () => {
  const refused: readonly (readonly [string, () => unknown, RegExp])[] = [
    ['UPDATE', () => db.updateTable('d1').set({ voltage: 1 }).compile(), /UPDATE.*same timestamp/],
    [
      'RETURNING',
      () =>
        db
          .insertInto('d1')
          .values({ ts: at(0) })
          .returningAll()
          .compile(),
      /RETURNING/,
    ],
    [
      'ON CONFLICT',
      () =>
        db
          .insertInto('d1')
          .values({ ts: at(0) })
          .onConflict((c) => c.doNothing())
          .compile(),
      /ON CONFLICT/,
    ],
    [
      'REPLACE',
      () =>
        db
          .replaceInto('d1')
          .values({ ts: at(0) })
          .compile(),
      /REPLACE/,
    ],
    [
      'WITH',
      () =>
        db
          .with('x', (q) => q.selectFrom('d1').selectAll())
          .selectFrom('x')
          .selectAll()
          .compile(),
      /WITH/,
    ],
    ['FOR UPDATE', () => db.selectFrom('d1').selectAll().forUpdate().compile(), /row locks/],
    [
      'OVER',
      () =>
        db
          .selectFrom('d1')
          .select((eb) => eb.fn.avg('current').over().as('a'))
          .compile(),
      /OVER.*partitionBy/,
    ],
    [
      'COUNT DISTINCT',
      () =>
        db
          .selectFrom('d1')
          .select((eb) => eb.fn.count('current').distinct().as('a'))
          .compile(),
      /hyperloglog/,
    ],
    [
      'FILTER',
      () =>
        db
          .selectFrom('d1')
          .select((eb) => eb.fn.count('current').filterWhere('voltage', '>', 1).as('a'))
          .compile(),
      /FILTER/,
    ],
    ['INTERSECT', () => db.selectFrom('d1').select('ts').intersect(db.selectFrom('d2').select('ts')).compile(), /intersect/],
    ['CROSS JOIN', () => db.selectFrom('d1').crossJoin('d2').select('d1.ts').compile(), /CrossJoin/],
    [
      'a query as a value',
      () => db.selectFrom('d1').select('ts').where('voltage', 'in', db.selectFrom('d2').select('voltage')).compile(),
      /place of a value/,
    ],
    [
      'EXISTS',
      () =>
        db
          .selectFrom('d1')
          .select('ts')
          .where((eb) => eb.exists(eb.selectFrom('d2').select('ts')))
          .compile(),
      /place of a value/,
    ],
    ['ilike', () => db.selectFrom('events').select('ts').where('note', 'ilike', 'x').compile(), /ilike.*lower/],
    [
      'foreign keys',
      () =>
        db.schema
          .createTable('t')
          .addColumn('ts', 'timestamp', (c) => c.references('d1.ts'))
          .compile(),
      /foreign keys/,
    ],
    [
      'NOT NULL',
      () =>
        db.schema
          .createTable('t')
          .addColumn('ts', 'timestamp', (c) => c.notNull())
          .compile(),
      /NOT NULL/,
    ],
    ['TEXT', () => db.schema.createTable('t').addColumn('x', 'text').compile(), /varchar\(n\)/],
    ['SERIAL', () => db.schema.createTable('t').addColumn('x', 'serial').compile(), /timestamp/],
    [
      'ALTER COLUMN',
      () =>
        db.schema
          .alterTable('d1')
          .alterColumn('current', (c) => c.setDataType('integer'))
          .compile(),
      /modifyColumn/,
    ],
    ['renaming a table', () => db.schema.alterTable('d1').renameTo('d9').compile(), /renaming.*expression/],
    ['moving a table', () => db.schema.alterTable('d1').setSchema('other').compile(), /moving.*expression/],
    ['MERGE', () => db.mergeInto('d1').using('d2', 'd1.ts', 'd2.ts').whenMatched().thenDelete().compile(), /MERGE.*insert/],
    ['RETURNING of DELETE', () => db.deleteFrom('d1').where('ts', '=', at(0)).returningAll().compile(), /RETURNING/],
    [
      'foreign keys of a table',
      () => db.schema.createTable('t').addColumn('ts', 'timestamp').addForeignKeyConstraint('f', ['ts'], 'd1', ['ts']).compile(),
      /constraints.*first column/,
    ],
    ['foreign keys added', () => db.schema.alterTable('d1').addForeignKeyConstraint('f', ['ts'], 'd2', ['ts']).compile(), /constraints/],
    ['a unique index', () => db.schema.createIndex('i').unique().on('meters').column('groupid').compile(), /unique/],
    ['DELETE LIMIT', () => db.deleteFrom('d1').limit(1).compile(), /LIMIT/],
  ]

  it.each(refused)('%s', (_, build, message) => {
    expect(build).toThrow(NotSupportedError)
    expect(build).toThrow(message)
  })

  it('transactions', async () => {
    await expect(db.transaction().execute(async () => {})).rejects.toThrow(NotSupportedError)
    await expect(db.transaction().execute(async () => {})).rejects.toThrow(/no transactions/)
    await expect(db.startTransaction().execute()).rejects.toThrow(NotSupportedError)
  })

  it('odd durations, fills and names', () => {
    expect(() => interval('1 minute')).toThrow(/duration/)
    expect(() => interval('1m); drop table x')).toThrow(/duration/)
    expect(() => interval('1m', { fill: 'zero' as 'null' })).toThrow(/fill/)
    expect(() =>
      db
        .selectFrom('d1')
        .select('a`b' as 'ts')
        .compile(),
    ).toThrow(/back quote/)
  })
})
