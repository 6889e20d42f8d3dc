import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { connect } from 'taosts'

/** `taosts serve` as a process of its own, so that a client's CPU is the client's alone. */
export interface BenchServer {
  /** `ws://127.0.0.1:port` */
  readonly url: string
  /** `http://127.0.0.1:port` */
  readonly rest: string
  readonly pid: number
  stop(): Promise<void>
}

const program = fileURLToPath(new URL('../packages/embedded/bin/taosts-embedded.cjs', import.meta.url))

export async function startServer(args: readonly string[] = []): Promise<BenchServer> {
  const child: ChildProcess = spawn(process.execPath, [program, 'serve', '--port', '0', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout! })) {
    const port = /:(\d+)/.exec(line)?.[1]
    if (port === undefined) continue
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    return {
      url: `ws://127.0.0.1:${port}`,
      rest: `http://127.0.0.1:${port}`,
      pid: child.pid!,
      async stop() {
        child.kill('SIGTERM')
        await ended
      },
    }
  }
  throw new Error('The server ended before it printed its URL')
}

/** Fills `bench.meters` with rows of (ts, current FLOAT, voltage INT, phase FLOAT), spread evenly over subtables. */
export async function loadMeters(url: string, rows: number, subtables: number): Promise<void> {
  await using connection = await connect({ url })
  await connection.execute('CREATE DATABASE IF NOT EXISTS bench KEEP 36500 VGROUPS 1')
  await connection.execute(
    'CREATE STABLE bench.meters (ts TIMESTAMP, current FLOAT, voltage INT, phase FLOAT) TAGS (groupid INT, location VARCHAR(64))',
  )
  const perTable = rows / subtables
  const perStatement = Math.min(perTable, 5000)
  for (let table = 0; table < subtables; table++) {
    for (let first = 0; first < perTable; first += perStatement) {
      let sql = `INSERT INTO bench.d${table} USING bench.meters TAGS (${table % 10}, 'California.SanFrancisco') VALUES`
      for (let i = first; i < Math.min(first + perStatement, perTable); i++) {
        sql += ` (${1_600_000_000_000 + i * 1000}, ${(10 + Math.abs(Math.sin(i)) * 5).toFixed(5)}, ${200 + (i % 40)}, ${(Math.abs(Math.cos(i)) / 2).toFixed(5)})`
      }
      await connection.execute(sql)
    }
  }
}

/** Fills `bench.exact` with rows of (ts, big BIGINT beyond 2^53, current FLOAT, voltage INT, phase FLOAT). */
export async function loadExact(url: string, rows: number): Promise<void> {
  await using connection = await connect({ url })
  await connection.execute('CREATE DATABASE IF NOT EXISTS bench KEEP 36500 VGROUPS 1')
  await connection.execute('CREATE TABLE bench.exact (ts TIMESTAMP, big BIGINT, current FLOAT, voltage INT, phase FLOAT)')
  await using insert = await connection.prepare('INSERT INTO bench.exact VALUES (?, ?, ?, ?, ?)')
  await insert.executeColumns({
    columns: {
      ts: BigInt64Array.from({ length: rows }, (_, i) => 1_600_000_000_000n + BigInt(i) * 1000n),
      big: BigInt64Array.from({ length: rows }, (_, i) => 9_007_199_254_740_993n + BigInt(i) * 7n),
      current: Float32Array.from({ length: rows }, (_, i) => 10 + Math.abs(Math.sin(i)) * 5),
      voltage: Int32Array.from({ length: rows }, (_, i) => 200 + (i % 40)),
      phase: Float32Array.from({ length: rows }, (_, i) => Math.abs(Math.cos(i)) / 2),
    },
  })
}
