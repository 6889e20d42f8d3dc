import { TypeCode } from 'taosts/wire'
import type { StateWindow } from '../../sql/ast.ts'
import { Wrong } from '../errors.ts'
import { compile, type Frame } from '../expression.ts'
import { isBool, isInteger, isText } from '../functions/types.ts'
import { before, NUMBERED, sorted, startsPartition } from './in-order.ts'
import { leastTicks, ROW_SPAN, rowSpan, type WindowPlan } from './window.ts'

/** STATE_WINDOW(expression): a window for every run of rows of one value; rows without a value are left out. */
export function statePlan(window: StateWindow, frame: Frame, ts: string): WindowPlan {
  const state = compile(window.expr, frame)
  if (state.column === 'tag' || state.column === 'tbname') throw Wrong.stateTag(window.expr)
  if (state.type.code === TypeCode.TIMESTAMP || !(isInteger(state.type) || isBool(state.type) || isText(state.type)))
    throw Wrong.stateType(window.expr)
  const least = leastTicks(window.trueFor, frame.functions.precision)
  return {
    ...ROW_SPAN,
    consumes: [ts, state.sql],
    wrap: (rows, input) => {
      const valued = `SELECT * FROM (SELECT *, ${state.sql} AS wv FROM (${rows}) r) r WHERE wv IS NOT NULL`
      const begins = `coalesce(wv IS DISTINCT FROM ${before('wv')} OR ${startsPartition(input)}, true)`
      return `SELECT *, ${NUMBERED} FROM (SELECT *, ${begins} AS wn FROM (${sorted(valued, input)}) r) r`
    },
    keys: [{ alias: 'wg', sql: 'wg' }],
    aggregates: [...rowSpan(ts), { alias: 'wv', sql: 'any_value(wv)' }],
    value: { typed: state, alias: 'wv' },
    ...(least === undefined ? {} : { having: `we - ws >= ${least}` }),
  }
}
