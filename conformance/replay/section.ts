import type { Bar } from '../bars.ts'
import { BAR, replayAll, Tally } from './replay-all.ts'
import { replayTmq, TMQ_BAR } from './tmq-run.ts'

/** Replays every recorded scenario and says how many of its answers came again. */
export async function run(): Promise<Bar[]> {
  const tally = new Tally()
  for await (const { name, exchanges } of replayAll()) {
    const good = tally.add(exchanges)
    if (good < exchanges.length) console.log(`${name.padEnd(32)} ${good} of ${exchanges.length}`)
  }
  console.log(`\n${tally.equal} of ${tally.total} answers are the recorded ones\n`)
  const answers = {
    name: 'replayed answers of taosAdapter',
    figure: Number(tally.figure.toFixed(4)),
    bar: `≥ ${BAR}`,
    holds: tally.figure >= BAR,
  }
  return [answers, ...(await subscriptions())]
}

/** Replays every recorded subscription: its replies by their keys, its rows by table, its changes of tables. */
async function subscriptions(): Promise<Bar[]> {
  const tally = new Tally()
  const rows = { equal: 0, total: 0 }
  const changes = { equal: 0, total: 0 }
  for await (const { name, exchanges, tables, metas } of replayTmq()) {
    const good = tally.add(exchanges)
    for (const [sum, part] of [
      [rows, tables],
      [changes, metas],
    ] as const) {
      sum.equal += part.equal
      sum.total += part.total
    }
    const all = good === exchanges.length && tables.differences.length + metas.differences.length === 0
    if (!all) {
      const parts = `${tables.equal} of ${tables.total} tables, ${metas.equal} of ${metas.total} changes`
      console.log(`${name.padEnd(32)} ${good} of ${exchanges.length} replies, ${parts}`)
    }
  }
  return [
    {
      name: 'replayed replies of subscriptions, by their keys',
      figure: Number(tally.figure.toFixed(4)),
      bar: `≥ ${TMQ_BAR}`,
      holds: tally.figure >= TMQ_BAR,
    },
    {
      name: 'tables whose rows came again in their order',
      figure: `${rows.equal} of ${rows.total}`,
      bar: 'all',
      holds: rows.equal === rows.total,
    },
    {
      name: 'changes of tables that came again',
      figure: `${changes.equal} of ${changes.total}`,
      bar: `≥ ${TMQ_BAR}`,
      holds: changes.equal >= changes.total * TMQ_BAR,
    },
  ]
}
