import type { SessionWindow } from '../../sql/ast.ts'
import { readDuration } from '../duration.ts'
import { Wrong } from '../errors.ts'
import { compile, type Frame } from '../expression.ts'
import { inOrder, ROW_SPAN, rowSpan, type WindowPlan } from './window.ts'

/** SESSION(ts, gap): a window ends where the next row is more than the gap away. */
export function sessionPlan(window: SessionWindow, frame: Frame): WindowPlan {
  const column = compile(window.column, frame)
  if (column.column !== 'primary') throw Wrong.sessionColumn(window.column)
  const gap = readDuration(window.gap, frame.functions.precision)
  if (gap.kind === 'months' || gap.ticks <= 0n) throw Wrong.sessionGap(window.gap)
  const ts = column.sql
  return {
    ...ROW_SPAN,
    consumes: [ts],
    wrap: (rows, input) =>
      `SELECT *, sum(wn) OVER (${inOrder(input)} ROWS UNBOUNDED PRECEDING) AS wg FROM (SELECT *, CAST(coalesce(${ts} - lag(${ts}) OVER (${inOrder(input)}) > ${gap.ticks}, true) AS INTEGER) AS wn FROM (${rows}) r) r`,
    keys: [{ alias: 'wg', sql: 'wg' }],
    aggregates: rowSpan(ts),
  }
}
