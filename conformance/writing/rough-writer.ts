import { connect, createPool, type Writer } from 'taosts'
import { serve } from 'taosts-embedded'
import { RoughProxy } from './rough-proxy.ts'

/** What came of writing through a proxy that breaks connections. */
export interface RoughReport {
  readonly rows: number
  readonly faults: RoughProxy['faults']
  /** Everything that must not happen, in words; empty when all is well. */
  readonly defects: readonly string[]
}

const TABLES = 20

/**
 * Writes for some seconds over connections that are cut, reset and delayed at random, by a writer of one connection and one of a pool; then every
 * row has to be in its table, once.
 */
export async function writeRoughly(seconds: number, seed: number): Promise<RoughReport> {
  const server = await serve({ port: 0 })
  const proxy = await RoughProxy.start(server.port, 150_000, seed)
  const defects: string[] = []
  try {
    await using setup = await connect({ url: server.url })
    await setup.execute('CREATE DATABASE rough')
    for (const name of ['one', 'pool'])
      await setup.execute(`CREATE STABLE rough.${name} (ts TIMESTAMP, k BIGINT, text VARCHAR(30)) TAGS (g INT)`)
    const options = { url: `ws://127.0.0.1:${proxy.port}`, database: 'rough', timeout: 5, retryBackoff: '10ms', retries: 5 } as const
    proxy.rough = false
    const connection = await connect(options)
    proxy.rough = true
    const pool = createPool({ ...options, max: 4 })
    const flow = { flushRows: 500, flushInterval: '50ms', maxInFlight: 4 } as const
    const written = { one: 0, pool: 0 }
    const fill = async (name: 'one' | 'pool', writer: Writer): Promise<void> => {
      const until = Date.now() + seconds * 1000
      while (Date.now() < until) {
        const k = written[name]++
        await writer.add({ tbname: `${name}_${k % TABLES}`, g: k % TABLES, ts: 1_700_000_000_000 + k, k, text: `row ${k}` })
        if (k % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
      }
      await writer.close().catch((error: unknown) => defects.push(`${name}: ${String(error)}`))
    }
    await Promise.all([fill('one', connection.writer({ table: 'one', ...flow })), fill('pool', pool.writer({ table: 'pool', ...flow }))])
    proxy.rough = false
    await Promise.all([connection.close(), pool.close()])
    for (const name of ['one', 'pool'] as const) {
      const rows = written[name]
      const sum = (BigInt(rows) * BigInt(rows - 1)) / 2n
      const [found] = await (await setup.query(`SELECT count(*), sum(k), count(text) FROM rough.${name}`)).values()
      const expected = [BigInt(rows), sum, BigInt(rows)]
      if (String(found) !== String(expected)) defects.push(`${name}: count, sum and texts are ${String(found)}, not ${String(expected)}`)
      const wrong = await (await setup.query(`SELECT tbname, k, ts FROM rough.${name} WHERE k % ${TABLES} <> g LIMIT 1`)).values()
      if (wrong.length > 0) defects.push(`${name}: a row in the wrong table: ${String(wrong[0])}`)
    }
    return { rows: written.one + written.pool, faults: proxy.faults, defects }
  } finally {
    await proxy.close()
    await server.close()
  }
}
