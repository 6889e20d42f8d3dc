import { SqlError } from '../errors.ts'
import type { Relation } from './relation.ts'
import type { SelectInput } from './select.ts'

export function planInterp(input: SelectInput): Relation {
  throw new SqlError(0x0200, 'not supported by the embedded engine', input.select.start)
}
