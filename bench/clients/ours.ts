import { type Connection, connect } from 'taosts'
import { BareSocket } from './bare-socket.ts'
import { taskLoop } from './task-loop.ts'

/**
 * taosts as a participant: reads a query's rows in the shape that the task names, and drops each. `frames` receives the same messages over a
 * bare WebSocket and decodes none: the floor of what reading costs in this same process.
 */

interface Task {
  readonly url: string
  readonly shape: 'frames' | 'columns' | 'blocks' | 'values' | 'objects'
  readonly sql: string
  /** Also sums the rows' `big`, as a 64-bit integer. */
  readonly check?: boolean
}

const connections = new Map<string, Connection>()
const sockets = new Map<string, BareSocket>()

async function drain(url: string, sql: string): Promise<number> {
  let socket = sockets.get(url)
  if (socket === undefined) sockets.set(url, (socket = await BareSocket.open(url)))
  let rows = 0
  await socket.drain(sql, (message) => {
    // A block starts at 55 and has its rows at its byte 8; the last message has none.
    if (message.length > 63 && message[0] === 0xff) rows += message.readInt32LE(63)
  })
  return rows
}

await taskLoop<Task>(async ({ url, shape, sql, check }) => {
  if (shape === 'frames') return drain(url, sql)
  let connection = connections.get(url)
  if (connection === undefined) connections.set(url, (connection = await connect({ url })))
  const result = await connection.query(sql)
  if (shape === 'columns') return (await result.columns()).rows
  let rows = 0
  if (check) {
    let sum = 0n
    for await (const row of result) {
      sum += row['big'] as bigint
      rows++
    }
    return { rows, check: String(BigInt.asIntN(64, sum)) }
  }
  if (shape === 'blocks') {
    for await (const block of result.blocks()) rows += block.rows
  } else if (shape === 'values') {
    for await (const block of result.blocks()) for (const row of block.values()) rows += row.length > 0 ? 1 : 0
  } else {
    for await (const row of result) rows += row === null ? 0 : 1
  }
  return rows
})
