import type { SqlType } from '../../catalog/model.ts'
import { SqlError } from '../../errors.ts'
import type { Typed } from './spec.ts'
import { isInteger } from './types.ts'

/** TDengine's complaints about a call, each as the error to throw. `name` is the function as written, in lower case. */
export const wrongCount = (name: string): SqlError => new SqlError(0x2801, `Invalid number of parameters : ${name}`)
export const wrongType = (name: string): SqlError => new SqlError(0x2802, `Invalid parameter data type : ${name}`)
export const wrongValue = (name: string): SqlError => new SqlError(0x2803, `Invalid parameter value : ${name}`)
export const wrongRange = (name: string): SqlError => new SqlError(0x2811, `Invalid parameter range : ${name}`)
export const wrongUnit = (name: string): SqlError => new SqlError(0x280a, `Invalid timzone format : ${name}`)
export const unitTooSmall = (name: string): SqlError => new SqlError(0x280b, `Time unit is too small : ${name}`)
export const notPrimary = (name: string): SqlError => new SqlError(0x2812, `Parameter should be primary timestamp : ${name}`)
/** Errors without the function's name after them. */
export const failed = (message: string): SqlError => new SqlError(0x2800, message)

/** Throws unless `least <= args.length <= most`. */
export function count(name: string, args: readonly Typed[], least: number, most = least): void {
  if (args.length < least || args.length > most) throw wrongCount(name)
}

/** The argument at `i`; its number must have been checked. */
export function at(args: readonly Typed[], i: number): Typed {
  const arg = args[i]
  if (!arg) throw new SqlError(0x2700, 'Planner internal error')
  return arg
}

/** Throws unless argument `i`, where there is one, satisfies `test`. */
export function type(name: string, args: readonly Typed[], i: number, test: (t: SqlType) => boolean): void {
  const arg = args[i]
  if (arg && !test(arg.type)) throw wrongType(name)
}

/** The value of an integer literal (a minus sign included), or undefined when the argument is anything else. */
export function integerLiteral(arg: Typed | undefined): bigint | undefined {
  if (arg?.literal?.kind !== 'integer' || !isInteger(arg.type)) return undefined
  try {
    return BigInt(arg.literal.text)
  } catch {
    return undefined
  }
}

/** The value of a numeric literal, or undefined. */
export function numberLiteral(arg: Typed | undefined): number | undefined {
  if (!arg?.literal || (arg.literal.kind !== 'integer' && arg.literal.kind !== 'float')) return undefined
  return Number(arg.literal.text)
}

/** The text of a string literal, or undefined. */
export function textLiteral(arg: Typed | undefined): string | undefined {
  return arg?.literal?.kind === 'string' ? arg.literal.text : undefined
}

/** Whether the argument is the literal NULL. */
export const isNullLiteral = (arg: Typed | undefined): boolean => arg?.literal?.kind === 'null'
