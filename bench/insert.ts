import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import duckdb from '@duckdb/node-bindings'
import { Engine, type Session, tokeniseInsert } from 'taosts-embedded'
import { atLeast, atMost, type Bar, printTable } from '../conformance/bars.ts'
import { bareAppender } from './bare-duckdb.ts'

const TABLES = 100
const ROWS = 1000
const BASE = 1_700_000_000_000

/** Writing into the engine in this process, beside a bare DuckDB in the same run. */
export async function insertBench(options: { short: boolean }): Promise<Bar[]> {
  return [...(await textBars(options.short ? 8 : 20)), ...(await singleBars(options.short ? 100 : 400))]
}

/** One INSERT of 100 tables × 1000 rows × 4 columns. */
function statement(): string {
  // Joined once, as a text that came over a socket lies in memory, not as a tree of concatenations.
  const parts: string[] = ['INSERT INTO ']
  for (let table = 0; table < TABLES; table++) {
    parts.push(`d${table} VALUES `)
    for (let row = 0; row < ROWS; row++) {
      const time = new Date(BASE + row * 1000).toISOString().replace('T', ' ').slice(0, 23)
      parts.push(`('${time}',${(10 + (row % 7) / 3).toFixed(5)},${200 + (row % 30)},${((row % 13) / 17).toFixed(4)})`)
    }
    parts.push(' ')
  }
  return parts.join('')
}

/** Milliseconds of CPU, which others on the machine lengthen less than the clock. */
async function cpu(work: () => Promise<unknown> | unknown): Promise<number> {
  const start = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

async function timed(work: () => Promise<unknown> | unknown): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!

async function meters(engine: Engine, tables: number): Promise<Session> {
  const session = engine.session()
  await session.execute('CREATE DATABASE bench KEEP 36500')
  await session.execute('USE bench')
  await session.execute('CREATE STABLE meters (ts TIMESTAMP, current FLOAT, voltage INT, phase FLOAT) TAGS (g INT)')
  for (let i = 0; i < tables; i++) await session.execute(`CREATE TABLE d${i} USING meters TAGS (${i})`)
  return session
}

async function textBars(rounds: number): Promise<Bar[]> {
  const engine = await Engine.open()
  try {
    const session = await meters(engine, TABLES)
    const sql = statement()
    const append = await bareAppender({
      ts: BigInt64Array.from({ length: TABLES * ROWS }, (_, i) => BigInt(BASE + (i % ROWS) * 1000)),
      current: Float32Array.from({ length: TABLES * ROWS }, (_, i) => 10 + (i % 7) / 3),
      voltage: Int32Array.from({ length: TABLES * ROWS }, (_, i) => 200 + (i % 30)),
      phase: Float32Array.from({ length: TABLES * ROWS }, (_, i) => (i % 13) / 17),
    })
    const times: Record<'append' | 'tokenise' | 'insert', number[]> = { append: [], tokenise: [], insert: [] }
    for (let round = 0; round < rounds; round++) {
      times.append.push(await cpu(append))
      times.tokenise.push(await cpu(() => tokeniseInsert(session, sql)))
      times.insert.push(await cpu(() => session.execute(sql)))
      await session.execute('DELETE FROM meters')
    }
    const best = (name: keyof typeof times): number => Math.min(...times[name])
    printTable(
      (['append', 'tokenise', 'insert'] as const).map((name) => ({
        'CPU ms for 100 000 rows': {
          append: 'bare appender, raw vectors, flushed',
          tokenise: 'INSERT text: tokenise alone',
          insert: 'INSERT text, whole',
        }[name],
        best: Number(best(name).toFixed(1)),
        median: Number(median(times[name]).toFixed(1)),
      })),
    )
    return [
      atLeast(
        'insert: text against a bare appender, 100 tables × 1000 rows × 4 columns',
        median(times.append) / median(times.insert),
        0.25,
      ),
    ]
  } finally {
    await engine.close()
  }
}

async function singleBars(statements: number): Promise<Bar[]> {
  const directory = mkdtempSync(join(tmpdir(), 'taosts-bench-'))
  const engine = await Engine.open({ directory: join(directory, 'engine') })
  try {
    const session = await meters(engine, 65)
    const bare = await duckdb.connect(await duckdb.open(join(directory, 'bare.duckdb'), duckdb.create_config()))
    await duckdb.query(bare, 'create table t (ts bigint, current float, voltage integer, phase float)')
    const prepared = await duckdb.prepare(bare, 'insert into t values (?, ?, ?, ?)')
    let next = BASE
    const insertBare = async (): Promise<void> => {
      duckdb.bind_int64(prepared, 1, BigInt(next++))
      duckdb.bind_float(prepared, 2, 1.5)
      duckdb.bind_int32(prepared, 3, 220)
      duckdb.bind_float(prepared, 4, 0.25)
      await duckdb.execute_prepared(prepared)
    }
    const insertOne = (by: Session, table: string) => by.execute(`INSERT INTO ${table} VALUES (${next++}, 1.5, 220, 0.25)`)
    const times = { bare: [] as number[], engine: [] as number[] }
    for (let i = 0; i < statements; i++) {
      times.bare.push(await timed(insertBare))
      times.engine.push(await timed(() => insertOne(session, 'd64')))
    }
    const alone =
      statements /
      (await timed(async () => {
        for (let i = 0; i < statements; i++) await insertOne(session, 'd64')
      }))
    const clients = Array.from({ length: 64 }, () => engine.session({ database: 'bench' }))
    const allInsert = (each: number) =>
      Promise.all(
        clients.map(async (own, client) => {
          for (let i = 0; i < each; i++) await insertOne(own, `d${client}`)
        }),
      )
    await allInsert(10)
    const perClient = Math.ceil(statements / 4)
    const together = (64 * perClient) / (await timed(() => allInsert(perClient)))
    printTable([
      { 'one row a statement, on file': 'bare prepared insert with commit, p50 ms', figure: Number(median(times.bare).toFixed(3)) },
      { 'one row a statement, on file': 'INSERT text, p50 ms', figure: Number(median(times.engine).toFixed(3)) },
      { 'one row a statement, on file': 'one client, statements a second', figure: Math.round(alone * 1000) },
      { 'one row a statement, on file': '64 clients at once, statements a second', figure: Math.round(together * 1000) },
    ])
    return [
      atMost('insert: one row into a file against a bare prepared insert with commit, p50', median(times.engine) / median(times.bare), 3),
      atLeast('insert: 64 clients at once against one, by a shared commit', together / alone, 10),
    ]
  } finally {
    await engine.close()
    rmSync(directory, { recursive: true, force: true })
  }
}
