import { equal, type Spec } from './spec.ts'

/** A time zone parses and formats local times; it never shifts an instant. */
export const timezoneSpecs: readonly Spec[] = [
  {
    name: 'local times are read in the connection’s zone',
    needs: ['timezone'],
    async run({ connection, database, connect }) {
      await connection.execute('CREATE TABLE t (ts TIMESTAMP, v INT)')
      const shanghai = await connect({ timezone: 'Asia/Shanghai', database })
      await shanghai.execute("INSERT INTO t VALUES ('2024-06-01 08:00:00', 1)")
      equal(await (await connection.query('SELECT ts FROM t')).values(), [[new Date('2024-06-01T00:00:00Z')]])
      equal(await (await shanghai.query('SELECT ts FROM t', null, { timestamp: 'string' })).values(), [['2024-06-01T08:00:00.000+08:00']])
      equal(await (await shanghai.query('SELECT ts FROM t')).values(), [[new Date('2024-06-01T00:00:00Z')]])
    },
  },
  {
    name: 'days begin at local midnight, across a change of the clock',
    needs: ['timezone'],
    async run({ connection, database, connect }) {
      await connection.execute('CREATE TABLE t (ts TIMESTAMP, v INT)')
      await connection.execute("INSERT INTO t VALUES ('2024-03-31T05:30:00Z', 1) ('2024-03-30T12:00:00Z', 2)")
      const newYork = await connect({ timezone: 'America/New_York', database })
      equal(await (await newYork.query('SELECT _wstart, count(*) FROM t INTERVAL(1d)')).values(), [
        [new Date('2024-03-30T04:00:00Z'), 1n],
        [new Date('2024-03-31T04:00:00Z'), 1n],
      ])
    },
  },
]
