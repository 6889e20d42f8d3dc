import fc from 'fast-check'
import { type Served, serve } from 'taosts-embedded'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { overEngine, overRest, overWebSocket, type Way } from '../ways.ts'
import { loadData } from './dataset.ts'
import { anyQuery } from './queries.ts'

let served: Served
let inProcess: Way
let rest: Way
let webSocket: Way

beforeAll(async () => {
  served = await serve({ port: 0 })
  inProcess = overEngine(served.engine)
  rest = overRest(served.restUrl)
  webSocket = await overWebSocket(served.url)
  await loadData(inProcess)
}, 60_000)

afterAll(async () => {
  await rest.close()
  await webSocket.close()
  await served.close()
})

const plain = (answer: object) =>
  JSON.parse(
    JSON.stringify(answer, (key, value: unknown) => (key === 'timing' ? undefined : typeof value === 'bigint' ? `${value}n` : value)),
  )

test('a query answers the same in-process, over REST and over WebSocket', async () => {
  await fc.assert(
    fc.asyncProperty(anyQuery, async (sql) => {
      const expected = plain(await inProcess.run(sql))
      expect(plain(await rest.run(sql)), `REST: ${sql}`).toEqual(expected)
      expect(plain(await webSocket.run(sql)), `WebSocket: ${sql}`).toEqual(expected)
    }),
    { numRuns: Number(process.env['TAOSTS_RUNS'] ?? 60) },
  )
}, 120_000)
