import { spawn } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { connect } from 'taosts'
import { type Served, serve } from 'taosts-embedded'
import { afterAll, beforeAll, expect, it } from 'vitest'

let servers: Served[]

beforeAll(async () => {
  servers = [await serve({ port: 0 }), await serve({ port: 0 })]
})
afterAll(async () => {
  for (const server of servers) await server.close()
})

async function replicate(): Promise<string> {
  const env = { ...process.env, TAOS_URL: servers[0]!.url, TAOS_COPY_URL: servers[1]!.url }
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('replicate.ts', import.meta.url))], { env })
  let out = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (out += data.toString()))
  await new Promise((resolve) => child.once('close', resolve))
  return out
}

it('replicate.ts copies rows and changes of tables, and goes on where it was', async () => {
  await using source = await connect(servers[0]!.url)
  await source.execute('CREATE DATABASE power KEEP 36500 WAL_RETENTION_PERIOD 3600')
  await source.execute('CREATE STABLE power.meters (ts TIMESTAMP, current FLOAT, voltage INT) TAGS (groupid INT, location NCHAR(20))')
  await source.execute("CREATE TABLE power.d1 USING power.meters TAGS (2, '巴黎')")
  await source.insert('power.d1', [
    { ts: new Date(1), current: 10.3, voltage: 219 },
    { ts: new Date(2), current: null, voltage: -1 },
  ])
  expect(await replicate()).toMatch(/copied 2 rows in \d+ messages/)
  await source.execute('ALTER TABLE power.meters ADD COLUMN phase DOUBLE')
  await source.insert('power.meters', [{ tbname: 'd2', groupid: 3, ts: new Date(3), phase: 0.5 }])
  expect(await replicate()).toMatch(/copied 1 rows in \d+ messages/)
  await using copy = await connect({ url: servers[1]!.url, database: 'power_copy' })
  const all = 'SELECT tbname, ts, current, voltage, phase, groupid, location FROM meters ORDER BY tbname, ts'
  expect(await copy.sql`${copy.sql.raw(all)}`.values()).toEqual([
    ['d1', new Date(1), 10.3, 219, null, 2, '巴黎'],
    ['d1', new Date(2), null, -1, null, 2, '巴黎'],
    ['d2', new Date(3), null, null, 0.5, 3, null],
  ])
}, 60_000)
