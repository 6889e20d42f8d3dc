import { InterfaceError } from '../errors.ts'
import type { LoadArrow } from './load-arrow.ts'

/** Loads `taosts/arrow`, which needs apache-arrow. The name is no literal, so that no bundler follows it. */
export const loadArrow: LoadArrow = async (name = 'taosts/arrow') => {
  try {
    return await import(name)
  } catch (cause) {
    throw new InterfaceError(
      "Arrow needs the package apache-arrow: npm install apache-arrow. In a bundle, import { toArrow } from 'taosts/arrow' and call toArrow(result)",
      { cause },
    )
  }
}
