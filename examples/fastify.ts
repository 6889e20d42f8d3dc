import { Readable } from 'node:stream'
import createFastify, { type FastifyInstance } from 'fastify'
import { type Pool, toJson } from 'taosts'

/**
 * A service with Fastify: rows as they arrive, a JSON text a line. When the client goes away its request's signal ends the query, and the server
 * keeps nothing of its result. `fastify(createPool(…)).listen({ port: 3000 })` runs it.
 */
export function fastify(pool: Pool): FastifyInstance {
  const app = createFastify()
  app.get<{ Params: { location: string } }>('/meters/:location', async ({ params, signal }, reply) => {
    const result = await pool.query('SELECT ts, current FROM power.meters WHERE location = ? ORDER BY ts', [params.location], { signal })
    async function* lines(): AsyncGenerator<string> {
      for await (const row of result) yield `${toJson(row)}\n`
    }
    return reply.type('application/x-ndjson').send(Readable.from(lines()))
  })
  return app
}
