import type { Expr } from '../sql/ast.ts'
import { condition } from './expression.ts'
import type { RowFrame } from './row-frame.ts'
import { namesIn, type Source } from './scope.ts'

/** WHERE taken apart: what is known before any row, what tells subtables apart, and the rest. */
export interface Conditions {
  readonly constant: readonly string[]
  readonly subtables: readonly string[]
  readonly rows: readonly string[]
}

/** The conditions joined by AND at the top of an expression. */
export function conjuncts(node: Expr | null): readonly Expr[] {
  if (!node) return []
  return node.kind === 'logical' && node.op === 'and' ? node.operands.flatMap(conjuncts) : [node]
}

/** Splits WHERE; a condition over tags and tbname alone chooses subtables when the rows come from one supertable. */
export function conditionsOf(where: Expr | null, frame: RowFrame): Conditions {
  const constant: string[] = []
  const subtables: string[] = []
  const rows: string[] = []
  const source = frame.scope.sources.length === 1 ? frame.scope.first : undefined
  for (const node of conjuncts(where)) {
    const sql = condition(node, frame)
    const names = namesIn([sql])
    if (names.size === 0) constant.push(sql)
    else if (source?.table?.kind === 'supertable' && [...names].every((name) => isTag(source, name))) subtables.push(sql)
    else rows.push(sql)
  }
  return { constant, subtables, rows }
}

/** Whether a name in SQL is a tag of the source, or its tbname. */
export function isTag(source: Source, name: string): boolean {
  return source.tbname?.sql === name || source.columns.some((column) => column.kind === 'tag' && column.sql === name)
}

/** The subtables that a condition over tags chooses, as a condition on `s.uid`. */
export function chosenSubtables(source: Source, subtables: readonly string[]): string | undefined {
  if (subtables.length === 0 || !source.uid) return undefined
  return `s.uid IN (SELECT ${source.uid} FROM (${source.subtables(namesIn(subtables))}) x WHERE ${subtables.join(' AND ')})`
}
