import { describe, expect, it } from 'vitest'
import { shortestFloat } from '../types/float.ts'
import { timeZone } from '../types/time-zone.ts'
import { TypeCode } from '../types/types.ts'
import { buildBlock, VariableBuilder } from './builder.ts'
import type { Block } from './column.ts'
import { columnReader } from './reader.ts'
import { type RestColumn, RestDecoder } from './rest-decoder.ts'
import { encodeRestUpdate, RestEncoder } from './rest-encoder.ts'
import { WireError } from './wire-error.ts'

const column = (type: TypeCode, name = 'c', precision = 0, scale = 0): RestColumn => ({ name, type, length: 8, precision, scale })
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** The `data` of an answer with one column. */
function data(
  type: TypeCode,
  values: unknown[],
  precision: 'ms' | 'us' | 'ns' = 'ms',
  zone = 'UTC',
  digits: [number, number] = [0, 0],
): string {
  const block = buildBlock([{ type, bytes: 0, precision: digits[0], scale: digits[1] }], [values], precision)
  return write([column(type, 'c', ...digits)], block, precision, zone)
}

function write(columns: RestColumn[], block: Block, precision: 'ms' | 'us' | 'ns' = 'ms', zone = 'UTC'): string {
  return new TextDecoder().decode(new RestEncoder({ columns, precision, zone: timeZone(zone) }).block(block))
}

function decode(body: string, step = 1 << 20): { decoder: RestDecoder; blocks: Block[] } {
  const decoder = new RestDecoder()
  const bytes = utf8(body)
  const blocks: Block[] = []
  for (let at = 0; at < bytes.length; at += step) blocks.push(...decoder.push(bytes.subarray(at, at + step)))
  blocks.push(...decoder.end())
  return { decoder, blocks }
}

