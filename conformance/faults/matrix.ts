import process from 'node:process'
import { type Connection, ConnectionError, connect, isTaosError, TimeoutError } from 'taosts'
import type { Served } from 'taosts-embedded'
import { FAULTS, type Fault, FaultProxy, STAGES, type Stage } from './fault-proxy.ts'

/** How a call ended, as the table shows it. */
export type Outcome = string

/** One cell of the table: what the fault made of the call, and of the connection after it. */
export interface Cell {
  readonly stage: Stage
  readonly fault: Fault
  readonly outcome: Outcome
  readonly expected: Outcome
  /** What is wrong beside the outcome: a hang, a leak, an unusable connection. */
  readonly defect: string
}

/** A call that takes longer than this hangs. */
const HANG_MS = 15_000

const LOST = 'ConnectionError'
const MAYBE = 'ConnectionError, may have run'

/** What each cell has to be: the call fails by what is known of it, or succeeds in spite of the fault. */
export function expectedOutcome(stage: Stage, fault: Fault): Outcome {
  if (fault === 'delay' || fault === 'throttle') return 'ok'
  // Freeing waits for nothing; what is prepared and bound is prepared and bound again on the next connection.
  if (stage === 'free' || stage === 'prepare' || stage === 'bind') return 'ok'
  // Before there is a connection no heartbeat finds out that nobody answers.
  if (stage === 'connect' && fault === 'half-open') return 'TimeoutError'
  return stage === 'query' || stage === 'execute' ? MAYBE : LOST
}

/** The call whose request is met by the fault. */
const CALLS: Readonly<Record<Exclude<Stage, 'connect' | 'login'>, (connection: Connection, table: string) => Promise<unknown>>> = {
  query: (connection, table) => connection.execute(`INSERT INTO ${table} VALUES (NOW, 1)`),
  fetch: async (connection) => (await connection.query('SELECT * FROM faults.rows')).rows(),
  prepare: async (connection, table) => (await connection.prepare(`INSERT INTO ${table} VALUES (?, ?)`)).close(),
  bind: insertPrepared,
  execute: insertPrepared,
  free: async (connection) => {
    for await (const _ of await connection.query('SELECT * FROM faults.rows')) break
  },
}

async function insertPrepared(connection: Connection, table: string): Promise<void> {
  await using statement = await connection.prepare(`INSERT INTO ${table} VALUES (?, ?)`)
  await statement.execute([[new Date(), 1]])
}

/** Makes what the calls need. */
export async function prepareFaults(server: Served): Promise<void> {
  await using connection = await connect({ url: server.url })
  await connection.execute('CREATE DATABASE IF NOT EXISTS faults')
  await connection.execute('CREATE TABLE IF NOT EXISTS faults.rows (ts TIMESTAMP, v INT)')
  const rows = Array.from({ length: 20_000 }, (_, i) => `(${1_700_000_000_000 + i}, ${i})`)
  await connection.execute(`INSERT INTO faults.rows VALUES ${rows.join(' ')}`)
}

/** Runs every cell, each through a proxy of its own, a row of the table at a time. */
export async function runMatrix(server: Served): Promise<Cell[]> {
  await prepareFaults(server)
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  const cells: Cell[] = []
  try {
    for (const stage of STAGES) cells.push(...(await Promise.all(FAULTS.map((fault) => runCell(server, stage, fault)))))
    await new Promise((resolve) => setTimeout(resolve, 50))
  } finally {
    process.off('unhandledRejection', note)
  }
  if (unhandled.length > 0) throw new Error(`${unhandled.length} rejections were left unhandled, the first: ${String(unhandled[0])}`)
  return cells
}

async function runCell(server: Served, stage: Stage, fault: Fault): Promise<Cell> {
  const expected = expectedOutcome(stage, fault)
  const proxy = await FaultProxy.start(server.port)
  const url = `ws://127.0.0.1:${proxy.port}`
  // Where nobody answers, the heartbeat has to find out before the time limit; elsewhere a busy machine must not look like a dead one.
  const heartbeat = fault === 'half-open' || fault === 'garbage' ? '500ms' : '10s'
  const options = { url, timeout: fault === 'half-open' ? 4 : 12, connectTimeout: 3, heartbeat, retryBackoff: '20ms' } as const
  const defects: string[] = []
  let outcome: Outcome
  let connection: Connection | undefined
  try {
    if (stage === 'connect' || stage === 'login') {
      proxy.arm(stage, fault)
      outcome = await outcomeOf(async () => {
        connection = await connect(options)
      })
    } else {
      connection = await connect({ ...options, connectTimeout: 20 })
      const table = `faults.t_${stage}_${fault.replace('-', '_')}`
      await connection.execute(`CREATE TABLE ${table} (ts TIMESTAMP, v INT)`, null, { timeout: 20 })
      // Waits for what the CREATE left to do, so that the fault meets the call and nothing else.
      await connection.currentDatabase({ timeout: 20 })
      proxy.arm(stage, fault)
      const open = connection
      outcome = await outcomeOf(() => CALLS[stage](open, table))
    }
    // A result is freed after the fetch that was under way.
    for (let waited = 0; !proxy.spent && waited < 2000; waited += 20) await new Promise((resolve) => setTimeout(resolve, 20))
    if (!proxy.spent) defects.push('the fault never happened')
    if (connection) {
      const after = await outcomeOf(() => usable(connection!))
      if (after !== 'ok') defects.push(`afterwards ${after}`)
    }
  } finally {
    await connection?.close()
    await proxy.close()
  }
  const leak = await leaked(server)
  if (leak !== '') defects.push(leak)
  return { stage, fault, outcome, expected, defect: defects.join('; ') }
}

/** A lost connection is replaced, at the latest when the heartbeat has found it out. */
async function usable(connection: Connection): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await connection.execute('SELECT 1')
      return
    } catch (error) {
      if (attempt === 3 || !isTaosError(error) || !error.retryable) throw error
    }
  }
}

async function outcomeOf(call: () => Promise<unknown>): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined
  const hang = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve('HANG'), HANG_MS)
  })
  const run = call().then(
    (): Outcome => 'ok',
    (error: unknown): Outcome => {
      if (!isTaosError(error)) return `untyped ${String(error)}`
      const name =
        error instanceof ConnectionError
          ? 'ConnectionError'
          : error instanceof TimeoutError
            ? 'TimeoutError'
            : `${error.name}: ${error.message}`
      return error.maybeExecuted ? `${name}, may have run` : name
    },
  )
  const outcome = await Promise.race([run, hang])
  clearTimeout(timer)
  return outcome
}

/** What the server still holds when every client of the row has gone; a row's cells run together, so it is given time. */
async function leaked(server: Served): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    const metrics = await (await fetch(`${server.restUrl}/metrics`)).text()
    const gauge = (name: string): number => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(metrics)?.[1] ?? 0)
    const [connections, results, statements] = ['taosts_connections', 'taosts_open_results', 'taosts_open_statements'].map(gauge)
    if (connections === 0 && results === 0 && statements === 0) return ''
    if (attempt === 60) return `leaked: ${connections} connections, ${results} results, ${statements} statements`
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
