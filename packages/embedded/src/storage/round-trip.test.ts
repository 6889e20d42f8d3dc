import { type Column, TypeCode } from 'taosts/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NormalTable, SqlType } from '../catalog/model.ts'
import { Engine } from '../engine.ts'
import type { OutputColumn } from '../session/answer.ts'
import { setDecimal } from '../session/insert/number-cell.ts'
import { writeSets } from '../session/insert/run-insert.ts'
import { dataColumn, dataTable } from './layout.ts'
import type { ColumnBuffer } from './row-buffer.ts'
import { RowSet } from './row-set.ts'

type Value = number | bigint | string | boolean | null

/** A generator whose numbers follow from its seed. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 4294967296
  }
}

const DDL =
  'ts TIMESTAMP, bo BOOL, ti TINYINT, si SMALLINT, ii INT, bi BIGINT, ut TINYINT UNSIGNED, us SMALLINT UNSIGNED, ui INT UNSIGNED, ub BIGINT UNSIGNED, ' +
  'fl FLOAT, do DOUBLE, va VARCHAR(200), nc NCHAR(60), tt TIMESTAMP, vb VARBINARY(200), d4 DECIMAL(4,2), d9 DECIMAL(9,3), d18 DECIMAL(18,6), d38 DECIMAL(38,10)'

const ALPHABET = ['a', 'Z', '0', ' ', "'", 'é', '中', '😀', '\n', '%']

function text(next: () => number, characters: number): string {
  const length = Math.floor(next() ** 3 * characters)
  return Array.from({ length }, () => ALPHABET[Math.floor(next() * ALPHABET.length)]!).join('')
}

function integer(next: () => number, min: bigint, max: bigint): bigint {
  const pick = next()
  if (pick < 0.1) return min
  if (pick < 0.2) return max
  const span = max - min + 1n
  return (
    min +
    (((BigInt(Math.floor(next() * 2 ** 32)) << 96n) |
      (BigInt(Math.floor(next() * 2 ** 32)) << 64n) |
      BigInt(Math.floor(next() * 2 ** 53))) %
      span)
  )
}

/** A value of a type, set in the buffer; what reading it must give. */
function put(buffer: ColumnBuffer, row: number, type: SqlType, next: () => number): Value {
  if (next() < 0.15) {
    buffer.setNull(row)
    return null
  }
  const { view } = buffer
  const bits = (width: number, signed: boolean): bigint => {
    const full = BigInt(width * 8)
    return signed ? integer(next, -(2n ** (full - 1n)), 2n ** (full - 1n) - 1n) : integer(next, 0n, 2n ** full - 1n)
  }
  switch (type.code) {
    case TypeCode.BOOL: {
      const value = next() < 0.5
      view.setUint8(row, value ? 1 : 0)
      return value
    }
    case TypeCode.TINYINT:
      return setThen(bits(1, true), (value) => view.setInt8(row, Number(value)))
    case TypeCode.SMALLINT:
      return setThen(bits(2, true), (value) => view.setInt16(row * 2, Number(value), true))
    case TypeCode.INT:
      return setThen(bits(4, true), (value) => view.setInt32(row * 4, Number(value), true))
    case TypeCode.UTINYINT:
      return setThen(bits(1, false), (value) => view.setUint8(row, Number(value)))
    case TypeCode.USMALLINT:
      return setThen(bits(2, false), (value) => view.setUint16(row * 2, Number(value), true))
    case TypeCode.UINT:
      return setThen(bits(4, false), (value) => view.setUint32(row * 4, Number(value), true))
    case TypeCode.BIGINT:
    case TypeCode.TIMESTAMP:
      return setThen(bits(8, true), (value) => view.setBigInt64(row * 8, value, true))
    case TypeCode.UBIGINT:
      return setThen(bits(8, false), (value) => view.setBigUint64(row * 8, value, true))
    case TypeCode.FLOAT: {
      const value = Math.fround((next() - 0.5) * 10 ** Math.floor(next() * 60 - 30))
      view.setFloat32(row * 4, value, true)
      return value
    }
    case TypeCode.DOUBLE: {
      const value = (next() - 0.5) * 10 ** Math.floor(next() * 600 - 300)
      view.setFloat64(row * 8, value, true)
      return value
    }
    case TypeCode.VARCHAR:
    case TypeCode.NCHAR: {
      const value = text(next, 40)
      buffer.setText(row, value)
      return value
    }
    case TypeCode.VARBINARY: {
      const value = Buffer.from(Array.from({ length: Math.floor(next() ** 3 * 60) }, () => Math.floor(next() * 256)))
      buffer.setBytes(row, value)
      return value.toString('hex')
    }
    default: {
      const limit = 10n ** BigInt(type.precision)
      return setThen(integer(next, 1n - limit, limit - 1n), (value) => setDecimal(view, row, buffer.physical.width, value))
    }
  }
}

