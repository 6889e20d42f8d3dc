import type { ImportOptional } from './optional.ts'

/** Neither package runs outside Node, Bun and Deno. */
export const importOptional: ImportOptional = async () => undefined
