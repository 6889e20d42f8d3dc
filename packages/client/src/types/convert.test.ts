import { describe, expect, it } from 'vitest'
import {
  describe as kind,
  toBool,
  toBytes,
  toDecimalText,
  toDouble,
  toFloat,
  toInt64,
  toInteger,
  toJsonText,
  toUnscaled,
  toWkb,
} from './convert.ts'

describe('values that users give', () => {
  it('become what travels', () => {
    expect([toBool(true), toBool(0), toBool(1n)]).toEqual([1, 0, 1])
    expect([toInteger(7, 0, 255), toInteger('7', 0, 255), toInteger(7n, 0, 255)]).toEqual([7, 7, 7])
    expect([toInt64('-9223372036854775808', true), toInt64(5, false)]).toEqual([-(2n ** 63n), 5n])
    expect([toDouble('1e3'), toDouble(2n), toFloat(0.1)]).toEqual([1000, 2, 0.1])
    expect(toJsonText({ a: 1n, b: [null] })).toBe('{"a":1,"b":[null]}')
    expect(toBytes(new Uint16Array([0x0201]))).toEqual(new Uint8Array([1, 2]))
    expect(toWkb('POINT(1 2)')).toEqual(toWkb({ type: 'Point', coordinates: [1, 2] }))
    expect([toDecimalText(' 1.50 '), toDecimalText(2), toUnscaled('1.5', 5, 2)]).toEqual(['1.50', '2', 150n])
  })

  it('are refused when their column cannot hold them', () => {
    expect(() => toInteger(256, 0, 255)).toThrow('256 is not a whole number from 0 to 255')
    expect(() => toInteger(Number.NaN, 0, 255)).toThrow(RangeError)
    expect(() => toInteger(1.5, 0, 255)).toThrow(RangeError)
    expect(() => toInt64(2 ** 60, true)).toThrow('use a bigint')
    expect(() => toInt64(2n ** 63n, true)).toThrow('does not fit BIGINT')
    expect(() => toInt64(-1n, false)).toThrow('BIGINT UNSIGNED')
    expect(() => toFloat(1e39)).toThrow('does not fit FLOAT')
    expect(() => toBool('true')).toThrow(TypeError)
    expect(() => toDouble('')).toThrow(TypeError)
    expect(() => toDecimalText('1,5')).toThrow(TypeError)
    expect(() => toWkb(5)).toThrow('WKB bytes, WKT or GeoJSON')
  })

  it('are never shown when they may be secret', () => {
    expect(kind('hunter2')).toBe('a string of 7 characters')
    expect(kind({ password: 'x' })).toBe('a Object')
    expect(() => toDouble('hunter2')).toThrow(/^a string of 7 characters is not a number$/)
  })
})
