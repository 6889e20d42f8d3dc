import type { Update } from './answer.ts'

/** The answer of a definition: no rows were written. */
export const DONE: Update = { kind: 'update', affectedRows: 0 }
