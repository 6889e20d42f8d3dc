import { randomBytes } from 'node:crypto'
import { type Connection, type ConnectOptions, connect } from 'taosts'

/** What a test's database is like. */
export interface TestDatabaseOptions {
  /** Unit of its timestamps; default `ms`. */
  readonly precision?: 'ms' | 'us' | 'ns' | undefined
  /** How long rows are kept; by default a hundred years, so that a test may use any date. */
  readonly keep?: string | undefined
  /** Statements that make what the tests need. */
  readonly setup?: readonly string[] | undefined
  /** Options of the connection. */
  readonly connect?: Omit<ConnectOptions, 'url' | 'database'> | undefined
}

/** A database of a test. */
export interface TestDatabase extends AsyncDisposable {
  readonly name: string
  /** What `connect` takes, also in another process where the database is a server's. */
  readonly url: string
  /** A connection that has it as its current database. */
  readonly connection: Connection
  /** Closes the connection and drops the database. */
  close(): Promise<void>
}

/**
 * Runs a test with a database of its own, in this process and without a server; the database is gone when the test ends, however it ends.
 * All tests of a process share one engine, so that a database takes milliseconds.
 *
 * ```ts
 * test('counts', () => withDatabase(async ({ connection }) => {
 *   await connection.execute('CREATE TABLE t (ts TIMESTAMP, v INT)')
 * }))
 * ```
 */
export async function withDatabase<T>(test: (database: TestDatabase) => T | Promise<T>, options: TestDatabaseOptions = {}): Promise<T> {
  const name = freshName()
  const engine = 'embedded:?name=taosts-testing'
  const connection = await connect({ url: engine, ...options.connect })
  let dropped: Promise<void> | undefined
  const close = () => {
    dropped ??= (async () => {
      await connection.execute(`DROP DATABASE IF EXISTS ${name}`)
      await connection.close()
    })()
    return dropped
  }
  try {
    await connection.execute(createStatement(name, options))
    await connection.selectDb(name)
    for (const statement of options.setup ?? []) await connection.execute(statement)
    return await test({ name, url: engine, connection, close, [Symbol.asyncDispose]: close })
  } finally {
    await close()
  }
}

/** A name that no other test has. */
export function freshName(): string {
  return `test_${randomBytes(6).toString('hex')}`
}

/** The statement that makes a test's database. */
export function createStatement(name: string, { precision = 'ms', keep = '36500d' }: TestDatabaseOptions): string {
  return `CREATE DATABASE ${name} PRECISION '${precision}' KEEP ${keep}`
}
