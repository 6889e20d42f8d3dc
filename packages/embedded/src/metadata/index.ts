/** SHOW, DESCRIBE, SHOW CREATE and the system tables, answered from the catalog and from who is connected. */
export type { MetadataCatalog, MetadataContext, ServerFacts } from './context.ts'
export { describe } from './describe.ts'
export { LiveRegistry, type Presence, type Visitor } from './live-registry.ts'
export { rowsAnswer } from './rows-answer.ts'
export { show, shownTable } from './show.ts'
export { showCreate } from './show-create.ts'
export { isSystemDatabase, needsSysinfo, systemTable } from './system-databases.ts'
export {
  checkDatabaseUnused,
  checkFieldUnused,
  checkStableUnused,
  defineTopic,
  type TopicContext,
  type TopicDefinition,
  topicError,
} from './topics.ts'
export { readVirtualTable, readVirtualTables, type VirtualTable } from './virtual-tables.ts'
