import { connect } from 'taosts'
import { atLeast, atMost, type Bar, notRun, printTable } from '../conformance/bars.ts'
import { Children, client } from './children.ts'
import { cpuPerRow, interleave, type Sample, summary } from './participant.ts'
import { python } from './peers.ts'
import { type BenchServer, loadMeters, startServer } from './server.ts'

/** Results as Arrow tables beside their columns and beside pandas, and Arrow tables written beside typed arrays; client CPU a row. */
export async function arrowBench({ short }: { short: boolean }): Promise<Bar[]> {
  using children = new Children()
  const server = await startServer()
  try {
    return [...(await reading(children, server, short)), ...(await writing(children, server, short))]
  } finally {
    await server.stop()
  }
}

async function reading(children: Children, { url }: BenchServer, short: boolean): Promise<Bar[]> {
  const rows = short ? 500_000 : 2_000_000
  await loadMeters(url, rows, 1)
  const sql = 'SELECT ts, current, voltage, phase FROM bench.d0'
  const tagged = 'SELECT tbname, location, ts, current FROM bench.meters'
  const ours = await children.script('taosts', 'our-arrow.ts')
  const contenders: Record<string, () => Promise<Sample>> = {
    'columns()': () => ours.run({ url, shape: 'columns', sql }),
    'toArrow()': () => ours.run({ url, shape: 'arrow', sql }),
    'columns(), with tbname and a tag': () => ours.run({ url, shape: 'columns', sql: tagged }),
    'toArrow(), with tbname and a tag': () => ours.run({ url, shape: 'arrow', sql: tagged }),
  }
  const samples = await interleave(short ? 5 : 9, contenders)
  const interpreter = await python()
  if (interpreter !== undefined) {
    const pandas = await children.program('pandas', interpreter, [client('taos_ws_pandas.py')])
    Object.assign(
      samples,
      await interleave(short ? 2 : 3, {
        'toArrow(), beside pandas': contenders['toArrow()']!,
        'pandas.read_sql, taos-ws-py': () => pandas.run({ url, sql }),
      }),
    )
  }
  show(samples, rows)
  const cpu = (name: string) => summary(samples[name]!, cpuPerRow).min
  const ratio = (mine: string, theirs: string) => paired(samples[mine]!, samples[theirs]!)
  const wall = (name: string) => summary(samples[name]!, (run) => run.wall).min
  const beside = 'arrow: toArrow() against pandas.read_sql through taos-ws-py'
  return [
    atMost('arrow: toArrow() against columns(), client CPU a row', ratio('toArrow()', 'columns()'), 1.3),
    atMost(
      'arrow: the same with tbname and a tag as dictionaries',
      ratio('toArrow(), with tbname and a tag', 'columns(), with tbname and a tag'),
      1.3,
    ),
    ...(interpreter === undefined
      ? [notRun(beside, 'Python or its client is absent')]
      : [
          atLeast(`${beside}, client CPU a row`, cpu('pandas.read_sql, taos-ws-py') / cpu('toArrow(), beside pandas'), 10),
          atLeast(`${beside}, on the clock`, wall('pandas.read_sql, taos-ws-py') / wall('toArrow(), beside pandas'), 10),
        ]),
  ]
}

async function writing(children: Children, { url }: BenchServer, short: boolean): Promise<Bar[]> {
  // What is asked about the table before the first row should not count.
  const rows = short ? 500_000 : 1_000_000
  await using connection = await connect({ url, database: 'bench' })
  for (const table of ['typed', 'arrow'])
    await connection.execute(`CREATE TABLE ${table} (ts TIMESTAMP, current FLOAT, voltage INT, phase FLOAT)`)
  const ours = await children.script('taosts', 'our-arrow.ts')
  const firsts = { typed: 0, arrow: 0 }
  const write = (table: 'typed' | 'arrow', shape: string) => {
    const first = firsts[table]
    firsts[table] += rows
    return ours.run({ url, shape, table, rows, first })
  }
  const samples = await interleave(short ? 5 : 7, {
    'typed arrays in': () => write('typed', 'insert-columns'),
    'Arrow table in': () => write('arrow', 'insert-arrow'),
  })
  show(samples, rows)
  const ratio = paired(samples['Arrow table in'], samples['typed arrays in'])
  return [atMost('arrow: an Arrow table in against typed arrays, client CPU a row', ratio, 1.2)]
}

/** How much more CPU one took than the other, run after run in the same round: the median, as both are near each other. */
function paired(mine: readonly Sample[], theirs: readonly Sample[]): number {
  return mine.map((run, i) => cpuPerRow(run) / cpuPerRow(theirs[i]!)).sort((a, b) => a - b)[mine.length >> 1]!
}

function show(samples: Record<string, Sample[]>, rows: number): void {
  printTable(
    Object.entries(samples).map(([way, runs]) => {
      if (runs.some((run) => run.rows !== rows)) throw new Error(`${way} moved ${runs.map((run) => run.rows).join(', ')} rows of ${rows}`)
      return {
        way,
        'µs CPU/row min': Number(summary(runs, cpuPerRow).min.toPrecision(3)),
        'µs CPU/row median': Number(summary(runs, cpuPerRow).median.toPrecision(3)),
        'rows/s (best)': Math.round(rows / summary(runs, (run) => run.wall).min),
      }
    }),
  )
}
