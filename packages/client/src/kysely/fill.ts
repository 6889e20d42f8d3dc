import { InterfaceError } from '../errors.ts'
import type { TaosDuration } from './duration-text.ts'

/** What stands in windows without rows: the names of TDengine, or a value for each function of the select list. */
export type WindowFill =
  | 'none'
  | 'null'
  | 'null_f'
  | 'prev'
  | 'next'
  | 'near'
  | 'linear'
  | { readonly value: readonly (number | null)[]; readonly force?: boolean }

/** The rest of INTERVAL. */
export interface IntervalOptions {
  /** Shifts where windows begin. */
  readonly offset?: TaosDuration | undefined
  /** How far apart windows begin, where that is not their length. */
  readonly sliding?: TaosDuration | undefined
  /** Needs a `where` on the timestamp that bounds it. */
  readonly fill?: WindowFill | undefined
}

const FILLS: ReadonlySet<string> = /* @__PURE__ */ new Set(['none', 'null', 'null_f', 'prev', 'next', 'near', 'linear'])

/** FILL as SQL writes it. Throws an InterfaceError for an unknown kind. */
export function fillText(fill: WindowFill): string {
  if (typeof fill === 'string') {
    if (!FILLS.has(fill)) throw new InterfaceError(`fill has to be one of ${[...FILLS].join(', ')}, or { value: […] }`)
    return `fill(${fill})`
  }
  if (!Array.isArray(fill?.value) || fill.value.length === 0) throw new InterfaceError('fill needs at least one value: { value: [0] }')
  const values = fill.value.map((value) => {
    if (value !== null && !Number.isFinite(value)) throw new InterfaceError('fill takes finite numbers and null')
    return value === null ? 'null' : String(value)
  })
  return `fill(${fill.force ? 'value_f' : 'value'}, ${values.join(', ')})`
}
