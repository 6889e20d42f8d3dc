import { parseArgs } from 'node:util'
import { type Bar, report } from '../conformance/bars.ts'
import { arrowBench } from './arrow.ts'
import { decodeBench } from './decode.ts'
import { engineBench } from './engine.ts'
import { insertBench } from './insert.ts'
import { latencyBench } from './latency.ts'
import { nativeBench } from './native.ts'
import { readBench } from './read.ts'
import { restBench } from './rest.ts'
import { serverBench } from './serving.ts'
import { subscribeBench } from './subscribe.ts'
import { writeBench } from './write.ts'

/** Every measurement by name; `npm run bench -- --only read,insert` runs some, `--short` runs all with fewer rows and rounds. */
const benches: Record<string, (options: { short: boolean }) => Promise<Bar[]>> = {
  read: readBench,
  decode: decodeBench,
  arrow: arrowBench,
  insert: insertBench,
  rest: restBench,
  engine: engineBench,
  server: serverBench,
  write: writeBench,
  latency: latencyBench,
  native: nativeBench,
  subscribe: subscribeBench,
}

const { values } = parseArgs({ options: { json: { type: 'boolean' }, short: { type: 'boolean' }, only: { type: 'string' } } })
const chosen = values.only?.split(',') ?? Object.keys(benches)
const unknown = chosen.filter((name) => !(name in benches))
if (unknown.length > 0) throw new Error(`No bench is called ${unknown.join(', ')}: there are ${Object.keys(benches).join(', ')}`)

const bars: Bar[] = []
for (const name of chosen) {
  console.log(`== ${name}\n`)
  bars.push(...(await benches[name]!({ short: values.short === true })))
}
report(bars, values.json === true)
