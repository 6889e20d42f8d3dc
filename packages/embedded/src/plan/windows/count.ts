import { SqlError } from '../../errors.ts'
import type { CountWindow } from '../../sql/ast.ts'
import { Wrong } from '../errors.ts'
import { compile, type Frame } from '../expression.ts'
import { inOrder, ROW_SPAN, rowSpan, type WindowPlan } from './window.ts'

/** COUNT_WINDOW(count, sliding, columns): every `sliding` rows a window of `count`; with columns, only rows where one has a value count. */
export function countPlan(window: CountWindow, frame: Frame, ts: string): WindowPlan {
  const count = BigInt(window.count.text)
  const sliding = window.sliding ? BigInt(window.sliding.text) : count
  if (count <= 1n) throw new SqlError(0x2645, 'Size of Count window must exceed 1.', window.count.start)
  if (sliding > count) throw Wrong.countSliding(window.sliding ?? window)
  if (sliding <= 0n) throw new SqlError(0x2645, 'Size of Count window must exceed 0.', (window.sliding ?? window).start)
  const columns = window.columns.map((column) => compile(column, frame).sql)
  const counted = columns.length > 0 ? ` WHERE ${columns.map((sql) => `${sql} IS NOT NULL`).join(' OR ')}` : ''
  const numbered = (rows: string, order: string) => `SELECT *, row_number() OVER (${order}) - 1 AS wn FROM (${rows}) r${counted}`
  const groups =
    sliding === count
      ? `wn // ${count}`
      : `unnest(range(greatest(0, (wn - ${count}) // ${sliding} + CASE WHEN wn >= ${count} THEN 1 ELSE 0 END), wn // ${sliding} + 1))`
  return {
    ...ROW_SPAN,
    consumes: [ts, ...columns],
    wrap: (rows, input) => `SELECT *, ${groups} AS wg FROM (${numbered(rows, inOrder(input))}) r`,
    keys: [{ alias: 'wg', sql: 'wg' }],
    aggregates: rowSpan(ts),
  }
}
