import type { SessionWindow } from '../../sql/ast.ts'
import { readDuration } from '../duration.ts'
import { Wrong } from '../errors.ts'
import { compile, type Frame } from '../expression.ts'
import { before, NUMBERED, sorted, startsPartition } from './in-order.ts'
import { ROW_SPAN, rowSpan, type WindowPlan } from './window.ts'

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
    wrap: (rows, input) => {
      const begins = `coalesce(${ts} - ${before(ts)} > ${gap.ticks} OR ${startsPartition(input)}, true)`
      return `SELECT *, ${NUMBERED} FROM (SELECT *, ${begins} AS wn FROM (${sorted(rows, input)}) r) r`
    },
    keys: [{ alias: 'wg', sql: 'wg' }],
    aggregates: rowSpan(ts),
  }
}
