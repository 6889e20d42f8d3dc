import { join } from 'node:path'
import process from 'node:process'
import { type Column, encodeBlock, type FixedColumn, type TypeCode } from 'taosts/wire'
import { atLeast, type Bar, notRun, printTable } from '../conformance/bars.ts'
import { buildJudge, compiler } from '../packages/native/test/judge.ts'
import { Children, client } from './children.ts'
import { interleave, type Sample, summary } from './participant.ts'
import { python } from './peers.ts'

/** Rows of one block, as a server sends them. */
const BLOCK_ROWS = 4096
const SQL = 'SELECT ts, current, voltage, phase FROM bench.d0'

/**
 * Whole columns through libtaos's interface against TDengine's Python client on the same library: a judge of the calling convention that serves
 * prepared blocks, so that the clients alone are measured. And the longest time that the event loop stood still meanwhile.
 */
export async function nativeBench(options: { short: boolean }): Promise<Bar[]> {
  const names = { speed: 'native: columns() against taospy fetch_all on the same library', pause: "native: the event loop's longest pause" }
  if (compiler() === undefined) return Object.values(names).map((name) => notRun(name, 'a C compiler is absent'))
  const blocks = Math.ceil((options.short ? 200_000 : 2_000_000) / BLOCK_ROWS)
  const rows = blocks * BLOCK_ROWS
  const { path, scriptPath } = buildJudge(
    [
      {
        sql: SQL,
        fields: [
          { name: 'ts', type: 9, bytes: 8 },
          { name: 'current', type: 6, bytes: 4 },
          { name: 'voltage', type: 4, bytes: 4 },
          { name: 'phase', type: 6, bytes: 4 },
        ],
        blocks: Array.from({ length: blocks }, (_, i) => meters(i)),
      },
    ],
    ['-O2', '-DTAOSPY', '-DFREE_HANDLES'],
  )
  process.env['TAOS_LIBRARY'] = path
  process.env['TAOS_JUDGE_SCRIPT'] = scriptPath
  using children = new Children()
  const ours = await children.script('taosts', 'native.ts')
  const contenders: Record<string, () => Promise<Sample>> = { 'taosts columns()': () => ours.run({ sql: SQL }) }
  const interpreter = await python()
  if (interpreter !== undefined) {
    const library = join(path, '..')
    const peer = await children.program('taospy', '/usr/bin/env', [`LD_LIBRARY_PATH=${library}`, interpreter, client('taos_native.py')])
    contenders['taospy fetch_all()'] = () => peer.run({ sql: SQL })
  }
  const samples = await interleave(options.short ? 5 : 9, contenders)
  for (const [name, runs] of Object.entries(samples)) {
    const wrong = runs.find((run) => run.rows !== rows || run.check !== samples['taosts columns()']![0]!.check)
    if (wrong) throw new Error(`${name} read ${wrong.rows} rows of ${rows} with the sum ${wrong.check}`)
  }
  const speed = (name: string) => rows / summary(samples[name]!, (run) => run.wall).min
  const of = (what: 'pause' | 'idle') =>
    summary(samples['taosts columns()']!, (run) => (run as Sample & { pause: number; idle: number })[what])
  const { min, median } = of('pause')
  const show = (pause: { min: number; median: number }): string => `${pause.min.toFixed(1)}, ${pause.median.toFixed(1)}`
  printTable(
    Object.keys(samples).map((name) => ({
      'rows through libtaos': name,
      'rows/s (best)': Math.round(speed(name)),
      'longest pause, ms (least, median)': name.startsWith('taosts') ? show({ min, median }) : '',
      'waiting only': name.startsWith('taosts') ? show(of('idle')) : '',
    })),
  )
  return [
    samples['taospy fetch_all()'] === undefined
      ? notRun(names.speed, 'Python or its client is absent')
      : atLeast(names.speed, speed('taosts columns()') / speed('taospy fetch_all()'), 5),
    { name: names.pause, figure: `${min.toFixed(1)} ms`, bar: '≤ 20 ms', holds: min <= 20 },
  ]
}

/** A block of measurements, a second apart. */
function meters(index: number): Uint8Array {
  const ts = new BigInt64Array(BLOCK_ROWS)
  const current = new Float32Array(BLOCK_ROWS)
  const voltage = new Int32Array(BLOCK_ROWS)
  const phase = new Float32Array(BLOCK_ROWS)
  for (let row = 0; row < BLOCK_ROWS; row++) {
    const at = index * BLOCK_ROWS + row
    ts[row] = 1_700_000_000_000n + BigInt(at) * 1000n
    current[row] = (at % 200) / 10
    voltage[row] = 210 + (at % 20)
    phase[row] = (at % 100) / 100
  }
  const column = (type: TypeCode, bytes: number, values: FixedColumn['values']): Column => ({
    layout: 'fixed',
    type,
    bytes,
    precision: 0,
    scale: 0,
    nulls: new Uint8Array(BLOCK_ROWS / 8),
    values,
  })
  const columns = [column(9, 8, ts), column(6, 4, current), column(4, 4, voltage), column(6, 4, phase)]
  return encodeBlock({ rows: BLOCK_ROWS, columns }, { server: true })
}
