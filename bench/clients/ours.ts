import { type Connection, connect, type ResultBlock } from 'taosts'
import { BareSocket } from './bare-socket.ts'
import { type Done, taskLoop } from './task-loop.ts'

/**
 * taosts as a participant: reads a query's rows in the shape that the task names, and drops each. `frames` receives the same messages over a
 * bare WebSocket and decodes none: the floor of what reading costs in this same process.
 */

interface Task {
  readonly url: string
  /**
   * `points`: single rows, one query after another; `connect`: connections opened and closed. `columns` and `blocks` make every column's typed
   * arrays as they came and read the ends of each; `joined` asks for each column of the result in one array.
   */
  readonly shape: 'points' | 'connect' | 'frames' | 'columns' | 'joined' | 'blocks' | 'values' | 'objects'
  readonly sql: string
  /** Also sums the rows' `big`, as a 64-bit integer. */
  readonly check?: boolean
  /** Of `points`: statements to run first, queries to ask in turn, how many in all, by how many users at once. */
  readonly setup?: readonly string[]
  readonly queries?: readonly string[]
  readonly count?: number
  readonly users?: number
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

async function points(connection: Connection, { setup = [], queries = [], count = 0, users = 1 }: Task): Promise<Done> {
  for (const statement of setup) await connection.execute(statement)
  const times = new Float64Array(count)
  const cpu = process.cpuUsage()
  const begin = performance.now()
  let next = 0
  const user = async (): Promise<void> => {
    for (let i = next++; i < count; i = next++) {
      const start = performance.now()
      const rows = await (await connection.query(queries[i % queries.length]!)).rows()
      if (rows.length !== 1) throw new Error(`${rows.length} rows came, not one`)
      times[i] = performance.now() - start
    }
  }
  await Promise.all(Array.from({ length: users }, user))
  const { user: inUser, system } = process.cpuUsage(cpu)
  const wall = (performance.now() - begin) / 1000
  return { rows: count, cpu: (inUser + system) / 1e6, wall, p50: times.sort()[count >> 1]!, rss: process.memoryUsage.rss() }
}

/** The time and CPU of connecting alone: closing comes after. */
async function reconnect({ url, count = 0 }: Task): Promise<Done> {
  const opened: Connection[] = []
  const cpu = process.cpuUsage()
  const wall = performance.now()
  for (let i = 0; i < count; i++) opened.push(await connect({ url }))
  const { user, system } = process.cpuUsage(cpu)
  const done = { rows: count, cpu: (user + system) / 1e6, wall: (performance.now() - wall) / 1000 }
  await Promise.all(opened.map((connection) => connection.close()))
  return done
}

/** Reads the first and the last value of the columns' typed arrays, in the pieces in which they came or in one piece. */
function touch(block: ResultBlock, joined: boolean): void {
  for (const column of block.columns) {
    for (const { typed, length } of joined ? [column] : column.chunks) {
      if (typed === undefined || typed.length !== length || typed[0] === undefined || typed[length - 1] === undefined)
        throw new Error(`${column.name} has no typed array of its rows`)
    }
  }
}

await taskLoop<Task>(async (task) => {
  const { url, shape, sql, check } = task
  if (shape === 'connect') return reconnect(task)
  if (shape === 'frames') return drain(url, sql)
  let connection = connections.get(url)
  if (connection === undefined) connections.set(url, (connection = await connect({ url })))
  if (shape === 'points') return points(connection, task)
  const result = await connection.query(sql)
  if (shape === 'columns' || shape === 'joined') {
    const block = await result.columns()
    touch(block, shape === 'joined')
    return block.rows
  }
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
    for await (const block of result.blocks()) {
      touch(block, false)
      rows += block.rows
    }
  } else if (shape === 'values') {
    for await (const block of result.blocks()) for (const row of block.values()) rows += row.length > 0 ? 1 : 0
  } else {
    for await (const row of result) rows += row === null ? 0 : 1
  }
  return rows
})
