import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from './connect.ts'
import type { Connection } from './connection.ts'
import { DataError, InterfaceError, type StatementError } from './errors.ts'

let connection: Connection

beforeAll(async () => {
  connection = await connect({ url: 'embedded:' })
  await connection.execute("CREATE DATABASE bound KEEP 36500 PRECISION 'us'")
  await connection.selectDb('bound')
})

afterAll(() => connection.close())

const values = async (sql: string): Promise<unknown[][]> => await (await connection.query(sql)).values()

describe('a prepared INSERT', () => {
  test('binds every type of column and tag, and NULL for each', async () => {
    const columns = `b BOOL, ti TINYINT, si SMALLINT, i INT, bi BIGINT, tu TINYINT UNSIGNED, su SMALLINT UNSIGNED, iu INT UNSIGNED,
      bu BIGINT UNSIGNED, f FLOAT, d DOUBLE, v VARCHAR(60), n NCHAR(20), vb VARBINARY(20), g GEOMETRY(100)`
    await connection.execute(`CREATE STABLE kinds (ts TIMESTAMP, ${columns}, c DECIMAL(10, 2), big DECIMAL(38, 5)) TAGS (j JSON)`)
    await using insert = await connection.prepare(`INSERT INTO ? USING kinds TAGS (?) VALUES (?${', ?'.repeat(17)})`)
    expect(insert.fields.map(({ name, bindType }) => `${name}:${bindType}`).slice(0, 3)).toEqual(['tbname:tbname', 'j:tag', 'ts:column'])
    const row = [
      true,
      -128,
      -32768,
      -(2 ** 31),
      -(2n ** 63n),
      255,
      65535,
      2 ** 32 - 1,
      2n ** 64n - 1n,
      0.1,
      0.1,
      "it's 中文",
      '樱🍒',
      new Uint8Array([0, 255]),
    ]
    const decimals = ['12345678.90', '-123456789012345678901234567890123.00001']
    expect(
      await insert.execute([
        ['k1', { a: 1 }, 1n, ...row, 'POINT(1 2)', ...decimals],
        ['k2', '{"a":"樱"}', 2n, ...new Array(17).fill(null)],
      ]),
    ).toBe(2)
    const [full, empty] = await values('SELECT ts, b, ti, si, i, bi, tu, su, iu, bu, f, d, v, n, vb, c, big, j FROM kinds ORDER BY ts')
    expect(full!.slice(1, 15)).toEqual(row)
    expect(full!.slice(15)).toEqual([...decimals, { a: 1 }])
    expect(empty!.slice(1)).toEqual([...new Array(16).fill(null), { a: '樱' }])
  })

  test('keeps large BLOBs whole, and tells an empty one from NULL', async () => {
    await connection.execute('CREATE TABLE blobs (ts TIMESTAMP, b BLOB)')
    await using insert = await connection.prepare('INSERT INTO blobs VALUES (?, ?)')
    const large = Uint8Array.from({ length: 70_000 }, (_, i) => i)
    await insert.execute([
      [1n, large],
      [2n, new Uint8Array()],
      [3n, null],
    ])
    expect((await values('SELECT b FROM blobs ORDER BY ts')).map(([b]) => b)).toEqual([large, new Uint8Array(), null])
  })

  test('writes rows of many subtables by their tbname, as objects', async () => {
    await connection.execute('CREATE STABLE meters (ts TIMESTAMP, v INT) TAGS (g INT)')
    await using insert = await connection.prepare('INSERT INTO meters (tbname, ts, v, g) VALUES (?, ?, ?, ?)')
    const rows = Array.from({ length: 10 }, (_, i) => ({ tbname: `d${i % 3}`, ts: BigInt(i + 1), v: i, g: i % 3 }))
    expect(await insert.execute(rows)).toBe(10)
    expect(await insert.execute([{ tbname: 'd0', ts: 100n, v: 100, g: 0 }])).toBe(1)
    expect(await values('SELECT tbname, count(*) FROM meters GROUP BY tbname ORDER BY tbname')).toEqual([
      ['d0', 5n],
      ['d1', 3n],
      ['d2', 3n],
    ])
  })

  test('leaves columns that it does not name as they are', async () => {
    await connection.execute('CREATE TABLE partly (ts TIMESTAMP, a INT, b INT)')
    await connection.execute('INSERT INTO partly VALUES (1, 1, 1)')
    await using insert = await connection.prepare('INSERT INTO partly (ts, b) VALUES (?, ?)')
    await insert.execute([[1n, 2]])
    expect(await values('SELECT a, b FROM partly')).toEqual([[1, 2]])
  })

  test('takes times as ticks, Dates and texts, to the digit', async () => {
    await connection.execute('CREATE TABLE times (ts TIMESTAMP, v INT)')
    await using insert = await connection.prepare('INSERT INTO times VALUES (?, ?)')
    await insert.execute([
      [1_700_000_000_123_456n, 1],
      [new Date(1_700_000_001_123), 2],
      ['2023-11-14T22:13:22.123456Z', 3],
    ])
    expect(await (await connection.query('SELECT ts FROM times', null, { timestamp: 'bigint' })).values()).toEqual([
      [1_700_000_000_123_456n],
      [1_700_000_001_123_000n],
      [1_700_000_002_123_456n],
    ])
  })

  test('refuses what does not fit with column and row, and can be used again', async () => {
    await connection.execute('CREATE TABLE narrow (ts TIMESTAMP, v TINYINT)')
    await using insert = await connection.prepare('INSERT INTO narrow VALUES (?, ?)')
    for (const wrong of [300, 1.5, 'x', Number.NaN, {}]) {
      const error = await insert
        .execute([
          [1n, 1],
          [2n, wrong],
        ])
        .catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(DataError)
      expect((error as Error).message).toMatch(/column v.*row 1/)
    }
    await expect(insert.query([1])).rejects.toThrow(InterfaceError)
    expect(await insert.execute([[1n, 1]])).toBe(1)
    expect(await values('SELECT count(*) FROM narrow')).toEqual([[1n]])
  })
})

