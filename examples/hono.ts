import { Hono } from 'hono'
import { stream } from 'hono/streaming'
import { type Pool, toJson } from 'taosts'

/**
 * A service with Hono: rows as they arrive, a JSON text a line. When the client goes away its request's signal ends the query, and the server keeps
 * nothing of its result. `serve(hono(createPool(…)))` of @hono/node-server runs it on Node; Bun, Deno and workers take it as it is.
 */
export function hono(pool: Pool): Hono {
  const app = new Hono()
  app.get('/meters/:location', async (c) => {
    const { signal } = c.req.raw
    const result = await pool.query('SELECT ts, current FROM power.meters WHERE location = ? ORDER BY ts', [c.req.param('location')], {
      signal,
    })
    c.header('content-type', 'application/x-ndjson')
    return stream(
      c,
      async (out) => {
        for await (const row of result) await out.writeln(toJson(row))
      },
      async (error) => {
        if (!signal.aborted) console.error(error)
      },
    )
  })
  return app
}
