import { spawn } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { startServer, type TestServer } from 'taosts-embedded/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'

/** The examples of other libraries, each run as a user runs it: as a program of its own, against a server. */

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

async function output(name: string): Promise<string> {
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1', TAOS_URL: server.url }
  delete env['NODE_OPTIONS']
  const file = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', file], { env })
  let out = ''
  let err = ''
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString()
  })
  child.stderr.on('data', (data: Buffer) => {
    err += data.toString()
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return out
}

it('kysely.ts', async () => {
  const lines = (await output('kysely')).trim().split('\n')
  expect(lines).toEqual([
    'Paris 2026-01-01T00:00:00.000Z 2.95 222',
    'Paris 2026-01-01T00:01:00.000Z 8.95 222',
    'Rome 2026-01-01T00:00:00.000Z 2.95 222',
    'Rome 2026-01-01T00:01:00.000Z 8.95 222',
    'streamed: 240',
  ])
})

it('drizzle.ts', async () => {
  expect(await output('drizzle')).toBe('Paris 2026-01-01T00:00:00.000Z 14.5\nParis 2026-01-01T00:01:00.000Z 44.5\n')
})

it('arrow.ts', async () => {
  const out = await output('arrow')
  expect(out).toContain('table: 1000 ts Timestamp<MILLISECOND, UTC>, current Float32, location Dictionary<Int32, Utf8>\n')
  expect(out).toContain('read back: 1000 Paris\nbatches: 1000\nwritten: 1000\n')
})

it('service.ts', async () => {
  const out = await output('service')
  expect(out).toContain('{"ts":"2023-11-14T22:13:20.000Z","current":1.5}\n{"ts":"2023-11-14T22:13:21.000Z","current":2.5}\n')
  expect(out).toContain('left: AbortError\nclosed\n')
})

it('validated-rows.ts', async () => {
  const refused = 'refused: row 1: Too small: expected number to be >=0\n'
  expect(await output('validated-rows')).toBe(`valid: 2023-11-14T22:13:20.000Z 1.5 FIRST\n${refused}at: 1.current\n`)
})

it('polars.ts', async () => {
  expect(await output('polars')).toBe(
    "{ location: 'Paris', average: 11.5 }\n{ location: 'Rome', average: 21.5 }\nfrom Parquet: { height: 1200, width: 3 }\n",
  )
})

it('duckdb.ts', async () => {
  const rows = [
    "{ location: 'Paris', average: 11.5, latest: '2026-01-01 00:09:59+00' }",
    "{ location: 'Rome', average: 21.5, latest: '2026-01-01 00:09:59+00' }",
  ]
  expect((await output('duckdb')).replace(/\s+/g, ' ').trim()).toBe(rows.join(' '))
})

it('arquero.ts', async () => {
  expect(await output('arquero')).toBe(
    "{ location: 'Rome', highest: 23, readings: 600 }\n{ location: 'Paris', highest: 13, readings: 600 }\n",
  )
})

it('plot.ts', async () => {
  const svg = await output('plot')
  expect(svg).toMatch(/^<svg .*<\/svg>\n$/s)
  expect(svg.match(/<path [^>]*stroke="#/g)).toHaveLength(2)
})
