import type { CompareOp, Expr } from '../../sql/ast.ts'
import { Wrong } from '../errors.ts'
import { compile, condition } from '../expression.ts'
import type { Side } from '../join.ts'
import { equalSides } from '../operators/compare.ts'
import type { RowFrame } from '../row-frame.ts'
import { namesIn } from '../scope.ts'

type TimeOp = '=' | '<' | '<=' | '>' | '>='

/** What joins two sides: how their times compare, which of their columns are equal, and the rest. */
export interface JoinTerms {
  /** `left op right`, over the primary timestamps or a TIMETRUNCATE of them. */
  readonly time: { readonly op: TimeOp; readonly left: string; readonly right: string } | undefined
  readonly equal: readonly { readonly left: string; readonly right: string }[]
}

const FLIPPED: Readonly<Record<TimeOp, TimeOp>> = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

/** Sorts the conditions of a join. Conditions of other kinds are refused unless they are let pass (`loose`). */
export function termsOf(parts: readonly Expr[], left: Side, right: Side, frame: RowFrame, loose = false): JoinTerms {
  let time: JoinTerms['time']
  const equal: { left: string; right: string }[] = []
  for (const part of parts) {
    const term = part.kind === 'compare' && isTimeOp(part.op) ? termOf(part.left, part.op, part.right, left, right, frame) : undefined
    if (!term) {
      condition(part, frame)
      if (!loose) throw Wrong.joinCondition(part)
    } else if (term.time) {
      if (time && !loose) throw Wrong.joinCondition(part)
      time ??= term
    } else if (term.op === '=' && term.columns) equal.push(term)
    else if (!loose) throw Wrong.joinCondition(part)
  }
  return { time, equal }
}

const isTimeOp = (op: CompareOp): op is TimeOp => op === '=' || op === '<' || op === '<=' || op === '>' || op === '>='

function termOf(a: Expr, op: TimeOp, b: Expr, left: Side, right: Side, frame: RowFrame) {
  const [first, second] = [compile(a, frame), compile(b, frame)]
  const [of1, of2] = [sideOf(first.sql, left, right), sideOf(second.sql, left, right)]
  if (!of1 || !of2 || of1 === of2) return undefined
  const time = isTime(a, frame) && isTime(b, frame)
  const columns = isColumn(a) && isColumn(b)
  const context = { ...frame.functions, zones: frame.plan.zones }
  const [one, other] = time || !columns ? [first.sql, second.sql] : equalSides(first, second, context, a)
  return { time, columns, ...(of1 === left ? { op, left: one, right: other } : { op: FLIPPED[op], left: other, right: one }) }
}

const isColumn = (node: Expr): boolean => node.kind === 'column' || node.kind === 'pseudo'

/** The side that all columns of a piece of SQL belong to. */
function sideOf(sql: string, left: Side, right: Side): Side | undefined {
  const names = [...namesIn([sql])]
  if (names.length === 0) return undefined
  return [left, right].find((side) => names.every((name) => side.sources.some((source) => name.startsWith(`q${source.index}_`))))
}

function isTime(node: Expr, frame: RowFrame): boolean {
  if (node.kind === 'call' && node.name === 'timetruncate' && node.args[0]) return isTime(node.args[0], frame)
  return (node.kind === 'column' || node.kind === 'pseudo') && compile(node, frame).column === 'primary'
}
