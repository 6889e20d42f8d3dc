import { type Connection, type ConnectOptions, connect } from 'taosts'
import { type Served, type ServeOptions, serve } from '../serve.ts'
import { createStatement, freshName, type TestDatabase, type TestDatabaseOptions } from './with-database.ts'

/** Where and how the server of a test listens: any free port of loopback unless told otherwise. */
export type TestServerOptions = ServeOptions

/** A server for tests: one for a test file, a fresh database for each test. */
export interface TestServer extends Served {
  /** Connects to it. */
  connect(options?: Omit<ConnectOptions, 'url'>): Promise<Connection>
  /** Makes a database of its own, with a connection that uses it; `close` drops the database. Takes milliseconds. */
  database(options?: TestDatabaseOptions): Promise<TestDatabase>
}

/**
 * Starts a TDengine-compatible server for tests, in memory and on a free port. It ends with `close`, or with `await using`.
 *
 * ```ts
 * const server = await startServer()
 * afterAll(() => server.close())
 * beforeEach(async () => { database = await server.database() })
 * afterEach(() => database.close())
 * ```
 */
export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const served = await serve({ port: 0, ...options })
  const { url } = served
  let admin: Promise<Connection> | undefined
  const close = async () => {
    if (admin) await (await admin).close()
    await served.close()
  }
  return {
    ...served,
    connect: (connectOptions = {}) => connect({ ...connectOptions, url }),
    async database(databaseOptions = {}) {
      admin ??= connect({ url })
      const name = freshName()
      await (await admin).execute(createStatement(name, databaseOptions))
      const connection = await connect({ url: `${url}/${name}`, ...databaseOptions.connect })
      const drop = async () => {
        await connection.close()
        await (await admin!).execute(`DROP DATABASE IF EXISTS ${name}`)
      }
      return { name, url: `${url}/${name}`, connection, close: drop, [Symbol.asyncDispose]: drop }
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
