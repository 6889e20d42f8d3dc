import { and, eq, gte, sql } from 'drizzle-orm'
import { connect } from 'taosts'
import { createTable, drizzle, float, interval, partitionBy, supertable, timestamp, varchar, windowStart } from 'taosts/drizzle'

// `npx taosts generate-types --for drizzle` writes such definitions from a database.
const meters = supertable(
  'meters',
  { ts: timestamp('ts').notNull(), current: float('current') },
  { location: varchar('location', { length: 64 }) },
)

await using connection = await connect()
await connection.execute('CREATE DATABASE IF NOT EXISTS drizzle_example KEEP 36500')
await connection.selectDb('drizzle_example')
const db = drizzle(connection)
await createTable(db, meters, { ifNotExists: true })

const start = Date.UTC(2026, 0, 1)
const rows = ['Paris', 'Rome'].flatMap((location) =>
  Array.from({ length: 60 }, (_, i) => ({ tbname: location.toLowerCase(), location, ts: new Date(start + i * 2000), current: i })),
)
await db.insert(meters).values(rows)

const averages = await db
  .select({ location: meters.location, start: windowStart(), average: sql<number>`avg(${meters.current})` })
  .from(meters)
  .where(and(gte(meters.ts, new Date(start)), eq(meters.location, 'Paris')))
  .groupBy(partitionBy(meters.location), interval('1m'))
for (const row of averages) console.log(row.location, row.start.toISOString(), row.average)
