import type { EventWindow } from '../../sql/ast.ts'
import { readDuration, roughTicks } from '../duration.ts'
import { condition, type Frame } from '../expression.ts'
import { inOrder, ROW_SPAN, rowSpan, type WindowPlan } from './window.ts'

/** EVENT_WINDOW START WITH a END WITH b: from a row where `a` holds to the next where `b` does, both included; an unfinished window does not count. */
export function eventPlan(window: EventWindow, frame: Frame, ts: string): WindowPlan {
  const start = condition(window.startWith, frame)
  const end = condition(window.endWith, frame)
  const least = window.trueFor ? roughTicks(readDuration(window.trueFor, frame.functions.precision), frame.functions.precision) : undefined
  return {
    ...ROW_SPAN,
    consumes: [ts, start, end],
    // Rows are cut behind every row that ends a window; each piece holds at most one, from its first starting row on.
    wrap: (rows, input) => {
      const order = inOrder(input)
      const piece = `PARTITION BY ${[...input.partition, 'wg'].join(', ')}`
      const marked = `SELECT *, coalesce(${start}, false) AS wa, coalesce(${end}, false) AS wb FROM (${rows}) r`
      const cut = `SELECT *, coalesce(sum(CAST(wb AS INTEGER)) OVER (${order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS wg FROM (${marked}) r`
      const order2 = `${piece} ORDER BY ${[input.ts, ...input.ties].join(', ')}`
      const inside = `SELECT *, bool_or(wa) OVER (${order2} ROWS UNBOUNDED PRECEDING) AS wi, bool_or(wb) OVER (${piece}) AS wc FROM (${cut}) r`
      return `SELECT * FROM (${inside}) r WHERE wi AND wc`
    },
    keys: [{ alias: 'wg', sql: 'wg' }],
    aggregates: rowSpan(ts),
    ...(least === undefined ? {} : { having: `we - ws >= ${least}` }),
  }
}
