import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTrial, type Trial } from './try-sql.ts'

let trial: Trial
beforeAll(async () => {
  trial = await openTrial()
})
afterAll(() => trial.close())

/** The values of a SELECT list: 64-bit integers as numbers where they are exact. */
async function values(list: string): Promise<unknown[]> {
  return (await trial.evaluate(list)).map(({ value }) =>
    typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value,
  )
}

const types = async (list: string): Promise<string[]> => (await trial.evaluate(list)).map(({ type }) => type)

const failure = (list: string) =>
  trial.evaluate(list).then(
    () => undefined,
    (error: unknown) => error,
  )

describe('mathematics', () => {
  it('keeps the type of its argument and counts NULL as BIGINT', async () => {
    expect(await types('abs(-5), abs(-1.5), abs(null), ceil(3), sign(2.5), round(cast(1 as tinyint)), pow(2, 10), mod(10, 3)')).toEqual([
      'BIGINT',
      'DOUBLE',
      'BIGINT',
      'BIGINT',
      'DOUBLE',
      'TINYINT',
      'DOUBLE',
      'DOUBLE',
    ])
  })
  it('leaves the smallest integer negative', async () => {
    expect(await values('abs(-9223372036854775807), abs(cast(-2147483648 as int)), abs(cast(-128 as tinyint))')).toEqual([
      9223372036854775807n,
      -2147483648,
      -128,
    ])
    expect(await values('abs(-9223372036854775808)')).toEqual([-9223372036854775808n])
  })
  it('is NULL where there is no finite number', async () => {
    expect(
      await values('acos(2), sqrt(-1), log(0), log(10, 1), log(10, 0), pow(-8, 1.0/3), exp(710), pow(10, 309), mod(1, 0), ln(-1)'),
    ).toEqual(Array.from({ length: 10 }, () => null))
  })
  it('rounds half away from zero, to digits on either side of the point', async () => {
    expect(await values('round(2.5), round(-2.5), round(1.25, 1), round(-4, -1), round(5, -1), round(0.49999999999999994)')).toEqual([
      3, -3, 1.3, 0, 10, 0,
    ])
    expect(await values('truncate(1234.5678, -2), truncate(-1234.5678, 1), truncate(1999, -3), truncate(1e300, 20)')).toEqual([
      1200, -1234.5, 1000, 1e300,
    ])
  })
  it('compares as text once text is among the arguments', async () => {
    expect(await values("greatest(10, '9'), least(2, '10'), greatest(1, 2.5), greatest(true, 0), least('a', 'B')")).toEqual([
      '9',
      '10',
      2.5,
      1,
      'B',
    ])
    expect(
      await types("greatest(1, 2.5), greatest(10, '9'), greatest('abc', 'ab'), greatest(cast(1 as int), cast(1 as int unsigned))"),
    ).toEqual(['DOUBLE', 'VARCHAR(23)', 'VARCHAR(3)', 'BIGINT'])
    expect(await values('greatest(1, null), least(null, 2)')).toEqual([null, null])
  })
  it('checks what it is given', async () => {
    expect(await failure('abs(1, 2)')).toMatchObject({ code: 0x2801, message: 'Invalid number of parameters : abs' })
    expect(await failure("sqrt('9')")).toMatchObject({ code: 0x2802, message: 'Invalid parameter data type : sqrt' })
    expect(await failure('abs(cast(1 as decimal(5,2)))')).toMatchObject({ code: 0x2802 })
    expect(await failure('coalesce(1, 2)')).toMatchObject({ code: 0x374, message: 'Func not exists' })
  })
})

