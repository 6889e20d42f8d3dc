import { connect, type PreparedStatement } from 'taosts'
import { meterColumns } from '../meters.ts'
import { taskLoop } from './task-loop.ts'

/** taosts as a participant that writes rows of meters into subtables, as typed arrays or as objects. */

export interface WriteTask {
  readonly url: string
  readonly shape: 'columns' | 'objects'
  /** The supertable, made before, and with one table also that subtable: its name and a 0. */
  readonly stable: string
  /** How many subtables get an equal share of the rows, one after another. */
  readonly tables: number
  readonly rows: number
  /** Each subtable's first row, so that every run writes later times than the one before. */
  readonly first: number
}

const statements = new Map<string, Promise<PreparedStatement>>()

async function prepare({ url, stable, tables }: WriteTask): Promise<PreparedStatement> {
  const connection = await connect({ url, database: 'bench' })
  const target = tables === 1 ? `${stable}0` : `? USING ${stable} TAGS (?, ?)`
  return await connection.prepare(`INSERT INTO ${target} VALUES (?, ?, ?, ?)`)
}

const location = 'California.SanFrancisco'

/** The rows as objects; for many tables with the name and tags of the table, one table after another. */
function objectsOf({ stable, tables, rows, first }: WriteTask): Record<string, unknown>[] {
  const each = rows / tables
  const { ts, current, voltage, phase } = meterColumns(each, first)
  const objects: Record<string, unknown>[] = []
  for (let table = 0; table < tables; table++) {
    for (let i = 0; i < each; i++) {
      const time = new Date(Number(ts[i]))
      // Literals, as programs have them: the shapes of objects that are put together die with them, and with those what was compiled for them.
      objects.push(
        tables === 1
          ? { ts: time, current: current[i], voltage: voltage[i], phase: phase[i] }
          : { tbname: `${stable}${table}`, groupid: 1, location, ts: time, current: current[i], voltage: voltage[i], phase: phase[i] },
      )
    }
  }
  return objects
}

/** The rows as typed arrays: of one table, or of each of many. */
function columnsOf({ stable, tables, rows, first }: WriteTask) {
  const columns = { ...meterColumns(rows / tables, first) }
  const tags = { groupid: 1, location }
  return tables === 1 ? { columns } : Array.from({ length: tables }, (_, table) => ({ tbname: `${stable}${table}`, tags, columns }))
}

await taskLoop<WriteTask>(async (task) => {
  const key = `${task.url} ${task.stable} ${task.tables}`
  let statement = statements.get(key)
  if (statement === undefined) statements.set(key, (statement = prepare(task)))
  const insert = await statement
  const objects = task.shape === 'objects' ? objectsOf(task) : undefined
  const columns = objects === undefined ? columnsOf(task) : undefined
  // What making the rows left behind is not the writer's; it is swept in the background.
  globalThis.gc?.()
  await new Promise((resolve) => setTimeout(resolve, 100))
  const start = process.cpuUsage()
  const wall = performance.now()
  const written = columns === undefined ? await insert.execute(objects!) : await insert.executeColumns(columns)
  const { user, system } = process.cpuUsage(start)
  return { rows: written, cpu: (user + system) / 1e6, wall: (performance.now() - wall) / 1000 }
})
