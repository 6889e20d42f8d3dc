import type { EventWindow } from '../../sql/ast.ts'
import { condition, type Frame } from '../expression.ts'
import { before, soFar, sorted, startsPartition } from './in-order.ts'
import { leastTicks, ROW_SPAN, rowSpan, type WindowPlan } from './window.ts'

/** EVENT_WINDOW START WITH a END WITH b: from a row where `a` holds to the next where `b` does, both included; an unfinished window does not count. */
export function eventPlan(window: EventWindow, frame: Frame, ts: string): WindowPlan {
  const start = condition(window.startWith, frame)
  const end = condition(window.endWith, frame)
  const least = leastTicks(window.trueFor, frame.functions.precision)
  return {
    ...ROW_SPAN,
    consumes: [ts, start, end],
    // Rows are cut behind every row that ends a window; each piece holds at most one, from its first starting row on.
    wrap: (rows, input) => {
      const marked = `SELECT *, coalesce(${start}, false) AS wa, coalesce(${end}, false) AS wb FROM (${sorted(rows, input)}) r`
      const cut = `SELECT *, row_number() OVER () AS wr, coalesce(${before('wb')} OR ${startsPartition(input)}, true) AS wn FROM (${marked}) r`
      const pieces = `SELECT *, ${soFar('max(wr) FILTER (WHERE wn)')} AS wg, ${soFar('max(wr) FILTER (WHERE wa)')} AS wi FROM (${cut}) r`
      return `SELECT * FROM (${pieces}) r WHERE wi >= wg`
    },
    keys: [{ alias: 'wg', sql: 'wg' }],
    aggregates: [...rowSpan(ts), { alias: 'wc', sql: 'bool_or(wb)' }],
    having: least === undefined ? 'wc' : `wc AND we - ws >= ${least}`,
  }
}
