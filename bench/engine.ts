import { connect } from 'taosts'
import { type Engine, type Rows, type Session, serve } from 'taosts-embedded'
import { atMost, type Bar, printTable } from '../conformance/bars.ts'

/** What one way of asking cost at best, in seconds. */
interface Cost {
  readonly cpu: number
  readonly wall: number
}

/** A question in TDengine's SQL, and in DuckDB's on the table as it is stored. */
interface Question {
  readonly name: string
  readonly ours: string
  readonly theirs: string
  readonly most: number
}

const TABLES = 1000
const BASE = 1_600_000_000_000

/** Queries on 5 million rows in one table and in 1000 tables, beside DuckDB's own SQL on the same stored table, CPU of this process. */
export async function engineBench(options: { short: boolean }): Promise<Bar[]> {
  const rows = options.short ? 500_000 : 5_000_000
  const rounds = options.short ? 3 : 5
  const served = await serve({ port: 0 })
  try {
    await load(served.url, 'one', 1, rows)
    await load(served.url, 'many', TABLES, rows)
    const session = served.engine.session({ database: 'bench' })
    const bars: Bar[] = []
    for (const table of ['one', 'many']) bars.push(...(await questionBars(served.engine, session, table, rounds)))
    bars.push(...(await newestBars(served.engine, session)))
    bars.push(...(await orderedBars(served.engine, session, rows, Math.min(rounds, 3))))
    bars.push(await streamingBar(session, rows))
    return bars
  } finally {
    await served.close()
  }
}

/** A supertable of (ts, current FLOAT, voltage INT, phase FLOAT), its rows a second apart in each subtable. */
async function load(url: string, stable: string, tables: number, rows: number): Promise<void> {
  await using connection = await connect({ url })
  await connection.execute('CREATE DATABASE IF NOT EXISTS bench KEEP 36500 VGROUPS 1')
  await connection.execute(`CREATE STABLE bench.${stable} (ts TIMESTAMP, current FLOAT, voltage INT, phase FLOAT) TAGS (g INT)`)
  await connection.execute('USE bench')
  await using insert = await connection.prepare(`INSERT INTO ? USING ${stable} TAGS (?) VALUES (?, ?, ?, ?)`)
  const perTable = rows / tables
  const most = Math.min(perTable, 100_000)
  for (let table = 0; table < tables; table++) {
    for (let first = 0; first < perTable; first += most) {
      const of = <T>(make: (i: number) => T): T[] => Array.from({ length: most }, (_, i) => make(first + i))
      await insert.executeColumns({
        tbname: `${stable}${table}`,
        tags: { g: table % 10 },
        columns: {
          ts: BigInt64Array.from(of((i) => BigInt(BASE + i * 1000))),
          current: Float32Array.from(of((i) => 10 + ((i * 7919 + table) % 1000) / 200)),
          voltage: Int32Array.from(of((i) => 200 + (Math.floor(i / 50) % 40))),
          phase: Float32Array.from(of((i) => ((i * 31) % 500) / 1000)),
        },
      })
    }
  }
}

/** The names by which DuckDB knows a supertable: its rows, its tags. */
function stored(engine: Engine, stable: string): { rows: string; tags: string } {
  const table = engine.catalog.databases.get('bench')?.supertables.get(stable)
  if (!table) throw new Error(`There is no supertable ${stable}`)
  const { id } = table
  return { rows: `s${id}`, tags: `s${id}_tags` }
}

async function drain(rows: Rows): Promise<number> {
  let count = 0
  for (let block = await rows.next(); block !== null; block = await rows.next()) count += block.rows
  await rows.close()
  return count
}

async function ask(session: Session, sql: string): Promise<Rows> {
  const answer = await session.execute(sql)
  if (answer.kind !== 'rows') throw new Error(`No rows come from ${sql}`)
  return answer
}

async function cost(work: () => Promise<unknown>): Promise<Cost> {
  const wall = performance.now()
  const start = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(start)
  return { cpu: (user + system) / 1e6, wall: (performance.now() - wall) / 1000 }
}

/** Each way in turn, one round more than counts; the least of each figure. */
async function best(rounds: number, ways: readonly (() => Promise<unknown>)[]): Promise<Cost[]> {
  const least = ways.map(() => ({ cpu: Infinity, wall: Infinity }))
  for (let round = 0; round <= rounds; round++) {
    for (const [i, way] of ways.entries()) {
      const { cpu, wall } = await cost(way)
      if (round > 0) least[i] = { cpu: Math.min(least[i]!.cpu, cpu), wall: Math.min(least[i]!.wall, wall) }
    }
  }
  return least
}

