export { formatLine, type Point, type SchemalessOptions, type SchemalessOutcome } from '../schemaless.ts'
