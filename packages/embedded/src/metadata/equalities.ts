import type { Expr, Select } from '../sql/ast.ts'

/**
 * What a query asks of its one table by `column = 'text'` in every row: rows that differ need not be computed into the plan.
 * Empty for queries of several tables and where nothing is asked so plainly.
 */
export function equalities({ from, where }: Select): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  if (from?.kind !== 'table' || where === null) return found
  const alias = from.alias?.text ?? from.table.name.text
  const terms: Expr[] = [where]
  for (let term = terms.pop(); term !== undefined; term = terms.pop()) {
    if (term.kind === 'logical' && term.op === 'and') terms.push(...term.operands)
    if (term.kind !== 'compare' || term.op !== '=') continue
    const [column, literal] = term.left.kind === 'literal' ? [term.right, term.left] : [term.left, term.right]
    if (column.kind !== 'column' || literal.kind !== 'literal' || literal.type !== 'string') continue
    if (column.table === null || column.table.text === alias) found.set(column.name.text, literal.text)
  }
  return found
}