function questions(table: string, rows: string, tags: string): Question[] {
  const window = 'ts - ts % 60000'
  return [
    {
      name: 'full aggregate',
      ours: `SELECT COUNT(*), AVG(current), MAX(voltage), SUM(phase) FROM ${table}`,
      theirs: `select count(*), avg(c2), max(c3), sum(c4) from ${rows}`,
      most: 1.5,
    },
    {
      name: 'filter count',
      ours: `SELECT COUNT(*) FROM ${table} WHERE voltage > 220 AND phase < 0.3`,
      theirs: `select count(*) from ${rows} where c3 > 220 and c4 < 0.3`,
      most: 1.5,
    },
    {
      name: 'INTERVAL(1m)',
      ours: `SELECT _wstart, AVG(current), MAX(voltage), COUNT(*) FROM ${table} INTERVAL(1m)`,
      theirs: `select ${window} as w, avg(c2), max(c3), count(*) from ${rows} group by w order by w`,
      most: 1.5,
    },
    {
      name: 'PARTITION BY tbname INTERVAL(1m)',
      ours: `SELECT tbname, _wstart, AVG(current), MAX(voltage), COUNT(*) FROM ${table} PARTITION BY tbname INTERVAL(1m)`,
      theirs: `select tbname, w, a, m, n from (select uid, ${window} as w, avg(c2) a, max(c3) m, count(*) n from ${rows} group by uid, w) join ${tags} using (uid) order by tbname, w`,
      most: 1.5,
    },
    {
      name: 'TOP 10',
      ours: `SELECT ts, TOP(current, 10) FROM ${table}`,
      // Of equal values TOP takes the earliest, and gives its rows in the order of their times.
      theirs: `select ts, c2 from (select ts, c2 from ${rows} order by c2 desc nulls last, ts limit 10) order by ts`,
      most: 1.5,
    },
    {
      name: 'INTERVAL(10m) SLIDING(1m)',
      ours: `SELECT _wstart, AVG(current), MAX(voltage), COUNT(*) FROM ${table} INTERVAL(10m) SLIDING(1m)`,
      theirs: `with panes as (select ${window} as w, sum(c2::double) s, count(c2) n, max(c3) m, count(*) c from ${rows} group by w), windows as (select w - o.i * 60000 as w, s, n, m, c from panes, range(10) o(i)) select w, sum(s) / sum(n), max(m), sum(c)::bigint from windows group by w order by w`,
      most: 2,
    },
  ]
}