describe('columns of many tables', () => {
  const stable = async (name: string) => {
    await connection.execute(`CREATE STABLE ${name} (ts TIMESTAMP, v INT, s VARCHAR(4)) TAGS (g INT)`)
    return await connection.prepare(`INSERT INTO ? USING ${name} TAGS (?) VALUES (?, ?, ?)`)
  }
  const table = (tbname: string, from: number, rows: number, g = 1) => ({
    tbname,
    tags: { g },
    columns: {
      ts: BigInt64Array.from({ length: rows }, (_, i) => BigInt(from + i)),
      v: { values: Int32Array.from({ length: rows }, (_, i) => from + i), nulls: Uint8Array.from({ length: rows }, (_, i) => i % 2) },
      s: Array.from({ length: rows }, (_, i) => (i % 3 === 0 ? null : `${i % 1000}`)),
    },
  })

  test.each([1, 2, 3, 5, 1000])('share messages of %i rows', async (batchSize) => {
    await using insert = await stable(`listed${batchSize}`)
    const name = (i: number) => `listed${batchSize}_${i}`
    const list = [table(name(0), 1, 3), table(name(1), 1, 1), table(name(2), 1, 0), table(name(3), 1, 7, 3)]
    expect(await insert.executeColumns(list, { batchSize })).toBe(11)
    expect(
      await values(
        `SELECT tbname, g, count(*), first(ts), last(ts), sum(v), count(s) FROM listed${batchSize} GROUP BY tbname, g ORDER BY tbname`,
      ),
    ).toEqual([
      [name(0), 1, 3n, 1n, 3n, 4n, 2n],
      [name(1), 1, 1n, 1n, 1n, 1n, 0n],
      [name(3), 3, 7n, 1n, 7n, 16n, 4n],
    ])
  })

  test('come in their order: of a table that comes twice, later rows win', async () => {
    await using insert = await stable('twice')
    const later = { ...table('twice_a', 1, 2), columns: { ts: [1n, 2n], v: [-1, -2], s: ['x', 'y'] } }
    expect(await insert.executeColumns([table('twice_a', 1, 3), table('twice_b', 1, 1), later])).toBe(6)
    expect(await values("SELECT v, s FROM twice WHERE tbname = 'twice_a' ORDER BY ts")).toEqual([
      [-1, 'x'],
      [-2, 'y'],
      [3, '2'],
    ])
  })

  test('are refused by table, column and row', async () => {
    await using insert = await stable('refusing')
    const refusal = async (list: unknown): Promise<string> => {
      const error = await insert.executeColumns(list as never).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(DataError)
      return (error as Error).message
    }
    const good = table('ok', 1, 2)
    expect(await refusal([good, { ...good, tbname: 'd2', columns: { ...good.columns, v: [1, 2 ** 40] } }])).toMatch(
      /^table d2: column v, row 1: /,
    )
    expect(await refusal([good, { ...good, tbname: 'd2', columns: { ...good.columns, v: [1] } }])).toMatch(/^table d2: column v has 1 /)
    expect(await refusal([good, { ...good, tbname: 'd2', columns: { ...good.columns, w: [1] } }])).toMatch(/^table d2: .*no column w/)
    expect(await refusal([good, { ...good, tbname: '' }])).toMatch(/^table 1 of the list: /)
    expect(await refusal([good, { ...good, tbname: undefined }])).toMatch(/^table 1 of the list: /)
    expect(await refusal([{ ...good, columns: { ...good.columns, g: [1, 2] }, tags: {} }])).toMatch(/^table ok: the tag g has 2 values/)
    expect(await values('SELECT count(*) FROM refusing')).toEqual([[0n]])
    await connection.execute('CREATE TABLE single (ts TIMESTAMP, v INT)')
    await using one = await connection.prepare('INSERT INTO single VALUES (?, ?)')
    await expect(one.executeColumns([good])).rejects.toThrow(InterfaceError)
  })
})

