import { SqlError } from '../../errors.ts'
import type { Relation } from '../relation.ts'
import type { SelectInput } from '../select.ts'

/** INTERP with RANGE, EVERY and FILL: under way here. */
export function planInterp(input: SelectInput): Relation {
  throw new SqlError(0x0200, 'not supported by the embedded engine', input.select.start)
}
