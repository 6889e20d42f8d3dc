import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type Connection, connect } from 'taosts'
import { taskLoop } from './task-loop.ts'

/** The native connection as a participant: reads a query into whole columns, and says how long the event loop stood still at most. */

/** Milliseconds between two looks at the event loop. */
const LOOK_MS = 1
let connection: Connection | undefined

await taskLoop<{ sql: string }>(async ({ sql }) => {
  connection ??= await connect('taos://localhost:6030')
  const delay = monitorEventLoopDelay({ resolution: LOOK_MS })
  delay.enable()
  const all = await (await connection.query(sql)).columns()
  // The last look comes after the last piece of work.
  await new Promise((resolve) => setTimeout(resolve, 2 * LOOK_MS))
  delay.disable()
  let sum = 0
  for (const each of all.column('voltage')!.typed as Int32Array) sum += each
  return { rows: all.rows, pause: delay.max / 1e6 - LOOK_MS, check: String(sum) }
})
