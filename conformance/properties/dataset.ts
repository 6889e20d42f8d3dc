import type { Way } from '../ways.ts'

/** A database of the data set: its precision and how many ticks a millisecond has. */
export interface Data {
  readonly database: string
  readonly precision: 'ms' | 'us' | 'ns'
  readonly ticks: bigint
}

export const DATA: readonly Data[] = [
  { database: 'p_ms', precision: 'ms', ticks: 1n },
  { database: 'p_us', precision: 'us', ticks: 1000n },
  { database: 'p_ns', precision: 'ns', ticks: 1_000_000n },
]

/** Subtables of `st`; the last one has no rows. */
export const SUBTABLES = ['t0', 't1', 't2', 't3', 't4'] as const
/** Normal tables; the last one has no rows. */
export const NORMAL_TABLES = ['n0', 'n1'] as const

/** Milliseconds of the first and after the last row: from before 1970 until after. */
export const FROM_MS = -60_000
export const TO_MS = 120_000

/** A small generator of the same numbers every time (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const WORDS = ['a', 'b', 'ab', 'B', '', 'né', "it\\'s"]

/**
 * Makes `st` with five subtables and two normal tables in each precision: values with NULLs and many ties, times shared by several tables, before 1970,
 * and with digits below the millisecond where the precision has them. Sums of the DOUBLE column are exact.
 */
export async function loadData(way: Way): Promise<void> {
  const run = async (sql: string) => {
    const { code, desc } = await way.run(sql)
    if (code !== 0) throw new Error(`${sql.slice(0, 200)}: ${code} ${desc}`)
  }
  const columns = 'ts timestamp, i int, l bigint, d double, s varchar(8), b bool'
  for (const [seed, { database, precision, ticks }] of DATA.entries()) {
    const next = random(seed + 7)
    const pick = (count: number) => Math.floor(next() * count)
    const orNull = (value: string | number | boolean) => (pick(6) === 0 ? 'null' : String(value))
    await run(`create database ${database} precision '${precision}' keep 36500 vgroups 2`)
    await run(`create stable ${database}.st (${columns}) tags (g int, h varchar(8))`)
    for (const [i, name] of SUBTABLES.entries()) {
      await run(`create table ${database}.${name} using ${database}.st tags (${i === 3 ? 'null' : i % 3}, '${WORDS[i % 3]}')`)
    }
    for (const name of NORMAL_TABLES) await run(`create table ${database}.${name} (${columns})`)
    for (const [i, name] of [...SUBTABLES.slice(0, -1), ...NORMAL_TABLES.slice(0, -1)].entries()) {
      const rows = new Map<bigint, string>()
      for (let r = 0; r < 40 + 30 * i; r++) {
        const fraction = ticks === 1n || pick(2) === 0 ? 0n : BigInt(pick(Number(ticks)))
        const ts = BigInt(FROM_MS + 500 * pick((TO_MS - FROM_MS) / 500)) * ticks + fraction
        const word = orNull(`'${WORDS[pick(WORDS.length)]}'`)
        rows.set(
          ts,
          `(${ts}, ${orNull(pick(7) - 3)}, ${orNull((pick(5) - 2) * 1_000_000_007)}, ${orNull((pick(9) - 4) / 4)}, ${word}, ${orNull(pick(2) === 0)})`,
        )
      }
      await run(`insert into ${database}.${name} values ${[...rows.values()].join(' ')}`)
    }
  }
}
