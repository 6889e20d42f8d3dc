/** How results become Arrow. */
export interface ArrowOptions {
  /** The zone that timestamps are shown in; they are instants in any case. Default `UTC`; null for timestamps without a zone. */
  readonly timezone?: string | null | undefined
  /**
   * Text columns that become dictionaries: `auto` (default) for `tbname` and those whose first rows repeat few texts, as tags do; or their names.
   */
  readonly dictionary?: 'auto' | readonly string[] | undefined
}

// Where apache-arrow is not installed, TypeScript is told to ignore that; what returns these then rejects.

// biome-ignore lint/suspicious/noTsIgnore: an error only where apache-arrow is missing
/** @ts-ignore */
export type ArrowTable = import('apache-arrow').Table
// biome-ignore lint/suspicious/noTsIgnore: an error only where apache-arrow is missing
/** @ts-ignore */
export type ArrowRecordBatch = import('apache-arrow').RecordBatch
