import type { SqlType } from '../../catalog/model.ts'
import { count, wrongType } from './check.ts'
import type { FunctionContext, ScalarFunction, Typed } from './spec.ts'
import { duckType, isNull } from './types.ts'

/** Whether a type is allowed in a parameter. */
export type Test = (t: SqlType) => boolean

/** A parameter: the types it takes (NULL must be named), or a test of the whole argument for those that must be constants. */
export type Parameter = Test | { readonly argument: (arg: Typed) => boolean }

export const orNull =
  (test: Test): Test =>
  (t) =>
    isNull(t) || test(t)

export interface ScalarParts {
  readonly name: string
  readonly usage: string
  readonly least: number
  /** Largest number of arguments; `least` when absent. */
  readonly most?: number
  /** Checks by position; the last one repeats. */
  readonly params: readonly Parameter[]
  /** The result's type; arguments have been checked. May throw for wrong values. */
  type(args: readonly Typed[], context: FunctionContext): SqlType
  /** DuckDB SQL of the value. */
  sql(args: readonly Typed[], context: FunctionContext): string
  /** Handles NULL literals itself; otherwise one among the arguments makes the result NULL. */
  readonly nulls?: boolean
}

/** A scalar function whose number and types of arguments are checked by table, and that is NULL when an argument is the literal NULL. */
export function scalar(parts: ScalarParts): ScalarFunction {
  const { name, usage, least, most = least, params } = parts
  return {
    kind: 'scalar',
    name,
    usage,
    type(args, context) {
      count(name, args, least, most)
      args.forEach((arg, i) => {
        const parameter = params[Math.min(i, params.length - 1)]
        const allowed = typeof parameter === 'function' ? parameter(arg.type) : parameter?.argument(arg)
        if (allowed === false || arg.star) throw wrongType(name)
      })
      return parts.type(args, context)
    },
    sql(args, context) {
      if (!parts.nulls && args.some((arg) => isNull(arg.type))) {
        const type = parts.type(args, context)
        return isNull(type) ? 'NULL' : `CAST(NULL AS ${duckType(type)})`
      }
      return parts.sql(args, context)
    },
  }
}
