import process from 'node:process'
import { parseArgs } from 'node:util'
import { type Bar, NOT_RUN, report } from './bars.ts'

/**
 * What decides whether we are right, beside the tests that need only npm:
 *
 *     npm run conformance [-- specs replay foreign faults …] [--json]
 *
 * Without names every section runs. `TAOS_URL` points `specs` at a server of yours.
 */
const sections: Readonly<Record<string, () => Promise<{ run(): Promise<Bar[]> }>>> = {
  specs: () => import('./specs/section.ts'),
  replay: () => import('./replay/section.ts'),
  foreign: () => import('./foreign/section.ts'),
  runtimes: () => import('./runtimes/section.ts'),
  faults: () => import('./faults/section.ts'),
}

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean', default: false } }, allowPositionals: true })
const unknown = positionals.filter((name) => !(name in sections))
if (unknown.length > 0) throw new Error(`There is no section ${unknown.join(', ')}: the sections are ${Object.keys(sections).join(', ')}`)

const bars: Bar[] = []
for (const name of positionals.length > 0 ? positionals : Object.keys(sections)) {
  console.log(`== ${name}\n`)
  bars.push(...(await (await sections[name]!()).run()))
}
report(bars, values.json)
// What a registry did not deliver is named in the table, and is no failure of ours.
process.exitCode = bars.every((bar) => bar.holds || bar.figure === NOT_RUN) ? 0 : 1
