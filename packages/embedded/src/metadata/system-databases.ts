import type { SystemTable } from './system-table.ts'
import * as activity from './tables/activity.ts'
import * as features from './tables/features.ts'
import * as nodes from './tables/nodes.ts'
import * as schema from './tables/schema.ts'
import * as topics from './tables/topics.ts'
import * as users from './tables/users.ts'
import * as variables from './tables/variables.ts'

const listed = () => SYSTEM_DATABASES

/** The virtual databases and their tables, in the order in which SHOW TABLES gives them. A new system table is one more entry here. */
export const SYSTEM_DATABASES: readonly schema.SystemDatabase[] = [
  {
    name: 'information_schema',
    tables: [
      nodes.dnodes,
      nodes.mnodes,
      nodes.qnodes,
      nodes.snodes,
      nodes.bnodes,
      nodes.cluster,
      schema.databasesTable(listed),
      features.functions,
      schema.indexes,
      schema.stables,
      schema.tablesTable(listed),
      schema.tags,
      schema.columnsTable(listed),
      schema.virtualChildColumns,
      users.users,
      users.grants,
      nodes.vgroupTable,
      variables.configs,
      variables.dnodeVariables,
      topics.topics,
      topics.subscriptions,
      features.streams,
      features.streamTasks,
      features.streamRecalculates,
      nodes.vnodes,
      users.userPrivileges,
      schema.views,
      features.compacts,
      features.compactDetails,
      users.grantsFull,
      users.grantsLogs,
      users.machines,
      nodes.arbgroups,
      users.encryptions,
      features.tsmas,
      nodes.anodes,
      nodes.anodesFull,
      features.diskUsage,
      features.filesets,
      activity.transactionDetails,
      nodes.mounts,
    ],
  },
  {
    name: 'performance_schema',
    tables: [activity.apps, activity.connections, topics.consumers, activity.queries, activity.transactions],
  },
]

/** What is told of the server itself and of its users: hidden from users without SYSINFO. */
const OF_SERVER: ReadonlySet<SystemTable> = new Set([
  nodes.dnodes,
  nodes.mnodes,
  nodes.qnodes,
  nodes.snodes,
  nodes.bnodes,
  nodes.anodes,
  nodes.anodesFull,
  nodes.arbgroups,
  nodes.cluster,
  nodes.mounts,
  nodes.vgroupTable,
  nodes.vnodes,
  users.encryptions,
  users.grants,
  users.grantsFull,
  users.grantsLogs,
  users.machines,
  users.userPrivileges,
  users.users,
  variables.dnodeVariables,
])

/** Whether a system table is hidden from users without SYSINFO. */
export function needsSysinfo(database: string, table: string): boolean {
  const found = systemTable(database, table)
  return found !== undefined && OF_SERVER.has(found)
}

/** Whether the database is one of those that the engine computes. */
export function isSystemDatabase(name: string): boolean {
  return SYSTEM_DATABASES.some((database) => database.name === name)
}

/** A table of `information_schema` or `performance_schema`. */
export function systemTable(database: string, table: string): SystemTable | undefined {
  return SYSTEM_DATABASES.find(({ name }) => name === database)?.tables.find(({ name }) => name === table)
}
