import type { SelectQueryNode } from 'kysely'
import { NotSupportedError } from '../errors.ts'

/** Says that TDengine has no such thing, and what to do. */
export function refuse(what: string, instead: string): never {
  throw new NotSupportedError(`TDengine has no ${what}: ${instead}`)
}

/** Parts of a query that other databases have. */
export function refuseWhere(node: SelectQueryNode): void {
  if (node.with) refuse('WITH', 'use a query in selectFrom')
  if (node.distinctOn?.length) refuse('DISTINCT ON', 'use partitionBy() with last() or first()')
  if (node.top) refuse('TOP', 'use limit')
  if (node.fetch) refuse('FETCH', 'use limit')
}
