import { SqlError } from '../errors.ts'
import type { Join, Select } from '../sql/ast.ts'
import type { PlanContext } from './context.ts'
import type { From, PlanQuery } from './from.ts'

export function joinedFrom(node: Join, _select: Select, _plan: PlanContext, _planQuery: PlanQuery): From {
  throw new SqlError(0x0200, 'not supported by the embedded engine', node.start)
}
