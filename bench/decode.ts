import { atLeast, type Bar, printTable } from '../conformance/bars.ts'
import { Children } from './children.ts'
import { cpuPerRow, interleave, summary } from './participant.ts'
import { loadMeters, startServer } from './server.ts'

/**
 * What decoding adds: columns against draining the same recorded frames without looking into them, client CPU a row. Of the columns every typed
 * array is made and looked at, as the blocks brought it; a line without a bar says what it costs to have each column in one array as well.
 */
export async function decodeBench(options: { short: boolean }): Promise<Bar[]> {
  const rows = options.short ? 200_000 : 2_000_000
  using children = new Children()
  const sql = 'SELECT ts, current, voltage, phase FROM bench.d0'
  const server = await startServer()
  let url: string
  try {
    await loadMeters(server.url, rows, 1)
    url = await children.server('replayer.ts', [server.url, sql])
  } finally {
    await server.stop()
  }
  // One process for both, so that both have the same heap and the same collector.
  const ours = await children.script('taosts', 'ours.ts')
  const samples = await interleave(options.short ? 9 : 40, {
    'bare ws, frames dropped': () => ours.run({ url, sql, shape: 'frames' }),
    'taosts columns()': () => ours.run({ url, sql, shape: 'columns' }),
    'taosts columns(), each put together': () => ours.run({ url, sql, shape: 'joined' }),
    'taosts blocks()': () => ours.run({ url, sql, shape: 'blocks' }),
  })
  const cpu = (name: keyof typeof samples) => summary(samples[name], cpuPerRow)
  printTable(
    (Object.keys(samples) as (keyof typeof samples)[]).map((name) => {
      if (samples[name].some((sample) => sample.rows !== rows)) throw new Error(`${name} read ${samples[name][0]!.rows} rows of ${rows}`)
      return {
        'recorded frames': name,
        'µs CPU/row min': Number(cpu(name).min.toPrecision(3)),
        'µs CPU/row median': Number(cpu(name).median.toPrecision(3)),
      }
    }),
  )
  const floor = cpu('bare ws, frames dropped').min
  return [
    atLeast('decode: columns() against draining the same frames', floor / cpu('taosts columns()').min, 0.8),
    atLeast('decode: blocks() against draining the same frames', floor / cpu('taosts blocks()').min, 0.8),
  ]
}
