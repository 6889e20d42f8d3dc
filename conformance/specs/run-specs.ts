import { type Connection, type ConnectOptions, connect } from 'taosts'
import { SPECS } from './index.ts'
import type { Spec } from './spec.ts'

/** What became of one spec on one target. */
export interface SpecOutcome {
  readonly group: string
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'does not apply'
  readonly error?: string
}

let counter = 0

/** Runs one spec in a database of its own on the server that `options` reach. Throws what the spec throws; 'does not apply' where the driver lacks a need. */
export async function runSpec(spec: Spec, options: ConnectOptions): Promise<'passed' | 'does not apply'> {
  const connections: Connection[] = []
  const databases: string[] = []
  const open = async (more: ConnectOptions = {}) => {
    const connection = await connect({ ...options, ...more })
    connections.push(connection)
    return connection
  }
  try {
    const connection = await open()
    if (spec.needs?.some((need) => !connection.features.has(need))) return 'does not apply'
    const createDatabase = async (text = '') => {
      const name = `taosts_spec_${Date.now().toString(36)}_${++counter}`
      await connection.execute(`CREATE DATABASE ${name} KEEP 36500d VGROUPS 1 ${text}`)
      databases.push(name)
      return name
    }
    const database = await createDatabase()
    await connection.selectDb(database)
    await spec.run({ connection, database, connect: open, createDatabase })
    return 'passed'
  } finally {
    for (const name of databases) await connections[0]!.execute(`DROP DATABASE IF EXISTS ${name}`).catch(() => {})
    for (const connection of connections) await connection.close()
  }
}

/** Runs every spec on one target, one after another. */
export async function runSpecs(options: ConnectOptions): Promise<SpecOutcome[]> {
  const outcomes: SpecOutcome[] = []
  for (const [group, specs] of Object.entries(SPECS)) {
    for (const spec of specs) {
      try {
        outcomes.push({ group, name: spec.name, outcome: await runSpec(spec, options) })
      } catch (error) {
        outcomes.push({
          group,
          name: spec.name,
          outcome: 'failed',
          error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
        })
      }
    }
  }
  return outcomes
}
