export { type GenerateTypesOptions, generateTypes, type TypesFor } from './generate-types.ts'
export type { ColumnInfo, DatabaseInfo, IndexInfo, SubtableInfo, TableInfo, TagValues, TopicInfo, ViewInfo } from './model.ts'
export { Schema, type SchemaQuery } from './schema.ts'
