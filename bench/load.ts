import { connect } from 'taosts'
import { type Bar, printTable } from '../conformance/bars.ts'
import type { Children } from './children.ts'
import type { Participant, Sample } from './participant.ts'

const CONNECTIONS = 1000
/** Connections that ask for everything and read nothing. */
const SLOW = 8
/** Megabytes that each of them may make the server hold: what waits for it, and the blocks under way. */
const SLOW_MB = 16

/** A thousand users at a time for a minute, then some who do not read: errors, lost rows, memory, and what others notice. */
export async function loadBars(children: Children, serving: Participant, served: Served, short: boolean): Promise<Bar[]> {
  const crowd = await children.script('crowd', 'crowd.ts')
  return [
    ...(await minute(children, crowd, short)),
    ...(await slowReaders(await children.script('the others', 'crowd.ts'), crowd, serving, served, short)),
  ]
}

/** Where a server listens. */
export interface Served {
  readonly url: string
  readonly rest: string
}

interface Crowd extends Sample {
  readonly errors: number
  readonly wrong: number
  readonly first: string
  readonly p99: number
}

async function minute(children: Children, crowd: Participant, short: boolean): Promise<Bar[]> {
  const serving = await children.script('server of the crowd', 'serving.ts')
  const { url } = (await serving.run({ kind: 'start' })) as Sample & Served
  await using connection = await connect({ url })
  await connection.execute('CREATE DATABASE crowd KEEP 36500')
  await connection.execute('CREATE STABLE crowd.u (ts TIMESTAMP, v INT, s VARCHAR(20)) TAGS (g INT)')
  const seconds = short ? 20 : 60
  await crowd.run({ kind: 'gather', url, connections: CONNECTIONS, seconds: 0, times: 3 })
  const running = crowd.run({ kind: 'crowd', url, seconds, times: 1 }) as Promise<Crowd>
  await new Promise((resolve) => setTimeout(resolve, 10_000))
  const early = await megabytes(serving)
  const done = await running
  const late = await megabytes(serving)
  const kept = (await crowd.run({ kind: 'count', url })) as Sample & { written: number }
  printTable([
    {
      [`${CONNECTIONS} connections, ${seconds} s`]: 'each inserts a row and counts its own',
      'rows/s': Math.round(done.rows / done.wall),
      'p50 ms': Math.round(done.p50!),
      'p99 ms': Math.round(done.p99),
      'MB after 10 s': Math.round(early),
      'MB at the end': Math.round(late),
    },
  ])
  if (done.errors > 0) console.log(`  the first error: ${done.first}\n`)
  return [
    { name: `server: ${CONNECTIONS} connections for ${seconds} s, errors`, figure: done.errors, bar: 'none', holds: done.errors === 0 },
    {
      name: 'server: their rows that are lost, or that their writer did not see',
      figure: kept.written - kept.rows + done.wrong,
      bar: 'none',
      holds: done.wrong === 0 && kept.written === kept.rows && kept.rows > 3 * CONNECTIONS,
    },
    growth('server: its memory at the end of that against after ten seconds', late / early, 1.1),
  ]
}

async function megabytes(serving: Participant): Promise<number> {
  return (await serving.run({ kind: 'used' })).rss! / 2 ** 20
}

/** Waits until the server has filled what it holds for those who do not read, and works no more. */
async function untilIdle(serving: Participant): Promise<void> {
  const used = async (): Promise<number> => ((await serving.run({ kind: 'used' })) as Sample & { used: number }).used
  for (let second = 0, before = await used(); second < 30; second++) {
    await new Promise((resolve) => setTimeout(resolve, 1000))
    const now = await used()
    if (now - before < 0.05) return
    before = now
  }
}

function growth(name: string, figure: number, most: number): Bar {
  return { name, figure: Number(figure.toPrecision(3)), bar: `≤ ${most}×`, holds: figure <= most }
}

async function slowReaders(
  others: Participant,
  crowd: Participant,
  serving: Participant,
  { url, rest }: Served,
  short: boolean,
): Promise<Bar[]> {
  const seconds = short ? 2 : 5
  const before = await others.run({ kind: 'points', url, seconds })
  const held = await megabytes(serving)
  await crowd.run({ kind: 'slow', url, rest, connections: SLOW })
  await untilIdle(serving)
  const beside = await others.run({ kind: 'points', url, seconds })
  const most = (await megabytes(serving)) - held
  const { rows } = await crowd.run({ kind: 'read on' })
  printTable([
    { [`${SLOW} connections that do not read`]: 'p50 ms of a small query without them', figure: Number(before.p50!.toFixed(2)) },
    { [`${SLOW} connections that do not read`]: 'p50 ms beside them', figure: Number(beside.p50!.toFixed(2)) },
    { [`${SLOW} connections that do not read`]: 'MB that the server holds for them', figure: Math.round(most) },
  ])
  return [
    growth('server: a small query beside connections that do not read, p50', beside.p50! / before.p50!, 2),
    {
      name: 'server: memory for a connection that does not read, MB',
      figure: Number((most / SLOW).toPrecision(3)),
      bar: `≤ ${SLOW_MB}`,
      holds: most / SLOW <= SLOW_MB,
    },
    { name: 'server: those that get all of it once they read', figure: `${rows} of ${SLOW}`, bar: 'all', holds: rows === SLOW },
  ]
}
