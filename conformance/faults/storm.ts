import { type Connection, ConnectionError, connect, isTaosError, OperationalError } from 'taosts'
import { type Served, serve } from 'taosts-embedded'
import { FaultProxy } from './fault-proxy.ts'

/** What came of the storm. */
export interface StormReport {
  readonly reads: number
  readonly writes: number
  /** Writes that ended with `maybeExecuted`. */
  readonly uncertain: number
  readonly proxiesKilled: number
  readonly reconnects: number
  /** Everything that must not happen, in words; empty when all is well. */
  readonly defects: readonly string[]
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Three proxies before one server, one of them killed again and again, under many users: what only reads completes, no write is done twice, and one
 * that fails says that it may have run.
 */
export async function storm(server: Served, seconds: number, users: number): Promise<StormReport> {
  const proxies = await Promise.all([1, 2, 3].map(() => FaultProxy.start(server.port)))
  const ports = proxies.map(({ port }) => port)
  const url = `ws://${ports.map((port) => `127.0.0.1:${port}`).join(',')}`
  const defects: string[] = []
  let reconnects = 0
  let reads = 0
  let writes = 0
  let proxiesKilled = 0
  const certain = new Set<number>()
  const uncertain = new Set<number>()
  const options = {
    url,
    timeout: 20,
    retryBackoff: '20ms',
    retries: 20,
    onNotice: ({ kind }: { kind: string }) => {
      if (kind === 'reconnect') reconnects++
    },
  } as const
  const setup = await connect({ url: server.url })
  await setup.execute("CREATE DATABASE IF NOT EXISTS storm PRECISION 'ns'")
  await setup.execute('CREATE TABLE storm.numbers (ts TIMESTAMP, k INT)')
  // Few users share a connection, as in a real application.
  const connections: Connection[] = await Promise.all(Array.from({ length: 10 }, () => connect({ ...options, database: 'storm' })))
  const until = Date.now() + seconds * 1000
  let next = 0
  const user = async (connection: Connection): Promise<void> => {
    while (Date.now() < until) {
      const k = next++
      try {
        // The server gives the time: run twice, this would leave two rows.
        await connection.execute(`INSERT INTO numbers VALUES (NOW, ${k})`)
        certain.add(k)
        writes++
      } catch (error) {
        if (error instanceof ConnectionError && error.maybeExecuted) uncertain.add(k)
        else if (!(error instanceof OperationalError && error.retryable)) defects.push(`write ${k}: ${String(error)}`)
      }
      try {
        const rows = await (await connection.query('SELECT count(*) FROM numbers')).values()
        if (rows.length !== 1) defects.push(`a count of ${rows.length} rows`)
        reads++
      } catch (error) {
        // A result that was being read fails; the caller may ask again.
        if (!isTaosError(error) || !error.retryable) defects.push(`read: ${String(error)}`)
      }
    }
  }
  const killer = (async () => {
    while (Date.now() < until) {
      await pause(Math.min(700, seconds * 100))
      const i = proxiesKilled++ % 3
      await proxies[i]!.close()
      await pause(150)
      proxies[i] = await FaultProxy.start(server.port, ports[i])
    }
  })()
  await Promise.all([killer, ...Array.from({ length: users }, (_, i) => user(connections[i % connections.length]!))])
  await Promise.all(connections.map((connection) => connection.close()))
  const found = new Map<number, number>()
  for (const [k, n] of await (await setup.query('SELECT k, count(*) FROM storm.numbers GROUP BY k')).values())
    found.set(Number(k), Number(n))
  await setup.close()
  await Promise.all(proxies.map((proxy) => proxy.close()))
  for (const k of certain) if (found.get(k) !== 1) defects.push(`write ${k} was acknowledged and is there ${found.get(k) ?? 0} times`)
  for (const [k, n] of found) {
    if (n > 1) defects.push(`write ${k} was done ${n} times`)
    if (!certain.has(k) && !uncertain.has(k)) defects.push(`write ${k} failed for certain and is there`)
  }
  return { reads, writes, uncertain: uncertain.size, proxiesKilled, reconnects, defects }
}

/** The server itself is stopped and started on its data, again and again, under users who write rows of their own: what was acknowledged is there. */
export async function restarts(
  directory: string,
  times: number,
  users: number,
): Promise<{ readonly written: number; readonly defects: readonly string[] }> {
  let server = await serve({ port: 0, directory })
  const { port, url } = server
  const defects: string[] = []
  const acknowledged = new Set<number>()
  const setup = await connect({ url })
  await setup.execute('CREATE DATABASE kept')
  await setup.execute('CREATE TABLE kept.numbers (ts TIMESTAMP, k INT)')
  await setup.close()
  const connections = await Promise.all(
    Array.from({ length: users }, () => connect({ url, database: 'kept', retryInserts: true, retries: 60, retryBackoff: '50ms' })),
  )
  let over = false
  let next = 0
  const user = async (connection: Connection): Promise<void> => {
    while (!over) {
      const k = next++
      try {
        // Its own timestamp makes it safe to send twice, and `retryInserts` says so: every one has to succeed.
        await connection.execute('INSERT INTO numbers VALUES (?, ?)', [1_700_000_000_000 + k, k])
        acknowledged.add(k)
      } catch (error) {
        defects.push(`write ${k}: ${String(error)}`)
      }
    }
  }
  const work = connections.map(user)
  /** Lets the users go on until some of their writes came through, however slow the machine. */
  const progress = async (): Promise<void> => {
    const enough = acknowledged.size + 2 * users
    await pause(400)
    for (const end = Date.now() + 20_000; acknowledged.size < enough && Date.now() < end; ) await pause(20)
  }
  for (let i = 0; i < times; i++) {
    await progress()
    await server.close()
    await pause(100)
    server = await serve({ port, directory })
  }
  await progress()
  over = true
  await Promise.all(work)
  await Promise.all(connections.map((connection) => connection.close()))
  await using check = await connect({ url })
  const found = new Set((await (await check.query('SELECT k FROM kept.numbers')).values()).map(([k]) => k as number))
  for (const k of acknowledged) if (!found.has(k)) defects.push(`write ${k} was acknowledged and is gone`)
  await check.close()
  await server.close()
  return { written: acknowledged.size, defects }
}
