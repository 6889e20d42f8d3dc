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

function sumSql(arg: Typed, context: FunctionContext): string {
  if (isNull(arg.type)) return 'CAST(NULL AS BIGINT)'
  if (isDecimal(arg.type)) return `sum(${arg.sql})`
  if (isFloating(arg.type)) return `sum(${asDouble(arg, context)})`
  return `${isUnsigned(arg.type) ? 'td_h2u64' : 'td_h2i64'}(sum(${arg.sql}))`
}

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
      return isNull(arg.type) ? undefined : [isFloating(arg.type) ? `sum(${asDouble(arg, context)})` : `sum(${arg.sql})`]
    },
    combine: ([sum], args) => {
      const { type } = at(args, 0)
      if (isDecimal(type) || isFloating(type)) return `sum(${sum})`
      return `${isUnsigned(type) ? 'td_h2u64' : 'td_h2i64'}(sum(${sum}))`
    },
  },
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
    if (isDecimal(arg.type))
      return `td_decimal_avg(sum(${arg.sql}), count(${arg.sql}), ${arg.type.scale}, ${Math.max(6, arg.type.scale)})::DECIMAL(38,${Math.max(6, arg.type.scale)})`
    return `avg(${isFloating(arg.type) ? asDouble(arg, context) : arg.sql})`
  },
  panes: {
    partials: (args, context) => {
      const arg = at(args, 0)
      if (isNull(arg.type) || isDecimal(arg.type)) return undefined
      return [isFloating(arg.type) ? `sum(${asDouble(arg, context)})` : `sum(${arg.sql})`, `count(${arg.sql})`]
    },
    combine: ([sum, number]) => `CAST(sum(${sum}) AS DOUBLE) / nullif(sum(${number}), 0)`,
  },
}

export const AGGREGATES: readonly AggregateFunction[] = [COUNT, SUM, AVG]
