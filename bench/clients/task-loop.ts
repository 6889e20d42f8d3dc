import process from 'node:process'
import { createInterface } from 'node:readline'

/** Rows moved, and figures that go beside or before those measured by the loop. */
export interface Done {
  readonly rows: number
  readonly cpu?: number
  readonly wall?: number
  readonly [figure: string]: number | string | undefined
}

/**
 * A participant's side of the talk with the bench: says `ready`, then answers each task on standard input with what it cost.
 */
export async function taskLoop<Task>(work: (task: Task) => Promise<number | Done>): Promise<void> {
  console.log('ready')
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      const task = JSON.parse(line) as Task
      const wall = performance.now()
      const cpu = process.cpuUsage()
      const done = await work(task)
      const { user, system } = process.cpuUsage(cpu)
      const cost = { cpu: (user + system) / 1e6, wall: (performance.now() - wall) / 1000 }
      console.log(JSON.stringify({ ...cost, ...(typeof done === 'number' ? { rows: done } : done) }))
    } catch (error) {
      console.log(JSON.stringify({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }))
    }
  }
  // Its connections would keep it running.
  process.exit(0)
}
