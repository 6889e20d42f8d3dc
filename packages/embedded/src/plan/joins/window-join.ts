import { SqlError } from '../../errors.ts'
import { durationOf, type Expr, type Join } from '../../sql/ast.ts'
import { readDuration } from '../duration.ts'
import { Wrong } from '../errors.ts'
import type { Side } from '../join.ts'
import type { RowFrame } from '../row-frame.ts'
import { namesIn } from '../scope.ts'
import type { JoinTerms } from './terms.ts'

/** Column that numbers the rows of a WINDOW JOIN's probing side: each is a group of its own. */
export const PROBE_ROW = 'jr'

/** WINDOW JOIN: every row of the probing side with the rows of the other inside a window around its time. */
export function windowJoinRows(node: Join, terms: JoinTerms, left: Side, right: Side, frame: RowFrame): Side {
  const swapped = node.type === 'right'
  const [probe, other] = swapped ? [right, left] : [left, right]
  const [from, to] = (node.windowOffset ?? []).map((offset) => offsetTicks(offset, frame))
  const at = probe.sources[0]!.ts!.sql
  const time = other.sources[0]!.ts!.sql
  if (terms.time && terms.time.op !== '=') throw Wrong.joinCondition(node)
  const equal = [...(terms.time ? [terms.time] : []), ...terms.equal].map((term) => `${term.left} IS NOT DISTINCT FROM ${term.right}`)
  const rows = (used: ReadonlySet<string>): string => {
    const all = new Set([...used, at, time, ...namesIn(equal)])
    const numbered = `SELECT *, row_number() OVER (ORDER BY ${at}) AS ${PROBE_ROW} FROM (${probe.rows(all)}) p`
    const on = [...equal, `o.${time} >= p.${at} + ${from}`, `o.${time} <= p.${at} + ${to}`].join(' AND ')
    const joined = `SELECT * FROM (${numbered}) p LEFT JOIN (${other.rows(all)}) o ON ${on}`
    if (!node.jlimit) return joined
    return `SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY ${PROBE_ROW} ORDER BY ${time}) AS jn FROM (${joined}) j) j WHERE jn <= ${node.jlimit.text}`
  }
  return { sources: [...left.sources, ...right.sources], rows }
}

function offsetTicks(node: Expr, frame: RowFrame): bigint {
  const negative = node.kind === 'unary' && node.op === '-'
  const literal = node.kind === 'unary' ? node.operand : node
  if (literal.kind !== 'literal') throw new SqlError(0x2673, 'Invalid WINDOW_OFFSET value', node.start)
  const { unit } = durationOf(literal)
  if (unit === 'n' || unit === 'y') throw new SqlError(0x2673, `Invalid WINDOW_OFFSET unit "${unit}"`, node.start)
  const duration = readDuration(literal, frame.functions.precision)
  const ticks = duration.kind === 'ticks' ? duration.ticks : 0n
  return negative ? -ticks : ticks
}
