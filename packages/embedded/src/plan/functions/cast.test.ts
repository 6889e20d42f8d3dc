import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SqlType } from '../../catalog/model.ts'
import { BIGINT, BOOL, castSql, DOUBLE, decimal, FLOAT, INT, nchar, TIMESTAMP, TINYINT, UBIGINT, UINT, UTINYINT, varchar } from './index.ts'
import { openTrial } from './try-sql.ts'

let trial: Awaited<ReturnType<typeof openTrial>>
beforeAll(async () => {
  trial = await openTrial()
})
afterAll(() => trial.close())

/** Converts a value that stands in a row, so that nothing is folded; DECIMAL comes back as text. */
async function cast(sql: string, from: SqlType, to: SqlType): Promise<unknown> {
  const converted = castSql('x', from, to, { precision: 'ms', timezone: 'UTC' })
  const shown = to.precision > 0 ? `CAST(${converted} AS VARCHAR)` : converted
  return (await trial.row(`select ${shown} from (select ${sql} as x from range(1))`))[0]
}

describe('text to numbers', () => {
  it.each([
    ['12.7', 12],
    ['-12.7', -12],
    ['abc', 0],
    ['12abc', 12],
    ['', 0],
    ['1e3', 1],
    [' 42 ', 42],
    ['4294967297', 1],
  ])('reads %j as INT %d', async (text, value) => {
    expect(await cast(`'${text}'`, varchar(20), INT)).toBe(value)
  })
  it.each([
    ['1e3', 1000],
    ['abc', 0],
    ['12.5abc', 12.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1_000', 1],
  ])('reads %j as DOUBLE %d', async (text, value) => {
    expect(await cast(`'${text}'`, varchar(20), DOUBLE)).toBe(value)
  })
  it('keeps 64 bits exact and saturates beyond them', async () => {
    expect(await cast(`'9223372036854775807'`, varchar(20), BIGINT)).toBe(9223372036854775807n)
    expect(await cast(`'99999999999999999999'`, varchar(20), BIGINT)).toBe(9223372036854775807n)
    expect(await cast(`'18446744073709551615'`, varchar(20), UBIGINT)).toBe(18446744073709551615n)
    expect(await cast(`'-1'`, varchar(20), UBIGINT)).toBe(18446744073709551615n)
  })
  it.each([
    ['true', false],
    ['1', true],
    ['0', false],
    ['x', false],
    ['', false],
    ['256', false],
  ])('reads %j as BOOL %s', async (text, value) => {
    expect(await cast(`'${text}'`, varchar(20), BOOL)).toBe(value)
  })
  it('keeps NULL', async () => {
    for (const to of [INT, UBIGINT, DOUBLE, BOOL, TIMESTAMP, nchar(3), decimal(5, 1)])
      expect(await cast('NULL::VARCHAR', varchar(5), to)).toBeNull()
  })
})

describe('numbers to numbers', () => {
  it('wraps integers', async () => {
    expect(await cast('300::BIGINT', BIGINT, UTINYINT)).toBe(44)
    expect(await cast('-1::BIGINT', BIGINT, UINT)).toBe(4294967295)
    expect(await cast('200::INTEGER', INT, TINYINT)).toBe(-56)
    expect(await cast('18446744073709551615::UBIGINT', UBIGINT, BIGINT)).toBe(-1n)
    expect(await cast('(-9223372036854775808)::BIGINT', BIGINT, UBIGINT)).toBe(9223372036854775808n)
  })
  it('cuts floats towards zero and saturates at the smallest', async () => {
    expect(await cast('12.7::DOUBLE', DOUBLE, INT)).toBe(12)
    expect(await cast('(-12.7)::DOUBLE', DOUBLE, INT)).toBe(-12)
    expect(await cast('1e30::DOUBLE', DOUBLE, INT)).toBe(-2147483648)
    expect(await cast('1e30::DOUBLE', DOUBLE, BIGINT)).toBe(-9223372036854775808n)
  })
  it('rounds DECIMAL', async () => {
    expect(await cast('10.99::DECIMAL(4,2)', decimal(4, 2), INT)).toBe(11)
    expect(await cast('10.99::DECIMAL(4,2)', decimal(4, 2), decimal(3, 1))).toBe('11.0')
    expect(await cast('1.5::DECIMAL(4,2)', decimal(4, 2), INT)).toBe(2)
    expect(await cast('(-1.00001)::DECIMAL(20,5)', decimal(20, 5), BIGINT)).toBe(-1n)
  })
  it('makes DECIMAL of text and floats by cutting', async () => {
    expect(await cast(`'123.456'`, varchar(20), decimal(10, 1))).toBe('123.4')
    expect(await cast(`'0.5'`, varchar(20), decimal(5, 0))).toBe('0')
    expect(await cast(`'1.5'`, varchar(20), decimal(38, 20))).toBe('1.00000000000000000000')
    expect(await cast('1.5::DOUBLE', DOUBLE, decimal(5, 1))).toBe('1.5')
    expect(await cast('true', BOOL, decimal(2, 1))).toBe('1.0')
  })
  it('says that a DECIMAL overflows as TDengine does', async () => {
    const failure = await cast('12345::BIGINT', BIGINT, decimal(4, 0)).catch((e: unknown) => e)
    expect(failure).toMatchObject({ code: 0x13d, message: 'Decimal value overflow' })
  })
})

describe('to text', () => {
  it('writes numbers as C would', async () => {
    expect(await cast('3.141592653589793::DOUBLE', DOUBLE, varchar(30))).toBe('3.14159265358979')
    expect(await cast('1e10::DOUBLE', DOUBLE, varchar(30))).toBe('10000000000')
    expect(await cast('1e100::DOUBLE', DOUBLE, varchar(30))).toBe('1e+100')
    expect(await cast('3.14159::FLOAT', FLOAT, varchar(20))).toBe('3.14159')
    expect(await cast('false', BOOL, varchar(8))).toBe('false')
    expect(await cast('0.00::DECIMAL(4,2)', decimal(4, 2), varchar(10))).toBe('0')
    expect(await cast('1.50::DECIMAL(4,2)', decimal(4, 2), varchar(10))).toBe('1.50')
    expect(await cast('-1::BIGINT', TIMESTAMP, varchar(20))).toBe('-1')
  })
  it('cuts VARCHAR by bytes and NCHAR by characters', async () => {
    expect(await cast(`'你好世界'`, varchar(12), varchar(6))).toBe('你好')
    expect(await cast(`'你好世界'`, varchar(12), varchar(5))).toBe('你')
    expect(await cast(`'你好世界'`, nchar(4), nchar(2))).toBe('你好')
    expect(await cast('123456::BIGINT', BIGINT, nchar(3))).toBe('123')
    expect(await cast(`'abc'`, varchar(3), nchar(2))).toBe('ab')
  })
  it('fails where VARCHAR to NCHAR splits a character', async () => {
    const failure = await cast(`'你好'`, varchar(6), nchar(2)).catch((e: unknown) => e)
    expect(failure).toMatchObject({ code: 0x3250, message: 'Cannot convert to specific type' })
  })
})

describe('to TIMESTAMP', () => {
  it.each([
    ['2024-01-01 00:00:00', '1704067200000'],
    ['2024-01-01T00:00:00+08:00', '1704038400000'],
    ['2024-01-01', '1704067200000'],
    ['2024-01-01 08:00:00.1239+08:00', '1704067200123'],
    ['not a time', '0'],
    ['2024-02-30', '0'],
    ['1969-12-31 23:59:59.999', '-1'],
  ])('reads %j', async (text, ticks) => {
    expect(await cast(`'${text}'`, varchar(40), TIMESTAMP)).toBe(BigInt(ticks))
  })
  it('cuts numbers', async () => {
    expect(await cast('1.5::DOUBLE', DOUBLE, TIMESTAMP)).toBe(1n)
    expect(await cast('true', BOOL, TIMESTAMP)).toBe(1n)
  })
})
