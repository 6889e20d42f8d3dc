import type { Bar } from '../bars.ts'
import { BAR, replayAll, Tally } from './replay-all.ts'

/** Replays every recorded scenario and says how many of its answers came again. */
export async function run(): Promise<Bar[]> {
  const tally = new Tally()
  for await (const { name, exchanges } of replayAll()) {
    const good = tally.add(exchanges)
    if (good < exchanges.length) console.log(`${name.padEnd(32)} ${good} of ${exchanges.length}`)
  }
  console.log(`\n${tally.equal} of ${tally.total} answers are the recorded ones\n`)
  return [{ name: 'replayed answers of taosAdapter', figure: Number(tally.figure.toFixed(4)), bar: `≥ ${BAR}`, holds: tally.figure >= BAR }]
}
