import { connect, type PreparedStatement } from 'taosts'
import type { MeterColumns } from '../bare-duckdb.ts'
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

/** The rows of all tables, and the name of each row's table. */
function rowsOf({ stable, tables, rows, first }: WriteTask): { columns: MeterColumns; names: string[] } {
  if (tables === 1) return { columns: meterColumns(rows, first), names: [] }
  const each = rows / tables
  const part = meterColumns(each, first)
  const columns: MeterColumns = {
    ts: new BigInt64Array(rows),
    current: new Float32Array(rows),
    voltage: new Int32Array(rows),
    phase: new Float32Array(rows),
  }
  const names: string[] = []
  for (let table = 0; table < tables; table++) {
    columns.ts.set(part.ts, table * each)
    columns.current.set(part.current, table * each)
    columns.voltage.set(part.voltage, table * each)
    columns.phase.set(part.phase, table * each)
    for (let i = 0; i < each; i++) names.push(`${stable}${table}`)
  }
  return { columns, names }
}

const location = 'California.SanFrancisco'

await taskLoop<WriteTask>(async (task) => {
  const key = `${task.url} ${task.stable} ${task.tables}`
  let statement = statements.get(key)
  if (statement === undefined) statements.set(key, (statement = prepare(task)))
  const insert = await statement
  const { columns, names } = rowsOf(task)
  const single = task.tables === 1
  const objects: Record<string, unknown>[] = []
  if (task.shape === 'objects') {
    for (let i = 0; i < task.rows; i++) {
      const ts = new Date(Number(columns.ts[i]))
      const row = { ts, current: columns.current[i], voltage: columns.voltage[i], phase: columns.phase[i] }
      objects.push(single ? row : { tbname: names[i], groupid: 1, location, ...row })
    }
  }
  // What making the rows left behind is not the writer's.
  globalThis.gc?.()
  const start = process.cpuUsage()
  const wall = performance.now()
  const written =
    task.shape === 'objects'
      ? await insert.execute(objects)
      : await insert.executeColumns(
          single ? { columns: { ...columns } } : { columns: { tbname: names, ...columns }, tags: { groupid: 1, location } },
        )
  const { user, system } = process.cpuUsage(start)
  return { rows: written, cpu: (user + system) / 1e6, wall: (performance.now() - wall) / 1000 }
})
