import { equal, rejection, type Spec } from './spec.ts'

/** Every type, its extremes and NULL, in and out. */
export const valueSpecs: readonly Spec[] = [
  {
    name: 'every type comes back as it went in',
    async run({ connection }) {
      await connection.execute(`CREATE TABLE t (ts TIMESTAMP, b BOOL, ti TINYINT, si SMALLINT, i INT, bi BIGINT, tu TINYINT UNSIGNED, su SMALLINT UNSIGNED,
        iu INT UNSIGNED, bu BIGINT UNSIGNED, f FLOAT, d DOUBLE, v VARCHAR(60), n NCHAR(20), vb VARBINARY(20), g GEOMETRY(100))`)
      await connection.execute(`INSERT INTO t VALUES
        (1, true, -128, -32768, -2147483648, -9223372036854775808, 0, 0, 0, 0, -1.5, -1.7976931348623157e308, '', '', '\\x', 'POINT(1 2)')
        (2, false, 127, 32767, 2147483647, 9223372036854775807, 255, 65535, 4294967295, 18446744073709551615, 0.1, 0.1, 'it''s "quoted" 中文', '樱桃派🍒', '\\x00ff', NULL)
        (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`)
      const [low, high, nulls] = await (
        await connection.query('SELECT b, ti, si, i, bi, tu, su, iu, bu, f, d, v, n, vb FROM t ORDER BY ts')
      ).values()
      equal(low, [true, -128, -32768, -2147483648, -(2n ** 63n), 0, 0, 0, 0n, -1.5, -Number.MAX_VALUE, '', '', new Uint8Array()])
      equal(high, [
        false,
        127,
        32767,
        2147483647,
        2n ** 63n - 1n,
        255,
        65535,
        4294967295,
        2n ** 64n - 1n,
        0.1,
        0.1,
        'it\'s "quoted" 中文',
        '樱桃派🍒',
        new Uint8Array([0, 255]),
      ])
      equal(nulls, new Array(14).fill(null))
      const point = (await (await connection.query('SELECT g FROM t WHERE ts = 1')).values())[0]![0] as Uint8Array
      equal([point[0], point[1], point.length], [1, 1, 21], 'little-endian WKB of a point')
    },
  },
  {
    name: 'decimals are exact',
    async run({ connection }) {
      await connection.execute('CREATE TABLE t (ts TIMESTAMP, small DECIMAL(10, 2), large DECIMAL(38, 10))')
      await connection.execute("INSERT INTO t VALUES (1, '-12345678.91', '1234567890123456789012345678.0123456789') (2, 0.05, NULL)")
      equal(await (await connection.query('SELECT small, large FROM t ORDER BY ts')).values(), [
        ['-12345678.91', '1234567890123456789012345678.0123456789'],
        ['0.05', null],
      ])
    },
  },
  {
    name: 'timestamps of every precision, before 1970 too',
    async run({ connection, createDatabase }) {
      for (const [precision, ticks] of [
        ['us', -1n],
        ['us', 1_700_000_000_123_456n],
        ['ns', -1n],
        ['ns', 1_700_000_000_123_456_789n],
      ] as const) {
        const database = await createDatabase(`PRECISION '${precision}'`)
        await connection.execute(`CREATE TABLE ${database}.t (ts TIMESTAMP, other TIMESTAMP)`)
        await connection.execute(`INSERT INTO ${database}.t VALUES (?, ?)`, [ticks, ticks])
        equal(await (await connection.query(`SELECT ts, other FROM ${database}.t`)).values(), [[ticks, ticks]], precision)
      }
      await connection.execute('CREATE TABLE t (ts TIMESTAMP, v INT)')
      await connection.execute('INSERT INTO t VALUES (?, 1)', [-1n])
      equal(await (await connection.query('SELECT ts FROM t')).values(), [[new Date(-1)]])
    },
  },
  {
    name: 'value options choose the shape',
    async run({ connection }) {
      await connection.execute('CREATE TABLE t (ts TIMESTAMP, b BIGINT)')
      await connection.execute('INSERT INTO t VALUES (1700000000123, 9007199254740993)')
      equal(await (await connection.query('SELECT ts, b FROM t', null, { int64: 'string', timestamp: 'bigint' })).values(), [
        [1_700_000_000_123n, '9007199254740993'],
      ])
      equal(await (await connection.query('SELECT ts FROM t', null, { timestamp: 'string' })).values(), [['2023-11-14T22:13:20.123Z']])
      equal((await rejection((await connection.query('SELECT b FROM t', null, { int64: 'number' })).values())).name, 'DataError')
    },
  },
  {
    name: 'JSON tags are parsed',
    async run({ connection }) {
      await connection.execute('CREATE STABLE st (ts TIMESTAMP, v INT) TAGS (info JSON)')
      await connection.execute(
        `INSERT INTO a USING st TAGS ('{"city": "Oslo", "n": 1.5, "ok": true}') VALUES (1, 1) b USING st TAGS (NULL) VALUES (1, 2)`,
      )
      equal(await (await connection.query('SELECT v, info FROM st ORDER BY v')).values(), [
        [1, { city: 'Oslo', n: 1.5, ok: true }],
        [2, null],
      ])
      equal(await (await connection.query("SELECT v FROM st WHERE info->'city' = 'Oslo'")).values(), [[1]])
    },
  },
  {
    name: 'parameters of every kind, positional and named',
    async run({ connection }) {
      await connection.execute('CREATE TABLE t (ts TIMESTAMP, b BOOL, i BIGINT, d DOUBLE, v VARCHAR(60), n NCHAR(20))')
      const text = `'; DROP TABLE t; -- \\ " %_ \n`
      equal(await connection.execute('INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)', [new Date(5), true, -(2n ** 63n), 1e-9, text, '🍒']), 1)
      equal(
        await connection.execute('INSERT INTO t VALUES (:ts, :b, :i, :d, :v, :n)', {
          ts: new Date(6),
          b: null,
          i: 7,
          d: null,
          v: null,
          n: null,
        }),
        1,
      )
      equal(await (await connection.query('SELECT * FROM t WHERE ts >= ? ORDER BY ts', [new Date(5)])).values(), [
        [new Date(5), true, -(2n ** 63n), 1e-9, text, '🍒'],
        [new Date(6), null, 7n, null, null, null],
      ])
      equal(await (await connection.query('SELECT i FROM t WHERE v = ?', [text])).values(), [[-(2n ** 63n)]])
    },
  },
  {
    name: 'the sql tag keeps values out of the text',
    async run({ connection }) {
      await connection.execute('CREATE TABLE t (ts TIMESTAMP, v VARCHAR(60))')
      const value = `x' OR '1'='1`
      await connection.sql`INSERT INTO t VALUES (${new Date(1)}, ${value})`
      equal(await (await connection.sql`SELECT v FROM t WHERE v = ${value}`).values(), [[value]])
    },
  },
]
