import process from 'node:process'
import { createInterface } from 'node:readline'
import { type Connection, connect } from 'taosts'

/** taosts as a participant: reads a query's rows in the shape that the task names, and drops each. */

interface Task {
  readonly url: string
  readonly shape: 'columns' | 'values' | 'objects'
  readonly sql: string
}

const connections = new Map<string, Connection>()

async function read({ url, shape, sql }: Task): Promise<number> {
  let connection = connections.get(url)
  if (connection === undefined) connections.set(url, (connection = await connect({ url })))
  const result = await connection.query(sql)
  let rows = 0
  if (shape === 'columns') {
    for await (const block of result.blocks()) rows += block.rows
  } else if (shape === 'values') {
    for await (const block of result.blocks()) for (const row of block.values()) rows += row.length > 0 ? 1 : 0
  } else {
    for await (const row of result) rows += row === null ? 0 : 1
  }
  return rows
}

console.log('ready')
for await (const line of createInterface({ input: process.stdin })) {
  try {
    const wall = performance.now()
    const cpu = process.cpuUsage()
    const rows = await read(JSON.parse(line) as Task)
    const { user, system } = process.cpuUsage(cpu)
    console.log(JSON.stringify({ rows, cpu: (user + system) / 1e6, wall: (performance.now() - wall) / 1000 }))
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }))
  }
}
