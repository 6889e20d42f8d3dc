/** What prepares and writes, in one piece: the first call that needs it loads it. */
export { Inserter } from './insert.ts'
export { PreparedStatement } from './prepared-statement.ts'
