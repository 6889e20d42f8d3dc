import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type Connection, connect, type Result } from 'taosts'
import { taskLoop } from './task-loop.ts'

/** The native connection as a participant: reads a query into whole columns, and says how long the event loop stood still at most. */

/** Milliseconds between two looks at the event loop. */
const LOOK_MS = 1
let connection: Connection | undefined

/** The longest that the event loop stood still during `work`, in milliseconds. */
async function longestPause(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: LOOK_MS })
  delay.enable()
  await work()
  // The last look comes after the last piece of work.
  await new Promise((resolve) => setTimeout(resolve, 2 * LOOK_MS))
  delay.disable()
  return delay.max / 1e6 - LOOK_MS
}

await taskLoop<{ sql: string }>(async ({ sql }) => {
  connection ??= await connect('taos://localhost:6030')
  const started = performance.now()
  let all: Awaited<ReturnType<Result['columns']>> | undefined
  const pause = await longestPause(async () => {
    all = await (await connection!.query(sql)).columns()
    // Asking for a column puts it together.
    for (const column of all.columns) {
      void column.typed
      await new Promise((resolve) => setImmediate(resolve))
    }
  })
  const wall = (performance.now() - started) / 1000
  let sum = 0
  for (const each of all!.column('voltage')!.typed as Int32Array) sum += each
  // What the machine does to a process that only waits.
  const idle = await longestPause(() => new Promise((resolve) => setTimeout(resolve, wall * 1000)))
  return { rows: all!.rows, wall, pause, idle, check: String(sum) }
})
