import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import { BUNDLES, bundle } from './bundle.ts'
import type { Peers } from './runners/connecting.ts'
import type { Verdict } from './runners/judge.ts'

/** The longest that a runtime may take over everything, its end included. */
const PATIENCE_MS = 300_000

/** Runs the judge as a program of Node, Bun or Deno. */
export async function inProcess(command: string, args: readonly string[], peers: Peers): Promise<Verdict> {
  const program = await bundle('process')
  const output = await new Promise<string>((resolve, reject) => {
    const child = spawn(command, [...args, program, JSON.stringify(peers)], { stdio: ['ignore', 'pipe', 'pipe'], cwd: BUNDLES })
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
    let text = ''
    let errors = ''
    child.stdout.on('data', (piece: Buffer) => (text += piece.toString()))
    child.stderr.on('data', (piece: Buffer) => (errors = (errors + piece.toString()).slice(-4000)))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (code === 0) resolve(text)
      else reject(new Error(`ended with ${signal ?? code}${errors && `: ${errors.trim()}`}`))
    })
  })
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Verdict
}

/** As much of Playwright as is used here. */
interface Playwright {
  readonly chromium: { launch(options: object): Promise<{ newPage(): Promise<Page>; close(): Promise<void> }> }
}
interface Page {
  goto(url: string): Promise<unknown>
  waitForFunction(script: string): Promise<unknown>
  evaluate(script: string): Promise<unknown>
}

/** Runs the judge in a page of Chromium, served from an origin that is not the server's. `directory` holds Playwright. */
export async function inPage(directory: string, program: string, env: Record<string, string>, peers: Peers): Promise<Verdict> {
  const file = await bundle('page')
  const site = createServer(async (request, response) => {
    const script = request.url === `/${basename(file)}`
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html')
    response.end(script ? await readFile(file) : `<!doctype html><title>taosts</title><script type=module src=${basename(file)}></script>`)
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  const { chromium } = createRequire(join(directory, 'package.json'))('playwright-core') as Playwright
  const browser = await chromium.launch({ executablePath: program, args: ['--disable-gpu'], env: { ...process.env, ...env } })
  try {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`)
    await page.waitForFunction('globalThis.judge')
    return (await patiently(page.evaluate(`judge(${JSON.stringify(peers)})`))) as Verdict
  } finally {
    await browser.close()
    site.closeAllConnections()
    site.close()
  }
}

const WORKER = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "judge", worker = (
      modules = [(name = "worker", esModule = embed "worker.mjs")],
      compatibilityDate = "2026-11-01",
      globalOutbound = "everywhere",
    )),
    (name = "everywhere", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "judge")]
);
`

/** Runs the judge in a worker, by a request to it. */
export async function inWorker(program: string, peers: Peers): Promise<Verdict> {
  await bundle('worker')
  const config = join(BUNDLES, 'worker.capnp')
  await writeFile(config, WORKER)
  // It tells its port on descriptor 3.
  const child = spawn(program, ['serve', '--control-fd=3', config], { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr!.on('data', (piece: Buffer) => (errors = (errors + piece.toString()).slice(-4000)))
  const ended = new Promise<never>((_, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => reject(new Error(`workerd ended with ${signal ?? code}: ${errors.trim()}`)))
  })
  ended.catch(() => {})
  try {
    const port = await Promise.race([
      ended,
      new Promise<number>((resolve) =>
        child.stdio[3]!.once('data', (line: Buffer) => resolve((JSON.parse(line.toString()) as AddressInfo).port)),
      ),
    ])
    const asked = fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: JSON.stringify(peers) }).then(async (response) => {
      if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()} ${errors.trim()}`)
      return (await response.json()) as Verdict
    })
    return await patiently(Promise.race([ended, asked]))
  } finally {
    child.kill()
  }
}

async function patiently<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no verdict within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS)
  })
  return await Promise.race([work, late]).finally(() => clearTimeout(timer))
}
