import { connect } from 'taosts'
import { atLeast, type Bar, notRun, printTable } from '../conformance/bars.ts'
import { Children, client } from './children.ts'
import { BASE, meterColumns } from './meters.ts'
import { cpuPerRow, interleave, type Sample, summary } from './participant.ts'
import { python } from './peers.ts'
import { startServer } from './server.ts'

const BATCH = 10_000

/** A topic of a million rows of meters: taosts beside taos-ws-py's Consumer on one server, client CPU a row; and a row's way to a waiting poll. */
export async function subscribeBench(options: { short: boolean }): Promise<Bar[]> {
  const rows = options.short ? 100_000 : 1_000_000
  const rounds = options.short ? 2 : 4
  using children = new Children()
  const server = await startServer()
  try {
    await load(server.url, rows)
    const { hostname: host, port } = new URL(server.url)
    const ours = await children.script('taosts', 'our-subscription.ts')
    const interpreter = await python()
    let group = 0
    const task = (shape: string) => ({ url: server.url, host, port, topic: 'bench_meters', group: `g${group++}`, shape, rows })
    const contenders: Record<string, () => Promise<Sample>> = {
      'taosts columns()': () => ours.run(task('columns')),
      'taosts objects': () => ours.run(task('objects')),
    }
    if (interpreter) {
      const peer = await children.program('taos-ws-py', interpreter, [client('taos_ws_subscription.py')])
      contenders['taos-ws-py Consumer'] = () => peer.run(task('rows'))
    }
    const samples = await interleave(rounds, contenders)
    for (const [name, runs] of Object.entries(samples)) {
      if (runs.some((run) => run.rows !== rows))
        throw new Error(`${name} consumed ${runs.map((run) => run.rows).join(', ')} rows of ${rows}`)
    }
    const rate = (name: string) => rows / summary(samples[name]!, (run) => run.wall).min
    const cpu = (name: string) => summary(samples[name]!, cpuPerRow).min
    printTable(
      Object.entries(samples).map(([name, runs]) => ({
        consumer: name,
        'µs CPU/row min': Number(cpu(name).toPrecision(3)),
        'µs CPU/row median': Number(summary(runs, cpuPerRow).median.toPrecision(3)),
        'rows/s (best)': Math.round(rate(name)),
      })),
    )
    const count = options.short ? 50 : 200
    const insert = 'INSERT INTO bench.d VALUES'
    const waits = await ours.run({ ...task('latency'), rows: count, insert, first: BASE + rows * 1000 })
    const p50 = Number(waits.p50!.toPrecision(3))
    printTable([{ 'insert to message': 'taosts, waiting poll', 'ms p50': p50 }])
    const against = (name: string, mine: string, least: number): Bar =>
      interpreter === undefined
        ? notRun(name, 'Python or its client is absent')
        : atLeast(name, cpu('taos-ws-py Consumer') / cpu(mine), least)
    return [
      against('subscribe: columns() against taos-ws-py, client CPU a row', 'taosts columns()', 4),
      against('subscribe: objects against taos-ws-py, client CPU a row', 'taosts objects', 1),
      { name: 'subscribe: insert to message, waiting poll, p50', figure: p50, bar: '≤ 20 ms', holds: p50 <= 20 },
    ]
  } finally {
    await server.stop()
  }
}

async function load(url: string, rows: number): Promise<void> {
  await using connection = await connect({ url })
  await connection.execute('CREATE DATABASE bench KEEP 36500 VGROUPS 1 WAL_RETENTION_PERIOD 36000')
  await connection.execute('CREATE TABLE bench.d (ts TIMESTAMP, current FLOAT, voltage INT, phase FLOAT)')
  await connection.execute('CREATE TOPIC bench_meters AS SELECT ts, current, voltage, phase FROM bench.d')
  await using insert = await connection.prepare('INSERT INTO bench.d VALUES (?, ?, ?, ?)')
  for (let first = 0; first < rows; first += BATCH) await insert.executeColumns({ columns: { ...meterColumns(BATCH, first) } })
}
