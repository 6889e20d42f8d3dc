import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { Engine } from './engine.ts'
import type { Rows } from './session/answer.ts'

const ROUNDS = 10
const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** Writes from eight sessions at once for ever, in statements of one and of many rows, and says of each what was acknowledged. */
function writer(directory: string, round: number): string {
  return `
import { Engine } from ${JSON.stringify(fileURLToPath(new URL('./engine.ts', import.meta.url)))}
const engine = await Engine.open({ directory: ${JSON.stringify(directory)} })
const setup = engine.session()
await setup.execute('create database if not exists k keep 36500 duration 100d')
await setup.execute('create stable if not exists k.s (ts timestamp, v int, w varchar(40)) tags (g int)')
process.stdout.write('ready\\n')
await Promise.all(Array.from({ length: 8 }, async (_, client) => {
  const session = engine.session({ database: 'k' })
  for (let i = 0, n = 0; ; n++) {
    const rows = n % 5 === 0 ? 50 : 1
    const first = ${round} * 10_000_000 + i
    const values = Array.from({ length: rows }, (_, r) => '(' + (first + r) + ',' + (first + r) + ",'a string of client " + client + "')").join(' ')
    await session.execute('insert into t' + client + '_' + (n % 3) + ' using s tags (' + client + ') values ' + values)
    process.stdout.write(client + ' ' + (n % 3) + ' ' + first + ' ' + rows + '\\n')
    i += rows
  }
}))
`
}

/** Starts a writer and kills it at a random moment after it has begun; the statements it had acknowledged. */
async function killed(directory: string, round: number): Promise<string[]> {
  const file = join(directory, 'writer.mts')
  writeFileSync(file, writer(join(directory, 'data'), round))
  const child: ChildProcess = spawn(process.execPath, ['--conditions=@source', '--import', 'tsx', file], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  for await (const line of createInterface({ input: child.stdout! })) {
    if (line === 'ready') setTimeout(() => child.kill('SIGKILL'), 50 + Math.random() * 1000)
    else lines.push(line)
  }
  await ended
  // A line that the kill cut in two says nothing.
  return lines.filter((line) => /^\d+ \d+ \d+ \d+$/.test(line))
}

test(`kill -9 in the middle of writing loses no acknowledged row, ${ROUNDS} times`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'taosts-kill-'))
  const acknowledged = new Map<string, number>()
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const lines = await killed(directory, round)
      for (const line of lines) {
        const [client, table, first, rows] = line.split(' ').map(Number) as [number, number, number, number]
        for (let r = 0; r < rows; r++) acknowledged.set(`t${client}_${table} ${first + r}`, first + r)
      }
      const engine = await Engine.open({ directory: join(directory, 'data') })
      try {
        const found = await everything(engine)
        const lost = [...acknowledged].filter(([key, v]) => found.get(key) !== v)
        expect(lost.slice(0, 5)).toEqual([])
        // Five statements write 54 rows: the first of them fifty, which are there as a whole or not at all.
        for (const key of found.keys()) {
          const [name, text] = key.split(' ') as [string, string]
          const place = (Number(text) % 10_000_000) % 54
          const first = Number(text) - place
          if (place < 50) expect([key, found.has(`${name} ${first}`), found.has(`${name} ${first + 49}`)]).toEqual([key, true, true])
        }
      } finally {
        await engine.close()
      }
    }
    expect(acknowledged.size).toBeGreaterThan(ROUNDS * 10)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}, 600_000)

/** Every row of the supertable: `table ts` to its value. */
async function everything(engine: Engine): Promise<Map<string, number>> {
  const rows = (await engine.session({ database: 'k' }).execute('select tbname, cast(ts as bigint), v from s')) as Rows
  const found = new Map<string, number>()
  for (let block = await rows.next(); block; block = await rows.next()) {
    const [names, times, values] = block.columns
    if (names?.layout !== 'variable' || times?.layout !== 'fixed' || values?.layout !== 'fixed') throw new Error('unexpected columns')
    for (let row = 0; row < block.rows; row++) {
      const at = names.offsets[row]!
      const name = Buffer.from(names.data.subarray(at + 2, at + 2 + names.data[at]!)).toString()
      found.set(`${name} ${times.values[row]}`, Number(values.values[row]))
    }
  }
  return found
}