test('rows after a message say that it was written', async () => {
  await connection.execute('CREATE TABLE parts (ts TIMESTAMP, v INT)')
  await using insert = await connection.prepare('INSERT INTO parts VALUES (?, ?)')
  const error = await insert
    .execute(
      [1, 2, 3, 'x'].map((v, i) => ({ ts: i + 1, v })),
      { batchSize: 2 },
    )
    .catch((reason: unknown) => reason)
  expect(error).toMatchObject({ row: 3, column: 'v' })
  expect((error as Error).message).toContain('rows before row 2 were written')
  expect(await values('SELECT count(*) FROM parts')).toEqual([[2n]])
})

test('rows of other keys, in another order, of classes and arrays go together', async () => {
  class Reading {
    readonly ts: number
    constructor(ts: number) {
      this.ts = ts
    }
    get v(): number {
      return this.ts * 10
    }
  }
  await connection.execute('CREATE TABLE mixed (ts TIMESTAMP, v INT, s VARCHAR(4))')
  await using insert = await connection.prepare('INSERT INTO mixed VALUES (?, ?, ?)')
  const rows = [
    { ts: 1, v: 1, s: 'a' },
    { s: 'b', ts: 2, v: 2 },
    { ts: 3 },
    [4, 4, 'd'],
    new Reading(5),
    { ts: 6, v: 6, s: 'f' },
    { v: 7, ts: 7 },
  ]
  expect(await insert.execute(rows as never)).toBe(7)
  expect(await values('SELECT v, s FROM mixed ORDER BY ts')).toEqual([
    [1, 'a'],
    [2, 'b'],
    [null, null],
    [4, 'd'],
    [50, null],
    [6, 'f'],
    [7, null],
  ])
  await expect(
    insert.execute([
      { ts: 1, v: 1, s: 'a' },
      { ts: 1, v: 1, s: 'a', x: 1 },
    ]),
  ).rejects.toThrow('row 1 has the unknown column x')
})

test('a message of long values is bounded by its bytes', async () => {
  await connection.execute('CREATE TABLE long_rows (ts TIMESTAMP, b BLOB)')
  await using insert = await connection.prepare('INSERT INTO long_rows VALUES (?, ?)')
  const megabyte = new Uint8Array(1 << 20).fill(7)
  const rows = Array.from({ length: 40 }, (_, i) => [i + 1, i < 10 ? Uint8Array.of(i) : megabyte])
  const bytes: number[] = []
  const listen = (message: unknown): void => {
    bytes.push((message as { bytes: number }).bytes)
  }
  subscribe('tracing:taosts:bind:asyncEnd', listen)
  try {
    expect(await insert.execute(rows)).toBe(40)
  } finally {
    unsubscribe('tracing:taosts:bind:asyncEnd', listen)
  }
  expect(Math.max(...bytes)).toBeLessThan(20 << 20)
  expect(bytes.length).toBeLessThan(20)
  expect(await values('SELECT count(*), sum(length(b)) FROM long_rows')).toEqual([[40n, expect.anything()]])
})

test('a prepared SELECT gives what the same statement with literals gives', async () => {
  await connection.execute('CREATE TABLE asked (ts TIMESTAMP, v INT, s NCHAR(10), b BOOL)')
  await connection.execute("INSERT INTO asked VALUES (1, 1, 'a', true) (2, 2, '樱', false) (3, 3, 'c', true)")
  await using select = await connection.prepare('SELECT ts, v, s FROM asked WHERE v > ? AND s <> ? AND b = ?')
  expect(select.isInsert).toBe(false)
  expect(await (await select.query([0, 'a', true])).values()).toEqual(
    await values("SELECT ts, v, s FROM asked WHERE v > 0 AND s <> 'a' AND b = true"),
  )
  expect(await (await select.query([1, 'c', false])).values()).toEqual(
    await values("SELECT ts, v, s FROM asked WHERE v > 1 AND s <> 'c' AND b = false"),
  )
})

test('what cannot be prepared or used any more says so', async () => {
  await expect(connection.prepare('')).rejects.toThrow(InterfaceError)
  await expect(connection.prepare(5 as never)).rejects.toThrow(InterfaceError)
  const refused = await connection.prepare('INSERT INTO nowhere VALUES (?, ?)').catch((reason: unknown) => reason)
  expect((refused as StatementError).code).not.toBe(0)
  await connection.execute('CREATE TABLE IF NOT EXISTS closed (ts TIMESTAMP, v INT)')
  const statement = await connection.prepare('INSERT INTO closed VALUES (?, ?)')
  await statement.close()
  await expect(statement.execute([[1n, 1]])).rejects.toThrow('the statement is closed')
})
