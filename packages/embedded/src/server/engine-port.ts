import type { Database } from '../catalog/model.ts'
import type { EngineAnswer } from '../session/answer.ts'

/** Who opens a session, and how its local times read. */
export interface SessionOptions {
  readonly user: string
  /** Current database; throws 0x0388 `Database not exist` when there is none of that name. */
  readonly database?: string
  /** IANA name or UTC offset; an unknown name counts as UTC, as TDengine does. */
  readonly timezone?: string
}

/** What the server needs of a session of the engine. */
export interface ServedSession {
  /** Name of the current database, or undefined. */
  readonly database: string | undefined
  timezone: string
  execute(sql: string): Promise<EngineAnswer>
  /** Throws what executing the statement would, as far as that shows without running it. */
  validate(sql: string): Promise<void>
  /** Ends what still runs and frees what is open. */
  close(): Promise<void>
}

/** What the server needs of the engine. */
export interface ServedEngine {
  /** A database of the catalog by its exact name. */
  database(name: string): Database | undefined
  session(options: SessionOptions): ServedSession
  /** Throws 0x0351 `Invalid user`, 0x0357 `Authentication failure` or 0x0315 for a disabled one. */
  authenticate(user: string, password: string): Promise<void>
  /** What changes whenever the user's password or right to log in does (its stored hash, say); undefined for an unknown or disabled user. */
  credentialVersion(user: string): string | undefined
}
