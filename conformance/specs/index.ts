import { cursorSpecs } from './cursor.ts'
import { errorSpecs } from './errors.ts'
import { querySpecs } from './query.ts'
import type { Spec } from './spec.ts'
import { subscriptionSpecs } from './subscription.ts'
import { timezoneSpecs } from './timezone.ts'
import { valueSpecs } from './values.ts'
import { writingSpecs } from './writing.ts'

/** All specs by group. */
export const SPECS: Readonly<Record<string, readonly Spec[]>> = {
  query: querySpecs,
  values: valueSpecs,
  errors: errorSpecs,
  cursor: cursorSpecs,
  timezone: timezoneSpecs,
  writing: writingSpecs,
  subscription: subscriptionSpecs,
}
