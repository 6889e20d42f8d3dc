import { InterfaceError } from './errors.ts'

/** Seconds as a number, or a text with a unit: `'500ms'`, `'2.5s'`, `'2m'`, `'1h'`. */
export type Duration = number | string

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** What timers take: 2^31−1 milliseconds, some 24 days. */
const LONGEST = 2 ** 31 - 1

/**
 * Milliseconds of a duration. A bare number over `suspicious` seconds is refused, as it looks like milliseconds; write it with a unit.
 * Throws an InterfaceError that names the option.
 */
export function milliseconds(option: string, value: unknown, suspicious = 600): number {
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || value <= 0) throw new InterfaceError(`${option} has to be more than 0 seconds, not ${value}`)
    if (value > suspicious) {
      throw new InterfaceError(
        `${option}: ${value} looks like milliseconds, but bare numbers are seconds: write ${option}: ${value / 1000} or '${value}ms' (or '${value}s' if you mean it)`,
      )
    }
    return within(option, Math.ceil(value * 1000))
  }
  const match = typeof value === 'string' ? /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h)?\s*$/.exec(value) : null
  if (!match)
    throw new InterfaceError(`${option} has to be a number of seconds or a text such as '500ms', '10s' or '2m', not ${show(value)}`)
  if (match[2] === undefined) return milliseconds(option, Number(match[1]), suspicious)
  const result = Math.ceil(Number(match[1]) * UNITS[match[2]]!)
  if (result === 0) throw new InterfaceError(`${option} has to be more than 0`)
  return within(option, result)
}

function within(option: string, value: number): number {
  if (value > LONGEST) throw new InterfaceError(`${option} is longer than timers can wait, 24 days`)
  return value
}

/** A wrong value as an error shows it: short, and on one line. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' || value === null || value === undefined)
    return String(value)
  if (typeof value === 'function') return 'a function'
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
