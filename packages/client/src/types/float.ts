/** Powers of ten that a double holds exactly. */
export const POW10: readonly number[] = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]

/**
 * The double whose text is the shortest decimal that still reads back as the given 32-bit float: 0.1 for the float 0.100000001….
 * `value` must be a float's exact value.
 */
export function shortestFloat(value: number): number {
  const size = Math.abs(value)
  if (size >= 16777216 || size < 1e-12) return size === 0 || !Number.isFinite(value) ? value : shortestByDigits(value)
  let k = 0
  while (size * POW10[k]! < 1e5) k++
  return shortestFrom(value, k)
}

/**
 * Tries 6, 7, 8 and 9 digits, `k` of them after the point for the 6. Two decimals of six digits never share a float, so one of six that reads back
 * is the answer with its trailing zeros. r / 10^k is the double nearest to that decimal, as both are exact.
 */
function shortestFrom(value: number, k: number): number {
  for (let digits = k; digits < k + 3; digits++) {
    const candidate = nearest(value, POW10[digits]!)
    if (Math.fround(candidate) === value) return candidate
  }
  return nearest(value, POW10[k + 3]!)
}

/** The nearest multiple of 1 / power. */
function nearest(value: number, power: number): number {
  return nearestWhole(value * power) / power
}

/** The nearest whole number; of two that are as near the even one, as every other printer of floats chooses. */
export function nearestWhole(exact: number): number {
  const rounded = Math.round(exact)
  return rounded - exact === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
}

/** Shortest decimals of a whole column, `count` values; neighbours are mostly of one magnitude, which makes it quicker than one by one. */
export function shortestFloats(values: Float32Array, count: number): number[] {
  const out: number[] = new Array(count)
  // Values from `low` up to `high` have six digits when `k` of them stand after the point.
  let k = 5
  let power = 1e5
  let low = 1
  let high = 10
  for (let i = 0; i < count; i++) {
    const value = values[i]!
    const size = value < 0 ? -value : value
    if (!(size >= low && size < high)) {
      if (!(size < 1e6 && size > 1e-12)) {
        out[i] = shortestFloat(value)
        continue
      }
      k = 0
      while (size * POW10[k]! < 1e5) k++
      power = POW10[k]!
      low = 1e5 / power
      high = 1e6 / power
    }
    const candidate = Math.round(value * power) / power
    out[i] = Math.fround(candidate) === value ? candidate : shortestFrom(value, k + 1)
  }
  return out
}

/**
 * Very large and very small values: fewest significant digits first, and the neighbour above where a power of two has unequal gaps to its
 * sides (which matters for 2^87, 2^90 and 2^-96 alone).
 */
function shortestByDigits(value: number): number {
  const powerOfTwo = (new Uint32Array(Float32Array.of(value).buffer)[0]! & 0x7fffff) === 0
  for (let digits = 1; digits <= 9; digits++) {
    const text = value.toExponential(digits - 1)
    const candidate = Number(text)
    if (Math.fround(candidate) === value) return candidate
    if (powerOfTwo) {
      const [mantissa, exponent] = text.split('e') as [string, string]
      const step = Number(mantissa.replace('.', '')) + (value < 0 ? -1 : 1)
      const away = Number(`${step}e${Number(exponent) - digits + 1}`)
      if (Math.fround(away) === value) return away
    }
  }
  return value
}
