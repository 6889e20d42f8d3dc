import { InterfaceError } from '../errors.ts'

/** A duration in TDengine's words: `'10s'`, `'1m'` (minute), `'1n'` (month), `'-1h'`; or a number of milliseconds. */
export type TaosDuration = string | number

/** Checks a duration and writes it as SQL does. Throws an InterfaceError that names `what`. */
export function durationText(what: string, value: TaosDuration): string {
  const text = typeof value === 'number' ? `${value}a` : value
  if (typeof text !== 'string' || !/^-?\d+[bunasmhdwy]$/.test(text)) {
    throw new InterfaceError(
      `${what} has to be a duration such as '10s', '1m' or '1n' (b ns, u us, a ms, s, m, h, d, w, n months, y), or milliseconds`,
    )
  }
  return text
}

/** Checks a count and writes it. Throws an InterfaceError that names `what`. */
export function wholeNumber(what: string, value: number, least = 0): string {
  if (!Number.isSafeInteger(value) || value < least) throw new InterfaceError(`${what} has to be a whole number, ${least} or more`)
  return String(value)
}
