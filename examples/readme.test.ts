import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { type Served, serve } from 'taosts-embedded'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** What the README shows, as it is printed: plain JavaScript that the oldest Node runs. */

const ROOT = fileURLToPath(new URL('..', import.meta.url))
let server: Served

beforeAll(async () => {
  server = await serve({ port: 0 })
})
afterAll(() => server.close())

function blocks(readme: string): [string, string] {
  const found = [...readFileSync(`${ROOT}/${readme}`, 'utf8').matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1]!)
  expect(found).toHaveLength(2)
  return [found[0]!, found[1]!]
}

function run(program: string): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], { cwd: ROOT })
  let out = ''
  let err = ''
  child.stdout.on('data', (piece) => {
    out += piece
  })
  child.stderr.on('data', (piece) => {
    err += piece
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })))
}

describe('the programs of the README run as they are printed', () => {
  it.each([
    ['README.md', 'WebSocket'],
    ['README.md', 'embedded'],
    ['README.zh-CN.md', 'WebSocket'],
  ])('%s over %s', { timeout: 180_000 }, async (readme, way) => {
    const [first, second] = blocks(readme)
    const at = first.lastIndexOf('await connection.close()')
    const program = `${first.slice(0, at)}${second}${first.slice(at)}`
      .replace("'embedded:'", way === 'embedded' ? "'embedded:'" : `'${server.url}'`)
      .replace("'ws://localhost:6041'", `'${server.url}'`)
    const { code, out, err } = await run(program)
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/_wstart: .*current: 10\.3/)
    expect(out.match(/ts: .*current: /g)!.length).toBeGreaterThan(1)
  })
})
