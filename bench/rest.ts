import { atLeast, type Bar, notRun, printTable } from '../conformance/bars.ts'
import { Children, client } from './children.ts'
import { cpuPerRow, interleave, type Sample, summary } from './participant.ts'
import { goProgram, python } from './peers.ts'
import { loadExact, startServer } from './server.ts'

/** Rows a second over REST, with a BIGINT beyond 2^53 that each client must add up to the same sum: taosts, taosrest and driver-go's taosRestful. */
export async function restBench(options: { short: boolean }): Promise<Bar[]> {
  const rows = options.short ? 100_000 : 500_000
  using children = new Children()
  const server = await startServer()
  try {
    await loadExact(server.url, rows)
    const sql = 'SELECT ts, big, current, voltage, phase FROM bench.exact'
    const ours = await children.script('taosts', 'ours.ts')
    const contenders: Record<string, () => Promise<Sample>> = {
      taosts: () => ours.run({ url: server.rest, sql, shape: 'objects', check: true }),
    }
    const interpreter = await python()
    if (interpreter !== undefined) {
      const peer = await children.program('taosrest', interpreter, [client('taos_rest.py')])
      contenders['taosrest'] = () => peer.run({ url: server.rest, sql, check: true })
    }
    const go = await goProgram(client('go'), 'bench')
    if (go !== undefined) {
      const peer = await children.program('driver-go', go)
      contenders['driver-go taosRestful'] = () => peer.run({ kind: 'read', url: server.rest, sql })
    }
    const samples = await interleave(options.short ? 8 : 12, contenders)
    const expected = samples['taosts']![0]!.check
    for (const [name, runs] of Object.entries(samples)) {
      const wrong = runs.find((run) => run.rows !== rows || run.check !== expected)
      if (wrong) throw new Error(`${name} read ${wrong.rows} rows with the sum ${wrong.check}: ${rows} with ${expected} are there`)
    }
    const speed = (name: string) => rows / summary(samples[name]!, (run) => run.wall).min
    printTable(
      Object.keys(samples).map((name) => ({
        'REST rows as the client gives them': name,
        'rows/s (best)': Math.round(speed(name)),
        'µs CPU/row min': Number(summary(samples[name]!, cpuPerRow).min.toPrecision(3)),
      })),
    )
    const against = (name: string, peer: string, least: number, absent: string): Bar =>
      samples[peer] === undefined ? notRun(name, absent) : atLeast(name, speed('taosts') / speed(peer), least)
    return [
      against('rest: rows a second against taosrest, 64-bit exact', 'taosrest', 5, 'Python or its client is absent'),
      against('rest: rows a second against driver-go taosRestful, 64-bit exact', 'driver-go taosRestful', 1, 'Go or its client is absent'),
    ]
  } finally {
    await server.stop()
  }
}
