import type { SqlType } from '../../catalog/model.ts'
import { asDouble } from './aggregate.ts'
import { at, count, isNullLiteral, notPrimary, numberLiteral, textLiteral, type, wrongRange, wrongType, wrongValue } from './check.ts'
import type { AggregateFunction, FunctionContext, Typed } from './spec.ts'
import { unitTicks } from './time.ts'
import { twaAcross, twaOf } from './twa.ts'
import { BIGINT, DOUBLE, isJson, isNull, isNumeric, isTimestamp, varchar } from './types.ts'

const number = (t: SqlType): boolean => isNumeric(t) || isNull(t)

/** f(numbers) → DOUBLE of one argument. */
function real(
  name: string,
  test: (t: SqlType) => boolean,
  sql: (x: string, arg: Typed, context: FunctionContext) => string,
): AggregateFunction {
  return {
    kind: 'aggregate',
    name,
    usage: `${name.toUpperCase()}(number)`,
    type(args) {
      count(name, args, 1)
      type(name, args, 0, test)
      return DOUBLE
    },
    sql(args, context) {
      const arg = at(args, 0)
      return isNull(arg.type) ? 'CAST(NULL AS DOUBLE)' : sql(asDouble(arg, context), arg, context)
    },
  }
}

/** TDengine keeps the sum and the sum of squares: the variance is their difference, never below zero. */
const variance = (x: string): string => `abs(sum(${x} * ${x}) / count(${x}) - (sum(${x}) / count(${x})) * (sum(${x}) / count(${x})))`

const SPREAD = real(
  'spread',
  (t) => number(t) || isTimestamp(t),
  (_x, arg) => `(CAST(max(${arg.sql}) AS DOUBLE) - CAST(min(${arg.sql}) AS DOUBLE))`,
)

/** The percentages of a call: literals from 0 to 100. */
function percentages(name: string, args: readonly Typed[]): number[] {
  return args.map((arg) => {
    const p = numberLiteral(arg)
    if (p === undefined) throw wrongType(name)
    if (p < 0 || p > 100) throw wrongRange(name)
    return p
  })
}

const PERCENTILE: AggregateFunction = {
  kind: 'aggregate',
  name: 'percentile',
  usage: 'PERCENTILE(number, percent[, …])',
  singleTable: 'percentile is only supported in single table query',
  type(args) {
    count('percentile', args, 2, 11)
    type('percentile', args, 0, isNumeric)
    percentages('percentile', args.slice(1))
    return args.length === 2 ? DOUBLE : varchar(3198)
  },
  sql(args, context) {
    const x = asDouble(at(args, 0), context)
    const shares = percentages('percentile', args.slice(1)).map((p) => p / 100)
    if (shares.length === 1) return `quantile_cont(${x}, ${shares[0]})`
    const list = `quantile_cont(${x}, [${shares.join(', ')}])`
    return `CASE WHEN count(${x}) > 0 THEN concat('[', array_to_string(list_transform(${list}, lambda q: printf('%.6f', q)), ', '), ']') END`
  },
}

const APERCENTILE: AggregateFunction = {
  kind: 'aggregate',
  name: 'apercentile',
  usage: "APERCENTILE(number, percent[, 'default' | 't-digest'])",
  type(args) {
    count('apercentile', args, 2, 3)
    type('apercentile', args, 0, isNumeric)
    percentages('apercentile', args.slice(1, 2))
    if (args.length > 2) {
      const algorithm = textLiteral(at(args, 2))
      if (algorithm === undefined) throw wrongType('apercentile')
      if (!/^(default|t-digest)$/i.test(algorithm)) throw wrongValue('apercentile')
    }
    return DOUBLE
  },
  sql(args, context) {
    const x = asDouble(at(args, 0), context)
    const [share] = percentages('apercentile', args.slice(1, 2)).map((p) => p / 100)
    if (textLiteral(args[2])?.toLowerCase() === 't-digest') return `quantile_cont(${x}, ${share})`
    return `td_apercentile(list(${x}) FILTER (WHERE ${x} IS NOT NULL), ${share})`
  },
}

const HYPERLOGLOG: AggregateFunction = {
  kind: 'aggregate',
  name: 'hyperloglog',
  usage: 'HYPERLOGLOG(value)',
  emptyValue: '0',
  type(args) {
    count('hyperloglog', args, 1)
    type('hyperloglog', args, 0, (t) => !isJson(t))
    return BIGINT
  },
  // Exact, which is as near as an estimate can come.
  sql: (args) => `count(DISTINCT ${at(args, 0).sql})`,
}

