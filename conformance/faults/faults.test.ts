import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Served, serve } from 'taosts-embedded'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FAULTS, STAGES } from './fault-proxy.ts'
import { runMatrix } from './matrix.ts'
import { restarts, storm } from './storm.ts'

let server: Served

beforeAll(async () => {
  server = await serve({ port: 0 })
})

afterAll(async () => {
  await server.close()
})

test('every fault at every stage ends as it should: no hang, no leak, no unhandled rejection, and the connection works again', async () => {
  const cells = await runMatrix(server)
  expect(cells).toHaveLength(STAGES.length * FAULTS.length)
  expect(cells.filter(({ outcome, expected, defect }) => outcome !== expected || defect !== '')).toEqual([])
}, 120_000)

test('proxies that die in turn under many users: reads complete, nothing is written twice', async () => {
  const report = await storm(server, 4, 50)
  expect(report.defects).toEqual([])
  expect(report.proxiesKilled).toBeGreaterThan(0)
  expect(report.reconnects).toBeGreaterThan(0)
  expect(report.reads).toBeGreaterThan(0)
}, 120_000)

test('a server that is restarted on its data: every insert that may be repeated arrives, once acknowledged it stays', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'taosts-restarts-'))
  try {
    const { written, defects } = await restarts(directory, 3, 8)
    expect(defects).toEqual([])
    expect(written).toBeGreaterThanOrEqual(4 * 2 * 8)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}, 120_000)
