import { asDouble } from './aggregate.ts'
import { at, count, failed, integerLiteral, textLiteral, type, wrongType, wrongValue } from './check.ts'
import type { AggregateFunction, Typed } from './spec.ts'
import { isNumeric, varchar } from './types.ts'

/** Most bins of one call. */
const MOST = 1000

const badBins = () => failed('HISTOGRAM function invalid format for binDesc parameter')

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw badBins()
  }
}

/** Edges of the bins, ascending, infinities included. Throws SqlError for a description that makes none. */
function edges(kind: string, description: string): number[] {
  const json = parsed(description)
  if (kind === 'user_input') {
    if (!Array.isArray(json) || json.length < 2 || json.length > MOST + 1 || json.some((edge) => typeof edge !== 'number')) throw badBins()
    return [...(json as number[])].sort((a, b) => a - b)
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw badBins()
  const { start, width, factor, count: bins, infinity } = json as Record<string, unknown>
  const step = kind === 'linear_bin' ? width : factor
  if (typeof start !== 'number' || typeof step !== 'number' || typeof bins !== 'number' || typeof infinity !== 'boolean') throw badBins()
  if (Object.keys(json).length !== 4 || !Number.isInteger(bins) || bins < 1 || bins > MOST) throw badBins()
  if (kind === 'linear_bin' ? step === 0 : start === 0 || step <= 0 || step === 1) throw badBins()
  const list = Array.from({ length: bins + 1 }, (_, i) => (kind === 'linear_bin' ? start + i * step : start * step ** i)).sort(
    (a, b) => a - b,
  )
  if (list.some((edge) => !Number.isFinite(edge))) throw badBins()
  return infinity ? [Number.NEGATIVE_INFINITY, ...list, Number.POSITIVE_INFINITY] : list
}

/** C's %g. */
function general(x: number): string {
  if (!Number.isFinite(x)) return x < 0 ? '-inf' : 'inf'
  if (x === 0) return '0'
  const exponent = Number(x.toExponential(5).split('e')[1])
  if (exponent >= -4 && exponent < 6) return String(Number(x.toPrecision(6)))
  const [digits, power] = x.toExponential(5).split('e')
  const sign = power?.startsWith('-') ? '-' : '+'
  return `${Number(digits)}e${sign}${(power ?? '').replace(/^[+-]/, '').padStart(2, '0')}`
}

function read(args: readonly Typed[]): { edges: number[]; share: boolean } {
  const kind = textLiteral(at(args, 1))?.toLowerCase()
  const description = textLiteral(at(args, 2))
  if (kind === undefined || description === undefined) throw wrongType('histogram')
  if (kind !== 'user_input' && kind !== 'linear_bin' && kind !== 'log_bin') throw wrongValue('histogram')
  const share = integerLiteral(at(args, 3))
  if (share === undefined) throw wrongType('histogram')
  if (share !== 0n && share !== 1n) throw wrongValue('histogram')
  return { edges: edges(kind, description), share: share === 1n }
}

const sqlNumber = (x: number): string => (Number.isFinite(x) ? `${x}::DOUBLE` : `'${x < 0 ? '-' : ''}inf'::DOUBLE`)

/** HISTOGRAM(x, bin type, bins as JSON, normalized): a row a bin, each above its lower edge and up to its upper one. */
export const HISTOGRAM: AggregateFunction = {
  kind: 'aggregate',
  name: 'histogram',
  usage: 'HISTOGRAM(number, bin_type, bins, normalized)',
  unnests: true,
  type(args) {
    count('histogram', args, 4)
    type('histogram', args, 0, isNumeric)
    read(args)
    return varchar(510)
  },
  sql(args, context) {
    const x = asDouble(at(args, 0), context)
    const { edges: list, share } = read(args)
    const bins = list.slice(1).map((upper, i) => {
      const lower = list[i] ?? 0
      const inside = `count(*) FILTER (WHERE ${x} > ${sqlNumber(lower)} AND ${x} <= ${sqlNumber(upper)})`
      const [first, last] = [list[0] ?? 0, list.at(-1) ?? 0]
      const all = `count(*) FILTER (WHERE ${x} > ${sqlNumber(first)} AND ${x} <= ${sqlNumber(last)})`
      const amount = share ? `printf('%.6f', coalesce(${inside} / nullif(${all}, 0)::DOUBLE, 0::DOUBLE))` : `CAST(${inside} AS VARCHAR)`
      return `concat('{"lower_bin":${general(lower)}, "upper_bin":${general(upper)}, "count":', ${amount}, '}')`
    })
    return `[${bins.join(', ')}]`
  },
}
