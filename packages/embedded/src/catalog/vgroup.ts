import type { Database } from './model.ts'

/** The vgroup of a table: a hash of its full name spread evenly over the database's vgroups. */
export function vgroupOf(database: Database, name: string): number {
  const text = `1.${database.name}.${name}`
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0
  // The last letters must count as much as the first: tables are often numbered.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  hash = (hash ^ (hash >>> 16)) >>> 0
  return database.vgroups[Math.floor((hash / 4294967296) * database.vgroups.length)]!
}
