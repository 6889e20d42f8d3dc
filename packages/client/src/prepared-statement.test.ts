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
