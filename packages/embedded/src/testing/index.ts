export { startServer, type TestServer, type TestServerOptions } from './start-server.ts'
export { type TestDatabase, type TestDatabaseOptions, withDatabase } from './with-database.ts'
