import { serve } from 'taosts-embedded'
import { append, bareConnection, drainVectors } from '../bare-duckdb.ts'
import { meterColumns } from '../meters.ts'
import { taskLoop } from './task-loop.ts'

/**
 * A server under measurement: serves while it is asked nothing, and tells the CPU that it has used; beside it in the same process a bare
 * DuckDB holds the same rows.
 */

interface Task {
  readonly kind: 'start' | 'used' | 'bare-append' | 'bare-drain'
  readonly rows: number
  /** Rows after which the appender makes those before visible. */
  readonly flush: number
}

const served = await serve({ port: 0 })
const bare = await bareConnection()
let filled = 0

await taskLoop<Task>(async (task) => {
  if (task.kind === 'start') return { rows: 0, url: served.url, rest: served.restUrl }
  if (task.kind === 'used') {
    // In memory, rows may wait for somebody who reads: that they are in DuckDB is part of writing them.
    await (await served.engine.storage.lease()).release()
    const { user, system } = process.cpuUsage()
    return { rows: 0, used: (user + system) / 1e6, rss: process.memoryUsage.rss() }
  }
  if (task.kind === 'bare-append') {
    const columns = meterColumns(task.rows)
    const start = process.cpuUsage()
    const wall = performance.now()
    append(bare, columns, task.flush)
    const { user, system } = process.cpuUsage(start)
    filled += task.rows
    return { rows: task.rows, cpu: (user + system) / 1e6, wall: (performance.now() - wall) / 1000 }
  }
  if (filled === 0) throw new Error('nothing has been appended')
  return await drainVectors(bare, `select ts, current, voltage, phase from t limit ${task.rows}`)
})
