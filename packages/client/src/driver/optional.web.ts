import type { AbsolutePath, ImportOptional } from './optional.ts'

/** Neither package runs outside Node, Bun and Deno. */
export const importOptional: ImportOptional = async () => undefined

export const absolutePath: AbsolutePath = (path) => path
