const LOW = (1n << 64n) - 1n

/** The exact text of an unscaled integer: `formatDecimal(-5n, 2)` is `-0.05`; always `scale` digits after the point. */
export function formatDecimal(unscaled: bigint, scale: number): string {
  const negative = unscaled < 0n
  const digits = (negative ? -unscaled : unscaled).toString()
  return place(digits, negative, scale)
}

/** As `formatDecimal`, for an unscaled value that a number holds exactly. */
export function formatSafeDecimal(unscaled: number, scale: number): string {
  return place(String(Math.abs(unscaled)), unscaled < 0, scale)
}

function place(digits: string, negative: boolean, scale: number): string {
  const sign = negative ? '-' : ''
  if (scale === 0) return sign + digits
  const whole = digits.length - scale
  if (whole > 0) return `${sign}${digits.slice(0, whole)}.${digits.slice(whole)}`
  return `${sign}0.${'0'.repeat(-whole)}${digits}`
}

/** The unscaled integer of a 128-bit DECIMAL from its two words (low u64, high u64 of the two's complement). */
export function joinDecimal128(low: bigint, high: bigint): bigint {
  return (BigInt.asIntN(64, high) << 64n) | low
}

/** The two words of a 128-bit DECIMAL: low u64, high u64 of the two's complement. */
export function splitDecimal128(unscaled: bigint): [low: bigint, high: bigint] {
  return [unscaled & LOW, BigInt.asUintN(64, unscaled >> 64n)]
}

/**
 * The unscaled integer of decimal text (`12.5`, `-3e-2`) for DECIMAL(precision, scale).
 * Digits after the scale are rounded half away from zero when `round` is set and refused otherwise; throws a RangeError for them, for too many digits and for text that is no number.
 */
export function parseDecimal(text: string, precision: number, scale: number, round = false): bigint {
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?\s*$/.exec(text)
  const whole = match?.[2] ?? ''
  const fraction = match?.[3] ?? ''
  if (!match || whole.length + fraction.length === 0) throw new RangeError(`${JSON.stringify(text.slice(0, 64))} is not a decimal number`)
  const shift = fraction.length - Number(match[4] ?? 0)
  const digits = (whole + fraction).replace(/^0+(?=\d)/, '')
  let unscaled: bigint
  if (digits === '0') unscaled = 0n
  else if (shift <= scale) {
    if (digits.length + scale - shift > precision) throw tooLong(text, precision, scale)
    unscaled = BigInt(digits) * 10n ** BigInt(scale - shift)
  } else {
    const cut = digits.length - (shift - scale)
    const kept = cut > 0 ? digits.slice(0, cut) : '0'
    const lost = cut >= 0 ? digits.slice(cut) : `0${digits}`
    if (!round && /[1-9]/.test(lost)) throw new RangeError(`${text} has more than ${scale} digits after the point`)
    unscaled = BigInt(kept) + (round && lost.charCodeAt(0) >= 53 ? 1n : 0n)
  }
  if (unscaled >= 10n ** BigInt(precision)) throw tooLong(text, precision, scale)
  return match[1] === '-' ? -unscaled : unscaled
}

function tooLong(text: string, precision: number, scale: number): RangeError {
  return new RangeError(`${text.slice(0, 64)} does not fit DECIMAL(${precision},${scale})`)
}
