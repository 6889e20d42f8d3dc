import type { SqlType } from '../../catalog/model.ts'
import { at, count, integerLiteral, numberLiteral, textLiteral, wrongRange, wrongType, wrongValue } from './check.ts'
import type { SeriesFunction, Typed } from './spec.ts'
import { unitTicks } from './time.ts'
import { BIGINT, DOUBLE, isBool, isFloating, isJson, isNull, isNumeric, isTimestamp, isUnsigned, UBIGINT } from './types.ts'

/** An integer literal from `least` to `most`, or the fitting error. */
function between(name: string, arg: Typed, least: bigint, most: bigint): bigint {
  const n = integerLiteral(arg)
  if (n === undefined) throw wrongType(name)
  if (n < least || n > most) throw wrongRange(name)
  return n
}

/** An integer literal out of a few. */
function oneOf(name: string, arg: Typed, most: bigint): void {
  const n = integerLiteral(arg)
  if (n === undefined) throw wrongType(name)
  if (n < 0n || n > most) throw wrongValue(name)
}

function numeric(name: string, arg: Typed): void {
  if (!isNumeric(arg.type) && !isNull(arg.type)) throw wrongType(name)
}

const series = (name: string, usage: string, type: SeriesFunction['type'], more: Partial<SeriesFunction> = {}): SeriesFunction => ({
  kind: 'series',
  choice: 'series',
  name,
  usage,
  type,
  ...more,
})
const rows = (name: string, usage: string, type: SeriesFunction['type'], more: Partial<SeriesFunction> = {}): SeriesFunction => ({
  kind: 'series',
  choice: 'rows',
  name,
  usage,
  type,
  ...more,
})

const sumType = (t: SqlType): SqlType => (isFloating(t) ? DOUBLE : isUnsigned(t) ? UBIGINT : BIGINT)

/** The comparisons of STATECOUNT and STATEDURATION, by their names in any case, as SQL operators. */
export const STATE_OPERATORS: Readonly<Record<string, string>> = { lt: '<', gt: '>', le: '<=', ge: '>=', ne: '<>', eq: '=' }

function state(name: string, args: readonly Typed[]): void {
  numeric(name, at(args, 0))
  const op = textLiteral(at(args, 1))
  if (op === undefined) throw wrongType(name)
  if (!(op.toLowerCase() in STATE_OPERATORS)) throw wrongValue(name)
  if (numberLiteral(at(args, 2)) === undefined) throw wrongType(name)
}

/** Functions over the rows in time order. Their values are computed by the ordered stage; here are their checks and types. */
export const SERIES: readonly SeriesFunction[] = [
  series(
    'diff',
    'DIFF(value[, ignore])',
    (args) => {
      count('diff', args, 1, 2)
      const { type } = at(args, 0)
      if (!isNumeric(type) && !isBool(type) && !isTimestamp(type) && !isNull(type)) throw wrongType('diff')
      if (args.length > 1) oneOf('diff', at(args, 1), 3n)
      return isFloating(type) ? DOUBLE : BIGINT
    },
    { answers: () => 'later', acceptsStar: true },
  ),
  series(
    'csum',
    'CSUM(number)',
    (args) => {
      count('csum', args, 1)
      numeric('csum', at(args, 0))
      return sumType(at(args, 0).type)
    },
    { answers: () => 'all' },
  ),
  series('mavg', 'MAVG(number, rows)', (args) => {
    count('mavg', args, 2)
    numeric('mavg', at(args, 0))
    between('mavg', at(args, 1), 1n, 1000n)
    return DOUBLE
  }),
  series(
    'derivative',
    'DERIVATIVE(number, interval, ignore_negative)',
    (args) => {
      count('derivative', args, 3)
      numeric('derivative', at(args, 0))
      const interval = at(args, 1)
      if (!interval.duration) throw wrongType('derivative')
      if (interval.duration.amount <= 0n) throw wrongRange('derivative')
      oneOf('derivative', at(args, 2), 1n)
      return DOUBLE
    },
    { answers: ([, , ignore]) => (ignore?.kind === 'literal' && ignore.text === '0' ? 'later' : undefined) },
  ),
  series('statecount', 'STATECOUNT(number, operator, value)', (args) => {
    count('statecount', args, 3)
    state('statecount', args)
    return BIGINT
  }),
  series('stateduration', 'STATEDURATION(number, operator, value[, unit])', (args, context) => {
    count('stateduration', args, 3, 4)
    state('stateduration', args)
    if (args.length > 3) unitTicks('stateduration', at(args, 3), context.precision)
    return BIGINT
  }),
  series('interp', 'INTERP(number[, ignore_null])', (args) => {
    count('interp', args, 1, 2)
    numeric('interp', at(args, 0))
    if (args.length > 1) oneOf('interp', at(args, 1), 1n)
    return at(args, 0).type
  }),
  ...(['top', 'bottom'] as const).map((name) =>
    rows(name, `${name.toUpperCase()}(number, rows)`, (args) => {
      count(name, args, 2)
      numeric(name, at(args, 0))
      between(name, at(args, 1), 1n, 100n)
      return at(args, 0).type
    }),
  ),
  rows('sample', 'SAMPLE(value, rows)', (args) => {
    count('sample', args, 2)
    if (isJson(at(args, 0).type)) throw wrongType('sample')
    between('sample', at(args, 1), 1n, 1000n)
    return at(args, 0).type
  }),
  rows('tail', 'TAIL(value, rows[, offset])', (args) => {
    count('tail', args, 2, 3)
    if (isJson(at(args, 0).type)) throw wrongType('tail')
    between('tail', at(args, 1), 1n, 100n)
    if (args.length > 2) between('tail', at(args, 2), 0n, 100n)
    return at(args, 0).type
  }),
  rows('unique', 'UNIQUE(value)', (args) => {
    count('unique', args, 1)
    if (isJson(at(args, 0).type)) throw wrongType('unique')
    return at(args, 0).type
  }),
]
