import type { Cell } from '../../storage/small-result.ts'
import { Storage } from '../../storage/storage.ts'
import { databaseFunctions } from './native.ts'

/** A DuckDB with the engine's macros and native functions, for tests of single expressions. */
export async function openTrial(): Promise<{
  row(sql: string): Promise<Cell[]>
  rows(sql: string): Promise<Cell[][]>
  close(): Promise<void>
}> {
  const storage = await Storage.open({ functions: databaseFunctions() })
  return {
    rows: (sql) => storage.bootstrap(sql),
    row: async (sql) => (await storage.bootstrap(sql))[0] ?? [],
    close: () => storage.close(),
  }
}