async function questionBars(engine: Engine, session: Session, table: string, rounds: number): Promise<Bar[]> {
  const names = stored(engine, table)
  const lines: Record<string, string | number>[] = []
  const bars: Bar[] = []
  for (const { name, ours, theirs, most } of questions(table, names.rows, names.tags)) {
    const shape = await ask(session, ours)
    await shape.close()
    const counts: number[] = []
    const [mine, bare] = await best(rounds, [
      async () => (counts[0] = await drain(await ask(session, ours))),
      async () => (counts[1] = await drain(await engine.storage.query(theirs, shape.columns, shape.precision))),
    ])
    if (counts[0] !== counts[1]) throw new Error(`${name} of ${table} gives ${counts[0]} rows, DuckDB's own SQL ${counts[1]}`)
    lines.push({
      [`bench.${table}`]: name,
      'CPU ms': Number((mine!.cpu * 1000).toFixed(1)),
      'DuckDB CPU ms': Number((bare!.cpu * 1000).toFixed(1)),
      'clock ms': Number((mine!.wall * 1000).toFixed(1)),
      'DuckDB clock ms': Number((bare!.wall * 1000).toFixed(1)),
    })
    bars.push(
      atMost(
        `engine: ${name}, ${table === 'one' ? 'one table' : `${TABLES} tables`}, against DuckDB's SQL, CPU`,
        mine!.cpu / bare!.cpu,
        most,
      ),
    )
  }
  printTable(lines)
  return bars
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!

/** LAST_ROW from what the engine remembers beside the cheapest statement there is. */
async function newestBars(engine: Engine, session: Session): Promise<Bar[]> {
  const asked = { select: 'SELECT 1', one: 'SELECT LAST_ROW(*) FROM one', many: 'SELECT LAST_ROW(*) FROM many' }
  const times = { select: [] as number[], one: [] as number[], many: [] as number[], bare: [] as number[] }
  const reader = await engine.storage.lease()
  try {
    for (let i = 0; i < 200; i++) {
      for (const [name, sql] of Object.entries(asked)) {
        times[name as keyof typeof asked].push((await cost(async () => drain(await ask(session, sql)))).wall * 1000)
      }
      times.bare.push((await cost(() => reader.all('select 1'))).wall * 1000)
    }
  } finally {
    await reader.release()
  }
  const p50 = (name: keyof typeof times) => median(times[name])
  printTable([
    { 'newest row': "DuckDB's select 1", 'p50 ms': Number(p50('bare').toFixed(3)) },
    { 'newest row': 'SELECT 1', 'p50 ms': Number(p50('select').toFixed(3)) },
    { 'newest row': 'LAST_ROW(*), one table', 'p50 ms': Number(p50('one').toFixed(3)) },
    { 'newest row': `LAST_ROW(*), ${TABLES} tables`, 'p50 ms': Number(p50('many').toFixed(3)) },
  ])
  return [
    atMost('engine: LAST_ROW of one table against SELECT 1, p50', p50('one') / p50('select'), 5),
    atMost(`engine: LAST_ROW of a supertable of ${TABLES} tables against SELECT 1, p50`, p50('many') / p50('select'), 5),
  ]
}

/** What goes over the rows in their order, beside reading those rows in that order; CPU of it beyond that, a row. */
async function orderedBars(engine: Engine, session: Session, count: number, rounds: number): Promise<Bar[]> {
  const { rows } = stored(engine, 'one')
  const last = BASE + (count - 1) * 1000
  const asked: [string, string][] = [
    ['SESSION', 'SELECT _wstart, COUNT(*), AVG(current) FROM one SESSION(ts, 10s)'],
    ['STATE_WINDOW', 'SELECT _wstart, COUNT(*), AVG(current) FROM one STATE_WINDOW(voltage)'],
    ['EVENT_WINDOW', 'SELECT _wstart, COUNT(*), AVG(current) FROM one EVENT_WINDOW START WITH voltage > 220 END WITH voltage < 210'],
    ['TWA', 'SELECT _wstart, TWA(current) FROM one INTERVAL(1m)'],
    ['INTERP', `SELECT _irowts, INTERP(current) FROM one RANGE(${BASE}, ${last}) EVERY(10s) FILL(LINEAR)`],
    ['DIFF', 'SELECT ts, DIFF(current) FROM one'],
    ['DERIVATIVE', 'SELECT ts, DERIVATIVE(current, 1s, 0) FROM one'],
  ]
  const plain = await ask(session, 'SELECT ts, current, voltage FROM one')
  const { columns, precision } = plain
  await plain.close()
  const read = async () => drain(await engine.storage.query(`select ts, c2, c3 from ${rows} order by ts`, columns, precision))
  const costs = await best(rounds, [
    read,
    ...asked.map(
      ([, sql]) =>
        async () =>
          drain(await ask(session, sql)),
    ),
  ])
  const base = costs[0]!.cpu
  const more = (i: number) => ((costs[i + 1]!.cpu - base) / count) * 1e6
  printTable([
    {
      'in order, one table': 'reading ts, current, voltage ORDER BY ts',
      'CPU µs/row': Number(((base / count) * 1e6).toFixed(3)),
      more: '',
    },
    ...asked.map(([name], i) => ({
      'in order, one table': name,
      'CPU µs/row': Number(((costs[i + 1]!.cpu / count) * 1e6).toFixed(3)),
      more: Number(more(i).toFixed(3)),
    })),
  ])
  return asked.map(([name], i) => {
    const figure = Number(more(i).toFixed(3))
    return { name: `engine: ${name} beyond reading in order, CPU µs a row`, figure, bar: '≤ 0.3 µs', holds: figure <= 0.3 }
  })
}

/** Reads twice as many rows as a table has, and sees whether memory grows between the first tenth and the end. */
async function streamingBar(session: Session, rows: number): Promise<Bar> {
  const sql = 'SELECT ts, current, voltage, phase FROM one UNION ALL SELECT ts, current, voltage, phase FROM many'
  const answer = await ask(session, sql)
  let count = 0
  let early = 0
  let peak = 0
  for (let block = await answer.next(); block !== null; block = await answer.next()) {
    count += block.rows
    const used = process.memoryUsage.rss()
    if (count < rows / 5) early = Math.max(early, used)
    else peak = Math.max(peak, used)
  }
  await answer.close()
  if (count !== rows * 2) throw new Error(`${count} rows of ${rows * 2} came`)
  printTable([
    {
      streaming: `${count} rows`,
      'most RSS in the first tenth, MB': Math.round(early / 2 ** 20),
      'most RSS after it, MB': Math.round(peak / 2 ** 20),
    },
  ])
  return atMost('engine: memory while streaming, after the first tenth against before', peak / early, 1.1)
}