describe('text', () => {
  it('adds up stored lengths', async () => {
    expect(
      await types(
        "concat('a', 'b'), concat('x', '你'), concat_ws('--', '1', '2', '3'), concat(cast('n' as nchar(64)), 's'), trim(cast('n' as nchar(64)))",
      ),
    ).toEqual(['VARCHAR(4)', 'VARCHAR(6)', 'VARCHAR(15)', 'NCHAR(67)', 'NCHAR(257)'])
    expect(
      await types(
        "replace('你好你', '你', '我们'), replace('aabb', 'AA', 'x'), to_base64(repeat('a', 10)), char(65, 66), substr('abc', 2)",
      ),
    ).toEqual(['VARCHAR(15)', 'VARCHAR(4)', 'VARCHAR(38)', 'VARCHAR(8)', 'VARCHAR(3)'])
  })
  it('is NULL as soon as one part is', async () => {
    expect(
      await values("concat('a', null), concat_ws('-', 'a', null, 'c'), substr(null, 1), replace('a', null, 'b'), position(null in 'a')"),
    ).toEqual(Array.from({ length: 5 }, () => null))
  })
  it('counts characters from 1, or from the end', async () => {
    expect(
      await values(
        "substring('你好世界', 2, 2), substring('你好世界', -1), substr('abc', 0), substr('abc', -9), substr('abc', 2, 0), substr('abc', 9)",
      ),
    ).toEqual(['好世', '界', '', '', '', ''])
    expect(
      await values("position('好' in '你好'), position('' in 'abc'), position('z' in 'abc'), length('你好'), char_length('😀')"),
    ).toEqual([2, 1, 0, 6, 1])
  })
  it('cuts at the n-th delimiter', async () => {
    expect(
      await values(
        "substring_index('a.b.c', '.', 2), substring_index('a.b.c', '.', -2), substring_index('a.b.c', '.', 0), substring_index('abc', '', 1)",
      ),
    ).toEqual(['a.b', 'b.c', '', ''])
  })
  it('trims whole repetitions', async () => {
    expect(
      await values(
        "trim('ab' from 'ababcab'), trim(leading 'x' from 'xxaxx'), trim(trailing 'x' from 'xxaxx'), trim('.' from '..a.'), trim('  a '), ltrim('  a ')",
      ),
    ).toEqual(['c', 'axx', 'xxa', 'a', 'a', 'a '])
  })
  it('changes ASCII letters only', async () => {
    expect(await values("upper('grüße'), lower('GRÜSSE'), upper('abc')")).toEqual(['GRüßE', 'grÜsse', 'ABC'])
  })
  it('makes text of bytes', async () => {
    expect(
      await values("char(77 * 256 + 78), char(65, null, 67), char('66'), char(65.7), char(228, 189, 160), ascii('你'), ascii('')"),
    ).toEqual(['MN', 'AC', 'B', 'A', '你', 228, 0])
  })
  it('hashes numbers as text', async () => {
    expect(await values("crc32('abc'), crc32(123.456), crc32(true), crc32(cast('Grüße' as nchar(8))), md5('abc')")).toEqual([
      891568578,
      844093190,
      2212294583,
      300796774,
      '900150983cd24fb0d6963f7d28e17f72',
    ])
  })
  it('refuses NULL and numbers where text is asked for', async () => {
    for (const call of ['upper(null)', 'lower(1)', "repeat('a', 'b')", 'length(1)', "substr('abc', 'x')"])
      expect(await failure(call)).toMatchObject({ code: 0x2802 })
    expect(await failure("concat('a')")).toMatchObject({ code: 0x2801 })
  })
})