const LEASTSQUARES: AggregateFunction = {
  kind: 'aggregate',
  name: 'leastsquares',
  usage: 'LEASTSQUARES(number, start, step)',
  needsTs: true,
  type(args) {
    count('leastsquares', args, 3)
    type('leastsquares', args, 0, isNumeric)
    for (const arg of args.slice(1)) if (numberLiteral(arg) === undefined) throw wrongType('leastsquares')
    return varchar(126)
  },
  sql(args, context) {
    const x = asDouble(at(args, 0), context)
    const [start, step] = [numberLiteral(at(args, 1)), numberLiteral(at(args, 2))]
    // One table after another, each in time order.
    const order = context.table === undefined ? context.ts : `${context.table}, ${context.ts}`
    return `td_least_squares(list(${x} ORDER BY ${order}) FILTER (WHERE ${x} IS NOT NULL), ${start}::DOUBLE, ${step}::DOUBLE)`
  },
}

const ELAPSED: AggregateFunction = {
  kind: 'aggregate',
  name: 'elapsed',
  usage: 'ELAPSED(ts[, unit])',
  needsTs: true,
  type(args, context) {
    count('elapsed', args, 1, 2)
    if (at(args, 0).column !== 'primary')
      throw isTimestamp(at(args, 0).type) || isNullLiteral(at(args, 0)) ? notPrimary('elapsed') : wrongType('elapsed')
    if (args.length > 1) unitTicks('elapsed', at(args, 1), context.precision)
    return DOUBLE
  },
  sql(args, context) {
    const span = `CAST(max(${at(args, 0).sql}) - min(${at(args, 0).sql}) AS DOUBLE)`
    return args.length > 1 ? `(${span} / ${unitTicks('elapsed', at(args, 1), context.precision)})` : span
  },
}

/** The group's values and times in order, as a DuckDB list. Of rows of one time, in a table with a second key, the first one counts. */
function valuesInTime(args: readonly Typed[], context: FunctionContext): string {
  const arg = at(args, 0)
  const order = context.key === undefined ? context.ts : `${context.ts}, ${context.key}`
  const list = `list({'t': ${context.ts}, 'v': ${asDouble(arg, context)}} ORDER BY ${order}) FILTER (WHERE ${arg.sql} IS NOT NULL)`
  return context.key === undefined ? list : `td_first_of_time(${list})`
}

/** IRATE: the slope of the last two values in a second; a fall counts from zero. */
const IRATE: AggregateFunction = {
  kind: 'aggregate',
  name: 'irate',
  usage: 'IRATE(number)',
  needsTs: true,
  type(args) {
    count('irate', args, 1)
    type('irate', args, 0, number)
    return DOUBLE
  },
  sql(args, context) {
    const arg = at(args, 0)
    const ticks = `${{ ms: 1000, us: 1_000_000, ns: 1_000_000_000 }[context.precision]}::DOUBLE`
    if (context.key !== undefined) {
      const list = valuesInTime(args, context)
      return `td_irate([(${list})[-1].v, (${list})[-2].v], [(${list})[-1].t, (${list})[-2].t], ${ticks})`
    }
    const some = `FILTER (WHERE ${arg.sql} IS NOT NULL)`
    return `td_irate(arg_max(${asDouble(arg, context)}, ${context.ts}, 2) ${some}, max(${context.ts}, 2) ${some}, ${ticks})`
  },
}

/** TWA: the area under straight lines between the values, over the time from the first to the last. */
const TWA: AggregateFunction = {
  kind: 'aggregate',
  name: 'twa',
  usage: 'TWA(number)',
  needsTs: true,
  type(args) {
    count('twa', args, 1)
    type('twa', args, 0, number)
    return DOUBLE
  },
  neighbours(args, context, over, span) {
    if (context.key !== undefined) return undefined
    const [x, ts] = [asDouble(at(args, 0), context), context.ts ?? 'NULL']
    return span ? twaAcross(x, ts, { ...span, over }) : twaOf(x, ts, over)
  },
  sql: (args, context) => `td_twa(${valuesInTime(args, context)})`,
}

export const STATISTICS: readonly AggregateFunction[] = [
  SPREAD,
  real('stddev', number, (x) => `td_finite(sqrt(${variance(x)}))`),
  real('stddev_pop', number, (x) => `td_finite(sqrt(${variance(x)}))`),
  real('var_pop', number, (x) => `td_finite(${variance(x)})`),
  PERCENTILE,
  APERCENTILE,
  HYPERLOGLOG,
  LEASTSQUARES,
  ELAPSED,
  IRATE,
  TWA,
]
