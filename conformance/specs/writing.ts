import { formatLine, WriterError } from 'taosts'
import { equal, ok, rejection, type Spec } from './spec.ts'

const METERS = 'CREATE STABLE meters (ts TIMESTAMP, current FLOAT, voltage INT, phase FLOAT) TAGS (groupid INT, location NCHAR(20))'
const ALL = 'SELECT tbname, ts, current, voltage, groupid, location FROM meters ORDER BY tbname, ts'

/** Rows in: prepared statements, insert(), schemaless lines, the writer. */
export const writingSpecs: readonly Spec[] = [
  {
    name: 'a prepared INSERT into many tables, with tags, by rows',
    needs: ['statements'],
    async run({ connection }) {
      await connection.execute(METERS)
      await using insert = await connection.prepare('INSERT INTO ? USING meters TAGS (?, ?) VALUES (?, ?, ?, ?)')
      equal(
        insert.fields.map(({ name }) => name),
        ['tbname', 'groupid', 'location', 'ts', 'current', 'voltage', 'phase'],
      )
      equal(
        await insert.execute([
          { tbname: 'd1', groupid: 2, location: '巴黎', ts: new Date(1), current: 10.3, voltage: 219, phase: null },
          { tbname: 'd2', groupid: 3, location: null, ts: new Date(1), current: null, voltage: 220, phase: 0.5 },
          ['d1', 2, '巴黎', new Date(2), 1.5, -1, null],
        ]),
        3,
      )
      equal(await insert.execute([['d3', 9, 'x', 5n, 0.1, 1, 0]]), 1, 'again')
      equal(await (await connection.query(ALL)).values(), [
        ['d1', new Date(1), 10.3, 219, 2, '巴黎'],
        ['d1', new Date(2), 1.5, -1, 2, '巴黎'],
        ['d2', new Date(1), null, 220, 3, null],
        ['d3', new Date(5), 0.1, 1, 9, 'x'],
      ])
    },
  },
  {
    name: 'a prepared INSERT by columns of typed arrays',
    needs: ['statements'],
    async run({ connection }) {
      await connection.execute('CREATE TABLE t (ts TIMESTAMP, i INT, d DOUBLE, s VARCHAR(10))')
      await using insert = await connection.prepare('INSERT INTO t VALUES (?, ?, ?, ?)')
      const rows = 20_000
      const written = await insert.executeColumns({
        columns: {
          ts: BigInt64Array.from({ length: rows }, (_, i) => BigInt(i)),
          i: {
            values: Int32Array.from({ length: rows }, (_, i) => i),
            nulls: Uint8Array.from({ length: rows }, (_, i) => (i % 3 === 0 ? 1 : 0)),
          },
          d: Float64Array.from({ length: rows }, (_, i) => i / 7),
          s: Array.from({ length: rows }, (_, i) => `row ${i}`),
        },
      })
      equal(written, rows)
      equal(
        await (await connection.query('SELECT count(*), count(i), sum(d), last(s) FROM t')).values(),
        [[BigInt(rows), BigInt(rows - Math.ceil(rows / 3)), (rows * (rows - 1)) / 2 / 7, `row ${rows - 1}`]].map(([a, b, c, d]) => [
          a,
          b,
          c,
          d,
        ]),
      )
    },
  },
  {
    name: 'a prepared SELECT with parameters',
    needs: ['statements'],
    async run({ connection }) {
      await connection.execute('CREATE TABLE t (ts TIMESTAMP, v INT, s VARCHAR(10))')
      await connection.execute("INSERT INTO t VALUES (1, 1, 'a') (2, 2, 'b') (3, 3, 'c')")
      await using select = await connection.prepare('SELECT v, s FROM t WHERE v > ? AND s <> ? ORDER BY v')
      equal(select.parameterCount, 2)
      equal(await (await select.query([0, 'b'])).values(), [
        [1, 'a'],
        [3, 'c'],
      ])
      equal(await (await select.query([1, 'x'])).values(), [
        [2, 'b'],
        [3, 'c'],
      ])
      ok(/2 \?/.test((await rejection(select.query([1]))).message), 'says how many are needed')
    },
  },
  {
    name: 'insert() into a table, by objects, arrays and columns',
    async run({ connection, database }) {
      await connection.execute('CREATE TABLE t (ts TIMESTAMP, v INT, s NCHAR(20))')
      equal(
        await connection.insert('t', [
          { ts: new Date(1), v: 1 },
          { ts: new Date(2), s: '二' },
        ]),
        2,
      )
      equal(await connection.insert(`${database}.t`, [[new Date(3), 3, 'three']]), 1)
      equal(await connection.insert('t', { columns: { ts: [4n, 5n], v: Int32Array.of(4, 5) } }), 2)
      equal(await connection.insert('t', [[new Date(-1), 0, 'before 1970']]), 1)
      equal(await (await connection.query('SELECT * FROM t')).values(), [
        [new Date(-1), 0, 'before 1970'],
        [new Date(1), 1, null],
        [new Date(2), null, '二'],
        [new Date(3), 3, 'three'],
        [new Date(4), 4, null],
        [new Date(5), 5, null],
      ])
    },
  },
  {
    name: 'insert() into a supertable groups rows by tbname and makes subtables',
    async run({ connection }) {
      await connection.execute(METERS)
      equal(
        await connection.insert('meters', [
          { tbname: 'd1', groupid: 1, location: 'a', ts: new Date(1), voltage: 1 },
          { tbname: 'd2', groupid: 2, location: 'b', ts: new Date(1), voltage: 2 },
          { tbname: 'd1', groupid: 1, location: 'a', ts: new Date(2), voltage: 3 },
        ]),
        3,
      )
      equal(await connection.insert('meters', [{ tbname: 'd1', ts: new Date(3), voltage: 4 }]), 1, 'without tags')
      equal(await connection.insert('meters', []), 0, 'no rows')
      equal(await connection.insert('d3', [{ ts: new Date(1), voltage: 5 }], { using: 'meters', tags: { groupid: 3 } }), 1, 'with using')
      equal(await connection.insert('d3', { columns: { ts: [2n, 3n], voltage: Int32Array.of(6, 7) } }), 2, 'into a subtable')
      equal(await (await connection.query('SELECT tbname, ts, voltage, groupid, location FROM meters ORDER BY tbname, ts')).values(), [
        ['d1', new Date(1), 1, 1, 'a'],
        ['d1', new Date(2), 3, 1, 'a'],
        ['d1', new Date(3), 4, 1, 'a'],
        ['d2', new Date(1), 2, 2, 'b'],
        ['d3', new Date(1), 5, 3, null],
        ['d3', new Date(2), 6, 3, null],
        ['d3', new Date(3), 7, 3, null],
      ])
    },
  },
  {
    name: 'a value that does not fit is refused before anything is sent, naming column and row',
    async run({ connection }) {
      await connection.execute('CREATE TABLE t (ts TIMESTAMP, v TINYINT, s VARCHAR(4), n NCHAR(2), d DOUBLE, b BIGINT UNSIGNED)')
      for (const [row, column] of [
        [{ ts: new Date(2), v: 300 }, 'v'],
        [{ ts: new Date(2), v: Number.NaN }, 'v'],
        [{ ts: new Date(2), v: 1.5 }, 'v'],
        [{ ts: new Date(2), b: -1n }, 'b'],
        [{ ts: new Date(2), b: 2 ** 60 }, 'b'],
        [{ ts: new Date(2), s: 'too long' }, 's'],
        [{ ts: new Date(2), s: 5 }, 's'],
        [{ ts: new Date(2), n: '🍒🍒🍒' }, 'n'],
        [{ ts: new Date(2), d: 'x' }, 'd'],
        [{ ts: 'not a time', v: 1 }, 'ts'],
        [{ ts: '2024-01-01T00:00:00.000001Z', v: 1 }, 'ts'],
        [{ ts: new Date(Number.NaN), v: 1 }, 'ts'],
        [{ ts: null, v: 1 }, 'ts'],
        [{ ts: new Date(2), nosuch: 1 }, 'nosuch'],
      ] as const) {
        const error = await rejection(connection.insert('t', [{ ts: new Date(1), v: 1, s: 'ok' }, row]))
        equal([error.name, (error as { column?: string }).column, (error as { row?: number }).row], ['DataError', column, 1], error.message)
        ok(error.message.includes(column), error.message)
      }
      ok((await rejection(connection.insert('t', [[new Date(1), 1]]))).message.includes('row 0'), 'a row of the wrong length is named')
      for (const name of ['', 'a.b.c', 'a b', '`', 'a`b']) {
        const error = await rejection(connection.insert(name, [{ ts: new Date(1), v: 1 }]))
        ok(['DataError', 'InterfaceError'].includes(error.name), `${name}: ${error.message}`)
      }
      ok(/exist/.test((await rejection(connection.insert('no_such_table', [{ ts: new Date(1) }]))).message), 'a table that is not there')
      equal(await (await connection.query('SELECT count(*) FROM t')).values(), [[0n]])
      equal(await connection.insert('t', [{ ts: new Date(1), v: 1 }]), 1, 'the connection stays usable')
    },
  },
  {
    name: 'names of subtables that cannot be are refused, naming the row',
    async run({ connection }) {
      await connection.execute(METERS)
      for (const tbname of ['', 'x'.repeat(193), 'a\0b', 5, null]) {
        const rows = [
          { tbname: 'd1', groupid: 1, ts: new Date(1) },
          { tbname, groupid: 1, ts: new Date(2) },
        ]
        const error = await rejection(connection.insert('meters', rows as never))
        equal([error.name, (error as { row?: number }).row], ['DataError', 1], error.message)
      }
      const tags = [
        { tbname: 'd1', groupid: 1, ts: new Date(1) },
        { tbname: 'd2', groupid: 2 ** 31, ts: new Date(2) },
      ]
      const error = await rejection(connection.insert('meters', tags))
      equal([(error as { column?: string }).column, (error as { row?: number }).row], ['groupid', 1], error.message)
      equal(await (await connection.query('SELECT count(*) FROM meters')).values(), [[0n]])
    },
  },
  {
    name: 'the refusal of a server names the rows of the message',
    needs: ['statements'],
    async run({ connection }) {
      await connection.execute('CREATE TABLE t (ts TIMESTAMP, v INT)')
      const rows = Array.from({ length: 5 }, (_, i) => ({ ts: i === 4 ? 2n ** 60n : BigInt(i), v: i }))
      const error = await rejection(connection.insert('t', rows, { batchSize: 3 }))
      ok(error.code === 0x060b && /rows 3 to 4 were refused; those before were written/.test(error.message), error.message)
      equal(await (await connection.query('SELECT count(*) FROM t')).values(), [[3n]])
    },
  },
  {
    name: 'parameters of an INSERT arrive as they are',
    async run({ connection, createDatabase }) {
      for (const precision of ['ms', 'us', 'ns']) {
        const database = await createDatabase(`PRECISION '${precision}'`)
        await connection.execute(`CREATE TABLE ${database}.t (ts TIMESTAMP, v VARCHAR(20), b VARBINARY(10), n BIGINT UNSIGNED)`)
        const bytes = new Uint8Array([0, 39, 92, 255])
        equal(
          await connection.execute(`INSERT INTO ${database}.t VALUES (?, ?, ?, ?)`, [new Date(-1500), "'\\\n🍒", bytes, 2n ** 64n - 1n]),
          1,
        )
        equal(await connection.execute(`INSERT INTO ${database}.t (ts, v) VALUES (?, ?), (?, ?)`, [new Date(1), 'a', new Date(2), null]), 2)
        equal(
          await connection.sql`INSERT INTO ${connection.sql.identifier(database, 't')} (ts, n) VALUES (${new Date(3)}, ${7})`.execute(),
          1,
        )
        equal(await connection.execute(`INSERT INTO ${database}.t (ts, v) VALUES (:ts, :v)`, { ts: new Date(4), v: '' }), 1)
        const result = await connection.query(`SELECT * FROM ${database}.t ORDER BY ts`, null, { timestamp: 'date' })
        equal(await result.values(), [
          [new Date(-1500), "'\\\n🍒", bytes, 2n ** 64n - 1n],
          [new Date(1), 'a', null, null],
          [new Date(2), null, null, null],
          [new Date(3), null, null, 7n],
          [new Date(4), '', null, null],
        ])
      }
    },
  },
  {
    name: 'parameters are bound where a connection can bind: NUL characters and bytes in texts',
    needs: ['statements'],
    async run({ connection }) {
      await connection.execute('CREATE TABLE t (ts TIMESTAMP, v VARCHAR(20))')
      equal(await connection.execute('INSERT INTO t VALUES (?, ?)', [1n, 'a\0b']), 1)
      equal(await connection.execute('INSERT INTO t VALUES (?, ?)', [2n, new Uint8Array([1, 2])]), 1)
      // What the server converts, it still converts.
      equal(await connection.execute('INSERT INTO t VALUES (?, ?)', ['1970-01-01T00:00:00.003Z', '5']), 1)
      equal(await (await connection.query('SELECT v FROM t ORDER BY ts')).values(), [['a\0b'], ['\u0001\u0002'], ['5']])
      const error = await rejection(connection.execute('INSERT INTO nosuch VALUES (?, ?)', [1n, 'x']))
      ok(error.code === 0x2603 && error.sql === 'INSERT INTO nosuch VALUES (?, ?)', `${error.message} ${error.sql}`)
    },
  },
  {
    name: 'insert() and parameters see an ALTER and a table that was made anew, by whomever',
    async run({ connection, connect, database }) {
      const other = await connect({ database })
      await connection.execute('CREATE TABLE t (ts TIMESTAMP, v INT)')
      equal(await connection.insert('t', [{ ts: new Date(1), v: 1 }]), 1)
      equal(await connection.execute('INSERT INTO t (ts, v) VALUES (?, ?)', [new Date(2), 2]), 1)
      await other.execute('ALTER TABLE t ADD COLUMN s VARCHAR(4)')
      equal(await connection.insert('t', [{ ts: new Date(3), v: 3, s: 'abcd' }]), 1, 'a new column')
      await other.execute('ALTER TABLE t MODIFY COLUMN s VARCHAR(8)')
      equal(await connection.insert('t', [{ ts: new Date(4), v: 4, s: 'abcdefgh' }]), 1, 'a longer column')
      await other.execute('DROP TABLE t')
      await other.execute('CREATE TABLE t (ts TIMESTAMP, v VARCHAR(10), s VARCHAR(8))')
      equal(await connection.insert('t', [{ ts: new Date(5), v: 'text', s: 'x' }]), 1, 'a column of another type')
      equal(await connection.execute('INSERT INTO t (ts, v) VALUES (?, ?)', [new Date(6), 'six']), 1)
      equal(await (await other.query('SELECT v FROM t ORDER BY ts')).values(), [['text'], ['six']])
    },
  },
  {
    name: 'extremes of every type by binding',
    needs: ['statements'],
    async run({ connection, createDatabase }) {
      const database = await createDatabase("PRECISION 'ns'")
      await connection.execute(`CREATE TABLE ${database}.t (ts TIMESTAMP, b BOOL, bi BIGINT, bu BIGINT UNSIGNED, f FLOAT, d DOUBLE, v VARCHAR(60000), n NCHAR(20),
        vb VARBINARY(20), g GEOMETRY(100), c DECIMAL(38, 5))`)
      const row = {
        ts: -1n,
        b: false,
        bi: -(2n ** 63n),
        bu: 2n ** 64n - 1n,
        f: -1.5,
        d: Number.MIN_VALUE,
        v: 'é🍒'.repeat(5000),
        n: '🍒\n\'"\\',
        vb: new Uint8Array([0, 255]),
        g: 'POINT(1 2)',
        c: '-123456789012345678901234567890123.00001',
      }
      equal(await connection.insert(`${database}.t`, [row, { ts: 0n }]), 2)
      const [back, empty] = await (
        await connection.query(`SELECT ts, b, bi, bu, f, d, v, n, vb, c FROM ${database}.t ORDER BY ts`)
      ).values()
      equal(back, [row.ts, row.b, row.bi, row.bu, row.f, row.d, row.v, row.n, row.vb, row.c])
      equal(empty, [0n, ...new Array(9).fill(null)])
    },
  },
  {
    name: 'schemaless lines make and widen supertables',
    needs: ['schemaless'],
    async run({ connection }) {
      const lines = [
        formatLine({
          measurement: 'weather',
          tags: { city: 'San José, CA' },
          fields: { high: 21.5, note: 'sunny "day"' },
          timestamp: 1_700_000_000_000n,
        }),
        formatLine({ measurement: 'weather', tags: { city: 'Oslo' }, fields: { high: -3, days: 4n }, timestamp: 1_700_000_000_001n }),
      ]
      equal((await connection.schemalessInsert(lines, { precision: 'ms' })).affectedRows, 2)
      equal(await (await connection.query('SELECT _ts, high, note, days, city FROM weather ORDER BY _ts')).values(), [
        [new Date(1_700_000_000_000), 21.5, 'sunny "day"', null, 'San José, CA'],
        [new Date(1_700_000_000_001), -3, null, 4n, 'Oslo'],
      ])
      equal((await connection.schemalessInsert('sys 1700000000 7 host=a', { protocol: 'telnet' })).affectedRows, 1)
      equal((await rejection(connection.schemalessInsert('no fields here'))).name, 'SchemalessError')
    },
  },
  {
    name: 'a writer writes every row, and hands back what cannot be written',
    async run({ connection }) {
      await connection.execute(METERS)
      const writer = connection.writer({ table: 'meters', flushRows: 300, maxInFlight: 3 })
      for (let i = 0; i < 1000; i++) await writer.add({ tbname: `d${i % 10}`, groupid: i % 10, ts: new Date(i), voltage: i })
      await writer.close()
      equal(await (await connection.query('SELECT count(*), sum(voltage) FROM meters')).values(), [[1000n, 499_500n]])
      equal((await rejection(writer.add({ ts: new Date(1) }))).name, 'InterfaceError')
      const broken = connection.writer({ table: 'meters', flushRows: 2 })
      await broken.add({ tbname: 'd1', ts: new Date(5000), voltage: 'no number' })
      for (let i = 0; i < 5; i++) await broken.add({ tbname: 'd1', ts: new Date(6000 + i), voltage: i === 2 ? 2 ** 31 : i })
      const error = await rejection(broken.close())
      ok(error instanceof WriterError, 'a WriterError')
      const { failures } = error as WriterError
      equal(
        failures.map(({ rows }) => rows.map((row) => (row as { voltage: unknown }).voltage)),
        [['no number'], [2 ** 31]],
        'only the rows that do not fit',
      )
      equal(
        failures.map(({ reason }) => (reason as Error).name),
        ['DataError', 'DataError'],
      )
      equal(await (await connection.query('SELECT count(*) FROM meters WHERE ts >= 6000')).values(), [[4n]])
    },
  },
]
