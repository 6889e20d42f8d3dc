import type { Expr, Select } from '../sql/ast.ts'
import { Wrong } from './errors.ts'
import { compile } from './expression.ts'
import { isJson, type Typed } from './functions/index.ts'
import type { Key } from './groups.ts'
import { numbered } from './order.ts'
import type { RowFrame } from './row-frame.ts'
import { namesIn, type Source } from './scope.ts'

/** PARTITION BY or GROUP BY; its items may be numbers and aliases of the SELECT list. */
export function keysOf(select: Select, rows: RowFrame, source: Source): Key[] {
  const frame = rows.in('group')
  const written: Expr[] = [...select.partitionBy.map((item) => item.expr), ...select.groupBy]
  const typed = written.map((expr) => {
    if (expr.kind === 'literal' && expr.type === 'integer') {
      numbered(expr, select.items as unknown as Typed[])
      return compile(select.items[Number(expr.text) - 1]!.expr, frame)
    }
    if (expr.kind === 'column' && !expr.table && !frame.scope.lookup(null, expr.name.text, expr)) {
      const item = select.items.find(({ alias }) => alias?.text === expr.name.text)
      if (item) return compile(item.expr, frame)
    }
    return compile(expr, frame)
  })
  const byTable = source.table?.kind === 'supertable' && rows.scope.sources.length === 1 && typed.some(({ column }) => column === 'tbname')
  for (const [i, { type, column }] of typed.entries()) if (isJson(type) && column) throw Wrong.jsonGroup(written[i])
  let next = 0
  const keys: Key[] = []
  for (const key of typed) {
    if (byTable && key.column === 'tbname') {
      keys.push({ typed: key, group: { sql: source.uid!, alias: `k${next++}` }, out: key.sql })
    } else if (byTable && key.column === 'tag') keys.push({ typed: key, group: undefined, out: key.sql })
    else if (namesIn([key.sql]).size === 0) keys.push({ typed: key, group: undefined, out: key.sql })
    else {
      const alias = `k${next++}`
      keys.push({ typed: key, group: { sql: key.sql, alias }, out: alias })
    }
  }
  return keys
}
