import { DialectAdapterBase } from 'kysely'
import { NotSupportedError } from '../errors.ts'

/** What TDengine can, as Kysely asks it. */
export class TaosAdapter extends DialectAdapterBase {
  override get supportsTransactionalDdl(): boolean {
    return false
  }

  override get supportsReturning(): boolean {
    return false
  }

  override get supportsCreateIfNotExists(): boolean {
    return true
  }

  override async acquireMigrationLock(): Promise<void> {
    throw new NotSupportedError(
      "Kysely's migrations need a lock and a table that can be updated, and TDengine has neither: run db.schema and createSupertable() with ifNotExists",
    )
  }

  override async releaseMigrationLock(): Promise<void> {}
}
