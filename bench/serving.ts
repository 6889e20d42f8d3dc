import { connect } from 'taosts'
import { atLeast, atMost, type Bar, printTable } from '../conformance/bars.ts'
import { Children } from './children.ts'
import { loadBars, type Served } from './load.ts'
import { interleave, type Participant, type Sample, summary } from './participant.ts'

/** Rows of one table that the client sends in a message. */
const ROWS_PER_MESSAGE = 32_000

/** What the server adds: to DuckDB when many rows are read or written, and to the engine when one row is. */
export async function serverBench(options: { short: boolean }): Promise<Bar[]> {
  const rows = options.short ? 1_000_000 : 2_000_000
  const rounds = options.short ? 3 : 5
  using children = new Children()
  const serving = await children.script('server', 'serving.ts')
  const ours = await children.script('taosts', 'ours.ts')
  const writer = await children.script('taosts, writing', 'our-writes.ts')
  const { url, rest } = (await serving.run({ kind: 'start' })) as Sample & Served
  await using connection = await connect({ url })
  await connection.execute('CREATE DATABASE bench KEEP 36500 VGROUPS 1')
  await connection.execute('CREATE STABLE bench.w (ts TIMESTAMP, current FLOAT, voltage INT, phase FLOAT) TAGS (groupid INT)')
  await connection.execute('CREATE TABLE bench.w0 USING bench.w TAGS (1)')

  let first = 0
  const part = rows / (rounds + 1)
  const writes = await interleave(rounds, {
    'bare appender, all at once': () => serving.run({ kind: 'bare-append', rows: part, flush: part }),
    'bare appender, a message at a time': () => serving.run({ kind: 'bare-append', rows: part, flush: ROWS_PER_MESSAGE }),
    'stmt2 over WebSocket': () => {
      const task = { url, shape: 'columns', stable: 'w', tables: 1, rows: part, first }
      first += part
      return withServer(serving, () => writer.run(task))
    },
  })
  const sql = 'SELECT ts, current, voltage, phase FROM bench.w0'
  const reads = await interleave(rounds, {
    'DuckDB, raw vectors': () => serving.run({ kind: 'bare-drain', rows: part * (rounds + 1) }),
    'WebSocket, blocks': () => withServer(serving, () => ours.run({ url, shape: 'blocks', sql })),
    'REST JSON, blocks': () => withServer(serving, () => ours.run({ url: rest, shape: 'blocks', sql })),
  })
  const all = { ...writes, ...reads }
  const cpu = (name: keyof typeof all) => summary(all[name], (run) => ((run.server ?? run.cpu) / run.rows) * 1e6).min
  const speed = (name: keyof typeof all) => 1 / summary(all[name], (run) => run.wall / run.rows).min
  printTable(
    (Object.keys(all) as (keyof typeof all)[]).map((name) => ({
      [`${rows} rows`]: name,
      "server's µs CPU/row min": Number(cpu(name).toPrecision(3)),
      'rows/s (best)': Math.round(speed(name)),
    })),
  )
  return [
    atMost(
      "server: its share of a read over WebSocket against DuckDB's raw vectors, CPU",
      cpu('WebSocket, blocks') / cpu('DuckDB, raw vectors'),
      2,
    ),
    atLeast('server: REST JSON against WebSocket, rows a second', speed('REST JSON, blocks') / speed('WebSocket, blocks'), 0.25),
    atLeast(
      "server: its share of stmt2's inserts against a bare appender, CPU",
      cpu('bare appender, all at once') / cpu('stmt2 over WebSocket'),
      0.5,
    ),
    // Here either's rows can be read when a message's worth of them has been taken.
    atLeast(
      "server: its share of stmt2's inserts against a bare appender that gets a message's rows at a time, CPU",
      cpu('bare appender, a message at a time') / cpu('stmt2 over WebSocket'),
      0.5,
    ),
    ...(await pointBars(url, ours, options.short ? 300 : 2000)),
    ...(await loadBars(children, serving, { url, rest }, options.short)),
  ]
}

/** A run of a client, and what it cost the server. */
async function withServer(serving: Participant, run: () => Promise<Sample>): Promise<Sample> {
  const before = (await serving.run({ kind: 'used' })) as Sample & { used: number }
  const sample = await run()
  const after = (await serving.run({ kind: 'used' })) as Sample & { used: number }
  return { ...sample, server: after.used - before.used }
}

/** One row by its time: over WebSocket, and in the client's own process. */
async function pointBars(url: string, ours: Participant, count: number): Promise<Bar[]> {
  const queries = (name: string) =>
    Array.from({ length: 100 }, (_, i) => `SELECT ts, current, voltage, phase FROM ${name} WHERE ts = ${1_600_000_000_000 + i * 37_000}`)
  const small = [
    'CREATE DATABASE IF NOT EXISTS points KEEP 36500 VGROUPS 1',
    'CREATE TABLE IF NOT EXISTS points.p (ts TIMESTAMP, current FLOAT, voltage INT, phase FLOAT)',
    `INSERT INTO points.p VALUES ${Array.from({ length: 5000 }, (_, i) => `(${1_600_000_000_000 + i * 1000}, 1, ${i}, 2)`).join(' ')}`,
  ]
  const samples = await interleave(3, {
    socket: () => ours.run({ url, shape: 'points', setup: small, queries: queries('points.p'), count }),
    process: () => ours.run({ url: 'embedded:', shape: 'points', setup: small, queries: queries('points.p'), count }),
  })
  const p50 = (name: keyof typeof samples) => summary(samples[name], (run) => run.p50!).min
  printTable([
    { 'one row by its time': 'in the same process', 'p50 ms': Number(p50('process').toFixed(3)) },
    { 'one row by its time': 'over WebSocket', 'p50 ms': Number(p50('socket').toFixed(3)) },
  ])
  return [atMost('server: a point query over WebSocket against the same in-process, p50', p50('socket') / p50('process'), 3)]
}
