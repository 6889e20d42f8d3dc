import { connect } from 'taosts'
import { atLeast, atMost, type Bar, notRun, printTable } from '../conformance/bars.ts'
import { Children, client } from './children.ts'
import { BASE } from './meters.ts'
import { interleave, type Participant, type Sample, summary } from './participant.ts'
import { goProgram, python } from './peers.ts'
import { startServer } from './server.ts'

/** Point queries a second by 1, 32 and 256 users at once, connecting, and memory after many queries: beside taos-ws-py and driver-go. */
export async function latencyBench(options: { short: boolean }): Promise<Bar[]> {
  const count = options.short ? 1000 : 4000
  const rounds = options.short ? 2 : 4
  using children = new Children()
  const server = await startServer()
  try {
    await load(server.url)
    const queries = Array.from({ length: 100 }, (_, i) => `SELECT ts, current, voltage, phase FROM bench.p WHERE ts = ${BASE + i * 37_000}`)
    const interpreter = await python()
    const go = await goProgram(client('go'), 'bench')
    const clients: Record<string, Participant> = { taosts: await children.script('taosts', 'ours.ts') }
    if (interpreter) clients['taos-ws-py'] = await children.program('taos-ws-py', interpreter, [client('taos_ws.py')])
    if (go) clients['driver-go'] = await children.program('driver-go', go)
    const kinds = (kind: 'points' | 'connect') => ({ kind, shape: kind, url: server.url })
    const each = (task: object): Record<string, () => Promise<Sample>> =>
      Object.fromEntries(Object.entries(clients).map(([name, peer]) => [name, () => peer.run(task)]))

    const lines: Record<string, string | number>[] = []
    const figures = new Map<string, { rate: number; cpu: number }>()
    for (const users of [1, 32, 256]) {
      const asked = users === 1 ? Math.ceil(count / 2) : count
      const samples = await interleave(rounds, each({ ...kinds('points'), queries, users, count: asked }))
      for (const [name, runs] of Object.entries(samples)) {
        const rate = asked / summary(runs, (run) => run.wall).min
        const cpu = (summary(runs, (run) => run.cpu).min / asked) * 1e6
        figures.set(`${name} ${users}`, { rate, cpu })
        lines.push({
          'point queries': name,
          users,
          'queries/s (best)': Math.round(rate),
          'client µs CPU/query min': Number(cpu.toFixed(1)),
        })
      }
    }
    printTable(lines)
    // Connecting runs code of many places once each: engines that compile while they run need some thousand times to have all of it compiled.
    const connections = 100
    const connects = await interleave(6 * rounds, each({ ...kinds('connect'), count: connections }), 20)
    const took = (name: string) => summary(connects[name]!, (run) => (run.wall / connections) * 1000)
    const open = (name: string) => took(name).min
    printTable(
      Object.keys(connects).map((name) => ({
        connecting: name,
        'ms min': Number(open(name).toFixed(2)),
        'ms median': Number(took(name).median.toFixed(2)),
      })),
    )

    const of = (name: string, users: number) => figures.get(`${name} ${users}`)!
    const against = (name: string, peer: string, judge: (name: string) => Bar): Bar =>
      clients[peer] === undefined ? notRun(name, 'it or its toolchain is absent') : judge(name)
    return [
      ...[32, 256].map((users) =>
        against(`latency: point queries a second against taos-ws-py, ${users} users`, 'taos-ws-py', (name) =>
          atLeast(name, of('taosts', users).rate / of('taos-ws-py', users).rate, 2),
        ),
      ),
      against('latency: client CPU a query against driver-go, 32 users', 'driver-go', (name) =>
        atMost(name, of('taosts', 32).cpu / of('driver-go', 32).cpu, 1.3),
      ),
      against('latency: connecting against taos-ws-py', 'taos-ws-py', (name) => atMost(name, open('taosts') / open('taos-ws-py'), 1)),
      await memoryBar(clients['taosts']!, { ...kinds('points'), queries, users: 1 }, options.short ? 500 : 2000),
    ]
  } finally {
    await server.stop()
  }
}

async function load(url: string): Promise<void> {
  await using connection = await connect({ url })
  await connection.execute('CREATE DATABASE bench KEEP 36500 VGROUPS 1')
  await connection.execute('CREATE TABLE bench.p (ts TIMESTAMP, current FLOAT, voltage INT, phase FLOAT)')
  const rows = Array.from({ length: 5000 }, (_, i) => `(${BASE + i * 1000}, ${i / 100}, ${i}, 0.5)`)
  await connection.execute(`INSERT INTO bench.p VALUES ${rows.join(' ')}`)
}

/** RSS after five times as many queries as at first, one after another. */
async function memoryBar(ours: Participant, task: object, count: number): Promise<Bar> {
  const early = await ours.run({ ...task, count })
  const late = await ours.run({ ...task, count: count * 4 })
  const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20)
  printTable([
    { memory: `RSS after ${count} more queries, MB`, figure: megabytes(early.rss!) },
    { memory: `RSS after ${count * 5} more queries, MB`, figure: megabytes(late.rss!) },
  ])
  return atMost(`latency: RSS after ${count * 5} sequential queries against after ${count}`, late.rss! / early.rss!, 1.1)
}
