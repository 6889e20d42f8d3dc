import { InterfaceError } from '../errors.ts'

/** What `taosts/arrow` exports, as far as results use it. */
type ArrowModule = typeof import('./to-arrow.ts')

/** Loads `taosts/arrow`, which needs apache-arrow. Rejects with an InterfaceError where either is not to be found. */
export async function loadArrow(name = 'taosts/arrow'): Promise<ArrowModule> {
  try {
    // No literal, and these comments: bundlers leave it alone, as apache-arrow may not be there.
    return await import(/* webpackIgnore: true */ /* @vite-ignore */ name)
  } catch (cause) {
    throw new InterfaceError(
      "Arrow needs the package apache-arrow: npm install apache-arrow. In a bundle, import { toArrow } from 'taosts/arrow' and call toArrow(result)",
      { cause },
    )
  }
}
