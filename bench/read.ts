import { fileURLToPath } from 'node:url'
import { atLeast, type Bar, notRun, printTable } from '../conformance/bars.ts'
import { cpuPerRow, interleave, Participant, type Sample, summary } from './participant.ts'
import { python } from './peers.ts'
import { loadMeters, startServer } from './server.ts'

/** Reading 2 million rows of meters (ts, float, int, float): taosts beside taos-ws-py, taosrest and, where `OFFICIAL_NODE_CONNECTOR` is a path to it, the official Node connector on one server: client CPU a row. */
export async function readBench(options: { short: boolean }): Promise<Bar[]> {
  const rows = options.short ? 200_000 : 2_000_000
  const rounds = options.short ? 3 : 7
  const server = await startServer()
  const participants: Participant[] = []
  const start = async (name: string, command: string, args: string[]) => {
    const participant = await Participant.start(name, command, args)
    participants.push(participant)
    return participant
  }
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
  try {
    await loadMeters(server.url, rows, 1)
    const sql = 'SELECT ts, current, voltage, phase FROM bench.d0'
    const ours = await start('taosts', process.execPath, ['--import', 'tsx', path('clients/ours.ts')])
    const interpreter = await python()
    const task = (url: string, shape: string) => () => ours.run({ url, shape, sql })
    const contenders: Record<string, () => Promise<Sample>> = {
      'taosts columns()': task(server.url, 'columns'),
      'taosts values()': task(server.url, 'values'),
      'taosts objects': task(server.url, 'objects'),
      'taosts REST objects': task(server.rest, 'objects'),
    }
    if (interpreter !== undefined) {
      const webSocket = await start('taos-ws-py', interpreter, [path('clients/taos_ws.py')])
      const rest = await start('taosrest', interpreter, [path('clients/taos_rest.py')])
      contenders['taos-ws-py'] = () => webSocket.run({ url: server.url, sql })
      contenders['taosrest'] = () => rest.run({ url: server.rest, sql })
    }
    const official = process.env['OFFICIAL_NODE_CONNECTOR']
    if (official) {
      const peer = await start('official Node connector', process.execPath, ['--import', 'tsx', path('clients/official-reads.ts')])
      contenders['official Node connector'] = () => peer.run({ url: server.url, sql })
    }
    const samples = await interleave(rounds, contenders)
    for (const [name, runs] of Object.entries(samples)) {
      if (runs.some((run) => run.rows !== rows)) throw new Error(`${name} read ${runs.map((run) => run.rows).join(', ')} rows of ${rows}`)
    }
    printTable(
      Object.entries(samples).map(([client, runs]) => ({
        client,
        'µs CPU/row min': Number(summary(runs, cpuPerRow).min.toPrecision(3)),
        'µs CPU/row median': Number(summary(runs, cpuPerRow).median.toPrecision(3)),
        'rows/s (best)': Math.round(rows / summary(runs, (run) => run.wall).min),
      })),
    )
    const cpu = (name: string) => summary(samples[name]!, cpuPerRow).min
    const peers: [string, string, string, number][] = [
      ['read: columns() against taos-ws-py, client CPU a row', 'taosts columns()', 'taos-ws-py', 4],
      ['read: values() against taos-ws-py, client CPU a row', 'taosts values()', 'taos-ws-py', 1.5],
      ['read: objects with Date against taos-ws-py, client CPU a row', 'taosts objects', 'taos-ws-py', 1],
      ['read: REST against taosrest, client CPU a row', 'taosts REST objects', 'taosrest', 5],
    ]
    if (official)
      peers.push(['read: values() against the official Node connector, client CPU a row', 'taosts values()', 'official Node connector', 1])
    return peers.map(([name, mine, theirs, least]) =>
      samples[theirs] === undefined ? notRun(name, 'Python or its client is absent') : atLeast(name, cpu(theirs) / cpu(mine), least),
    )
  } finally {
    for (const participant of participants) participant.stop()
    await server.stop()
  }
}
