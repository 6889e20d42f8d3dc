import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPool, isTaosError } from 'taosts'

// A service on a pool: a query ends when its client goes away, and rows are sent as they arrive. With a framework: hono.ts and fastify.ts.
const pool = createPool({ max: 4 })

/** Aborts when the client leaves before the answer is complete. */
function goneSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => {
    if (!response.writableEnded) controller.abort(new Error('the client went away'))
  })
  return controller.signal
}

export const server = createServer(async (request, response) => {
  const signal = goneSignal(response)
  const url = new URL(request.url ?? '/', 'http://localhost')
  try {
    const result = await pool.query<{ ts: Date; current: number }>(
      'SELECT ts, current FROM service_example.meters WHERE location = ? ORDER BY ts',
      [url.searchParams.get('location') ?? 'Paris'],
      { signal },
    )
    response.setHeader('content-type', 'application/x-ndjson')
    for await (const row of result) if (!response.write(`${JSON.stringify(row)}\n`)) await once(response, 'drain', { signal })
    response.end()
  } catch (error) {
    if (signal.aborted) return
    response.statusCode = isTaosError(error) && error.retryable ? 503 : 500
    response.end(isTaosError(error) ? error.message : 'internal error')
  }
})

await pool.execute('CREATE DATABASE IF NOT EXISTS service_example KEEP 36500')
await pool.execute('CREATE STABLE IF NOT EXISTS service_example.meters (ts TIMESTAMP, current FLOAT) TAGS (location VARCHAR(64))')
await pool.execute(
  `INSERT INTO service_example.d1 USING service_example.meters TAGS ('Paris') VALUES (1700000000000, 1.5) (1700000001000, 2.5)`,
)
server.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
console.log('listening on', port)

// What a client sees; then a client that leaves at once.
console.log((await (await fetch(`http://127.0.0.1:${port}/?location=Paris`)).text()).trim())
const leaving = new AbortController()
const left = fetch(`http://127.0.0.1:${port}/`, { signal: leaving.signal }).catch((error: Error) => error.name)
leaving.abort()
console.log('left:', await left)
server.closeAllConnections()
server.close()
await pool.close()
console.log('closed')
