import { and, asc, desc, eq, gte, inArray, isNull, like, lt, max, sql } from 'drizzle-orm'
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
  windowEnd,
  windowStart,
} from './index.ts'

const meters = supertable(
  'meters',
  { ts: timestamp('ts').notNull(), current: float('current'), voltage: int('voltage') },
  { location: varchar('location', { length: 64 }), groupId: int('groupid') },
)
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
]

describe('queries', () => {
  it.each(CASES)('%s', async (_, query, byHand) => {
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
