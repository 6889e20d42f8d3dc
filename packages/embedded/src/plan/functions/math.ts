import type { SqlType } from '../../catalog/model.ts'
import { castSql } from './cast.ts'
import { at } from './check.ts'
import { orNull, scalar } from './scalar.ts'
import type { FunctionContext, ScalarFunction, Typed } from './spec.ts'
import { BIGINT, DOUBLE, duckType, isFloating, isInteger, isNull, isNumeric, isUnsigned, NULL } from './types.ts'

const number = orNull(isNumeric)

const asDouble = (args: readonly Typed[], i: number, context: FunctionContext): string =>
  castSql(at(args, i).sql, at(args, i).type, DOUBLE, context)

/** Functions that keep their argument's type: NULL counts as BIGINT. */
const keep = (args: readonly Typed[]): SqlType => (isNull(at(args, 0).type) ? BIGINT : at(args, 0).type)

/** f(x) → DOUBLE; `body` is SQL over `x`, NULL wherever the result is no finite number. */
function real(name: string, body: (x: string) => string): ScalarFunction {
  return scalar({
    name,
    usage: `${name.toUpperCase()}(number)`,
    least: 1,
    params: [number],
    type: () => DOUBLE,
    sql: (args, context) => body(asDouble(args, 0, context)),
  })
}

/** f(x) of x's own type: whole numbers pass through `whole`, floating ones through `floating`. */
function same(name: string, whole: (x: string, t: SqlType) => string, floating: (x: string) => string): ScalarFunction {
  return scalar({
    name,
    usage: `${name.toUpperCase()}(number)`,
    least: 1,
    params: [number],
    type: keep,
    sql(args) {
      const { sql, type } = at(args, 0)
      return isFloating(type) ? floating(sql) : whole(sql, type)
    },
  })
}

/** The smallest integer of a width has no positive: it stays itself. */
function absolute(x: string, t: SqlType): string {
  if (isUnsigned(t)) return x
  if (t.length === 8) return `td_abs64(${x})`
  return `td_i${t.length * 8}(abs(CAST(${x} AS BIGINT)))`
}

/** ROUND and TRUNCATE to digits: computed in DOUBLE, whole numbers included, then given back the argument's type. */
function toDigits(name: 'round' | 'truncate', macro: string, least: 1 | 2): ScalarFunction {
  return scalar({
    name,
    usage: `${name.toUpperCase()}(${least === 1 ? 'number[, digits]' : 'number, digits'})`,
    least,
    most: 2,
    params: [number],
    type: (args) => (isNull(at(args, 0).type) ? (args.length === 1 ? BIGINT : NULL) : at(args, 0).type),
    sql(args, context) {
      const { sql, type } = at(args, 0)
      if (args.length === 1) return isInteger(type) ? sql : `round(${sql})`
      const digits = `trunc(${asDouble(args, 1, context)})`
      const rounded = `${macro}(${asDouble(args, 0, context)}, ${digits})`
      return isInteger(type) ? castSql(rounded, DOUBLE, type, context) : `CAST(${rounded} AS ${duckType(type)})`
    },
  })
}

/** Two numbers → DOUBLE. */
function two(name: string, least: 1 | 2, body: (x: string, y: string | undefined) => string): ScalarFunction {
  return scalar({
    name,
    usage: `${name.toUpperCase()}(${least === 1 ? 'number[, base]' : 'number, number'})`,
    least,
    most: 2,
    params: [number],
    type: () => DOUBLE,
    sql: (args, context) => body(asDouble(args, 0, context), args.length > 1 ? asDouble(args, 1, context) : undefined),
  })
}

export const MATH: readonly ScalarFunction[] = [
  same('abs', absolute, (x) => `abs(${x})`),
  same(
    'ceil',
    (x) => x,
    (x) => `ceil(${x})`,
  ),
  same(
    'floor',
    (x) => x,
    (x) => `floor(${x})`,
  ),
  same(
    'sign',
    (x, t) => `CAST(sign(${x}) AS ${duckType(t)})`,
    (x) => `CAST(sign(${x}) AS FLOAT)`,
  ),
  toDigits('round', 'td_round', 1),
  toDigits('truncate', 'td_truncate', 2),
  real('acos', (x) => `td_acos(${x})`),
  real('asin', (x) => `td_asin(${x})`),
  real('atan', (x) => `atan(${x})`),
  real('cos', (x) => `td_finite(cos(${x}))`),
  real('sin', (x) => `td_finite(sin(${x}))`),
  real('tan', (x) => `td_finite(tan(${x}))`),
  real('sqrt', (x) => `td_sqrt(${x})`),
  real('exp', (x) => `td_finite(exp(${x}))`),
  real('ln', (x) => `td_ln(${x})`),
  real('degrees', (x) => `td_finite(degrees(${x}))`),
  real('radians', (x) => `radians(${x})`),
  two('pow', 2, (x, y) => `td_finite(pow(${x}, ${y}))`),
  two('mod', 2, (x, y) => `td_mod(${x}, ${y})`),
  two('log', 1, (x, y) => (y === undefined ? `td_ln(${x})` : `td_log(${x}, ${y})`)),
  scalar({ name: 'pi', usage: 'PI()', least: 0, params: [], type: () => DOUBLE, sql: () => 'pi()' }),
  scalar({
    name: 'rand',
    usage: 'RAND([seed])',
    least: 0,
    most: 1,
    params: [orNull(isInteger)],
    nulls: true,
    type: () => DOUBLE,
    // Without a seed, or with NULL for one, any number.
    sql(args) {
      const seed = args[0]
      return !seed || isNull(seed.type) ? 'random()' : `coalesce(td_rand(CAST(td_s64(${seed.sql}) AS BIGINT)), random())`
    },
  }),
]