function setThen(value: bigint, set: (value: bigint) => void): bigint {
  set(value)
  return value
}

/** The values of a block's column, read from its documented layout. */
function values(column: Column, rows: number): Value[] {
  return Array.from({ length: rows }, (_, row): Value => {
    if (column.layout === 'fixed') {
      if (column.nulls[row >> 3]! & (0x80 >> (row & 7))) return null
      if (column.type === TypeCode.DECIMAL) {
        const [low, high] = [column.values[row * 2] as bigint, column.values[row * 2 + 1] as bigint]
        return (high << 64n) | BigInt.asUintN(64, low)
      }
      const value = column.values[row]!
      if (column.type === TypeCode.BOOL) return value !== 0
      return column.type === TypeCode.FLOAT || column.type === TypeCode.DOUBLE ? value : BigInt(value)
    }
    const start = column.offsets[row]!
    if (start < 0) return null
    const bytes = Buffer.from(column.data.subarray(start + 2, start + 2 + (column.data[start]! | (column.data[start + 1]! << 8))))
    if (column.type === TypeCode.VARBINARY) return bytes.toString('hex')
    if (column.type === TypeCode.VARCHAR) return bytes.toString('utf8')
    return String.fromCodePoint(...Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readUInt32LE(i * 4)))
  })
}

describe('rows go into DuckDB and come out of it', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await Engine.open()
    await engine.session().execute('create database r keep 36500 duration 100d')
  })
  afterAll(() => engine.close())

  async function read(table: NormalTable, where: string): Promise<Value[][]> {
    const columns = table.columns.map(({ name, type }): OutputColumn => ({ name, type }))
    const names = table.columns.map((column, i) => dataColumn(column, i)).join(', ')
    const rows = await engine.storage.query(`select ${names} from ${dataTable(table)} ${where} order by ts`, columns, 'ms')
    const all: Value[][] = []
    for (let block = await rows.next(); block; block = await rows.next()) {
      expect(block.rows).toBeLessThanOrEqual(4096)
      const read = block.columns.map((column) => values(column, block!.rows))
      for (let row = 0; row < block.rows; row++) all.push(read.map((column) => column[row]!))
    }
    return all
  }

  test.each([1, 2, 7, 8, 9, 100, 513, 2047, 2048, 2049, 4096, 4097, 9001])('%i rows of every type', async (count) => {
    const session = engine.session({ database: 'r' })
    await session.execute(`create table t${count} (${DDL})`)
    const table = engine.catalog.databases.get('r')!.tables.get(`t${count}`) as NormalTable
    const next = random(count)
    const set = new RowSet(table, table.columns.slice(1))
    const expected: Value[][] = []
    for (let i = 0; i < count; i++) {
      const row = set.addRow()
      const ts = 1_700_000_000_000n + BigInt(i)
      set.ts.view.setBigInt64(row * 8, ts, true)
      expected.push([ts, ...set.values.map((buffer, c) => put(buffer, row, set.columns[c]!.type, next))])
    }
    set.segments.push({ target: table, from: 0, to: count })
    expect(await writeSets(engine, [set])).toBe(count)
    expect(await read(table, '')).toEqual(expected)
    // Chunks of a filtered scan have any number of rows.
    expect(await read(table, 'where ts % 3 <> 0')).toEqual(expected.filter(([ts]) => (ts as bigint) % 3n !== 0n))
    await session.execute(`drop table t${count}`)
  })

  test('rows that overwrite go the same way, few and many', async () => {
    const session = engine.session({ database: 'r' })
    await session.execute(`create table o (${DDL})`)
    const table = engine.catalog.databases.get('r')!.tables.get('o') as NormalTable
    const next = random(99)
    const expected = new Map<bigint, Value[]>()
    for (const count of [40, 3, 1, 30, 8, 9, 600, 700]) {
      const set = new RowSet(table, table.columns.slice(1))
      for (let i = 0; i < count; i++) {
        const row = set.addRow()
        const ts = 1_700_000_000_000n + BigInt(Math.floor(next() * 60))
        set.ts.view.setBigInt64(row * 8, ts, true)
        expected.set(ts, [ts, ...set.values.map((buffer, c) => put(buffer, row, set.columns[c]!.type, next))])
      }
      set.segments.push({ target: table, from: 0, to: count })
      await writeSets(engine, [set])
    }
    expect(await read(table, '')).toEqual([...expected.values()].sort((a, b) => Number((a[0] as bigint) - (b[0] as bigint))))
  })
})