describe('values in a REST answer', () => {
  it('are written as Go writes them', () => {
    expect(data(TypeCode.FLOAT, [0.1, 1e-7, 1.5e21, -0.0001, 16777216, null, -3.4e38, 0, 219.5, 1e-6])).toBe(
      '[0.1],[1e-07],[1.5e+21],[-0.0001],[16777216],[null],[-340000000000000000000000000000000000000],[0],[219.5],[0.000001]'.replace(
        '-340000000000000000000000000000000000000',
        '-3.4e+38',
      ),
    )
    expect(
      data(TypeCode.DOUBLE, [0.1, 1e-7, 1e21, 123456789.000001, 1e15, Number.NaN, Number.POSITIVE_INFINITY, -0, 0.30000000000000004]),
    ).toBe('[0.1],[1e-07],[1e+21],[123456789.000001],[1000000000000000],[null],[null],[-0],[0.30000000000000004]')
    expect(data(TypeCode.BIGINT, [-(2n ** 63n), 2n ** 53n + 1n, -7, 0])).toBe('[-9223372036854775808],[9007199254740993],[-7],[0]')
    expect(data(TypeCode.UBIGINT, [2n ** 64n - 1n])).toBe('[18446744073709551615]')
    expect(data(TypeCode.BOOL, [true, false, null])).toBe('[true],[false],[null]')
    expect(data(TypeCode.DECIMAL64, ['-0.05', '12.3'], 'ms', 'UTC', [10, 3])).toBe('["-0.050"],["12.300"]')
    expect(data(TypeCode.JSON, ['{"a":"\u0001"}', null])).toBe('[{"a":"\u0001"}],[null]')
    expect(data(TypeCode.VARBINARY, [Uint8Array.of(0, 255), new Uint8Array(0)])).toBe('["00ff"],[""]')
  })

  it('are the shortest decimals of floats, of six to nine digits as of any', () => {
    const bits = Uint32Array.from({ length: 20_000 }, (_, i) => Math.imul(i, 0x9e3779b1))
    const wild = new Float32Array(bits.buffer)
    // Of the sizes that measurements have, and of every exponent.
    const values = [
      ...wild.map((_, i) => (((i * 7919) % 20_011) - 9000.33) / 10 ** (i % 9)),
      ...wild.filter(Number.isFinite),
      // Around powers of two, each after a neighbour that needs many digits.
      ...Array.from({ length: 40 }, (_, i) => 2 ** (i - 20)).flatMap((power) => [
        power * 1.1234567,
        power,
        power * (1 + 2 ** -23),
        power * (1 - 2 ** -24),
      ]),
    ].map(Math.fround)
    const expected = values.map((value) => {
      const text = Object.is(value, -0) ? '-0' : String(shortestFloat(value))
      return `[${text.replace(/(e[+-])(\d)$/, '$10$2')}]`
    })
    expect(data(TypeCode.FLOAT, values)).toBe(expected.join(','))
  })

  it('escape as little as JSON allows', () => {
    const text = '"\\\n\r\t\b\u0000\u001f/é<>&\u2028\u007f😀'
    const escaped = '["\\"\\\\\\n\\r\\t\\u0008\\u0000\\u001f/é<>&\u2028\u007f😀"]'
    expect(data(TypeCode.VARCHAR, [text])).toBe(escaped)
    expect(data(TypeCode.NCHAR, [text])).toBe(escaped)
  })

  it('pass through bytes of a VARCHAR that are no UTF-8', () => {
    const builder = new VariableBuilder({ type: TypeCode.VARCHAR, bytes: 0 })
    builder.bytes(Uint8Array.of(0xff, 0x22))
    const block = { rows: 1, columns: [builder.finish()] }
    const body = new RestEncoder({ columns: [column(TypeCode.VARCHAR)], precision: 'ms' }).block(block)
    expect([...body]).toEqual([91, 34, 0xff, 92, 0x22, 34, 93])
  })

  it('show times in the zone that was asked for', () => {
    expect(data(TypeCode.TIMESTAMP, [1660084424123n, -1n, null])).toBe('["2022-08-09T22:33:44.123Z"],["1969-12-31T23:59:59.999Z"],[null]')
    expect(data(TypeCode.TIMESTAMP, [-1n, 2n ** 63n - 1n], 'ns')).toBe(
      '["1969-12-31T23:59:59.999999999Z"],["2262-04-11T23:47:16.854775807Z"]',
    )
    expect(data(TypeCode.TIMESTAMP, [1660084424123000n], 'us', 'Asia/Shanghai')).toBe('["2022-08-10T06:33:44.123000+08:00"]')
    expect(data(TypeCode.TIMESTAMP, [1710053999999n, 1710054000000n], 'ms', 'America/New_York')).toBe(
      '["2024-03-10T01:59:59.999-05:00"],["2024-03-10T03:00:00.000-04:00"]',
    )
  })

  it('show each time as if it stood alone: over midnights, changes of the clocks, years of any length', () => {
    const base: Record<string, bigint> = { ms: 1000n, us: 1_000_000n, ns: 1_000_000_000n }
    for (const precision of ['ms', 'us', 'ns'] as const) {
      const unit = base[precision]!
      const seconds = [
        0, 1, 59, 60, 86_399, 86_400, 86_401, 172_799, 1_710_053_999, 1_710_054_000, 1_710_050_000, 1_699_163_999, 1_699_164_000, -1,
        -86_401,
      ]
      if (precision !== 'ns') seconds.push(-62_167_219_200, -62_167_219_201, 253_402_300_799, 253_402_300_800)
      const ticks = seconds.flatMap((second) => [BigInt(second) * unit, BigInt(second) * unit + unit - 1n, BigInt(second) * unit + 7n])
      for (const zone of ['UTC', '+05:30', 'America/New_York', 'Asia/Shanghai']) {
        const alone = ticks.map((tick) => data(TypeCode.TIMESTAMP, [tick], precision, zone))
        expect(data(TypeCode.TIMESTAMP, ticks, precision, zone)).toBe(alone.join(','))
      }
    }
    const times = Array.from({ length: 500 }, (_, i) => 1_600_000_000_000 + i * 7_654_321)
    const expected = times.map((time) => `["${new Date(time).toISOString()}"]`).join(',')
    expect(data(TypeCode.TIMESTAMP, times.map(BigInt))).toBe(expected)
  })
})

