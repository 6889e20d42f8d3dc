import type { Call, Column } from '../sql/ast.ts'

/** What an expression, or any part of a query, names. */
export interface Named {
  readonly columns: readonly Column[]
  readonly calls: readonly Call[]
  /** Whether there is a `*` that stands for columns. */
  readonly stars: boolean
}

/** Finds the columns and calls of a piece of syntax, whatever its shape. */
export function columnsRead(node: unknown): Named {
  const columns: Column[] = []
  const calls: Call[] = []
  let stars = false
  const todo: unknown[] = [node]
  while (todo.length > 0) {
    const next = todo.pop()
    if (typeof next !== 'object' || next === null) continue
    if (Array.isArray(next)) {
      todo.push(...next)
      continue
    }
    const { kind } = next as { kind?: string }
    if (kind === 'column') columns.push(next as Column)
    else if (kind === 'star') stars = true
    else {
      if (kind === 'call') calls.push(next as Call)
      todo.push(...Object.values(next))
    }
  }
  return { columns, calls, stars }
}
