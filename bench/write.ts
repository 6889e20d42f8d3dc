import { connect } from 'taosts'
import { atLeast, type Bar, notRun, printTable } from '../conformance/bars.ts'
import { Children, client } from './children.ts'
import { encodingBar } from './encoding.ts'
import { cpuPerRow, interleave, type Participant, type Sample, summary } from './participant.ts'
import { jdbc, python } from './peers.ts'
import { startServer } from './server.ts'

/** A million rows of meters into 1 and into 1000 subtables: taosts beside taos-ws-py's stmt2 and JDBC's batches on one server. */
export async function writeBench(options: { short: boolean }): Promise<Bar[]> {
  const rows = options.short ? 250_000 : 1_000_000
  const rounds = options.short ? 6 : 4
  using children = new Children()
  const server = await startServer()
  try {
    // A process each: what one leaves behind, garbage and the shapes that compiled code has seen, is not the other's.
    const [columns, objects] = [await children.script('taosts', 'our-writes.ts'), await children.script('taosts', 'our-writes.ts')]
    const interpreter = await python()
    const java = await jdbc()
    const official = process.env['OFFICIAL_NODE_CONNECTOR']
    const peers: Record<string, Participant> = {}
    if (interpreter) peers['taos-ws-py stmt2'] = await children.program('taos-ws-py', interpreter, [client('taos_ws_writes.py')])
    if (java) peers['JDBC batches'] = await children.program('JDBC', java.java, ['-cp', java.jar, client('java/Writes.java')])
    if (official) peers['official Node connector'] = await children.script('official Node connector', 'official-writes.ts')
    const bars: Bar[] = []
    for (const tables of [1, options.short ? 250 : 1000]) {
      const contenders: Record<string, () => Promise<Sample>> = {}
      const add = async (name: string, participant: Participant, shape?: string): Promise<void> => {
        const stable = `w${tables}_${Object.keys(contenders).length}_`
        await prepareTables(server.url, stable)
        let first = 0
        contenders[name] = () => {
          const task = { url: server.url, stable, tables, rows, first, shape, connector: official }
          first += rows / tables
          return participant.run(task)
        }
      }
      await add('taosts, typed arrays', columns, 'columns')
      await add('taosts, objects', objects, 'objects')
      for (const [name, peer] of Object.entries(peers)) await add(name, peer)
      const inPython = peers['taos-ws-py stmt2']
      if (inPython) await add('taos-ws-py stmt2, from dicts', inPython, 'rows')
      // Messages are few: compilers, the JVM's too, need some rounds until they have seen enough of them.
      bars.push(...judge(await interleave(rounds, contenders, options.short ? 12 : 3), rows, tables, { official: official !== undefined }))
    }
    bars.push(encodingBar(rounds))
    return bars
  } finally {
    await server.stop()
  }
}

async function prepareTables(url: string, stable: string): Promise<void> {
  await using connection = await connect({ url })
  await connection.execute('CREATE DATABASE IF NOT EXISTS bench KEEP 36500 VGROUPS 1')
  await connection.execute(
    `CREATE STABLE bench.${stable} (ts TIMESTAMP, current FLOAT, voltage INT, phase FLOAT) TAGS (groupid INT, location VARCHAR(64))`,
  )
  await connection.execute(`CREATE TABLE bench.${stable}0 USING bench.${stable} TAGS (1, 'California.SanFrancisco')`)
}

function judge(samples: Record<string, Sample[]>, rows: number, tables: number, { official }: { official: boolean }): Bar[] {
  const cpu = (name: string) => summary(samples[name]!, cpuPerRow).min
  const speed = (name: string) => rows / summary(samples[name]!, (run) => run.wall).min
  for (const [name, runs] of Object.entries(samples)) {
    if (runs.some((run) => run.rows !== rows)) throw new Error(`${name} wrote ${runs.map((run) => run.rows).join(', ')} rows of ${rows}`)
  }
  printTable(
    Object.keys(samples).map((name) => ({
      [`${rows} rows into ${tables} ${tables === 1 ? 'table' : 'tables'}`]: name,
      'µs CPU/row min': Number(cpu(name).toPrecision(3)),
      'rows/s (best)': Math.round(speed(name)),
    })),
  )
  const where = `into ${tables} ${tables === 1 ? 'table' : 'tables'}`
  const bar = (what: string, peer: string, least: number, figure: (peer: string) => number): Bar => {
    const name = `write: ${what} against ${peer}, ${where}`
    return samples[peer] === undefined ? notRun(name, 'it or its toolchain is absent') : atLeast(name, figure(peer), least)
  }
  const columns = 'taosts, typed arrays'
  return [
    bar('typed arrays, client CPU a row,', 'taos-ws-py stmt2', 4, (peer) => cpu(peer) / cpu(columns)),
    bar('typed arrays, client CPU a row,', 'JDBC batches', 2, (peer) => cpu(peer) / cpu(columns)),
    bar('typed arrays, rows a second,', 'taos-ws-py stmt2', 1.5, (peer) => speed(columns) / speed(peer)),
    bar('typed arrays, rows a second,', 'JDBC batches', 1.5, (peer) => speed(columns) / speed(peer)),
    // Objects with a Date beside dicts with a datetime: lists a column are no rows.
    bar('objects, client CPU a row,', 'taos-ws-py stmt2, from dicts', 1.5, (peer) => cpu(peer) / cpu('taosts, objects')),
    ...(official ? [bar('typed arrays, client CPU a row,', 'official Node connector', 8, (peer) => cpu(peer) / cpu(columns))] : []),
  ]
}
