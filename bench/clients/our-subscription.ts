import { type Connection, type Consumer, connect } from 'taosts'
import { type Done, taskLoop } from './task-loop.ts'

/** taosts as a participant that consumes a topic: `columns` has each column of a message as a typed array, `objects` each row as an object. */
interface Task {
  readonly url: string
  readonly shape: 'columns' | 'objects' | 'latency'
  readonly topic: string
  readonly group: string
  /** Rows to consume; of `latency` messages to wait for. */
  readonly rows: number
  /** Of `latency`: the INSERT up to its row. */
  readonly insert: string
  readonly first: number
}

const connections = new Map<string, Connection>()

async function consume(consumer: Consumer, { shape, rows: wanted }: Task): Promise<Done> {
  const cpu = process.cpuUsage()
  const begin = performance.now()
  let rows = 0
  for await (const message of consumer) {
    if (shape === 'columns') {
      for (const table of message.tables) {
        let shortest = table.rowCount
        for (const { typed } of table.columns().columns) shortest = Math.min(shortest, typed!.length)
        rows += shortest
      }
    } else {
      for (const row of message) rows += row === null ? 0 : 1
    }
    if (rows >= wanted) break
  }
  const wall = (performance.now() - begin) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return { rows, cpu: (user + system) / 1e6, wall }
}

/** From the INSERT's call to the row in hand of a poll that waits for it already. */
async function latency(connection: Connection, consumer: Consumer, { insert, first, rows: count }: Task): Promise<Done> {
  const times = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const polled = consumer.poll(5)
    // The poll is under way on the server.
    await new Promise((resolve) => setTimeout(resolve, 10))
    const begin = performance.now()
    const inserted = connection.execute(`${insert} (${first + i}, 1, 2, 3)`)
    const message = await polled
    times[i] = performance.now() - begin
    await inserted
    if (message?.rowCount !== 1) throw new Error(`${message?.rowCount} rows came, not one`)
  }
  return { rows: count, p50: times.sort()[count >> 1]!, p99: times[Math.floor(count * 0.99)]! }
}

await taskLoop<Task>(async (task) => {
  const { url, shape, topic, group } = task
  let connection = connections.get(url)
  if (connection === undefined) connections.set(url, (connection = await connect({ url })))
  const offsetReset = shape === 'latency' ? 'latest' : 'earliest'
  await using consumer = await connection.subscribe(topic, { groupId: group, offsetReset, autoCommit: false })
  if (shape !== 'latency') return await consume(consumer, task)
  // Where `latest` is, is settled by the first poll.
  await consumer.poll(0.2)
  return await latency(connection, consumer, task)
})
