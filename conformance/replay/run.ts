/**
 * Replays the client's side of the recorded transcripts against a server and prints how many answers are the recorded ones.
 *
 *     node --conditions=@source --import tsx conformance/replay/run.ts [--only curl,py-ws] [--fail 5] [--json] [--url http://…]
 */
import process from 'node:process'
import { parseArgs } from 'node:util'
import { play } from './player.ts'
import { openServer } from './replay-server.ts'
import { RULES } from './rules.ts'
import { readTranscript, setupStatements, transcriptNames } from './transcript.ts'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    fail: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
    url: { type: 'string' },
  },
})

const BAR = 0.97
const shown = Number(options.fail)
const wanted = options.only?.split(',')
const names = transcriptNames().filter((name) => !wanted || wanted.some((part) => name.startsWith(part)))

let total = 0
let equal = 0
for (const name of names) {
  const server = await openServer(options.url)
  const failedSetup: string[] = []
  for (const sql of setupStatements(name)) {
    const refusal = await server.run(sql)
    if (refusal !== undefined) failedSetup.push(`${refusal}: ${sql.slice(0, 120)}`)
  }
  const exchanges = await play(readTranscript(name), server.url).finally(() => server.close())
  const good = exchanges.filter(({ difference }) => difference === undefined).length
  total += exchanges.length
  equal += good
  if (!options.json) {
    console.log(
      `${good === exchanges.length ? ' ' : '✗'} ${name.padEnd(32)} ${good}/${exchanges.length}${failedSetup.length > 0 ? `  (${failedSetup.length} setup statements refused)` : ''}`,
    )
    for (const each of failedSetup.slice(0, shown)) console.log(`    setup ${each}`)
    for (const { line, difference } of exchanges.filter((each) => each.difference !== undefined).slice(0, shown)) {
      console.log(`  ${String(line).padStart(4)} ${difference!.length > 1500 ? `${difference!.slice(0, 1500)}…` : difference}`)
    }
  }
}

const figure = total === 0 ? 0 : equal / total
if (options.json) console.log(JSON.stringify({ bars: [{ name: 'replayed exchanges', figure, bar: BAR, holds: figure >= BAR }] }))
else
  console.log(
    `${equal} of ${total} answers are the recorded ones: ${(figure * 100).toFixed(2)} % (bar ${BAR * 100} %); rules: ${RULES.map(({ name }) => name).join('; ')}`,
  )
process.exitCode = figure >= BAR ? 0 : 1
