import { equal, ok, rejection, type Spec } from './spec.ts'

const METERS = [
  'CREATE STABLE meters (ts TIMESTAMP, current FLOAT, voltage INT, phase FLOAT) TAGS (groupid INT, location VARCHAR(64))',
  `INSERT INTO d1 USING meters TAGS (2, 'California.SanFrancisco') VALUES ('2018-10-03T14:38:05.000Z', 10.3, 219, 0.31) ('2018-10-03T14:38:15.000Z', 12.6, 218, 0.33)
     d2 USING meters TAGS (3, 'California.LosAngeles') VALUES ('2018-10-03T14:38:05.500Z', 11.8, 221, 0.28) ('2018-10-03T14:38:16.600Z', NULL, 223, 0.29)`,
]

/** Statements, results, and the ways to read them. */
export const querySpecs: readonly Spec[] = [
  {
    name: 'execute gives the rows written, and 0 for DDL',
    async run({ connection }) {
      equal(await connection.execute(METERS[0]!), 0)
      equal(await connection.execute(METERS[1]!), 4)
    },
  },
  {
    name: 'rows are objects with Dates, numbers and nulls',
    async run({ connection }) {
      for (const sql of METERS) await connection.execute(sql)
      const result = await connection.query('SELECT ts, current, voltage, location FROM meters ORDER BY ts')
      equal(result.fields, [
        { name: 'ts', type: 'TIMESTAMP', bytes: 8 },
        { name: 'current', type: 'FLOAT', bytes: 4 },
        { name: 'voltage', type: 'INT', bytes: 4 },
        { name: 'location', type: 'VARCHAR', bytes: 64 },
      ])
      equal(await result.rows(), [
        { ts: new Date('2018-10-03T14:38:05.000Z'), current: 10.3, voltage: 219, location: 'California.SanFrancisco' },
        { ts: new Date('2018-10-03T14:38:05.500Z'), current: 11.8, voltage: 221, location: 'California.LosAngeles' },
        { ts: new Date('2018-10-03T14:38:15.000Z'), current: 12.6, voltage: 218, location: 'California.SanFrancisco' },
        { ts: new Date('2018-10-03T14:38:16.600Z'), current: null, voltage: 223, location: 'California.LosAngeles' },
      ])
      equal(result.rowCount, 4, 'rowCount')
    },
  },
  {
    name: 'for await, values, columns, first and data give the same rows',
    async run({ connection }) {
      for (const sql of METERS) await connection.execute(sql)
      const sql = 'SELECT voltage, tbname FROM meters ORDER BY voltage'
      const want = [
        [218, 'd1'],
        [219, 'd1'],
        [221, 'd2'],
        [223, 'd2'],
      ]
      const iterated: unknown[] = []
      for await (const row of await connection.query<{ voltage: number; tbname: string }>(sql)) iterated.push([row.voltage, row.tbname])
      equal(iterated, want, 'for await')
      equal(await (await connection.query(sql)).values(), want, 'values')
      equal(await (await connection.query(sql)).data, want, 'data')
      equal(await (await connection.query(sql)).first(), { voltage: 218, tbname: 'd1' }, 'first')
      const { columns } = await (await connection.query(sql)).columns()
      equal([...columns[0]!.values], [218, 219, 221, 223], 'columns')
    },
  },
  {
    name: 'windows, partitions and fill',
    async run({ connection }) {
      for (const sql of METERS) await connection.execute(sql)
      equal(
        await (
          await connection.query(
            'SELECT _wstart, count(*) AS n, max(voltage) AS v FROM meters PARTITION BY tbname INTERVAL(10s) ORDER BY _wstart, v',
          )
        ).values(),
        [
          [new Date('2018-10-03T14:38:00Z'), 1n, 219],
          [new Date('2018-10-03T14:38:00Z'), 1n, 221],
          [new Date('2018-10-03T14:38:10Z'), 1n, 218],
          [new Date('2018-10-03T14:38:10Z'), 1n, 223],
        ],
      )
      equal(
        await (
          await connection.query(
            "SELECT _wstart, sum(voltage) AS v FROM d1 WHERE ts >= '2018-10-03T14:38:00Z' AND ts < '2018-10-03T14:38:20Z' INTERVAL(5s) FILL(VALUE, 0)",
          )
        ).values(),
        [
          [new Date('2018-10-03T14:38:00Z'), 0n],
          [new Date('2018-10-03T14:38:05Z'), 219n],
          [new Date('2018-10-03T14:38:10Z'), 0n],
          [new Date('2018-10-03T14:38:15Z'), 218n],
        ],
      )
    },
  },
  {
    name: 'a result larger than a block arrives whole and in order',
    async run({ connection }) {
      await connection.execute('CREATE TABLE big (ts TIMESTAMP, v BIGINT, s VARCHAR(20))')
      const rows = 10_000
      for (let first = 0; first < rows; first += 2500) {
        let sql = 'INSERT INTO big VALUES'
        for (let i = first; i < first + 2500; i++) sql += ` (${1_600_000_000_000 + i}, ${i}, ${i % 7 === 0 ? 'NULL' : `'row ${i}'`})`
        equal(await connection.execute(sql), 2500)
      }
      let i = 0
      for await (const row of await connection.query<{ v: bigint; s: string | null }>('SELECT v, s FROM big')) {
        if (row.v !== BigInt(i) || row.s !== (i % 7 === 0 ? null : `row ${i}`)) throw new Error(`row ${i} is ${row.v}, ${row.s}`)
        i++
      }
      equal(i, rows)
    },
  },
  {
    name: 'leaving a loop early leaves the connection usable',
    async run({ connection }) {
      await connection.execute('CREATE TABLE t (ts TIMESTAMP, v INT)')
      let sql = 'INSERT INTO t VALUES'
      for (let i = 0; i < 5000; i++) sql += ` (${1_600_000_000_000 + i}, ${i})`
      await connection.execute(sql)
      for (let round = 0; round < 20; round++) {
        for await (const row of await connection.query<{ v: number }>('SELECT v FROM t')) if (row.v === 3) break
      }
      equal(await (await connection.query('SELECT count(*) AS n FROM t')).rows(), [{ n: 5000n }])
    },
  },
  {
    name: 'many statements at a time on one connection',
    async run({ connection }) {
      await connection.execute('CREATE TABLE t (ts TIMESTAMP, v INT)')
      await connection.execute('INSERT INTO t VALUES (1, 1) (2, 2) (3, 3)')
      const answers = await Promise.all(
        Array.from({ length: 40 }, async (_, i) => (await connection.query<{ v: number }>(`SELECT v + ${i} AS v FROM t`)).values()),
      )
      for (const [i, rows] of answers.entries())
        equal(
          rows,
          [[1 + i], [2 + i], [3 + i]].map(([v]) => [Number(v)]),
          `answer ${i}`,
        )
    },
  },
  {
    name: 'an empty result has fields and no rows',
    async run({ connection }) {
      await connection.execute('CREATE TABLE t (ts TIMESTAMP, v INT)')
      const result = await connection.query('SELECT * FROM t')
      equal(
        result.fields.map((field) => field.name),
        ['ts', 'v'],
      )
      equal(await result.rows(), [])
      equal(await (await connection.query('SELECT * FROM t')).first(), undefined)
    },
  },
  {
    name: 'a result is read once',
    async run({ connection }) {
      const result = await connection.query('SELECT 1')
      await result.rows()
      ok(/read/.test((await rejection(result.rows())).message), 'a second reading says so')
    },
  },
  {
    name: 'two columns of one name are refused as objects and given as arrays',
    async run({ connection }) {
      const error = await rejection((await connection.query('SELECT 1 AS a, 2 AS a')).rows())
      equal(error.name, 'DataError')
      ok(error.message.includes('AS'), 'says what to do')
      equal(await (await connection.query('SELECT 1 AS a, 2 AS a')).values(), [[1n, 2n]])
    },
  },
  {
    name: 'USE and selectDb change the database for what follows',
    async run({ connection, database, createDatabase }) {
      const other = await createDatabase()
      await connection.execute(`CREATE TABLE ${other}.only_here (ts TIMESTAMP, v INT)`)
      await connection.selectDb(other)
      equal(await (await connection.query('SELECT * FROM only_here')).rows(), [])
      await connection.execute(`USE ${database}`)
      equal((await rejection(connection.query('SELECT * FROM only_here'))).code, 0x2603)
    },
  },
  {
    name: 'current database',
    needs: ['currentDatabase'],
    async run({ connection, database }) {
      equal(await connection.currentDatabase(), database)
    },
  },
  {
    name: 'validateSql checks without running',
    needs: ['validate'],
    async run({ connection }) {
      await connection.validateSql('SELECT 1')
      equal((await rejection(connection.validateSql('SELECT FROM'))).code, 0x2600)
    },
  },
]
