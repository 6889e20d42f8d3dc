import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from 'taosts-embedded'
import { type Bar, printTable } from '../bars.ts'
import { FAULTS, STAGES } from './fault-proxy.ts'
import { runMatrix } from './matrix.ts'
import { restarts, storm } from './storm.ts'

/** Every fault at every stage, as a table; and three proxies that die in turn under 50 users for a minute. */
export async function run(): Promise<Bar[]> {
  const server = await serve({ port: 0 })
  try {
    const cells = await runMatrix(server)
    printTable(
      STAGES.map((stage) => {
        const row: Record<string, string> = { stage }
        for (const fault of FAULTS) {
          const cell = cells.find((each) => each.stage === stage && each.fault === fault)!
          row[fault] = cell.outcome === cell.expected && cell.defect === '' ? cell.outcome : `WRONG: ${cell.outcome} ${cell.defect}`
        }
        return row
      }),
    )
    const right = cells.filter(({ outcome, expected, defect }) => outcome === expected && defect === '').length
    const report = await storm(server, 60, 50)
    const { defects, ...figures } = report
    printTable([figures])
    const directory = mkdtempSync(join(tmpdir(), 'taosts-restarts-'))
    const kept = await restarts(directory, 10, 20).finally(() => rmSync(directory, { recursive: true, force: true }))
    for (const defect of [...defects, ...kept.defects].slice(0, 20)) console.log(defect)
    return [
      { name: 'faults: cells that end as they should', figure: `${right}/${cells.length}`, bar: 'all', holds: right === cells.length },
      { name: 'faults: defects in a minute of dying proxies', figure: defects.length, bar: '0', holds: defects.length === 0 },
      {
        name: `faults: defects in ten restarts under ${kept.written} inserts`,
        figure: kept.defects.length,
        bar: '0',
        holds: kept.defects.length === 0,
      },
    ]
  } finally {
    await server.close()
  }
}
