import {
  Binary,
  Bool,
  Dictionary,
  Float16,
  Float32,
  Int8,
  Int32,
  Int64,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  Uint32,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from './connect.ts'
import type { Connection } from './connection.ts'
import { DataError, InterfaceError } from './errors.ts'

let connection: Connection

beforeAll(async () => {
  connection = await connect('embedded:')
  for (const precision of ['ms', 'us', 'ns']) await connection.execute(`CREATE DATABASE v${precision} PRECISION '${precision}' KEEP 36500`)
})
afterAll(() => connection.close())

const rows = async (table: string): Promise<unknown[][]> =>
  await (await connection.query(`SELECT * FROM ${table} ORDER BY 1`, null, { timestamp: 'bigint' })).values()

describe('Arrow vectors are columns', () => {
  const vectors = {
    ts: vectorFromArray([1, 2, 3], new TimestampMillisecond()),
    b: vectorFromArray([true, null, false], new Bool()),
    i: vectorFromArray([-1, null, 2 ** 31 - 1], new Int32()),
    // Of another width than the column's.
    small: vectorFromArray([1, 2, null], new Int8()),
    big: vectorFromArray([2n ** 62n, null, -1n], new Int64()),
    u: vectorFromArray([1, 2 ** 32 - 1, null], new Uint32()),
    f: vectorFromArray([0.5, null, -1.5], new Float32()),
    s: vectorFromArray(['a', null, '樱'], new Utf8()),
    words: vectorFromArray(['x', 'y', 'x'], new Dictionary(new Utf8(), new Int32())),
    raw: vectorFromArray([Uint8Array.of(0), null, Uint8Array.of(1, 2)], new Binary()),
  }
  const expected = [
    [1n, true, -1, 1, 2n ** 62n, 1, 0.5, 'a', 'x', Uint8Array.of(0)],
    [2n, null, null, 2, null, 2 ** 32 - 1, null, null, 'y', null],
    [3n, false, 2 ** 31 - 1, null, -1n, null, -1.5, '樱', 'x', Uint8Array.of(1, 2)],
  ]
  const types =
    'ts TIMESTAMP, b BOOL, i INT, small BIGINT, big BIGINT, u INT UNSIGNED, f FLOAT, s NCHAR(5), words VARCHAR(5), raw VARBINARY(5)'
  const withBigSmall = expected.map((row) => row.map((value, at) => (at === 3 && value !== null ? BigInt(value as number) : value)))

  test('of a prepared statement', async () => {
    await connection.execute(`CREATE TABLE vms.prepared (${types})`)
    await using insert = await connection.prepare(`INSERT INTO vms.prepared VALUES (${new Array(10).fill('?').join(', ')})`)
    expect(await insert.executeColumns({ columns: vectors }, { batchSize: 2 })).toBe(3)
    expect(await rows('vms.prepared')).toEqual(withBigSmall)
  })

  test('of insert()', async () => {
    await connection.execute(`CREATE TABLE vms.inserted (${types})`)
    expect(await connection.insert('vms.inserted', { columns: vectors })).toBe(3)
    expect(await rows('vms.inserted')).toEqual(withBigSmall)
  })

  test.each(['ms', 'us', 'ns'])('with times of any unit, in %s', async (precision) => {
    const unit = { ms: 1n, us: 1000n, ns: 1_000_000n }[precision]!
    await connection.execute(`CREATE TABLE v${precision}.times (ts TIMESTAMP, v INT)`)
    const times: Vector[] = [
      vectorFromArray([1000, 2000], new TimestampSecond()),
      vectorFromArray([3001, 3002], new TimestampMillisecond()),
      vectorFromArray([4001, 4002], new TimestampMicrosecond()),
      vectorFromArray([5001, -1], new TimestampNanosecond()),
    ]
    for (const ts of times) await connection.insert(`v${precision}.times`, { columns: { ts: ts as never, v: Int32Array.of(1, 2) } })
    const read = (await rows(`v${precision}.times`)).map(([ts]) => ts)
    expect(read).toHaveLength(8)
    expect(read).toContain(unit * 3001n)
    expect(read).toContain(-unit)
  })

  test('or are refused: of times finer than the database, of types that need a conversion, beside lists without elements', async () => {
    await connection.execute('CREATE TABLE vms.refused (ts TIMESTAMP, f FLOAT)')
    const fine = vectorFromArray([1n], new Int64()).toArray()
    expect(fine).toEqual(BigInt64Array.of(1n))
    const nanoseconds = {
      ...vectorFromArray([1], new Int32()),
      length: 1,
      nullCount: 0,
      type: { typeId: 10, unit: 3 },
      get: () => 1,
      isValid: () => true,
      toArray: () => fine,
    }
    await expect(connection.insert('vms.refused', { columns: { ts: nanoseconds as never, f: [1] } })).rejects.toThrow(DataError)
    const half = vectorFromArray([1], new Float16())
    await expect(connection.insert('vms.refused', { columns: { ts: [1n], f: half as never } })).rejects.toThrow(InterfaceError)
    await expect(connection.insert('vms.refused', { columns: { ts: [1n], f: { length: 1 } as never } })).rejects.toThrow(InterfaceError)
    expect(await rows('vms.refused')).toEqual([])
  })
})
