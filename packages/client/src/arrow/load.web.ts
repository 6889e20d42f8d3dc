import { NotSupportedError } from '../errors.ts'
import type { LoadArrow } from './load-arrow.ts'

/** A bundle cannot know whether it needs apache-arrow. */
export const loadArrow: LoadArrow = async () => {
  throw new NotSupportedError("here Arrow has to be imported: import { toArrow } from 'taosts/arrow', and call toArrow(result)")
}
