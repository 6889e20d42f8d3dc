export { type BindOptions, PreparedStatement } from '../prepared-statement.ts'
