import {
  Binary,
  Bool,
  DataType,
  DateMillisecond,
  Decimal,
  Dictionary,
  Field,
  Float16,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  List,
  makeVector,
  type RecordBatch,
  Table,
  TimeSecond,
  type Timestamp,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  tableFromIPC,
  tableToIPC,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow'
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import { connect } from '../connect.ts'
import type { Connection } from '../connection.ts'
import { DataError, InterfaceError, NotSupportedError } from '../errors.ts'
import { insertArrow, recordBatches, toArrow } from './index.ts'
import { loadArrow } from './load.node.ts'
import { loadArrow as loadInBrowser } from './load.web.ts'

let connection: Connection
const T = 1_700_000_000_000

beforeAll(async () => {
  connection = await connect('embedded:')
  for (const precision of ['ms', 'us', 'ns']) await connection.execute(`CREATE DATABASE p${precision} PRECISION '${precision}' KEEP 36500`)
  await connection.selectDb('pms')
  await connection.execute(`CREATE STABLE kinds (ts TIMESTAMP, b BOOL, i1 TINYINT, i2 SMALLINT, i4 INT, i8 BIGINT, u1 TINYINT UNSIGNED, u2 SMALLINT UNSIGNED,
    u4 INT UNSIGNED, u8 BIGINT UNSIGNED, f4 FLOAT, f8 DOUBLE, s VARCHAR(40), n NCHAR(20), raw VARBINARY(20), d9 DECIMAL(9,3), d30 DECIMAL(30,6), big BLOB) TAGS (location VARCHAR(30), g INT)`)
  await connection.execute(`INSERT INTO e1 USING kinds TAGS ('Paris', 1) VALUES
    (${T}, true, -1, -2, -3, -9007199254740993, 1, 2, 3, 18446744073709551615, 1.5, 2.25, 'text', '日本𝄞é', '\\x00ff', -1.005, 123456789012345678.000001, 'blob')
    (${T + 1}, false, 127, 32767, 2147483647, 9223372036854775807, 255, 65535, 4294967295, 0, -0.5, 1e300, '', '', '\\x', 999999.999, -0.000001, NULL)
    (${T + 2}, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
    e2 USING kinds TAGS ('Rome', NULL) VALUES (${T + 3}, true, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'x', 'y', '\\x01', 0, 0, '\\x02')`)
})

afterAll(() => connection.close())

/** A column of ticks, exact. */
const times = (type: Timestamp, ...ticks: bigint[]) =>
  makeVector({ type, length: ticks.length, nullCount: 0, data: BigInt64Array.from(ticks) } as never) as never as Vector

const DICTIONARY = new Dictionary(new Utf8(), new Int32())

const query = (sql: string) => connection.query(sql)

describe('a result as an Arrow table', () => {
  it('has every type, with its NULLs', async () => {
    const table = await toArrow(await query('SELECT * FROM kinds ORDER BY ts'))
    expect(table.numRows).toBe(4)
    expect(Object.fromEntries(table.schema.fields.map(({ name, type }) => [name, String(type)]))).toMatchObject({
      ts: 'Timestamp<MILLISECOND, UTC>',
      b: 'Bool',
      i1: 'Int8',
      i2: 'Int16',
      i4: 'Int32',
      i8: 'Int64',
      u1: 'Uint8',
      u2: 'Uint16',
      u4: 'Uint32',
      u8: 'Uint64',
      f4: 'Float32',
      f8: 'Float64',
      raw: 'Binary',
      d9: 'Decimal[9e+3]',
      d30: 'Decimal[30e+6]',
      big: 'Binary',
    })
    const column = (name: string) => [...table.getChild(name)!]
    expect(column('ts')).toEqual([T, T + 1, T + 2, T + 3])
    expect(column('b')).toEqual([true, false, null, true])
    expect(column('i8')).toEqual([-9007199254740993n, 9223372036854775807n, null, 0n])
    expect(column('u8')).toEqual([18446744073709551615n, 0n, null, 0n])
    expect(column('u4')).toEqual([3, 4294967295, null, 0])
    expect(column('f8')).toEqual([2.25, 1e300, null, 0])
    expect(column('s')).toEqual(['text', '', null, 'x'])
    expect(column('n')).toEqual(['日本𝄞é', '', null, 'y'])
    expect(column('raw')).toEqual([new Uint8Array([0, 255]), new Uint8Array(), null, new Uint8Array([1])])
    expect(column('location')).toEqual(['Paris', 'Paris', 'Paris', 'Rome'])
    expect(column('g')).toEqual([1, 1, 1, null])
    expect(table.getChild('g')!.nullCount).toBe(1)
    const decimal = (name: string, row: number) => {
      const words = (table.getChild(name)!.data[0]!.values as Uint32Array).subarray(row * 4, row * 4 + 4)
      return BigInt.asIntN(
        128,
        words.reduce((all, word, i) => all | (BigInt(word) << BigInt(32 * i)), 0n),
      )
    }
    expect([decimal('d9', 0), decimal('d9', 1)]).toEqual([-1005n, 999999999n])
    expect([decimal('d30', 0), decimal('d30', 1)]).toEqual([123456789012345678000001n, -1n])
  })

  it('keeps the memory of fixed-width columns', async () => {
    const result = await query('SELECT i4, f8, ts FROM e1')
    const block = await result.columns()
    const again = await toArrow(await query('SELECT i4, f8, ts FROM e1'))
    expect(again.getChild('i4')!.data[0]!.values).toEqual(block.columns[0]!.typed)
    expect((again.getChild('f8')!.data[0]!.values as Float64Array).buffer.byteLength).toBeGreaterThan(0)
  })

  it('knows unit and zone of timestamps', async () => {
    for (const [database, unit] of [
      ['pms', 'MILLISECOND'],
      ['pus', 'MICROSECOND'],
      ['pns', 'NANOSECOND'],
    ] as const) {
      await connection.execute(`CREATE TABLE ${database}.t (ts TIMESTAMP, v INT)`)
      await connection.execute(
        `INSERT INTO ${database}.t VALUES ('2023-11-14T22:13:20.123456789Z', 1)`.replace(
          database === 'pms' ? '456789' : database === 'pus' ? /789(?=Z)/ : /$^/,
          '',
        ),
      )
      const table = await toArrow(await query(`SELECT ts FROM ${database}.t`), { timezone: 'Asia/Tokyo' })
      expect(String(table.schema.fields[0]!.type)).toBe(`Timestamp<${unit}, Asia/Tokyo>`)
      const tick = (table.getChild('ts')!.data[0]!.values as BigInt64Array)[0]
      expect(tick).toBe({ pms: 1700000000123n, pus: 1700000000123456n, pns: 1700000000123456789n }[database])
    }
    const bare = await toArrow(await query('SELECT ts FROM pms.t'), { timezone: null })
    expect(String(bare.schema.fields[0]!.type)).toBe('Timestamp<MILLISECOND>')
  })

  it('makes dictionaries of table names and of texts that repeat, over all batches', async () => {
    await connection.execute('CREATE STABLE many (ts TIMESTAMP, v INT, note VARCHAR(20)) TAGS (place NCHAR(20))')
    for (const [i, place] of ['東京', 'Oslo', 'Oslo'].entries()) {
      const times = BigInt64Array.from({ length: 9000 }, (_, row) => BigInt(T + row * 10 + i))
      await connection.insert(
        `m${i}`,
        { columns: { ts: times, v: Int32Array.from(times, (_, row) => row), note: Array.from(times, (_, row) => `n${row}`) } },
        { using: 'many', tags: { place } },
      )
    }
    const result = await query('SELECT tbname, place, note, v FROM many ORDER BY ts')
    const table = await toArrow(result)
    expect(table.numRows).toBe(27_000)
    expect(table.batches.length).toBeGreaterThan(1)
    expect(table.schema.fields.map(({ type }) => DataType.isDictionary(type))).toEqual([true, true, false, false])
    for (const format of ['stream', 'file'] as const) {
      const read = tableFromIPC(tableToIPC(table, format))
      const rows = [0, 1, 2, 13_000, 26_999].map((row) => ['tbname', 'place', 'note', 'v'].map((name) => read.getChild(name)!.get(row)))
      expect(rows).toEqual([
        ['m0', '東京', 'n0', 0],
        ['m1', 'Oslo', 'n0', 0],
        ['m2', 'Oslo', 'n0', 0],
        ['m1', 'Oslo', 'n4333', 4333],
        ['m2', 'Oslo', 'n8999', 8999],
      ])
    }
    const plain = await toArrow(await query('SELECT place FROM many'), { dictionary: [] })
    expect(DataType.isUtf8(plain.schema.fields[0]!.type)).toBe(true)
    let rows = 0
    const batches: RecordBatch[] = []
    for await (const batch of recordBatches(await query('SELECT tbname, v FROM many'))) {
      rows += batch.numRows
      batches.push(batch)
    }
    expect(rows).toBe(27_000)
    const all = new Table(batches)
    expect(new Set(all.getChild('tbname')!)).toEqual(new Set(['m0', 'm1', 'm2']))
  })

  it('comes from the result itself, whole or by batches', async () => {
    const sql = 'SELECT ts, s, location FROM kinds ORDER BY ts'
    const table = await (await query(sql)).toArrow({ timezone: null, dictionary: ['s'] })
    expectTypeOf(table).toEqualTypeOf<Table>()
    expect(table.toArray().map(String)).toEqual(
      (await toArrow(await query(sql), { timezone: null, dictionary: ['s'] })).toArray().map(String),
    )
    expect(table.schema.fields.map(({ type }) => String(type))).toEqual(['Timestamp<MILLISECOND>', 'Dictionary<Int32, Utf8>', 'Utf8'])
    let rows = 0
    for await (const batch of (await query('SELECT ts FROM kinds')).recordBatches()) {
      expectTypeOf(batch).toEqualTypeOf<RecordBatch>()
      rows += batch.numRows
    }
    expect(rows).toBe(4)
    const result = await query(sql)
    await result.rows()
    await expect(result.toArrow()).rejects.toThrow('can be read once')
  })

  it('says what it needs where apache-arrow is not installed', async () => {
    await expect(loadArrow('taosts/no-arrow')).rejects.toThrow(InterfaceError)
    await expect(loadArrow('taosts/no-arrow')).rejects.toThrow('npm install apache-arrow')
    await expect(loadInBrowser()).rejects.toThrow(NotSupportedError)
  })

  it('has a schema without rows', async () => {
    const table = await toArrow(await query('SELECT ts, s, tbname FROM kinds WHERE ts < 0'))
    expect(table.numRows).toBe(0)
    expect(table.schema.fields.map(({ name }) => name)).toEqual(['ts', 's', 'tbname'])
    expect(tableFromIPC(tableToIPC(table)).numRows).toBe(0)
  })
})

describe('writing an Arrow table', () => {
  it('gives back what was read', async () => {
    await connection.execute(
      'CREATE STABLE copy (ts TIMESTAMP, b BOOL, i1 TINYINT, i2 SMALLINT, i4 INT, i8 BIGINT, u1 TINYINT UNSIGNED, u2 SMALLINT UNSIGNED, u4 INT UNSIGNED, u8 BIGINT UNSIGNED, f4 FLOAT, f8 DOUBLE, s VARCHAR(40), n NCHAR(20), raw VARBINARY(20), d9 DECIMAL(9,3), d30 DECIMAL(30,6), big BLOB) TAGS (location VARCHAR(30), g INT)',
    )
    const sql = (table: string, name: string) => `SELECT ${name} AS name, t.* FROM ${table} t ORDER BY ts`
    const source = await toArrow(await query(sql('kinds', 'concat(tbname, "c")')))
    expect(await insertArrow(connection, 'copy', source, { rename: { name: 'tbname' } })).toBe(4)
    expect(await (await query(sql('copy', 'tbname'))).values()).toEqual(await (await query(sql('kinds', 'concat(tbname, "c")'))).values())
  })

  it('takes slices, chunks, other units and widths, dictionaries, and columns of other names', async () => {
    await connection.execute('CREATE TABLE w (ts TIMESTAMP, i INT, big BIGINT, f FLOAT, s NCHAR(10), d DECIMAL(10,2))')
    const time = times(new TimestampMicrosecond(), BigInt(T * 1000), BigInt((T + 1) * 1000), BigInt((T + 2) * 1000))
    const built = new Table({
      time,
      i: vectorFromArray([1n, null, 3n], new Int64()),
      big: vectorFromArray([1, 2, 3], new Int16()),
      f: vectorFromArray([0.5, 1.5, null], new Float64()),
      s: vectorFromArray(['a', 'é', 'a']),
      d: vectorFromArray(['1.5', null, '-2.25']),
    })
    expect(await insertArrow(connection, 'w', built.slice(1), { rename: { time: 'ts' } })).toBe(2)
    expect(await insertArrow(connection, 'w', built.slice(0, 1).concat(built.slice(2, 3)), { rename: { time: 'ts' } })).toBe(2)
    expect(await (await query('SELECT * FROM w')).values()).toEqual([
      [new Date(T), 1, 1n, 0.5, 'a', '1.50'],
      [new Date(T + 1), null, 2n, 1.5, 'é', null],
      [new Date(T + 2), 3, 3n, null, 'a', '-2.25'],
    ])
  })

  it('takes dates and booleans, and subtables that are not there', async () => {
    await connection.execute('CREATE STABLE st (ts TIMESTAMP, b BOOL) TAGS (g INT)')
    const table = new Table({ ts: vectorFromArray([new Date(T)], new DateMillisecond()), b: vectorFromArray([true], new Bool()) })
    expect(await insertArrow(connection, 'fresh', table, { using: 'st', tags: { g: 5 } })).toBe(1)
    expect(await (await query('SELECT tbname, ts, b, g FROM st')).values()).toEqual([['fresh', new Date(T), true, 5]])
  })

  const ts = (...values: number[]) => times(new TimestampMillisecond(), ...values.map(BigInt))
  const refused: readonly (readonly [string, () => Table, RegExp])[] = [
    [
      'a number out of range',
      () => new Table({ ts: ts(T, T + 1, T + 2), i: vectorFromArray([1n, 2n, 3_000_000_000n], new Int64()) }),
      /column i, row 2/,
    ],
    ['a fraction', () => new Table({ ts: ts(T, T + 1), i: vectorFromArray([1, 1.5], new Float64()) }), /column i, row 1/],
    ['a text too long', () => new Table({ ts: ts(T, T + 1), s: vectorFromArray(['ok', 'x'.repeat(11)], new Utf8()) }), /column s, row 1/],
    ['a text for a number', () => new Table({ ts: ts(T), i: vectorFromArray(['one'], new Utf8()) }), /column i, row 0/],
    [
      'a time too fine',
      () => new Table({ ts: times(new TimestampNanosecond(), BigInt(T) * 1_000_000n, 1n), i: vectorFromArray([1, 2], new Int32()) }),
      /column ts, row 1: .*finer/,
    ],
    [
      'a NULL time',
      () => new Table({ ts: vectorFromArray([T, null], new TimestampMillisecond()), i: vectorFromArray([1, 2], new Int32()) }),
      /column ts, row 1/,
    ],
    [
      'digits too many',
      () =>
        new Table({
          ts: ts(T),
          d: makeVector({ type: new Decimal(4, 30), length: 1, nullCount: 0, data: new Uint32Array([12345, 0, 0, 0]) } as never) as never,
        }),
      /column d, row 0/,
    ],
    [
      'texts in the memory of numbers',
      () => new Table({ ts: ts(T, T + 1), u: vectorFromArray(['7', 'x'], new Utf8()) }),
      /column u, row 1/,
    ],
    ['dictionaries of texts for a number', () => new Table({ ts: ts(T), i: vectorFromArray(['one'], DICTIONARY) }), /column i, row 0/],
    ['numbers of another sign', () => new Table({ ts: ts(T, T + 1), u: vectorFromArray([1, -1], new Int8()) }), /column u, row 1/],
    [
      'decimals for a number of their width',
      () => new Table({ ts: ts(T), big: vectorFromArray([new Uint32Array([15, 0, 0, 0])], new Decimal(1, 9)) }),
      /column big, row 0/,
    ],
    ['halves of floats', () => new Table({ ts: ts(T), i: vectorFromArray([1.5], new Float16()) }), /column i/],
    ['times of day', () => new Table({ ts: ts(T), i: vectorFromArray([1], new TimeSecond()) }), /column i is of Arrow's type Time/],
    ['bytes too many', () => new Table({ ts: ts(T), v: vectorFromArray([new Uint8Array(9)], new Binary()) }), /column v, row 0/],
    ['a text of too many bytes', () => new Table({ ts: ts(T), t: vectorFromArray(['ééé'], new Utf8()) }), /column t, row 0/],
    ['a column that is not there', () => new Table({ ts: ts(T), other: vectorFromArray([1], new Int32()) }), /no column other/],
    [
      'a list',
      () => new Table({ ts: ts(T), i: vectorFromArray([[1, 2]], new List(new Field('item', new Int32()))) }),
      /column i is of Arrow's type List/,
    ],
  ]

  it.each(refused)('refuses %s before it sends', async (_, table, message) => {
    await connection.execute(
      'CREATE TABLE IF NOT EXISTS r (ts TIMESTAMP, i INT, s NCHAR(10), d DECIMAL(10,2), u TINYINT UNSIGNED, big INT UNSIGNED, v VARBINARY(8), t VARCHAR(5))',
    )
    const failure = insertArrow(connection, 'r', table())
    await expect(failure).rejects.toThrow(DataError)
    await expect(failure).rejects.toThrow(message)
    // The error also has them apart.
    const [, column, row] = /column (\w+)(?:, row (\d+))?/.exec(((await failure.catch((error) => error)) as Error).message)!
    await expect(failure).rejects.toMatchObject({ column, ...(row === undefined ? {} : { row: Number(row) }) })
    expect(await (await query('SELECT COUNT(*) FROM r')).values()).toEqual([[0n]])
  })
})
