/**
 * Replays the client's side of the recorded transcripts against a server and shows where its answers differ.
 *
 *     node --conditions=@source --import tsx conformance/replay/run.ts [--only curl,py-ws] [--fail 5] [--url http://…]
 */
import process from 'node:process'
import { parseArgs } from 'node:util'
import { BAR, replayAll, Tally } from './replay-all.ts'
import { RULES } from './rules.ts'

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, fail: { type: 'string', default: '3' }, url: { type: 'string' } },
})

const shown = Number(options.fail)
const tally = new Tally()
for await (const { name, exchanges, refused } of replayAll(options.only?.split(','), options.url)) {
  const good = tally.add(exchanges)
  const setup = refused.length > 0 ? `  (${refused.length} setup statements refused)` : ''
  console.log(`${good === exchanges.length ? ' ' : '✗'} ${name.padEnd(32)} ${good}/${exchanges.length}${setup}`)
  for (const each of refused.slice(0, shown)) console.log(`    setup ${each}`)
  for (const { line, difference } of exchanges.filter((each) => each.difference !== undefined).slice(0, shown)) {
    console.log(`  ${String(line).padStart(4)} ${difference}`)
  }
}
console.log(`${tally.equal} of ${tally.total} answers are the recorded ones: ${(tally.figure * 100).toFixed(2)} % (bar ${BAR * 100} %)`)
console.log(`rules: ${RULES.map(({ name }) => name).join('; ')}`)
process.exitCode = tally.figure >= BAR ? 0 : 1
