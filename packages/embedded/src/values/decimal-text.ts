/** A decimal number in text as an integer scaled by 10^scale, rounded half away from zero. What does not read as a number ends it, so that text without one is 0. */
export function parseDecimal(text: string, scale: number): bigint {
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?/.exec(text)!
  const whole = match[2] ?? ''
  const fraction = match[3] ?? ''
  if (whole === '' && fraction === '') return 0n
  const exponent = match[4] === undefined ? 0 : Math.max(-1000, Math.min(1000, Number(match[4])))
  const digits = whole + fraction
  // The digits stand for digits × 10^shift once scaled.
  const shift = exponent - fraction.length + scale
  let value: bigint
  if (shift >= 0) value = BigInt(digits) * 10n ** BigInt(shift)
  else if (-shift > digits.length) value = 0n
  else {
    const kept = digits.slice(0, digits.length + shift)
    value = BigInt(kept || '0')
    if (digits.charCodeAt(kept.length) >= 53) value++
  }
  return match[1] === '-' ? -value : value
}

/** A scaled integer as text with exactly `scale` digits after the point. */
export function formatDecimal(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0')
  const point = digits.length - scale
  return `${value < 0n ? '-' : ''}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ''}`
}
