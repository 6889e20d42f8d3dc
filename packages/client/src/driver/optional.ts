/** Packages that add a kind of connection and are found only when their URL is asked for. */
export type OptionalPackage = 'taosts-embedded' | 'taosts-native'

/** Imports an optional package; undefined where it is not installed or cannot run here. What the package itself throws passes through. */
export type ImportOptional = (name: OptionalPackage) => Promise<unknown>

/** A path that does not depend on the current directory. */
export type AbsolutePath = (path: string) => string
