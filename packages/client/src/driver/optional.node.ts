/** Packages that add a kind of connection and are found only when their URL is asked for. */
type OptionalPackage = 'taosts-embedded' | 'taosts-native'

/**
 * Imports an optional package at run time; undefined where it is not installed. What the package itself throws passes through. The name is no
 * literal, so that no bundler follows it.
 */
export async function importOptional(name: OptionalPackage): Promise<unknown> {
  try {
    return (await import(name)) as unknown
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`)) return undefined
    throw error
  }
}
