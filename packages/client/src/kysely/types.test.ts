import { Kysely } from 'kysely'
import { describe, expectTypeOf, it } from 'vitest'
import {
  asof,
  interval,
  partitionBy,
  series,
  session,
  state,
  subtable,
  type TableName,
  type Tag,
  TaosDialect,
  tableName,
  windowStart,
} from './index.ts'

interface Database {
  meters: { ts: Date; current: number | null; total: bigint | null; location: Tag<string>; groupid: Tag<number>; tbname: TableName }
  events: { ts: Date; code: number | null }
}

const db = new Kysely<Database>({ dialect: new TaosDialect('embedded:') })
/** What a query gives, without running it. */
type RowOf<Query extends { execute(): Promise<unknown[]> }> = Awaited<ReturnType<Query['execute']>>[number]

describe('the types of Kysely', () => {
  it('hold for columns, tags and tbname', () => {
    const query = db.selectFrom('meters').select(['ts', 'current', 'total', 'location', 'tbname'])
    expectTypeOf<RowOf<typeof query>>().toEqualTypeOf<{
      ts: Date
      current: number | null
      total: bigint | null
      location: string | null
      tbname: string
    }>()
    // @ts-expect-error there is no such column
    db.selectFrom('meters').select('missing')
    // @ts-expect-error there is no such table
    db.selectFrom('missing')
    // @ts-expect-error a number is compared with a number
    db.selectFrom('meters').select('ts').where('current', '>', 'x')
  })

  it('hold through windows and partitions', () => {
    const query = db
      .selectFrom('meters')
      .select((eb) => ['location', tableName().as('name'), windowStart().as('start'), series(eb).last('current').as('latest')])
      .$call(partitionBy('location', 'tbname'))
      .$call(interval('1m', { sliding: '10s', fill: 'prev' }))
    expectTypeOf<RowOf<typeof query>>().toEqualTypeOf<{ location: string | null; name: string; start: Date; latest: number | null }>()
    // @ts-expect-error partitions are by columns of the query
    db.selectFrom('meters').select('ts').$call(partitionBy('code'))
    // @ts-expect-error windows too
    db.selectFrom('meters').select('ts').$call(state('code'))
    // @ts-expect-error and sessions
    db.selectFrom('meters').select('ts').$call(session('code', '1m'))
    // @ts-expect-error fill has its names
    void (() => interval('1m', { fill: 'zero' }))
  })

  it('follow the column in functions', () => {
    const query = db
      .selectFrom('meters')
      .select((eb) => [
        series(eb).first('total').as('a'),
        series(eb).timeTruncate('ts', '1h').as('b'),
        series(eb).spread('current').as('c'),
        series(eb).hyperloglog('location').as('d'),
        series(eb).diff('total').as('e'),
        windowStart<bigint>().as('f'),
      ])
    expectTypeOf<RowOf<typeof query>>().toEqualTypeOf<{
      a: bigint | null
      b: Date
      c: number | null
      d: bigint
      e: bigint | null
      f: bigint
    }>()
    // @ts-expect-error there is no such column
    db.selectFrom('meters').select((eb) => series(eb).last('missing').as('x'))
  })

  it('make the other side of an ASOF join nullable', () => {
    const query = db
      .selectFrom('events as e')
      .leftJoin('meters as m', (join) => asof(join.onRef('e.ts', '>=', 'm.ts'), { limit: 1 }))
      .select(['e.ts', 'm.ts as at', 'm.tbname as name'])
    expectTypeOf<RowOf<typeof query>>().toEqualTypeOf<{ ts: Date; at: Date | null; name: string | null }>()
  })

  it('ask for columns and leave tags to subtable()', () => {
    const insert = db.insertInto('meters').$call(subtable('d1', { location: 'Paris', groupid: 1 }))
    insert.values({ ts: new Date(), current: 1 })
    insert.values({ ts: new Date(), tbname: 'd2', location: null })
    // @ts-expect-error the timestamp is never left out
    insert.values({ current: 1 })
    // @ts-expect-error tags cannot be set by UPDATE
    db.updateTable('meters').set({ location: 'x' })
  })
})