describe('time', () => {
  const day = async (list: string): Promise<unknown[]> =>
    (await values(list)).map((ticks) => (ticks === null ? null : new Date(ticks as number).toISOString()))
  it('truncates towards 1970, days and weeks by the wall clock', async () => {
    expect(
      await day(
        "timetruncate('1969-12-31 12:34:56', 1h), timetruncate('2024-05-15 13:14:15.678', 1w), timetruncate('bad', 1d), timetruncate(-1, 1s)",
      ),
    ).toEqual(['1969-12-31T13:00:00.000Z', '2024-05-09T00:00:00.000Z', null, '1970-01-01T00:00:00.000Z'])
    const shanghai = await trial.evaluate(
      "timetruncate('2024-05-15 13:14:15', 1d), timetruncate('2024-05-15 07:00:00', 1d, 0)",
      {},
      { timezone: 'Asia/Shanghai' },
    )
    expect(shanghai.map(({ value }) => new Date(Number(value)).toISOString())).toEqual([
      '2024-05-14T16:00:00.000Z',
      '2024-05-14T00:00:00.000Z',
    ])
  })
  it('counts whole units between two times', async () => {
    expect(
      await values(
        "timediff('2024-01-01 00:00:59.999', '2024-01-01', 1s), timediff('2024-01-01', '2024-01-01 00:00:00.999', 1s), timediff('x', '2024-01-01')",
      ),
    ).toEqual([59, 0, null])
  })
  it('refuses units that are none', async () => {
    expect(await failure("timediff('2024-01-01', '2024-01-02', 2s)")).toMatchObject({
      code: 0x280a,
      message: 'Invalid timzone format : timediff',
    })
    expect(await failure("timetruncate('2024-01-01', 1y)")).toMatchObject({ code: 0x280a })
    expect(await failure("timetruncate('2024-01-01', 1u)")).toMatchObject({
      code: 0x280b,
      message: 'Time unit is too small : timetruncate',
    })
    expect(await failure("timetruncate('2024-01-01', 1d, 2)")).toMatchObject({ code: 0x2803 })
  })
  it('knows the eight ways to number weeks', async () => {
    const weeks = (date: string) => values(Array.from({ length: 8 }, (_, mode) => `week('${date}', ${mode})`).join(', '))
    expect(await weeks('2000-01-01')).toEqual([0, 0, 52, 52, 0, 0, 52, 52])
    expect(await weeks('2024-12-30')).toEqual([52, 53, 52, 1, 53, 53, 1, 53])
    expect(
      await values("weekofyear('2024-12-30'), dayofweek('2024-02-29'), weekday('2024-02-29'), dayofweek('1969-12-28'), week(null)"),
    ).toEqual([1, 5, 3, 1, null])
  })
  it('writes ISO 8601 in the zone asked for', async () => {
    expect(
      await values("to_iso8601(1704067200123), to_iso8601(1704067200123, '+05:30'), to_iso8601(1704067200123, 'z'), to_iso8601(-16)"),
    ).toEqual(['2024-01-01T00:00:00.123+0000', '2024-01-01T05:30:00.123+05:30', '2024-01-01T00:00:00.123z', '1970-01-01T00:00:00.-16+0000'])
    for (const zone of ['-0530', 'Mars', '+13:00', '+08:15'])
      expect(await failure(`to_iso8601(0, '${zone}')`)).toMatchObject({ code: 0x2800, message: 'Invalid timzone format' })
  })
  it('formats and reads by patterns', async () => {
    const format = "TO_CHAR(TIMESTAMP '2024-09-05 07:08:09.010', 'MONTH|Mon|DAY|dy|DDD|D|hh24:mi:ss.us|hh12 p.m.|TZH|\"yyyy\" Q')"
    expect(await values(format)).toEqual(['SEPTEMBER|Sep|THURSDAY |thu|249|5|07:08:09.010000|07 a.m.|+00|yyyy Q'])
    expect(
      await day(
        "to_timestamp('2024-01-01 11:30:00 PM', 'yyyy-mm-dd hh12:mi:ss am'), to_timestamp('05 feb 24', 'dd mon yy'), to_timestamp('2024-10-10 10:10:10+08', 'yyyy-mm-dd hh24:mi:sstzh')",
      ),
    ).toEqual(['2024-01-01T23:30:00.000Z', '2024-02-05T00:00:00.000Z', '2024-10-10T02:10:10.000Z'])
    expect(await failure("to_timestamp('2024-13-01', 'yyyy-mm-dd')")).toMatchObject({
      code: 0x2807,
      message: 'Func to_timestamp failed for wrong timestamp',
    })
    expect(await failure("to_timestamp('2024-aa-01', 'yyyy-mm-dd')")).toMatchObject({
      code: 0x2806,
      message: 'Func to_timestamp failed for format mismatch',
    })
  })
  it('starts today at midnight of the session', async () => {
    const [utc, east] = [await trial.evaluate('today(), now()'), await trial.evaluate('today()', {}, { timezone: 'Asia/Shanghai' })]
    expect(new Date(Number(utc[0]?.value)).toISOString()).toBe('2025-11-21T00:00:00.000Z')
    expect(new Date(Number(utc[1]?.value)).toISOString()).toBe('2025-11-21T17:20:00.000Z')
    expect(new Date(Number(east[0]?.value)).toISOString()).toBe('2025-11-21T16:00:00.000Z')
    expect(await values('timezone()')).toEqual(['UTC (UTC, +0000)'])
  })
})
