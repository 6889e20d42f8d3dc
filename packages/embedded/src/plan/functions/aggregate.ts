import type { SqlType } from '../../catalog/model.ts'
import { castSql } from './cast.ts'
import { at, count, type } from './check.ts'
import type { AggregateFunction, FunctionContext, Typed } from './spec.ts'
import { BIGINT, DOUBLE, decimal, isDecimal, isFloating, isNull, isNumeric, isUnsigned, UBIGINT } from './types.ts'

const summable = (t: SqlType): boolean => isNumeric(t) || isDecimal(t) || isNull(t)

/** The argument as a DOUBLE, for statistics. */
export const asDouble = (arg: Typed, context: FunctionContext): string => castSql(arg.sql, arg.type, DOUBLE, context)

function sumType(t: SqlType): SqlType {
  if (isDecimal(t)) return decimal(38, t.scale)
  if (isFloating(t)) return DOUBLE
  return isUnsigned(t) ? UBIGINT : BIGINT
}

/** What is added up: floating numbers as DOUBLE, others exactly. */
const rawValue = (arg: Typed, context: FunctionContext): string => (isFloating(arg.type) ? asDouble(arg, context) : arg.sql)

/** The sum of whole numbers cut to 64 bits. */
function wrapSum(sum: string, arg: Typed): string {
  if (isDecimal(arg.type) || isFloating(arg.type) || isNull(arg.type)) return sum
  return `${isUnsigned(arg.type) ? 'td_h2u64' : 'td_h2i64'}(${sum})`
}

const sumSql = (arg: Typed, context: FunctionContext): string =>
  isNull(arg.type) ? 'CAST(NULL AS BIGINT)' : wrapSum(`sum(${rawValue(arg, context)})`, arg)

const COUNT: AggregateFunction = {
  kind: 'aggregate',
  name: 'count',
  usage: 'COUNT(* | value)',
  emptyValue: '0',
  type(args) {
    count('count', args, 1)
    return BIGINT
  },
  sql: (args) => (at(args, 0).star ? 'count(*)' : `count(${at(args, 0).sql})`),
  panes: {
    partials: (args) => [at(args, 0).star ? 'count(*)' : `count(${at(args, 0).sql})`],
    combine: ([n]) => `CAST(sum(${n}) AS BIGINT)`,
  },
}

const SUM: AggregateFunction = {
  kind: 'aggregate',
  name: 'sum',
  usage: 'SUM(number)',
  type(args) {
    count('sum', args, 1)
    type('sum', args, 0, summable)
    return sumType(at(args, 0).type)
  },
  sql: (args, context) => sumSql(at(args, 0), context),
  panes: {
    partials: (args, context) => {
      const arg = at(args, 0)
      return isNull(arg.type) ? undefined : [`sum(${rawValue(arg, context)})`]
    },
    combine: ([sum], args) => wrapSum(`sum(${sum})`, at(args, 0)),
  },
}

/** The exact mean of DECIMALs, to six digits after the point at least. */
function decimalMean(sum: string, n: string, t: SqlType): string {
  const digits = Math.max(6, t.scale)
  return `td_decimal_avg(${sum}, ${n}, ${t.scale}, ${digits})::DECIMAL(38,${digits})`
}

const AVG: AggregateFunction = {
  kind: 'aggregate',
  name: 'avg',
  usage: 'AVG(number)',
  type(args) {
    count('avg', args, 1)
    type('avg', args, 0, summable)
    const t = at(args, 0).type
    return isDecimal(t) ? decimal(38, Math.max(6, t.scale)) : DOUBLE
  },
  sql(args, context) {
    const arg = at(args, 0)
    if (isNull(arg.type)) return 'CAST(NULL AS DOUBLE)'
    if (isDecimal(arg.type)) return decimalMean(`sum(${arg.sql})`, `count(${arg.sql})`, arg.type)
    return `avg(${rawValue(arg, context)})`
  },
  panes: {
    partials: (args, context) => {
      const arg = at(args, 0)
      if (isNull(arg.type) || isDecimal(arg.type)) return undefined
      return [`sum(${rawValue(arg, context)})`, `count(${arg.sql})`]
    },
    combine: ([sum, number]) => `CAST(sum(${sum}) AS DOUBLE) / nullif(sum(${number}), 0)`,
  },
}

export const AGGREGATES: readonly AggregateFunction[] = [COUNT, SUM, AVG]
