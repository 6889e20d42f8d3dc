import { SqlError } from '../errors.ts'
import { raised } from '../plan/functions/raise.ts'

/** Codes that a failing disk, memory or cancelled query gives, and one for what should not happen. */
export const StorageCode = {
  OUT_OF_MEMORY: 0x0102,
  NO_DISK_SPACE: 0x012b,
  INTERNAL: 0x0105,
  BAD_TIME: 0x0127,
  QUERY_KILLED: 0x022d,
  TIMEOUT: 0x012c,
} as const

const RULES: readonly (readonly [RegExp, number, string])[] = [
  [/out of memory/i, StorageCode.OUT_OF_MEMORY, 'Out of Memory'],
  [/no space left|disk full|could not write|failed to write|max_temp_directory_size/i, StorageCode.NO_DISK_SPACE, 'No enough disk space'],
  [/not in timestamp range|date out of range/i, StorageCode.BAD_TIME, 'Invalid timestamp format'],
  [/interrupt/i, StorageCode.QUERY_KILLED, 'Query killed'],
]

/** DuckDB's error as one of ours; its own text is kept as the cause. */
export function storageError(error: unknown, sql?: string): SqlError {
  if (error instanceof SqlError) return error
  const text = error instanceof Error ? error.message : String(error)
  const ours = raised(text)
  if (ours) return Object.assign(ours, { cause: error })
  for (const [pattern, code, message] of RULES) {
    if (pattern.test(text)) return Object.assign(new SqlError(code, message), { cause: error })
  }
  const failure = new SqlError(StorageCode.INTERNAL, `Internal error: ${text.split('\n', 1)[0]}`)
  return Object.assign(failure, { cause: error, storageSql: sql?.slice(0, 4000) })
}

/** Whether the error is DuckDB's way of saying that a query was interrupted. */
export function isInterrupted(error: unknown): boolean {
  return error instanceof SqlError && error.code === StorageCode.QUERY_KILLED
}
