import { Kysely } from 'kysely'
import { connect } from 'taosts'
import {
  createSupertable,
  interval,
  partitionBy,
  series,
  subtable,
  type TableName,
  type Tag,
  TaosDialect,
  windowStart,
} from 'taosts/kysely'

// `npx taosts generate-types --for kysely` writes such interfaces from a database.
interface Database {
  meters: { ts: Date; current: number | null; voltage: number | null; location: Tag<string>; tbname: TableName }
}

await using connection = await connect()
await connection.execute('CREATE DATABASE IF NOT EXISTS kysely_example KEEP 36500')
await connection.selectDb('kysely_example')
const db = new Kysely<Database>({ dialect: new TaosDialect({ connection }) })

await createSupertable(db, 'meters', {
  columns: { ts: 'TIMESTAMP', current: 'FLOAT', voltage: 'INT' },
  tags: { location: 'VARCHAR(64)' },
  ifNotExists: true,
}).execute()

const start = Date.UTC(2026, 0, 1)
for (const [name, location] of [
  ['d1', 'Paris'],
  ['d2', 'Rome'],
] as const) {
  const rows = Array.from({ length: 120 }, (_, i) => ({ ts: new Date(start + i * 1000), current: i / 10, voltage: 220 + (i % 3) }))
  await db.insertInto('meters').$call(subtable(name, { location })).values(rows).execute()
}

const averages = await db
  .selectFrom('meters')
  .select((eb) => [
    'location',
    windowStart().as('start'),
    eb.fn.avg<number>('current').as('average'),
    series(eb).last('voltage').as('voltage'),
  ])
  .where('ts', '>=', new Date(start))
  .$call(partitionBy('location'))
  .$call(interval('1m'))
  .orderBy('location')
  .orderBy('start')
  .execute()
for (const { location, start: minute, average, voltage } of averages)
  console.log(location, minute.toISOString(), average.toFixed(2), voltage)

let streamed = 0
for await (const _ of db.selectFrom('meters').selectAll().stream(50)) streamed++
console.log('streamed:', streamed)
await db.destroy()
