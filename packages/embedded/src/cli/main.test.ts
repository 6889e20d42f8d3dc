import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const directory = mkdtempSync(join(tmpdir(), 'taosts-cli-'))
/** The command as it is installed, which runs what was built. */
const program = fileURLToPath(new URL('../../bin/taosts-embedded.cjs', import.meta.url))

afterAll(() => rmSync(directory, { recursive: true, force: true }))

interface Outcome {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
}

function run(args: readonly string[], input = ''): Promise<Outcome> {
  const child = start(args)
  let output = ''
  let errors = ''
  child.stdout!.on('data', (piece: Buffer) => {
    output += piece.toString()
  })
  child.stderr!.on('data', (piece: Buffer) => {
    errors += piece.toString()
  })
  child.stdin!.end(input)
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output, errors })))
}

test('serve prints its URL when it is ready, answers, and stops cleanly on a signal; the data stays', { timeout: 60_000 }, async () => {
  const data = join(directory, 'data')
  const child = start(['serve', '--port', '0', '--data', data, '--database', 'power'])
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout!.on('data', (piece: Buffer) => {
      const match = /http:\/\/\S+/.exec(piece.toString())
      if (match) resolve(match[0])
    })
    child.on('close', (code) => reject(new Error(`ended with ${code}`)))
  })
  const authorization = `Basic ${Buffer.from('root:taosdata').toString('base64')}`
  const sql = async (statement: string) =>
    (await (await fetch(`${url}/rest/sql/power`, { method: 'POST', body: statement, headers: { authorization } })).json()) as {
      code: number
    }
  expect(await sql('create table t (ts timestamp, v int)')).toMatchObject({ code: 0 })
  expect(await sql('insert into t values (now, 42)')).toMatchObject({ code: 0 })

  const second = await run(['serve', '--port', '0', '--data', data])
  expect(second.code).toBe(1)
  expect(second.errors).toMatch(/in use by another process/)

  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  child.kill('SIGTERM')
  expect(await ended).toBe(0)

  const shell = await run(['shell', '--data', data, 'select v from power.t'])
  expect(shell.output).toMatch(/v\n──\n42\n1 row/)
})

test('what cannot be served is refused with what to do', { timeout: 60_000 }, async () => {
  const open = await run(['serve', '--host', '0.0.0.0', '--port', '0'])
  expect([open.code, open.errors]).toEqual([2, expect.stringContaining('set --password')])
  const unknown = await run(['serve', '--prot', '1'])
  expect([unknown.code, unknown.errors]).toEqual([2, expect.stringContaining("'--prot'")])
  const nowhere = await run(['serve', '--timezone', 'Asia/Nowhere'])
  expect([nowhere.code, nowhere.errors]).toEqual([2, expect.stringContaining('not "Asia/Nowhere"')])
  const half = await run(['serve', '--tls-cert', '/nowhere/cert.pem'])
  expect([half.code, half.errors]).toEqual([2, expect.stringContaining('--tls-key')])
  const busy = createServer().listen(0, '127.0.0.1')
  await once(busy, 'listening')
  const { port } = busy.address() as AddressInfo
  const second = await run(['serve', '--port', String(port)])
  busy.close()
  expect([second.code, second.errors]).toEqual([2, expect.stringContaining(`port ${port} of 127.0.0.1 is in use: stop what listens there`)])
  const file = join(directory, 'a-file')
  writeFileSync(file, '')
  const noDirectory = await run(['serve', '--port', '0', '--data', file])
  expect([noDirectory.code, noDirectory.errors]).toEqual([1, expect.stringContaining(`${file} cannot be made: a file is in its place`)])
  const help = await run(['serve', '--help'])
  expect([help.code, help.output]).toEqual([0, expect.stringContaining('--query-timeout S')])
  for (const command of ['serve', 'shell', 'import', 'export', 'generate-types']) expect(help.output).toContain(`  taosts ${command} `)
})

test('a CSV file goes in and comes out again, through a shell that reads its input', { timeout: 60_000 }, async () => {
  const data = join(directory, 'csv')
  const file = join(directory, 'rows.csv')
  const texts = '2023-11-14T22:13:22.000Z,2,""\n2023-11-14T22:13:23.000Z,3,"NULL"\n2023-11-14T22:13:24.000Z,4,\n'
  writeFileSync(file, `\ufeffts,v,s\n2023-11-14 22:13:20.000,1,"a,b"\n2023-11-14 22:13:21.000,,it's\n${texts}`)
  const created = await run(['shell', '--data', data], 'create database d;\ncreate table d.t (ts timestamp, v int, s nchar(10));')
  expect(created.code).toBe(0)
  expect((await run(['import', '--data', data, 'd.t', file])).output).toBe('5 rows written\n')
  expect((await run(['export', '--data', data, 'select * from d.t'])).output).toBe(
    `ts,v,s\n2023-11-14T22:13:20.000Z,1,"a,b"\n2023-11-14T22:13:21.000Z,,it's\n${texts}`,
  )
})
