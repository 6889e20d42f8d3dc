export { type RunningSqlTag, SqlFragment, SqlQuery, type SqlTag, type SqlTemplateValue, sql } from '../sql.ts'
