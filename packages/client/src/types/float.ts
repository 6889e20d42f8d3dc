const word = /* @__PURE__ */ new Float32Array(1)
const bits = /* @__PURE__ */ new Uint32Array(word.buffer)

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
  // Below 2^24 and above 2^-8 the answer has at most 12 digits after the point: r / 10^k is then the double nearest to that decimal.
  if (size < 16777216 && size > 0.00390625) {
    for (let k = 0; k < 12; k++) {
      const power = POW10[k]!
      const candidate = Math.round(value * power) / power
      if (Math.fround(candidate) === value) return candidate
    }
  }
  return size === 0 || !Number.isFinite(value) ? value : shortestByDigits(value)
}

/** Shortest decimals of a whole column, `count` values; faster than one by one because neighbours have like digits. */
export function shortestFloats(values: Float32Array, count: number): number[] {
  const out: number[] = new Array(count)
  let k = 1
  for (let i = 0; i < count; i++) {
    const value = values[i]!
    const size = value < 0 ? -value : value
    if (!(size < 16777216 && size > 0.00390625)) {
      out[i] = shortestFloat(value)
      continue
    }
    // Try as many digits as the neighbour had; they are right if they read back and one digit less does not.
    let power = POW10[k]!
    let candidate = Math.round(value * power) / power
    if (Math.fround(candidate) === value) {
      while (k > 0) {
        power = POW10[k - 1]!
        const fewer = Math.round(value * power) / power
        if (Math.fround(fewer) !== value) break
        candidate = fewer
        k--
      }
    } else {
      do {
        power = POW10[++k]!
        candidate = Math.round(value * power) / power
      } while (Math.fround(candidate) !== value && k < 12)
    }
    out[i] = candidate
    if (k > 8) k = 8
  }
  return out
}

/** The general case: fewest significant digits first, and the neighbour above where a power of two has unequal gaps to its sides. */
function shortestByDigits(value: number): number {
  word[0] = value
  const powerOfTwo = (bits[0]! & 0x7fffff) === 0
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
