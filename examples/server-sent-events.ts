import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { type Connection, toJson } from 'taosts'

/**
 * Rows of a subscription as server-sent events: `new EventSource('/readings')` gets what is written from now on. Each listener is a consumer group
 * of its own, and its consumer is closed when it leaves.
 */
export function serverSentEvents(connection: Connection): Hono {
  const app = new Hono()
  app.get('/readings', (c) => {
    const { signal } = c.req.raw
    return streamSSE(
      c,
      async (events) => {
        await using consumer = await connection.subscribe('readings', { groupId: randomUUID(), offsetReset: 'latest', signal })
        await events.writeSSE({ event: 'open', data: '' })
        for await (const message of consumer) for (const row of message) await events.writeSSE({ data: toJson(row) })
      },
      async (error) => {
        if (!signal.aborted) console.error(error)
      },
    )
  })
  return app
}
