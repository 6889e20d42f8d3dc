import { type Bar, notRun, printTable } from '../bars.ts'
import { startPeers } from './peers.ts'
import type { Peers } from './runners/connecting.ts'
import type { Verdict } from './runners/judge.ts'
import { install, RUNTIMES, type Runtime } from './runtimes.ts'

const WHAT = ['imports', 'connecting', 'WebSocket', 'REST'] as const

/** The compiled client on every runtime: its imports, connections that succeed and fail, and the specs over WebSocket and REST. */
export async function run(runtimes: readonly Runtime[] = RUNTIMES): Promise<Bar[]> {
  const peers = await startPeers()
  const bars: Bar[] = []
  const rows: Record<string, string>[] = []
  const failures: string[] = []
  try {
    for (const runtime of runtimes) {
      const figures = await judged(runtime, peers, failures)
      bars.push(...figures)
      rows.push({ runtime: runtime.name, ...Object.fromEntries(WHAT.map((what, i) => [what, String((figures[i] ?? figures[0]!).figure)])) })
    }
  } finally {
    await peers.close()
  }
  printTable(rows)
  for (const failure of failures) console.log(`  ${failure}`)
  return bars
}

/** One bar for each of WHAT, or one for all. */
async function judged(runtime: Runtime, peers: Peers, failures: string[]): Promise<Bar[]> {
  let directory: string
  try {
    directory = await install(runtime)
  } catch (error) {
    // What cannot be had here says nothing about the client.
    return [{ ...notRun(runtime.name, `cannot be installed: ${messageOf(error).split('\n')[0]}`), holds: true }]
  }
  let verdict: Verdict
  try {
    verdict = await runtime.judge(directory, peers)
  } catch (error) {
    failures.push(`${runtime.name}: ${messageOf(error)}`)
    return [{ name: runtime.name, figure: 'broke off', bar: 'all', holds: false }]
  }
  return WHAT.map((what) => {
    const applying = verdict[what].filter(({ outcome }) => outcome !== 'does not apply')
    const failed = applying.filter(({ outcome }) => outcome === 'failed')
    for (const { group, name, error } of failed) failures.push(`${runtime.name}, ${what}: ${group}: ${name}: ${error}`)
    return {
      name: `${runtime.name}: ${what}`,
      figure: `${applying.length - failed.length}/${applying.length}`,
      bar: 'all',
      holds: failed.length === 0 && applying.length > 0,
    }
  })
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
