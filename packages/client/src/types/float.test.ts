import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shortestFloat, shortestFloats } from './float.ts'

const float = fc.oneof(
  fc.float({ noNaN: true }),
  // Decimals as sensors write them.
  fc
    .tuple(fc.integer({ min: -9_999_999, max: 9_999_999 }), fc.integer({ min: 0, max: 7 }))
    .map(([digits, k]) => Math.fround(digits / 10 ** k)),
)

/** Whether a decimal of fewer digits reads back as the float: then the answer was not the shortest. */
function shorterExists(value: number, digits: number): boolean {
  return digits > 1 && Math.fround(Number(value.toExponential(digits - 2))) === value
}

describe('the shortest decimal of a 32-bit float', () => {
  it('is what everybody else prints', () => {
    const cases: [number, number][] = [
      [0.1, 0.1],
      [219.1, 219.1],
      [3.4e38, 3.4e38],
      [1e-7, 1e-7],
      [1.5e21, 1.5e21],
      [16777216, 16777216],
      [123456784, 123456780],
      [-0.0001, -0.0001],
      [2 ** -149, 1e-45],
      [2 ** -12, 0.00024414062],
      [33018.1875, 33018.188],
      [142080.125, 142080.12],
    ]
    for (const [value, shortest] of cases) expect(shortestFloat(Math.fround(value))).toBe(shortest)
    expect(Object.is(shortestFloat(-0), -0)).toBe(true)
    expect(shortestFloat(Number.NaN)).toBeNaN()
    expect(shortestFloat(Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY)
  })

  it('reads back, has at most nine digits, and none too many', () => {
    fc.assert(
      fc.property(float, (value) => {
        const shortest = shortestFloat(value)
        expect(Math.fround(shortest)).toBe(value)
        if (!Number.isFinite(value) || value === 0) return
        const digits = shortest.toExponential().replace(/^-|\.|e.*/g, '').length
        expect(digits).toBeLessThanOrEqual(9)
        expect(shorterExists(value, digits)).toBe(false)
      }),
      { numRuns: 2000 },
    )
  })

  it('is the same for a whole column', () => {
    fc.assert(
      fc.property(fc.array(float, { maxLength: 50 }), (values) => {
        expect(shortestFloats(Float32Array.from(values), values.length)).toEqual(values.map(shortestFloat))
      }),
    )
  })
})