describe('a whole REST answer', () => {
  it('is written in pieces, as arrays or objects', () => {
    const columns = [column(TypeCode.INT, 'a"b'), column(TypeCode.DECIMAL, 'd', 38, 2)]
    const block = buildBlock(
      [
        { type: TypeCode.INT, bytes: 4 },
        { type: TypeCode.DECIMAL, bytes: 16, precision: 38, scale: 2 },
      ],
      [[1], ['2.50']],
    )
    const answer = (rowWithMeta: boolean, timing?: number): string => {
      const encoder = new RestEncoder({ columns, precision: 'ms', rowWithMeta })
      return Buffer.concat([encoder.head(), encoder.block(block), encoder.block(block), encoder.tail(timing)]).toString()
    }
    const meta = '{"code":0,"column_meta":[["a\\"b","INT",8],["d","DECIMAL(38,2)",8]],"data":['
    expect(answer(false)).toBe(`${meta}[1,"2.50"],[1,"2.50"]],"rows":2}`)
    expect(answer(true, 9)).toBe(`${meta}{"a\\"b":1,"d":"2.50"},{"a\\"b":1,"d":"2.50"}],"rows":2,"timing":9}`)
    expect(encodeRestUpdate(3, { timing: 5n })).toBe(
      '{"code":0,"column_meta":[["affected_rows","INT",4]],"data":[[3]],"rows":1,"timing":5}',
    )
  })

  it('is read with white space, empty, and in blocks that grow', () => {
    const spaced = '{ "code" : 0 , "column_meta" : [["a","INT",4]] ,\n "data" : [ [1],\n [null] ], "rows" : 2, "timing": 12 }'
    const { decoder, blocks } = decode(spaced, 3)
    expect(blocks.flatMap((block) => columnReader(TypeCode.INT, 'ms')(block.columns[0]!, block.rows))).toEqual([1, null])
    expect([decoder.rows, decoder.timing]).toEqual([2, 12])
    expect(decode('{"code":0,"column_meta":[["a","INT",4]],"data":[],"rows":0}').blocks).toEqual([])
    const many = decode(
      `{"code":0,"column_meta":[["a","INT",4]],"data":[${Array.from({ length: 6000 }, (_, i) => `[${i}]`).join(',')}],"rows":6000}`,
      5000,
    )
    expect(many.blocks.map(({ rows }) => rows)).toEqual([64, 1024, 4096, 816])
    expect(many.blocks[3]!.columns[0]).toMatchObject({ values: Int32Array.from({ length: 816 }, (_, i) => 5184 + i) })
  })

  it('tells the precision by the digits of its times', () => {
    const body = (time: string): string => `{"code":0,"column_meta":[["ts","TIMESTAMP",8]],"data":[[null],["${time}"]],"rows":2}`
    const ticks = (time: string): unknown => {
      const { decoder, blocks } = decode(body(time))
      return [decoder.precision, columnReader(TypeCode.TIMESTAMP, 'ns')(blocks[0]!.columns[0]!, 2)[1]]
    }
    expect(ticks('2022-08-09T22:33:44.123Z')).toEqual(['ms', 1660084424123n])
    expect(ticks('2022-08-10T06:33:44.123456+08:00')).toEqual(['us', 1660084424123456n])
    expect(ticks('1969-12-31T23:59:59.999999999Z')).toEqual(['ns', -1n])
    expect(ticks('1677-09-21T00:12:43.145224192Z')).toEqual(['ns', -(2n ** 63n)])
  })

  it('gives a text as long as a megabyte', () => {
    const long = 'é'.repeat(30_000)
    const { blocks } = decode(
      `{"code":0,"column_meta":[["s","VARCHAR",65000],["b","BLOB",4194304]],"data":[["${long}","${'ab'.repeat(600_000)}"]],"rows":1}`,
      16_384,
    )
    expect(columnReader(TypeCode.VARCHAR, 'ms')(blocks[0]!.columns[0]!, 1)).toEqual([long])
    expect(columnReader(TypeCode.BLOB, 'ms')(blocks[0]!.columns[1]!, 1)[0]).toHaveLength(600_000)
  })

  const one = (type: string, value: string, step?: number): unknown => {
    const { decoder, blocks } = decode(`{"code":0,"column_meta":[["a","${type}",8]],"data":[[${value}]],"rows":1}`, step)
    return columnReader(decoder.header!.columns[0]!.type, 'ms')(blocks[0]!.columns[0]!, 1)[0]
  }

  it('gives whole numbers of 64 bits exactly, and refuses those of more', () => {
    for (let bits = 0n; bits <= 64n; bits++) {
      for (const near of [-10n, -1n, 0n, 1n, 1_000_000_001n]) {
        const value = 2n ** bits + near
        for (const [type, least, most] of [
          ['BIGINT', -(2n ** 63n), 2n ** 63n - 1n],
          ['BIGINT UNSIGNED', 0n, 2n ** 64n - 1n],
        ] as const) {
          for (const each of [value, -value]) {
            if (each >= least && each <= most) expect(one(type, `${each}`, 7)).toBe(each)
            else expect(() => one(type, `${each}`), `${type} ${each}`).toThrow(WireError)
          }
        }
      }
    }
    expect(() => one('BIGINT', '1'.repeat(400))).toThrow(WireError)
  })

  it('refuses numbers that their column cannot hold', () => {
    for (const [type, value] of [
      ['TINYINT', '128'],
      ['TINYINT UNSIGNED', '-1'],
      ['SMALLINT', '-32769'],
      ['INT', '2147483648'],
      ['INT UNSIGNED', '4294967296'],
      ['INT', '1.5'],
      ['INT', '1e300'],
      ['FLOAT', '1e39'],
    ] as const) {
      expect(() => one(type, value), `${type} ${value}`).toThrow(WireError)
    }
    expect([one('TINYINT', '-128'), one('INT UNSIGNED', '4294967295'), one('FLOAT', '-3.4028235e+38')]).toEqual([
      -128, 4294967295, -3.4028235e38,
    ])
  })

  it('may be an error', () => {
    expect(decode('{"code":9826,"desc":"Fail to get table info","timing":77}').decoder).toMatchObject({
      header: { code: 9826, message: 'Fail to get table info', columns: [] },
      timing: 77,
    })
    expect(decode('"query memory exceeds threshold"').decoder.header).toMatchObject({
      code: 65535,
      message: 'query memory exceeds threshold',
    })
  })

  it('is refused where it is damaged, with the place', () => {
    const head = '{"code":0,"column_meta":[["a","INT",4],["t","TIMESTAMP",8]],"data":['
    const place = (rows: string): number => {
      try {
        decode(`${head}${rows}`, 11)
      } catch (error) {
        expect(error).toBeInstanceOf(WireError)
        return (error as WireError).offset - head.length
      }
      return -1
    }
    expect(place('[1,"2022-08-09T22:33:44.123Z"],[x,null]],"rows":2}')).toBe(32)
    expect(place('[1],[2]],"rows":2}')).toBe(2)
    expect(place('[1,null,3]],"rows":1}')).toBe(7)
    expect(place('[1,"2022-08-09T25:33:44.123Z"]],"rows":1}')).toBe(3)
    expect(place('[1,null],{}],"rows":1}')).toBe(9)
    expect(place('[1,null],[2,nu')).toBe(14)
    expect(place('[1,nul1]],"rows":1}')).toBe(3)
    for (const body of ['', '<html>', '{"code":0}', '{"code":0,"column_meta":[["a","CIRCLE",4]],"data":[]}', '[]', 'null']) {
      expect(() => decode(body), body).toThrow(WireError)
    }
  })
})
