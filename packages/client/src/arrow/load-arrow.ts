/** Loads what turns results into Arrow. Rejects with an error that says what is missing. */
export type LoadArrow = (name?: string) => Promise<typeof import('./to-arrow.ts')>
