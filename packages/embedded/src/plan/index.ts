/** From a query's tree and the catalog to rows: names, types, errors and order as TDengine's. */
export type { PlanContext, VirtualTable } from './context.ts'
export type { Relation, RelationColumn } from './relation.ts'
export { openRelation } from './run.ts'
export { planQuery } from './select.ts'
