import { serve } from 'taosts-embedded'
import { type Bar, notRun, printTable } from '../bars.ts'
import type { Verdict } from './runners/judge.ts'
import { install, RUNTIMES, type Runtime } from './runtimes.ts'

/** The compiled client on every runtime: its imports, and the specs over WebSocket and REST against one embedded server. */
export async function run(): Promise<Bar[]> {
  const server = await serve({ port: 0 })
  const transports = { WebSocket: server.url, REST: server.restUrl }
  const bars: Bar[] = []
  const rows: Record<string, string>[] = []
  const failures: string[] = []
  try {
    for (const runtime of RUNTIMES) {
      const columns = await judged(runtime, transports, failures)
      bars.push(...columns)
      const figure = (what: string) => String((columns.find(({ name }) => name.endsWith(what)) ?? columns[0]!).figure)
      rows.push({ runtime: runtime.name, imports: figure('imports'), WebSocket: figure('WebSocket'), REST: figure('REST') })
    }
  } finally {
    await server.close()
  }
  printTable(rows)
  for (const failure of failures) console.log(`  ${failure}`)
  return bars
}

async function judged(runtime: Runtime, transports: Readonly<Record<string, string>>, failures: string[]): Promise<Bar[]> {
  let directory: string
  try {
    directory = await install(runtime)
  } catch (error) {
    // What cannot be had here says nothing about the client.
    return [{ ...notRun(runtime.name, `cannot be installed: ${firstLine(error)}`), holds: true }]
  }
  let verdict: Verdict
  try {
    verdict = await runtime.judge(directory, Object.values(transports))
  } catch (error) {
    failures.push(`${runtime.name}: ${error instanceof Error ? error.message : String(error)}`)
    return [{ name: runtime.name, figure: 'broke off', bar: 'all', holds: false }]
  }
  const imports = Object.entries(verdict.imports)
  const broken = imports.filter(([, error]) => error !== '')
  for (const [name, error] of broken) failures.push(`${runtime.name}: import '${name}': ${error}`)
  return [
    bar(`${runtime.name}: imports`, imports.length - broken.length, broken.length),
    ...Object.entries(transports).map(([transport, url]) => {
      const applying = (verdict.outcomes[url] ?? []).filter(({ outcome }) => outcome !== 'does not apply')
      const failed = applying.filter(({ outcome }) => outcome === 'failed')
      for (const { group, name, error } of failed) failures.push(`${runtime.name} over ${transport}: ${group}: ${name}: ${error}`)
      return bar(`${runtime.name}: specs over ${transport}`, applying.length - failed.length, failed.length)
    }),
  ]
}

const bar = (name: string, passed: number, failed: number): Bar => ({
  name,
  figure: `${passed}/${passed + failed}`,
  bar: 'all',
  holds: failed === 0 && passed > 0,
})

const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split('\n').filter(Boolean).at(0) ?? ''
