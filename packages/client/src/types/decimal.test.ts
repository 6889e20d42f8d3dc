import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDecimal, formatSafeDecimal, joinDecimal128, parseDecimal, splitDecimal128 } from './decimal.ts'

describe('decimals', () => {
  it('have exactly their scale in digits after the point', () => {
    expect(formatDecimal(-5n, 2)).toBe('-0.05')
    expect(formatDecimal(0n, 4)).toBe('0.0000')
    expect(formatDecimal(125n, 0)).toBe('125')
    expect(formatDecimal(10n ** 38n - 1n, 10)).toBe('9999999999999999999999999999.9999999999')
  })

  it('are exact in both directions, in 64 and in 128 bits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 38 }), fc.nat({ max: 38 }), fc.bigInt(), (precision, seed, number) => {
        const scale = seed % (precision + 1)
        const unscaled = number % 10n ** BigInt(precision)
        const text = formatDecimal(unscaled, scale)
        expect(parseDecimal(text, precision, scale)).toBe(unscaled)
        expect(joinDecimal128(...splitDecimal128(unscaled))).toBe(unscaled)
        if (Number.isSafeInteger(Number(unscaled))) expect(formatSafeDecimal(Number(unscaled), scale)).toBe(text)
      }),
    )
  })

  it('are read from every way to write a number', () => {
    expect(parseDecimal('12.5', 10, 2)).toBe(1250n)
    expect(parseDecimal('-3e-2', 10, 2)).toBe(-3n)
    expect(parseDecimal('1.5E3', 10, 2)).toBe(150000n)
    expect(parseDecimal('.5', 10, 2)).toBe(50n)
    expect(parseDecimal('-0', 10, 2)).toBe(0n)
    expect(parseDecimal('12.50000', 10, 2)).toBe(1250n)
    expect(parseDecimal('0e9999', 10, 2)).toBe(0n)
  })

  it('refuse what they cannot hold, or round it when told to', () => {
    expect(() => parseDecimal('1.005', 10, 2)).toThrow('more than 2 digits after the point')
    expect(parseDecimal('1.005', 10, 2, true)).toBe(101n)
    expect(parseDecimal('-1.004', 10, 2, true)).toBe(-100n)
    expect(parseDecimal('9.995e-10', 10, 2, true)).toBe(0n)
    expect(() => parseDecimal('99999999.995', 10, 2, true)).toThrow('does not fit DECIMAL(10,2)')
    expect(() => parseDecimal('100000000', 10, 2)).toThrow('does not fit DECIMAL(10,2)')
    expect(() => parseDecimal('1e9999', 38, 0)).toThrow('does not fit')
    for (const text of ['', '.', 'NaN', '1,5', '0x10', '--1']) expect(() => parseDecimal(text, 10, 2), text).toThrow('not a decimal number')
  })
})
