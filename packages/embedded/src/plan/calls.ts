import type { Call, Cols, Expr, Select } from '../sql/ast.ts'
import { Wrong } from './errors.ts'
import { type FunctionSpec, functionByName } from './functions/index.ts'

/** A call in a query and what its function is. */
export interface FoundCall {
  readonly node: Call
  readonly spec: FunctionSpec
}

/** The parts of an expression, one level down. */
export function children(node: Expr): readonly Expr[] {
  switch (node.kind) {
    case 'unary':
    case 'not':
      return [node.operand]
    case 'binary':
    case 'compare':
      return [node.left, node.right]
    case 'logical':
      return node.operands
    case 'between':
      return [node.value, node.low, node.high]
    case 'in':
      return [node.value, ...node.list]
    case 'is-null':
      return [node.value]
    case 'case':
      return [
        ...(node.operand ? [node.operand] : []),
        ...node.branches.flatMap(({ when, result }) => [when, result]),
        ...(node.otherwise ? [node.otherwise] : []),
      ]
    case 'cast':
      return [node.value]
    case 'call':
      return node.args
    case 'cols':
      return [node.call, ...node.items.map((item) => item.expr)]
    default:
      return []
  }
}

/** Every node of an expression, outside in. */
export function* nodesOf(node: Expr): Generator<Expr> {
  yield node
  for (const child of children(node)) yield* nodesOf(child)
}

/** The outermost calls of functions over several rows in an expression. Throws where a function does not exist. */
export function gatheringCalls(node: Expr): FoundCall[] {
  if (node.kind === 'call') {
    const spec = functionByName(node.name)
    if (!spec) throw Wrong.function(node)
    if (spec.kind !== 'scalar') return [{ node, spec }]
  }
  return children(node).flatMap(gatheringCalls)
}

/** The calls of functions over several rows in a query's SELECT list, HAVING and ORDER BY. */
export function queryCalls(select: Select): FoundCall[] {
  const parts = [
    ...select.items.map((item) => item.expr),
    ...(select.having ? [select.having] : []),
    ...select.orderBy.map((item) => item.expr),
  ]
  return parts.flatMap(gatheringCalls)
}

export const isCols = (node: Expr): node is Cols => node.kind === 'cols'
